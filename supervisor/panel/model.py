"""What the bot says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says: in the chat, or to the one who pressed alone; with keys, or asking for an answer."""

    text: str
    keys: tuple[tuple[str, str], ...] = ()  # what a press says, and the key's text
    alone: bool = False
    asks: bool = False
