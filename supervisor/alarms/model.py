"""The words of alarms: what they are about, how far they are, and the ladder by which people are told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an alarm is about; an organisation says which kinds it wants."""

    UNRESOLVED = "unresolved"
    DISPUTED = "disputed"
    CALL = "call"  # every call that was talked about, whatever it came to
    OWED_CALL = "owed_call"  # an owed call handed to those in charge
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    INSTALLATION = "installation"  # disk, trunk, readers, messages: whoever runs Holos
    SURGE = "surge"  # more callers than usual: an incident, channels that run out


ON_FROM_THE_START: Final = frozenset({Kind.UNRESOLVED, Kind.DISPUTED, Kind.OWED_CALL, Kind.INSTALLATION, Kind.SURGE})
MARKS: Final = frozenset({Kind.UNRESOLVED, Kind.DISPUTED})  # what an operator may say in the middle of a call


class State(StrEnum):
    """How far an alarm is."""

    OPEN = "open"  # nobody has taken it: the ladder climbs
    TAKEN = "taken"
    CLOSED = "closed"


class Trouble(StrEnum):
    """What may be wrong with the installation, or too much for it."""

    PROCESS = "process"  # its place is the name that `make status` shows
    SERVER = "server"
    DISK = "disk"  # of the recordings
    DATA_DISK = "data_disk"
    TRUNK = "trunk"
    REGISTRATION = "registration"  # ours at a carrier
    ASTERISK = "asterisk"
    CLOCK = "clock"
    CLOCK_UNKEPT = "clock_unkept"  # nobody compares the machine's with a time server
    TASK_QUEUE = "task_queue"  # of Asterisk
    READER = "reader"
    JOB = "job"  # of the scheduler
    RECORDINGS = "recordings"
    OUTBOX = "outbox"
    ILL_CHANNEL = "ill_channel"  # a way out for messages: mail, SMS, Telegram
    CHANNELS = "channels"  # of the organisation
    TRUNK_CHANNELS = "trunk_channels"
    INCIDENT = "incident"  # its place is the topic
    ROSTER = "roster"  # has hours without a duty
    NOBODY_ON_DUTY = "nobody_on_duty"  # its place is the queue of the duty

    @property
    def kind(self) -> Kind:
        """The kind of alarm it makes."""
        return Kind.SURGE if self in {Trouble.CHANNELS, Trouble.TRUNK_CHANNELS, Trouble.INCIDENT} else Kind.INSTALLATION


AGAIN_AFTER: Final = timedelta(minutes=1)  # an alarm that could not be told
LONGEST_CLIMB: Final = timedelta(days=3)  # after that nobody is told again; the alarm stays open on its page


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: when it is reached, and how often it is told again while nobody takes the alarm."""

    id: int
    after: timedelta
    again_every: timedelta | None


def reached(ladder: Iterable[Rung], *, since: timedelta | None, until: timedelta) -> list[tuple[Rung, int]]:
    """The rungs reached in this part of an alarm's life, each with how often it was told before.

    Ages are counted from the alarm; `since` was looked at already, None is before its beginning. Of repetitions missed
    while nobody looked, the last one is told.
    """
    found = []
    for rung in sorted(ladder, key=lambda each: (each.after, each.id)):
        last = _times(rung, min(until, LONGEST_CLIMB))
        if last > (0 if since is None else _times(rung, since)):
            found.append((rung, last - 1))
    return found


def next_at(ladder: Iterable[Rung], raised_at: datetime, after: datetime) -> datetime | None:
    """When the next rung is reached; None when nothing more is to come."""
    moments = [
        moment
        for rung in ladder
        if (moment := _next(rung, raised_at, after - raised_at)) is not None and moment - raised_at <= LONGEST_CLIMB
    ]
    return min(moments, default=None)


def _next(rung: Rung, raised_at: datetime, age: timedelta) -> datetime | None:
    if age < rung.after:
        return raised_at + rung.after
    if rung.again_every is None:
        return None
    return raised_at + rung.after + rung.again_every * _times(rung, age)


def _times(rung: Rung, age: timedelta) -> int:
    """How often the rung was reached up to that age."""
    if age < rung.after:
        return 0
    return 1 if rung.again_every is None else 1 + (age - rung.after) // rung.again_every
