"""Alarms: matters that somebody must take at once, and the ladder by which people are told until somebody does."""
