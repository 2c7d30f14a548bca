"""Prompts as sound: spoken by an engine or by a person, at one loudness, and brought to where they are played."""
