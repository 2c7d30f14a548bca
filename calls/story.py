"""A call told: one sentence, a line to scale, and every event in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from calls import events, words
from calls.events import Event
from calls.model import CallState, Direction, LegOutcome, Source
from calls.tables import CallRow, LegRow, VisitRow
from calls.telling import Names, queue_name, tell
from web.formats import clock, duration, moment, phone
from web.languages import gettext as _

SIGN = 0.05  # of the line: what a mark's sign takes on a phone's screen
ROWS = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the line: from where and how long, as shares of the whole."""

    kind: str  # menu, wait, ring, talk, hold
    text: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment on the line. Signs that would cover each other stand in rows, 0 is next to the line."""

    sign: str
    text: str
    left: float
    row: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole call on one line."""

    begins: datetime
    ends: datetime  # now, while the call is on
    lasts: timedelta
    stretches: Sequence[Stretch]
    marks: Sequence[Mark]

    @property
    def rows(self) -> int:
        """How many rows the marks take."""
        return max((mark.row for mark in self.marks), default=-1) + 1


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words."""

    at: datetime
    since: timedelta  # the beginning of the call
    text: str


def sentence(call: CallRow, legs: Sequence[LegRow], names: Names, topics: Names) -> str:
    """The call in one sentence."""
    values = {"caller": _who_called(call), "dialled": call.dialled, "moment": moment(call.arrived_at)}
    if call.direction == Direction.OUT:
        values["agent"] = names.get(call.agent or "", call.agent or "")
        told = [_("%(agent)s called %(caller)s on %(moment)s") % values]
    elif call.topic:
        values["topic"] = topics.get(call.topic, call.topic)
        told = [_("%(caller)s called about “%(topic)s” on %(moment)s") % values]
    else:
        told = [_("%(caller)s called %(dialled)s on %(moment)s") % values]
    if call.queued_at is not None:
        told.append(_waits(call, call.queued_at))
    told += _talks(call, legs, names)
    if call.fate is None:
        ending = _("the call is still on")
    elif call.result:
        ending = _(words.RESULTS.get(call.result, call.result))
    else:
        ending = _(words.ENDINGS[call.fate]) if call.fate in words.ENDINGS else ""
    return ", ".join(told) + (f"; {ending}." if ending else ".")


def _waits(call: CallRow, queued_at: datetime) -> str:
    if call.state == CallState.QUEUED and not call.waited:
        return _("has been waiting since %(time)s") % {"time": clock(queued_at)}
    return _("waited %(duration)s") % {"duration": duration(call.waited)}


def _talks(call: CallRow, legs: Sequence[LegRow], names: Names) -> list[str]:
    """With whom the caller has talked and how long, with whom they talk and since when."""
    before, now = dict[str, None](), list[str]()
    for leg in legs:
        who = names.get(leg.agent, leg.agent)
        if leg.answered_at is not None and leg.outcome == LegOutcome.TALKING:
            since = {"operator": who, "time": clock(leg.answered_at)}
            now.append(_("has been talking with %(operator)s since %(time)s") % since)
        elif leg.answered_at is not None:
            before[who] = None
    if before or (call.answered_at is not None and not now):
        talked = {"duration": duration(call.talked), "operators": ", ".join(before) or "–"}
        return [_("talked %(duration)s with %(operators)s") % talked, *now]
    return now


def caller_text(call: CallRow) -> str:
    """The caller's number; who withheld it is said so, and that nothing but the caller's word tells it."""
    if call.caller and call.source == Source.BROWSER:
        return _("%(number)s (not confirmed)") % {"number": phone(call.caller)}
    return phone(call.caller) if call.caller else _("Number withheld")


def _who_called(call: CallRow) -> str:
    """The caller as the sentence says it: a number, or who they were without one."""
    if call.caller and call.source == Source.BROWSER:
        return _("Somebody in a browser (%(number)s, not confirmed)") % {"number": phone(call.caller)}
    if call.caller:
        return phone(call.caller)
    return _("Somebody in a browser") if call.source == Source.BROWSER else _("Somebody who withheld the number")


def timeline(
    call: CallRow, legs: Sequence[LegRow], visits: Sequence[VisitRow], happened: Sequence[Event], names: Names
) -> Timeline:
    """The call to scale: menu, waits, rings, talks, holds, and the keys and transfers as marks."""
    ends = call.ended_at or datetime.now(UTC)
    whole = max(ends - call.arrived_at, timedelta(milliseconds=1))

    def share(at: datetime | None) -> float:
        return min(1.0, max(0.0, ((at or ends) - call.arrived_at) / whole))

    def stretch(kind: str, text: str, since: datetime | None, until: datetime | None) -> Stretch:
        return Stretch(kind, text, share(since), max(0.0, share(until) - share(since)))

    stretches = [stretch("menu", _("menu"), call.arrived_at, call.queued_at or call.ended_at)]
    for visit in visits:
        stretches.append(stretch("wait", queue_name(names, visit.queue), visit.joined_at, visit.left_at))
    for leg in legs:
        who = names.get(leg.agent, leg.agent)
        stretches.append(stretch("ring", who, leg.offered_at, leg.answered_at or leg.left_at))
        if leg.answered_at is not None:
            stretches.append(stretch("talk", who, leg.answered_at, leg.left_at))
    stretches += [stretch("hold", _("on hold"), since, until) for since, until in _holds(happened)]
    marks = [(share(at), sign, told) for at, sign, told in _marks(happened, names)]
    return Timeline(call.arrived_at, ends, whole, stretches, _in_rows(marks))


def _in_rows(marks: Sequence[tuple[float, str, str]]) -> list[Mark]:
    """Each mark in the lowest row where it has room; in a line full of marks the last row takes the rest."""
    ends = [-1.0] * ROWS
    placed = []
    for left, sign, text in marks:
        row = next((row for row in range(ROWS) if left - ends[row] >= SIGN), ROWS - 1)
        ends[row] = left
        placed.append(Mark(sign, text, left, row))
    return placed


def _holds(happened: Sequence[Event]) -> list[tuple[datetime, datetime | None]]:
    holds: list[tuple[datetime, datetime | None]] = []
    for event in happened:
        match event:
            case events.CallHeld(at=at):
                holds.append((at, None))
            case events.CallResumed(at=at) | events.AgentLeftTalk(at=at) if holds and holds[-1][1] is None:
                holds[-1] = (holds[-1][0], at)
            case _:
                pass
    return holds


def _marks(happened: Sequence[Event], names: Names) -> list[tuple[datetime, str, str]]:
    marks = []
    for event in happened:
        match event:
            case events.KeyPressed(at=at, key=key):
                marks.append((at, key, tell(event, names)))
            case events.CallTransferred(at=at):
                marks.append((at, "⇄", tell(event, names)))
            case events.CallerRequeued(at=at):
                marks.append((at, "↺", tell(event, names)))
            case events.RecordingPaused(at=at):
                marks.append((at, "⏸", tell(event, names)))
            case events.RecordingResumed(at=at):
                marks.append((at, "⏺", tell(event, names)))
            case _:
                pass
    return marks


def all_told(call: CallRow, happened: Sequence[Event], names: Names) -> list[Told]:
    """Every event of the call, with its time."""
    return [Told(event.at, event.at - call.arrived_at, tell(event, names)) for event in happened]


def clock_of(told: Told) -> str:
    """The event's time of day, to the second."""
    return clock(told.at, seconds=True)
