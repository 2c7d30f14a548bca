"""The demonstration: two organisations, their people, and callers with speech."""
