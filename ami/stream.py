"""Bytes of a Manager connection into messages, wherever the network cut them.

Mends panoramisk, whose protocol decodes each TCP chunk by itself: a letter of two bytes cut between chunks is lost.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from panoramisk.message import Message

END = b"\r\n\r\n"
GREETING = b"Asterisk Call Manager/"
LONGEST = 4 * 1024 * 1024  # bytes of one message; Asterisk's own are a few kB


class NotManager(ValueError):
    """What answers there does not speak the Manager protocol."""


class Frames:
    """Gathers bytes until a message is whole."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self.greeted = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The messages that these bytes complete, without their ends."""
        searched = max(0, len(self._rest) - len(END))
        self._rest += data
        if not self.greeted:
            self._take_greeting()
            searched = 0
        start = 0
        while (end := self._rest.find(END, max(start, searched))) >= 0:
            frame = bytes(self._rest[start:end])
            start = end + len(END)
            if frame.strip():
                yield frame
        del self._rest[:start]
        if len(self._rest) > LONGEST:
            raise NotManager("a message without end")

    def _take_greeting(self) -> None:
        line, ended, rest = self._rest.partition(b"\r\n")
        if ended:
            if not line.startswith(GREETING):
                raise NotManager("no greeting")
            self._rest, self.greeted = rest, True


def parse(frame: bytes) -> Any:
    """The message of a frame; None if it is neither an event nor a response."""
    return Message.from_line(frame.decode("utf-8", "replace").strip("\r\n"))


def messages(chunks: Iterable[bytes]) -> Iterator[Any]:
    """The messages of a captured connection."""
    frames = Frames()
    for chunk in chunks:
        for frame in frames.feed(chunk):
            message = parse(frame)
            if message is not None:
                yield message
