"""Who is owed a call: the page's list, what comes next for an agent, and what the clocks have to look at."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session

from acd.callbacks.model import HELD, Reason, Rules, State
from acd.callbacks.numbers import international
from acd.callbacks.tables import CallbackAttempt, CallbackRules, MissedCall, OwedCall
from acd.model import AgentStateName, OwnPause
from acd.tables import AgentState, Queue, QueueMember, Shift
from calls.model import CallState, VisitOutcome
from calls.tables import CallRow, VisitRow
from db import NotFound
from staff.tables import Person

AT_ONCE = 1000  # rows of a longer list in memory
PAGE = 200  # rows; who is owed longest comes first, so that nobody is on a second page unseen


@dataclass(frozen=True, slots=True)
class Filters:
    """Which owed calls; what is empty narrows nothing."""

    state: str = ""  # a State, or one of the groups "open" and "closed"
    queue: str = ""
    reason: str = ""
    language: str = ""
    topic: str = ""
    person: int | None = None
    digits: str = ""  # of the number's end


def get(session: Session, owed: int, *, lock: bool = False) -> OwedCall:
    """The owed call. NotFound. `lock`: others who would change it wait until the commit."""
    chosen = select(OwedCall).where(OwedCall.id == owed)
    if lock:
        chosen = chosen.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(chosen)
    if found is None:
        raise NotFound(f"owed call {owed}")
    return found


def find(session: Session, owed: int) -> OwedCall | None:
    """As `get`, None instead of NotFound."""
    return session.scalar(select(OwedCall).where(OwedCall.id == owed))


def open_of(session: Session, organisation: int, number: str, queue: str | None = None) -> Sequence[OwedCall]:
    """What is owed to this number, locked: in one queue, or in any."""
    wanted = select(OwedCall).where(
        OwedCall.organisation_id == organisation, OwedCall.number == number, OwedCall.closed_at.is_(None)
    )
    if queue is not None:
        wanted = wanted.where(OwedCall.queue == queue)
    return session.scalars(wanted.order_by(OwedCall.id).with_for_update()).all()


def held_by(session: Session, person: int) -> OwedCall | None:
    """What is offered to the person, or what their phone dials."""
    return session.scalar(select(OwedCall).where(OwedCall.person_id == person, OwedCall.state.in_(HELD)))


def is_counted(session: Session, call: UUID) -> bool:
    """Whether this missed call was read before."""
    return session.get(MissedCall, call) is not None


def attempts_among(session: Session, calls: Collection[UUID]) -> dict[UUID, CallbackAttempt]:
    """Those of the calls that are attempts of ours."""
    found = session.scalars(select(CallbackAttempt).where(CallbackAttempt.call.in_(calls)))
    return {attempt.call: attempt for attempt in found if attempt.call is not None}


def attempt_of(session: Session, person: int, number: str, at: datetime) -> CallbackAttempt | None:
    """The attempt of this person at this number that was asked for by then and has no call yet."""
    return session.scalar(
        select(CallbackAttempt)
        .join(OwedCall, OwedCall.id == CallbackAttempt.owed_call_id)
        .where(CallbackAttempt.person_id == person, OwedCall.number == number, CallbackAttempt.asked_at <= at)
        .where(CallbackAttempt.outcome.is_(None), CallbackAttempt.call.is_(None))
    )


def open_attempt(session: Session, owed: int) -> CallbackAttempt | None:
    """The attempt that is under way, as it is now."""
    return session.scalar(
        select(CallbackAttempt)
        .where(CallbackAttempt.owed_call_id == owed, CallbackAttempt.outcome.is_(None))
        .execution_options(populate_existing=True)
    )


def attempts_of(session: Session, owed: Collection[int]) -> list[tuple[CallbackAttempt, str]]:
    """Every attempt at these, with who made it, the newest first."""
    rows = session.execute(
        select(CallbackAttempt, Person.name)
        .join(Person, Person.id == CallbackAttempt.person_id)
        .where(CallbackAttempt.owed_call_id.in_(owed))
        .order_by(CallbackAttempt.asked_at.desc())
    )
    return [(attempt, name) for attempt, name in rows]


def missed_of(session: Session, owed: int) -> Sequence[MissedCall]:
    """The calls it is owed for, the newest first."""
    return session.scalars(
        select(MissedCall).where(MissedCall.owed_call_id == owed).order_by(MissedCall.at.desc())
    ).all()


def rules(session: Session, organisation: int) -> Rules:
    """How the organisation calls back."""
    row = rules_row(session, organisation)
    if row is None:
        return Rules()
    return Rules(
        most_attempts=row.most_attempts,
        pause=row.pause,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        deadline=row.deadline,
    )


def rules_row(session: Session, organisation: int) -> CallbackRules | None:
    """The organisation's own rules, if it has any."""
    return session.scalar(select(CallbackRules).where(CallbackRules.organisation_id == organisation))


def queue_or_general(session: Session, organisation: int, name: str | None) -> str | None:
    """The queue of this name, else the organisation's general one; None in an organisation without queues."""
    return session.scalar(
        select(Queue.asterisk_name)
        .where(Queue.organisation_id == organisation, Queue.closed_at.is_(None))
        .order_by((Queue.asterisk_name == (name or "")).desc(), Queue.code != "general", Queue.position, Queue.id)
        .limit(1)
    )


def _in_turn(person: int) -> Select[OwedCall]:
    """What the person's queues owe: who asked and waits longer than every caller of these queues, then the others."""
    mine = (
        select(Queue.asterisk_name)
        .join(QueueMember, QueueMember.queue_id == Queue.id)
        .where(QueueMember.person_id == person)
    )
    oldest = (
        select(func.min(VisitRow.joined_at))
        .where(VisitRow.outcome == VisitOutcome.WAITING, VisitRow.queue.in_(mine))
        .scalar_subquery()
    )
    in_turn = and_(OwedCall.reason == Reason.ASKED, OwedCall.place_at < oldest)
    return (
        select(OwedCall)
        .where(OwedCall.state == State.WAITING, OwedCall.queue.in_(mine), or_(oldest.is_(None), in_turn))
        .order_by(OwedCall.reason != Reason.ASKED, OwedCall.place_at, OwedCall.id)
    )


def next_for(session: Session, person: int, now: datetime, *, passed_before: datetime) -> Sequence[OwedCall]:
    """What may be offered to the person now, in turn; locked, and what others look at just now is left out.

    What they gave back themselves waits for somebody else for a while.
    """
    passed = and_(OwedCall.passed_by == person, OwedCall.passed_at >= passed_before)
    wanted = _in_turn(person).where(OwedCall.due_at <= now, or_(OwedCall.passed_by.is_(None), ~passed))
    return session.scalars(wanted.limit(20).with_for_update(skip_locked=True, of=OwedCall)).all()


def anything_due(session: Session, now: datetime) -> bool:
    """Whether anybody waits to be called."""
    return bool(session.scalar(select(exists().where(OwedCall.state == State.WAITING, OwedCall.due_at <= now))))


def ready_shifts(session: Session, seen_since: datetime) -> Sequence[Shift]:
    """Agents who take calls and have none, whose page is there; who is idle longest comes first."""
    return session.scalars(
        select(Shift)
        .join(AgentState, AgentState.person_id == Shift.person_id)
        .where(Shift.ended_at.is_(None), Shift.phone_reachable, Shift.seen_at >= seen_since)
        .where(AgentState.until.is_(None), AgentState.state == AgentStateName.READY)
        .order_by(AgentState.since, Shift.id)
    ).all()


def stranded_shifts(session: Session) -> Sequence[Shift]:
    """Agents who are paused for a callback that they no longer have."""
    has = exists().where(OwedCall.person_id == Shift.person_id, OwedCall.state.in_(HELD))
    return session.scalars(
        select(Shift)
        .join(AgentState, AgentState.person_id == Shift.person_id)
        .where(Shift.ended_at.is_(None), AgentState.until.is_(None), ~has)
        .where(AgentState.state == AgentStateName.PAUSED, AgentState.reason == OwnPause.CALLBACK)
    ).all()


def run_out(session: Session, now: datetime) -> Sequence[OwedCall]:
    """Offers that were not accepted in time."""
    return session.scalars(
        select(OwedCall).where(OwedCall.state == State.OFFERED, OwedCall.offered_until < now).order_by(OwedCall.id)
    ).all()


def silent_attempts(session: Session, seen_before: datetime) -> Sequence[CallbackAttempt]:
    """Attempts that Asterisk never had, and whose page gave no sign of life since then."""
    return session.scalars(
        select(CallbackAttempt).where(
            CallbackAttempt.outcome.is_(None),
            CallbackAttempt.call.is_(None),
            CallbackAttempt.seen_at < seen_before,
        )
    ).all()


def overdue(session: Session, now: datetime) -> Sequence[OwedCall]:
    """Past their deadline, locked; what somebody has just now is left to them."""
    return session.scalars(
        select(OwedCall)
        .where(OwedCall.state == State.WAITING, OwedCall.deadline_at <= now)
        .order_by(OwedCall.id)
        .with_for_update(skip_locked=True)
    ).all()


def numbers_on_the_line(session: Session, organisation: int, country: str) -> set[str]:
    """Whose calls are on just now: nobody is called back while they wait or talk."""
    on = select(CallRow.caller).where(
        CallRow.organisation_id == organisation, CallRow.state != CallState.ENDED, CallRow.caller != ""
    )
    return {international(number, country) for number in session.scalars(on)}


def count_open(session: Session) -> int:
    """How many are owed a call."""
    return session.scalar(select(func.count()).where(OwedCall.closed_at.is_(None))) or 0


@dataclass(frozen=True, slots=True)
class Row:
    """An owed call with the name of its person, and what the last attempt came to."""

    owed: OwedCall
    person: str | None
    outcome: str | None  # None for one that nobody has tried


def page(session: Session, filters: Filters) -> list[Row]:
    """Open ones in the order in which they are due, closed ones the latest first."""
    return [Row(*row) for row in session.execute(_listed(filters).limit(PAGE))]


def every(session: Session, filters: Filters, *, at_most: int) -> Iterator[Row]:
    """As `page`, beyond its end; read from PostgreSQL as they are asked for."""
    rows = session.execute(_listed(filters).limit(at_most), execution_options={"yield_per": AT_ONCE})
    return (Row(*row) for row in rows)


def _listed(filters: Filters) -> Select[OwedCall, str | None, str | None]:
    is_open = OwedCall.closed_at.is_(None)
    last = (
        select(CallbackAttempt.outcome)
        .where(CallbackAttempt.owed_call_id == OwedCall.id, CallbackAttempt.outcome.is_not(None))
        .order_by(CallbackAttempt.asked_at.desc())
        .limit(1)
        .lateral()
    )
    return (
        select(OwedCall, Person.name, last.c.outcome)
        .outerjoin(Person, Person.id == OwedCall.person_id)
        .outerjoin(last, true())
        .where(*_conditions(filters))
        .order_by(
            is_open.desc(),
            case((is_open, OwedCall.reason != Reason.ASKED)),
            OwedCall.closed_at.desc().nulls_first(),
            OwedCall.place_at,
            OwedCall.id,
        )
    )


def count(session: Session, filters: Filters) -> int:
    """How many of them there are."""
    return session.scalar(select(func.count(OwedCall.id)).where(*_conditions(filters))) or 0


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    match filters.state:
        case "" | "open":
            wanted.append(OwedCall.closed_at.is_(None))
        case "closed":
            wanted.append(OwedCall.closed_at.is_not(None))
        case "all":
            pass
        case state:
            wanted.append(OwedCall.state == state)
    for column, value in (
        (OwedCall.queue, filters.queue),
        (OwedCall.reason, filters.reason),
        (OwedCall.language, filters.language),
        (OwedCall.topic, filters.topic),
        (OwedCall.person_id, filters.person),
    ):
        if value:
            wanted.append(column == value)
    if filters.digits:
        wanted.append(OwedCall.number.endswith(filters.digits, autoescape=True))
    return wanted


def figures(session: Session, since: datetime) -> dict[str, int]:
    """For the page's head: open, past half of their time, and what the day has closed, by the way it was closed."""
    now = func.now()
    late = and_(OwedCall.closed_at.is_(None), OwedCall.deadline_at <= now)
    row = session.execute(
        select(
            func.count().filter(OwedCall.closed_at.is_(None)),
            func.count().filter(late),
            *(
                func.count().filter(OwedCall.state == state, OwedCall.closed_at >= since)
                for state in (State.CALLED_BACK, State.REACHED_US, State.ESCALATED)
            ),
        ).select_from(OwedCall)
    ).one()
    return dict(zip(("open", "late", "called_back", "reached_us", "escalated"), row, strict=True))
