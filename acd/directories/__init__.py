"""Directories that an administrator keeps: reasons of pauses, topics of calls."""
