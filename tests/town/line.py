"""The audio of the town's telephones: each call of the town's Asterisk brings its sound here (AudioSocket), live.

The protocol is Asterisk's: one byte of kind, two of length, the payload (res_audiosocket).
"""

import bisect
import contextlib
import math
import socket
import struct
import threading
import time
from uuid import UUID

import numpy as np

from tests.town.audio import RATE, Sound, from_pcm, to_pcm

HANG_UP, IDENTITY, AUDIO = 0x00, 0x01, 0x10
FRAME = RATE // 50  # 20 ms


class Line:
    """One telephone call's sound: what was heard so far, and what is being said."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.closed = threading.Event()
        self._heard: list[bytes] = []
        self._samples = 0
        self._to_say: list[Sound] = []
        self._lock = threading.Condition()
        self._arrivals: list[tuple[int, float]] = []  # samples heard by then, monotonic time

    def heard(self, start: int = 0) -> Sound:
        """What was heard from a sample on."""
        with self._lock:
            sound = from_pcm(b"".join(self._heard))
        return sound[start:]

    @property
    def position(self) -> int:
        """Samples heard until now."""
        with self._lock:
            return self._samples

    def arrived(self, sample: int) -> float:
        """When the sample came, by `clock`."""
        with self._lock:
            return self._arrivals[bisect.bisect_right(self._arrivals, (sample, math.inf))][1]

    @staticmethod
    def clock() -> float:
        """Now, as `arrived` tells it."""
        return time.monotonic()

    def say(self, sound: Sound) -> None:
        """Speaks after whatever is still being said; returns at once."""
        with self._lock:
            self._to_say.append(sound)

    def says_nothing(self) -> bool:
        """Whether everything was said."""
        with self._lock:
            return not self._to_say

    def hear(self, data: bytes) -> None:
        """Asterisk brought some sound."""
        with self._lock:
            self._heard.append(data)
            self._samples += len(data) // 2
            self._arrivals.append((self._samples, time.monotonic()))
            self._lock.notify_all()

    def next_frame(self) -> Sound:
        """The next 20 ms to be said; silence when there is nothing to say."""
        frame = np.zeros(FRAME, dtype=np.float32)
        with self._lock:
            if self._to_say:
                head = self._to_say[0]
                frame[: min(FRAME, head.size)] = head[:FRAME]
                if head.size <= FRAME:
                    self._to_say.pop(0)
                else:
                    self._to_say[0] = head[FRAME:]
        return frame


class Lines:
    """The server to which the town's Asterisk brings the sound of each call."""

    def __init__(self) -> None:
        self._lines: dict[UUID, Line] = {}
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True, name="lines").start()

    def expect(self, identity: UUID) -> Line:
        """The line of a call that is about to be made."""
        line = self._lines[identity] = Line()
        return line

    def close(self) -> None:
        """Takes no more calls."""
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True, name="line").start()

    def _serve(self, connection: socket.socket) -> None:
        line: Line | None = None
        with contextlib.suppress(OSError, ConnectionError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                kind, length = struct.unpack(">BH", _exactly(connection, 3))
                payload = _exactly(connection, length)
                if kind == IDENTITY:
                    line = self._lines[UUID(bytes=payload)]
                    line.open.set()
                    threading.Thread(target=_speak, args=(connection, line), daemon=True, name="mouth").start()
                elif kind == AUDIO and line:
                    line.hear(payload)
                elif kind == HANG_UP:
                    break
        if line:
            line.closed.set()


def _speak(connection: socket.socket, line: Line) -> None:
    """Sends a frame each 20 ms until the line is closed."""
    due = time.monotonic()
    with contextlib.suppress(OSError):
        while not line.closed.is_set():
            pcm = to_pcm(line.next_frame())
            connection.sendall(struct.pack(">BH", AUDIO, len(pcm)) + pcm)
            due = max(due + 0.02, time.monotonic() - 0.2)
            line.closed.wait(max(due - time.monotonic(), 0))


def _exactly(connection: socket.socket, length: int) -> bytes:
    """That many bytes. ConnectionError at the end."""
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise ConnectionError("closed")
        data += part
    return data
