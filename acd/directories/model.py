"""Which directories there are."""

from enum import StrEnum


class Directory(StrEnum):
    """A list of codes with their names."""

    PAUSES = "pauses"  # why an agent may pause
    TOPICS = "topics"  # what a call is about
