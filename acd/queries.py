"""What the desk reads: shifts, states, waiting callers (from the ledger), wrap-ups and colleagues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Interval, and_, bindparam, cast, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from acd.model import IN_A_CALL, IN_TALK, AgentStateName
from acd.tables import AgentCommand, AgentState, PauseReason, Queue, QueueMember, Shift, WrapUp
from calls.events import (
    CallArrived,
    ConferenceBegan,
    ConferenceEnded,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
)
from calls.model import CallState, Source, VisitOutcome, interface_of
from calls.tables import CallRow, JournalRow, VisitRow
from db import NotFound
from staff.tables import Person

_OF_RECORDING = [kind.__name__ for kind in (RecordingStarted, RecordingPaused, RecordingResumed)]
_OF_CONFERENCE = [kind.__name__ for kind in (ConferenceBegan, ConferenceEnded)]


def open_shift(session: Session, person_id: int, *, lock: bool = False) -> Shift | None:
    """The person's running shift. `lock` keeps other changes of this person waiting until the commit."""
    chosen = select(Shift).where(Shift.person_id == person_id, Shift.ended_at.is_(None))
    return session.scalar(chosen.with_for_update() if lock else chosen)


def shift_at(session: Session, person_id: int, at: datetime) -> Shift | None:
    """The person's shift at that moment, running or over."""
    return session.scalar(
        select(Shift)
        .where(Shift.person_id == person_id, Shift.started_at <= at)
        .where(or_(Shift.ended_at.is_(None), Shift.ended_at >= at))
        .order_by(Shift.id.desc())
        .limit(1)
    )


def current_state(session: Session, person_id: int) -> AgentState | None:
    """The open period; None for a person who never had a shift."""
    return session.scalar(select(AgentState).where(AgentState.person_id == person_id, AgentState.until.is_(None)))


def state_before(session: Session, period: AgentState) -> AgentState | None:
    """What the agent did before this period."""
    return session.scalar(
        select(AgentState)
        .where(AgentState.person_id == period.person_id, AgentState.id < period.id)
        .order_by(AgentState.id.desc())
        .limit(1)
    )


class AtDesk(NamedTuple):
    """What a person does now; None for each that there is not."""

    shift: Shift | None
    period: AgentState | None
    wrap_up: WrapUp | None  # lacks a result: that of the call the period is about, else the oldest
    open_wrap_ups: int  # with this one


_AT_DESK = (  # built once, for every sign of life asks it
    select(Shift, AgentState, WrapUp, func.count(WrapUp.id).over())
    .select_from(Person)
    .outerjoin(Shift, and_(Shift.person_id == Person.id, Shift.ended_at.is_(None)))
    .outerjoin(AgentState, and_(AgentState.person_id == Person.id, AgentState.until.is_(None)))
    .outerjoin(WrapUp, and_(WrapUp.person_id == Person.id, WrapUp.finished_at.is_(None)))
    .where(Person.id == bindparam("person"))
    .order_by((WrapUp.call == AgentState.call).desc().nulls_last(), WrapUp.started_at, WrapUp.id)
    .limit(1)
)


def at_desk(session: Session, person_id: int) -> AtDesk:
    """The person's running shift, open period and the open wrap-up that comes first, in one query."""
    row = session.execute(_AT_DESK, {"person": person_id}).one()
    return AtDesk(*row)


def agents_of_call(session: Session, call: UUID) -> Sequence[AgentState]:
    """Open periods of agents who have this call now: on their phone, in talk, on hold, asked about it."""
    return session.scalars(
        select(AgentState).where(AgentState.call == call, AgentState.until.is_(None), AgentState.state.in_(IN_A_CALL))
    ).all()


def lost_call_is_over(session: Session, person_id: int, call: UUID) -> bool:
    """Whether a call that was once at this person's desk has ended, wherever it went from there."""
    return session.scalars(
        select(
            exists()
            .where(AgentState.person_id == person_id, AgentState.call == call)
            .where(CallRow.id == AgentState.call, CallRow.state == CallState.ENDED)
        )
    ).one()


def recording_paused_since(session: Session, call: UUID) -> datetime | None:
    """Since when the call's recording holds silence; None while it records. Each talk's recording begins with sound."""
    last = session.execute(
        select(JournalRow.kind, JournalRow.at)
        .where(JournalRow.call == call, JournalRow.kind.in_(_OF_RECORDING))
        .order_by(JournalRow.seq.desc())
        .limit(1)
    ).first()
    return last.at if last and last.kind == RecordingPaused.__name__ else None


def caller_hears(session: Session, consult: AgentState) -> bool:
    """Whether the caller hears the agent who is asked about them in this period."""
    last = session.scalar(
        select(JournalRow.kind)
        .where(JournalRow.call == consult.call, JournalRow.kind.in_(_OF_CONFERENCE), JournalRow.at >= consult.since)
        .where(JournalRow.body["to"].astext == interface_of(consult.person_id))
        .order_by(JournalRow.seq.desc())
        .limit(1)
    )
    return last == ConferenceBegan.__name__


def talks_unrecorded(session: Session, before: datetime) -> Sequence[AgentState]:
    """Talks going on whose recording has been paused since before that time."""
    last = (
        select(JournalRow.kind, JournalRow.at)
        .where(JournalRow.call == AgentState.call, JournalRow.kind.in_(_OF_RECORDING))
        .order_by(JournalRow.seq.desc())
        .limit(1)
        .lateral()
    )
    return session.scalars(
        select(AgentState)
        .join(last, true())
        .where(AgentState.until.is_(None), AgentState.state.in_(IN_TALK))
        .where(last.c.kind == RecordingPaused.__name__, last.c.at < before)
    ).all()


def open_wishes(session: Session, call: UUID) -> Sequence[AgentCommand]:
    """What the listener has not begun to fulfil of this call, the oldest first, locked against its beginning."""
    return session.scalars(
        select(AgentCommand)
        .where(AgentCommand.call == call, AgentCommand.done_at.is_(None))
        .order_by(AgentCommand.id)
        .with_for_update()
    ).all()


def pause_reasons(session: Session) -> Sequence[PauseReason]:
    """The organisation's reasons in their order, also those switched off: pauses that were made keep their names."""
    return session.scalars(select(PauseReason).order_by(PauseReason.position, PauseReason.id)).all()


def offered_pauses(session: Session) -> Sequence[PauseReason]:
    """The reasons for which somebody may pause now, in their order."""
    return [reason for reason in pause_reasons(session) if reason.disabled_at is None]


def pause_lasts(session: Session, organisation: int, reason: str | None) -> timedelta | None:
    """How long a pause of this reason should take; None where nothing is said."""
    known = select(PauseReason.lasts).where(PauseReason.organisation_id == organisation, PauseReason.code == reason)
    return session.scalar(known) if reason else None


def queue_named(session: Session, asterisk_name: str) -> Queue:
    """The queue of this name in Asterisk. NotFound for a queue that is not ours."""
    queue = find_queue(session, asterisk_name)
    if queue is None:
        raise NotFound(f"queue {asterisk_name}")
    return queue


def find_queue(session: Session, asterisk_name: str) -> Queue | None:
    """As `queue_named`, None instead of NotFound."""
    return session.scalar(select(Queue).where(Queue.asterisk_name == asterisk_name))


def call_of_visitor(session: Session, endpoint: str, since: datetime, known: UUID | None) -> CallRow | None:
    """The call that came by this visitor's phone since then: the one known already, or the one that is going on."""
    arrival = exists().where(
        JournalRow.call == CallRow.id,
        JournalRow.kind == CallArrived.__name__,
        JournalRow.body["endpoint"].astext == endpoint,
        JournalRow.at >= since,
    )
    which = CallRow.id == known if known else CallRow.state != CallState.ENDED
    chosen = select(CallRow).where(CallRow.source == Source.BROWSER, which, arrival)
    return session.scalar(chosen.order_by(CallRow.arrived_at.desc()).limit(1))


def place_in_queue(session: Session, call: UUID) -> int | None:
    """How many callers are served before this one in its queue, and it; who came back goes before who is new there."""
    mine, other = aliased(VisitRow), aliased(VisitRow)
    before = or_(
        and_(other.number > 1, mine.number == 1),
        and_((other.number > 1) == (mine.number > 1), other.joined_at < mine.joined_at),
    )
    return session.scalar(
        select(func.count(other.call) + 1)
        .select_from(mine)
        .outerjoin(other, and_(other.queue == mine.queue, other.outcome == VisitOutcome.WAITING, before))
        .where(mine.call == call, mine.outcome == VisitOutcome.WAITING)
        .group_by(mine.call, mine.number)
    )


def queues(session: Session) -> Sequence[Queue]:
    """Every queue of the transaction's organisation, in their order on pages, also those closed: whatever was there
    keeps its name.
    """
    return session.scalars(select(Queue).order_by(Queue.position, Queue.id)).all()


def open_queues(session: Session) -> Sequence[Queue]:
    """The queues where somebody may wait, in their order on pages: what forms offer."""
    return [queue for queue in queues(session) if queue.closed_at is None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue at a glance."""

    queue: Queue
    callers: int
    longest_since: datetime | None
    mine: bool  # the person asked about is a member


_MEMBER_OF = select(QueueMember.queue_id).where(QueueMember.person_id == bindparam("person", type_=BigInteger))
_WAITING = (
    select(
        Queue,
        func.count(VisitRow.call),
        func.min(VisitRow.joined_at),
        Queue.id.in_(_MEMBER_OF),
    )
    .outerjoin(VisitRow, and_(VisitRow.queue == Queue.asterisk_name, VisitRow.outcome == VisitOutcome.WAITING))
    .where(Queue.closed_at.is_(None))
    .group_by(Queue.id)
    .order_by(Queue.position, Queue.id)
)


def waiting(session: Session, person_id: int | None = None) -> list[Waiting]:
    """Every queue that is not closed, with its callers waiting now; those of `person_id` are marked."""
    return [Waiting(*row) for row in session.execute(_WAITING, {"person": person_id})]


def wrap_up_limit(session: Session, asterisk_name: str | None) -> timedelta:
    """How long the wrap-up of a call from this queue may take; a minute for a call without a queue."""
    limit = session.scalar(select(Queue.wrap_up_limit).where(Queue.asterisk_name == asterisk_name))
    return limit or timedelta(minutes=1)


def wrap_up_of(session: Session, call: UUID, person_id: int, *, lock: bool = False) -> WrapUp | None:
    """This person's wrap-up of their last talk in this call, open or finished.

    `lock`: another answer to it waits until the commit.
    """
    talks = select(WrapUp).where(WrapUp.call == call, WrapUp.person_id == person_id)
    chosen = talks.order_by(WrapUp.finished_at.desc().nulls_first(), WrapUp.id.desc()).limit(1)
    return session.scalar(chosen.with_for_update() if lock else chosen)


def was_in_talk(session: Session, call: UUID, person_id: int) -> bool:
    """Whether the person's states tell of a talk in this call."""
    talked = exists().where(
        AgentState.person_id == person_id,
        AgentState.call == call,
        AgentState.state.in_(IN_TALK),
    )
    return bool(session.scalar(select(talked)))


def open_wrap_ups(session: Session, person_id: int) -> Sequence[WrapUp]:
    """Talks of this person that still lack a result, the oldest first."""
    return session.scalars(
        select(WrapUp)
        .where(WrapUp.person_id == person_id, WrapUp.finished_at.is_(None))
        .order_by(WrapUp.started_at, WrapUp.id)
    ).all()


def finished_wrap_ups(session: Session, call: UUID) -> list[tuple[WrapUp, str]]:
    """What each agent said about their talk in this call, with the agents' names, in order."""
    rows = session.execute(
        select(WrapUp, Person.name)
        .join(Person, Person.id == WrapUp.person_id)
        .where(WrapUp.call == call, WrapUp.finished_at.is_not(None))
        .order_by(WrapUp.finished_at)
    )
    return [(row, name) for row, name in rows]


@dataclass(frozen=True, slots=True)
class Day:
    """A person's own day."""

    calls: int
    talked: timedelta
    wrap_up: timedelta  # mean of a talk


_LENGTH = cast(func.coalesce(AgentState.until, func.now()) - AgentState.since, Interval)
_TALKING = AgentState.state.in_((AgentStateName.TALKING, AgentStateName.HOLD))
_DAY_OF = select(
    func.count(AgentState.call.distinct()).filter(_TALKING),
    func.sum(_LENGTH).filter(_TALKING),
    func.sum(_LENGTH).filter(AgentState.state == AgentStateName.WRAP_UP),
).where(AgentState.person_id == bindparam("person"), AgentState.since >= bindparam("since"))


def day_of(session: Session, person_id: int, since: datetime) -> Day:
    """Talks begun since then, their length with holds, and the mean wrap-up. Open periods count up to now.

    A wrap-up that was left behind counts until the last sign of life of its page: there the shift ended
    (`service.settle_silent_shifts`).
    """
    none = timedelta(0)
    calls, talked, wrapped = session.execute(_DAY_OF, {"person": person_id, "since": since}).one()
    return Day(calls, talked or none, wrapped / calls if wrapped and calls else none)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody a call can be handed to."""

    person: Person
    state: AgentStateName
    since: datetime


def colleagues(session: Session, *, but: int) -> list[Colleague]:
    """Agents on a shift other than `but`, those who are ready first."""
    rows = session.execute(
        select(Person, AgentState.state, AgentState.since)
        .join(Shift, Shift.person_id == Person.id)
        .join(AgentState, AgentState.person_id == Person.id)
        .where(Shift.ended_at.is_(None), AgentState.until.is_(None), Person.id != but, Person.disabled_at.is_(None))
        .order_by(AgentState.state != AgentStateName.READY, Person.name)
    )
    return [Colleague(person, AgentStateName(state), since) for person, state, since in rows]


def silent_shifts(session: Session, seen_before: datetime) -> Sequence[Shift]:
    """Running shifts whose page gave no sign of life since then, locked; one that changes just now is left out."""
    return session.scalars(
        select(Shift)
        .where(Shift.ended_at.is_(None), Shift.seen_at < seen_before)
        .order_by(Shift.id)
        .with_for_update(skip_locked=True)
    ).all()
