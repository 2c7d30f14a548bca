"""The words of a recording: how far it is on its way from the local spool to the store, and why somebody listens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class RecordingState(StrEnum):
    """How far a recording is. Each answered call ends in `STORED`, or in a state that has a reason (Z-33)."""

    EXPECTED = "expected"  # the first segment, before the queue: the call may yet go unanswered
    RECORDING = "recording"  # an agent has answered, and Asterisk writes the two legs of their talk
    SPOOLED = "spooled"  # the call is over, the legs lie in the local spool and wait to be encoded and stored
    STORED = "stored"  # in the store, read back and compared
    NOT_NEEDED = "not_needed"  # nobody answered: there was no conversation
    MISSING = "missing"  # there was a conversation and there are no legs
    FAILED = "failed"  # the legs are there, and no sound can be made of them
    DELETED = "deleted"  # it was stored; an act says by whom and why it no longer is


UNDER_WAY: Final = frozenset({RecordingState.EXPECTED, RecordingState.RECORDING})
SETTLED: Final = frozenset(
    {RecordingState.STORED, RecordingState.NOT_NEEDED, RecordingState.MISSING, RecordingState.DELETED}
)


class Reason(StrEnum):
    """Why there is no recording."""

    NOT_ANSWERED = "not_answered"
    NO_FILES = "no_files"  # Asterisk wrote nothing where it should have
    NO_SOUND = "no_sound"  # the legs hold not one sample
    NEVER_STARTED = "never_started"  # the call was answered and nobody had started a recording
    UNREADABLE = "unreadable"


class Why(StrEnum):
    """What somebody listens for; asked before the first second is heard."""

    QUALITY = "quality"
    COMPLAINT = "complaint"
    TRAINING = "training"
    OWN_CALL = "own_call"
    CITIZENS_REQUEST = "citizens_request"
    OTHER = "other"  # told in own words


class ListeningKind(StrEnum):
    """What was done with the recording."""

    LISTENED = "listened"
    DOWNLOADED = "downloaded"


class Room(StrEnum):
    """How much room the disk of the spool has."""

    ENOUGH = "enough"
    LITTLE = "little"  # below a fifth: somebody looks today
    ALMOST_NONE = "almost_none"  # below a tenth: somebody looks now


LITTLE_ROOM: Final = 0.20
ALMOST_NO_ROOM: Final = 0.10


def room_of(free: float) -> Room:
    """What a free share of the disk (0 to 1) means."""
    if free < ALMOST_NO_ROOM:
        return Room.ALMOST_NONE
    return Room.LITTLE if free < LITTLE_ROOM else Room.ENOUGH


FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=5)
LEASE: Final = timedelta(seconds=30)  # who was asked to store one has so long before somebody else is asked too
HOPELESS_AFTER: Final = 5  # attempts to encode legs that ffmpeg refuses; a store that is away never counts


def pause_after(attempts: int) -> timedelta:
    """How long to wait before trying again after so many failed attempts: doubling, five minutes at most."""
    return LONGEST_PAUSE if attempts > 7 else min(FIRST_PAUSE * 2 ** max(0, attempts - 1), LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Leg:
    """What one channel sounds like. Levels are dB below full scale, so 0 is the loudest possible."""

    peak: float
    loudness: float
    silence: float  # share of the time, 0 to 1
    wave: tuple[int, ...]  # largest swing in equal stretches of time, 0 to 100

    def as_data(self) -> dict[str, float]:
        """Without the wave, for the row."""
        return {"peak": self.peak, "loudness": self.loudness, "silence": self.silence}


@dataclass(frozen=True, slots=True)
class Sound:
    """What is known of a recording once both legs were read."""

    duration: timedelta
    caller: Leg
    operator: Leg
    silence: float  # share of the time in which nobody speaks
    pauses: tuple[tuple[float, float], ...]  # from, to in seconds: nobody speaks for long; the player may skip them

    def levels(self) -> dict[str, object]:
        """For the row."""
        return {
            "caller": self.caller.as_data(),
            "operator": self.operator.as_data(),
            "silence": self.silence,
            "pauses": [list(pause) for pause in self.pauses],
        }

    def waves(self) -> Mapping[str, list[int]]:
        """For the row and the player."""
        return {"caller": list(self.caller.wave), "operator": list(self.operator.wave)}
