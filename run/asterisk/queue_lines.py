"""What Asterisk is told of queues: times, lanes, when they widen, what is said, where callers overflow to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from acd.queues import queries
from acd.queues.model import OverflowDeed
from acd.queues.tables import OverflowStep
from acd.tables import Queue
from calls.model import lane

OFFER = "callback-offer"  # said from time to time to whoever waits
AT_ONCE_EVERY = 10  # seconds: who waits is told of an emergency within them


@dataclass(frozen=True, slots=True, kw_only=True)
class OverflowLine:
    """Where a caller goes whom the queue did not serve. `wait` is seconds since the step before, or the joining."""

    deed: str  # acd.queues.model.OverflowDeed
    to: str = ""  # a queue, or a prompt
    wait: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A queue. Times are whole seconds, as Asterisk counts them."""

    name: str  # "<organisation's code>-<queue's code>"
    organisation: str
    ring_timeout: int = 20
    service_target: int = 20
    weight: int = 0
    music: str = "default"
    languages: Sequence[str] = ()  # each with a lane of its own
    widens_after: int | None = None  # from then on who does not speak the language is rung as well
    messages: Sequence[str] = ()  # prompts heard in turn while waiting, beside the offer of a call back
    messages_every: int = 90  # one of them is heard
    at_once: str = ""  # a prompt that everybody who waits is told now, before all else
    steps: Sequence[OverflowLine] = ()  # in their order
    most: int | None = None  # more waiting callers than that find the queue too long
    too_long: OverflowLine | None = None

    @property
    def lanes(self) -> list[str]:
        """Every name that Asterisk has for it: the queue itself, then its lanes."""
        return [lane(self.name, language) for language in (None, *self.languages)]

    @property
    def announced_every(self) -> int:
        """Seconds from the end of one of them to the next."""
        return AT_ONCE_EVERY if self.at_once else self.messages_every

    @property
    def announcements(self) -> str:
        """What is said from time to time, one after the other."""
        if self.at_once:
            return self.at_once
        return ",".join([OFFER, *self.messages])


def queue_lines(session: Session, queues: Sequence[Queue], codes: Mapping[int, str]) -> list[QueueLine]:
    """Every queue with its rules, in an order that does not change; `codes` are the organisations'."""
    steps: dict[int, list[OverflowStep]] = defaultdict(list)
    for step in queries.overflow_steps(session):
        steps[step.queue_id].append(step)
    languages, names = queries.languages(session), {queue.id: queue.asterisk_name for queue in queues}
    return [
        _line(queue, codes[queue.organisation_id], languages.get(queue.organisation_id, []), steps[queue.id], names)
        for queue in sorted(queues, key=lambda queue: queue.id)
    ]


def _line(
    queue: Queue, organisation: str, languages: Sequence[str], steps: Sequence[OverflowStep], names: Mapping[int, str]
) -> QueueLine:
    timed = [step for step in steps if step.after is not None]
    wider = next((step for step in timed if step.deed == OverflowDeed.WIDER), None)
    long = next((step for step in steps if step.longer_than is not None), None)
    return QueueLine(
        name=queue.asterisk_name,
        organisation=organisation,
        ring_timeout=_seconds(queue.ring_timeout),
        service_target=_seconds(queue.service_target),
        weight=queue.weight,
        music=queue.music,
        languages=languages,
        widens_after=_seconds(wider.after) if wider else None,
        messages=queue.messages,
        messages_every=_seconds(queue.messages_every),
        steps=_in_turn([step for step in timed if step.deed != OverflowDeed.WIDER], names),
        most=long.longer_than if long else None,
        too_long=OverflowLine(deed=long.deed, to=_where(long, names)) if long else None,
    )


def _in_turn(steps: Sequence[OverflowStep], names: Mapping[int, str]) -> list[OverflowLine]:
    """Each with the seconds since the one before."""
    lines, before = [], timedelta(0)
    for step in steps:
        assert step.after is not None, "a step in turn has its time"
        lines.append(OverflowLine(deed=step.deed, to=_where(step, names), wait=_seconds(step.after - before)))
        before = step.after
    return lines


def _where(step: OverflowStep, names: Mapping[int, str]) -> str:
    return step.prompt or names.get(step.target_id or 0, "")


def _seconds(time: timedelta | None) -> int:
    return round(time.total_seconds()) if time else 0
