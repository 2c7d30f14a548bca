"""Whether the machine's clock is kept by somebody, and how far it may be off, as the kernel knows it."""

import ctypes
from dataclasses import dataclass
from datetime import datetime
from typing import Final

UNKEPT_SINCE: Final = "holos_clock_unsynchronised_since_timestamp_seconds"
_NANOSECONDS = 0x2000  # STA_NANO: the offset is told in them
_UNSYNCHRONISED = 0x0040  # STA_UNSYNC
_ERROR = 5  # TIME_ERROR


class _Timex(ctypes.Structure):
    """`struct timex` of Linux, adjtimex(2)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


@dataclass(frozen=True, slots=True)
class Clock:
    """What the kernel says; `offset` in seconds from the servers that somebody compares it with."""

    synchronised: bool
    offset: float


@dataclass(slots=True)
class Watched:
    """Since when nobody keeps the clock, as far as this process has seen; None where somebody does or nobody knows."""

    unkept_since: datetime | None = None

    def look(self, seen: Clock | None, now: datetime) -> None:
        """Notes what the kernel says now."""
        unkept = seen is not None and not seen.synchronised
        self.unkept_since = (self.unkept_since or now) if unkept else None


def clock() -> Clock | None:
    """The clock now; None where the kernel does not tell."""
    told = _Timex(modes=0)
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(told))
    if state < 0:
        return None
    unit = 1e9 if told.status & _NANOSECONDS else 1e6
    return Clock(state != _ERROR and not told.status & _UNSYNCHRONISED, told.offset / unit)
