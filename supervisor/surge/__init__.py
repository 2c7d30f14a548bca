"""Incident mode: an announcement, a call back offered at once and a short script, by a threshold or by hand."""
