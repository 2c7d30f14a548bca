"""Our count and Asterisk's, visit by visit: the ledger must agree with queue_log, or say why it does not."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from calls import queries
from calls.model import NodeName, QueueName, VisitOutcome
from calls.queries import Stay
from calls.queue_log import Entry

SLACK = timedelta(seconds=1)  # queue_log has whole seconds

_ENDS = {
    "CONNECT": VisitOutcome.ANSWERED,
    "ABANDON": VisitOutcome.ABANDONED,
    "EXITWITHTIMEOUT": VisitOutcome.FLOWED_OUT,
    "EXITWITHKEY": VisitOutcome.FLOWED_OUT,
    "EXITEMPTY": VisitOutcome.FLOWED_OUT,
}


class Reason(StrEnum):
    """Why the two may tell one visit differently."""

    ASTERISK_ENDED = "asterisk_ended"  # before the call did, so it never wrote the end
    LINK_LOST = "link_lost"  # and the call was gone when it was back
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of a queue. `open` are still waiting, or ended without a word from Asterisk."""

    joined: int = 0
    answered: int = 0
    abandoned: int = 0
    flowed_out: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One visit that the two tell differently, and what explains it."""

    channel: str
    joined_at: datetime
    ours: VisitOutcome | None  # None: the ledger has no such visit
    asterisks: VisitOutcome | None
    reason: Reason


@dataclass(slots=True)
class Agreement:
    """One queue in a period."""

    queue: QueueName
    ours: Counts
    asterisks: Counts
    differences: list[Difference] = field(default_factory=list)

    @property
    def is_explained(self) -> bool:
        """Whether the two agree, or each difference has its reason."""
        return all(difference.reason is not Reason.NOT_FOUND for difference in self.differences)


def stays_of_log(entries: Iterable[Entry]) -> list[Stay]:
    """The visits that queue_log tells."""
    stays: list[Stay] = []
    waiting: dict[str, int] = {}
    for entry in entries:
        if entry.event == "ENTERQUEUE":
            waiting[entry.channel] = len(stays)
            stays.append(Stay(entry.channel, entry.queue, entry.at, VisitOutcome.WAITING))
        elif entry.event in _ENDS and entry.channel in waiting:
            place = waiting.pop(entry.channel)
            begun = stays[place]
            stays[place] = Stay(begun.channel, begun.queue, begun.joined_at, _ENDS[entry.event])
    return stays


def compare(ours: Iterable[Stay], asterisks: Iterable[Stay]) -> list[Agreement]:
    """Each queue with both counts and the visits that are told differently."""
    both: dict[QueueName, tuple[list[Stay], list[Stay]]] = defaultdict(lambda: ([], []))
    for stay in ours:
        both[stay.queue][0].append(stay)
    for stay in asterisks:
        both[stay.queue][1].append(stay)
    return [
        Agreement(queue, _counted(mine), _counted(theirs), _differences(mine, theirs))
        for queue, (mine, theirs) in sorted(both.items())
    ]


def agreement(
    session: Session, node: NodeName, entries: Iterable[Entry], since: datetime, until: datetime
) -> list[Agreement]:
    """The queues of a period; `entries` are queue_log's from a second before `since` on."""
    theirs = [stay for stay in stays_of_log(entries) if since - SLACK <= stay.joined_at < until]
    return compare(queries.stays(session, node, since, until), theirs)


def _counted(stays: list[Stay]) -> Counts:
    outcomes = Counter(stay.outcome for stay in stays)
    return Counts(
        joined=len(stays),
        answered=outcomes[VisitOutcome.ANSWERED],
        abandoned=outcomes[VisitOutcome.ABANDONED],
        flowed_out=outcomes[VisitOutcome.FLOWED_OUT],
        open=outcomes[VisitOutcome.WAITING] + outcomes[VisitOutcome.LOST],
    )


def _differences(ours: list[Stay], asterisks: list[Stay]) -> list[Difference]:
    """The n-th visit of a channel to the queue is the same in both."""
    mine, theirs = _numbered(ours), _numbered(asterisks)
    found = []
    for key in sorted(mine.keys() | theirs.keys()):
        us, them = mine.get(key), theirs.get(key)
        our, their = us.outcome if us else None, them.outcome if them else None
        if our is not their and (told := us or them) is not None:
            found.append(Difference(key[0], told.joined_at, our, their, _reason(our, their)))
    return found


def _numbered(stays: list[Stay]) -> dict[tuple[str, int], Stay]:
    seen: Counter[str] = Counter()
    numbered = {}
    for stay in stays:
        seen[stay.channel] += 1
        numbered[stay.channel, seen[stay.channel]] = stay
    return numbered


def _reason(ours: VisitOutcome | None, asterisks: VisitOutcome | None) -> Reason:
    match ours, asterisks:
        case VisitOutcome.LOST, VisitOutcome.WAITING:
            return Reason.ASTERISK_ENDED
        case VisitOutcome.LOST, _:
            return Reason.LINK_LOST
    return Reason.NOT_FOUND
