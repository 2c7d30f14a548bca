"""Asterisk's part of an installation: its rendered files, prompts and music, and the listener's link to it."""
