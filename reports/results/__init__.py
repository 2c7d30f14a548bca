"""Answered calls by their result: settled, explained, advised and so on, and those that have none yet (Z-21)."""
