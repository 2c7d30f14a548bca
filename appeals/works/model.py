"""The life of a work, its houses and its moments in local time."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from appeals.model import Result

SOON: Final = timedelta(days=3)  # planned works that begin within it are told of


class Kind(StrEnum):
    """Whether it was known beforehand."""

    PLANNED = "planned"
    EMERGENCY = "emergency"


class State(StrEnum):
    """Where the work stands."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    EXTENDED = "extended"  # in progress, with a later end than was said
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Deed(StrEnum):
    """What moves it on."""

    BEGIN = "begin"
    EXTEND = "extend"
    FINISH = "finish"
    CANCEL = "cancel"


class Change(StrEnum):
    """What its history tells of: the deeds, and what else happened."""

    ENTERED = "entered"
    BEGIN = "begin"
    EXTEND = "extend"
    FINISH = "finish"
    CANCEL = "cancel"
    EDITED = "edited"
    HOUSES = "houses"
    ANSWERED = "answered"


class Why(StrEnum):
    """Why a house stands with a work."""

    DRAWN = "drawn"  # from the object or the enterprise
    ADDED = "added"
    EXCLUDED = "excluded"  # it would be there, and is not affected


class Parity(StrEnum):
    """Which side of a street."""

    ALL = "all"
    EVEN = "even"
    ODD = "odd"


class Refusal(StrEnum):
    """Why a work does not take what was asked."""

    NO_SUCH_TIME = "no_such_time"
    ENDS_BEFORE = "ends_before"
    END_IS_PAST = "end_is_past"
    NO_END = "no_end"
    NOT_LATER = "not_later"
    NOT_YET = "not_yet"
    NO_REASON = "no_reason"


TRANSITIONS: Final[dict[tuple[State, Deed], State]] = {
    (State.PLANNED, Deed.BEGIN): State.IN_PROGRESS,
    (State.PLANNED, Deed.CANCEL): State.CANCELLED,
    (State.IN_PROGRESS, Deed.EXTEND): State.EXTENDED,
    (State.IN_PROGRESS, Deed.FINISH): State.FINISHED,
    (State.IN_PROGRESS, Deed.CANCEL): State.CANCELLED,
    (State.EXTENDED, Deed.EXTEND): State.EXTENDED,
    (State.EXTENDED, Deed.FINISH): State.FINISHED,
    (State.EXTENDED, Deed.CANCEL): State.CANCELLED,
}
ACTIVE: Final = frozenset({State.IN_PROGRESS, State.EXTENDED})
OPEN: Final = ACTIVE | {State.PLANNED}
RESULTS: Final = {State.FINISHED: Result.SATISFIED, State.CANCELLED: Result.EXPLAINED}  # of appeals answered together


def deeds(state: State) -> list[Deed]:
    """What may be done next."""
    return [deed for deed in Deed if (state, deed) in TRANSITIONS]


def begins_as(kind: Kind, since: datetime, now: datetime) -> State:
    """The state of a work that is entered: an emergency that has happened is under way."""
    return State.IN_PROGRESS if kind is Kind.EMERGENCY and since <= now else State.PLANNED


def local(naive: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment that clocks of the zone show so; None for one they skip. Of two it is the first."""
    moment = naive.replace(second=0, microsecond=0, tzinfo=zone, fold=0)
    shown = moment.astimezone(UTC).astimezone(zone)
    return moment.astimezone(UTC) if shown.replace(tzinfo=None) == moment.replace(tzinfo=None) else None


def fault_of_terms(kind: Kind, since: datetime, until: datetime | None, now: datetime) -> Refusal | None:
    """What is wrong with planned terms; an emergency may have an end that nobody knows yet."""
    if until is None:
        return None if kind is Kind.EMERGENCY else Refusal.NO_END
    if until <= since:
        return Refusal.ENDS_BEFORE
    return Refusal.END_IS_PAST if until <= now else None


def fault_of_extension(
    until: datetime, since: datetime, before: datetime | None, now: datetime, reason: str
) -> Refusal | None:
    """An extension ends later than what was said, and says why."""
    if until <= now:
        return Refusal.END_IS_PAST
    if until <= (before or since):
        return Refusal.NOT_LATER
    return None if reason.strip() else Refusal.NO_REASON


def on_side(number: int, parity: Parity) -> bool:
    """Whether a house with this number stands on that side of its street."""
    return parity is Parity.ALL or (number % 2 == 0) is (parity is Parity.EVEN)
