"""Figures for those who answer for the centre, each defined once: availability by the month, staff by the hour."""
