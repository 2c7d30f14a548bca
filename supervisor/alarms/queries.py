"""Every SELECT of alarms: what is to be raised, what is due on the ladder, what a page shows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session, defer

from acd.callbacks.model import State as OwedState
from acd.callbacks.tables import OwedCall
from acd.model import Result
from acd.tables import Queue, WrapUp
from appeals.tables import Appeal
from calls.tables import CallRow, Topic
from db import NotFound
from notify.tables import Channel
from staff.tables import Person
from supervisor.alarms.model import MARKS, ON_FROM_THE_START, Kind, Rung, State
from supervisor.alarms.tables import Alarm, AlarmDeed, AlarmRule, AlarmStep

PAGE = 50


def wanted(session: Session, organisation: int) -> frozenset[Kind]:
    """The kinds of alarms the organisation wants."""
    rows = session.scalars(select(AlarmRule).where(AlarmRule.organisation_id == organisation))
    said = {Kind(row.kind): row.wanted for row in rows}
    return frozenset(kind for kind in Kind if said.get(kind, kind in ON_FROM_THE_START))


def steps(session: Session, organisation: int) -> Sequence[AlarmStep]:
    """The organisation's ladder, in its order."""
    return session.scalars(
        select(AlarmStep).where(AlarmStep.organisation_id == organisation).order_by(AlarmStep.after, AlarmStep.id)
    ).all()


def step(session: Session, step_id: int) -> AlarmStep:
    """The step. NotFound, also for another organisation's."""
    found = session.get(AlarmStep, step_id)
    if found is None:
        raise NotFound(f"alarm step {step_id}")
    return found


def rungs(ladder: Sequence[AlarmStep], kind: str) -> list[Rung]:
    """The steps that serve this kind, as the model climbs them."""
    return [Rung(each.id, each.after, each.again_every) for each in ladder if kind in each.kinds]


def alarming_results(
    session: Session, organisation: int, kinds: frozenset[Kind], since: datetime
) -> list[tuple[WrapUp, CallRow | None]]:
    """Results given since then that are an alarm of these kinds and have none yet, with their calls."""
    own = [mark.value for mark in MARKS & kinds]
    others = [result.value for result in Result if result.value not in MARKS]
    results = [*own, *(others if Kind.CALL in kinds else ())]
    raised = exists().where(Alarm.call == WrapUp.call, Alarm.kind == _kind())
    rows = session.execute(
        select(WrapUp, CallRow)
        .outerjoin(CallRow, CallRow.id == WrapUp.call)
        .where(WrapUp.organisation_id == organisation, WrapUp.finished_at > since, WrapUp.result.in_(results))
        .where(~raised)
        .order_by(WrapUp.finished_at)
        .options(defer(CallRow.progress))
    )
    return [(row[0], row[1]) for row in rows]


def _kind() -> ColumnElement[str]:
    """The kind of alarm a result makes."""
    return case((WrapUp.result.in_([mark.value for mark in MARKS]), WrapUp.result), else_=Kind.CALL.value)


def alarming_appeals(session: Session, organisation: int, kinds: frozenset[Kind], since: datetime) -> Sequence[Appeal]:
    """Appeals of these kinds registered since then that have no alarm yet."""
    raised = exists().where(Alarm.appeal_id == Appeal.id, Alarm.kind == Appeal.kind)
    return session.scalars(
        select(Appeal)
        .where(Appeal.organisation_id == organisation, Appeal.registered_at > since)
        .where(Appeal.kind.in_([kind.value for kind in kinds]), ~raised)
        .order_by(Appeal.registered_at)
    ).all()


def escalated(session: Session, organisation: int, since: datetime) -> Sequence[OwedCall]:
    """Owed calls handed to those in charge since then that have no alarm about it yet."""
    raised = exists().where(Alarm.owed_call_id == OwedCall.id, Alarm.raised_at >= OwedCall.closed_at)
    return session.scalars(
        select(OwedCall)
        .where(OwedCall.organisation_id == organisation, OwedCall.closed_at > since)
        .where(OwedCall.state == OwedState.ESCALATED, ~raised)
        .order_by(OwedCall.closed_at)
    ).all()


def no_longer_escalated(session: Session, organisation: int) -> Sequence[Alarm]:
    """Alarms about owed calls that are owed again or gone, locked."""
    return session.scalars(
        select(Alarm)
        .outerjoin(OwedCall, OwedCall.id == Alarm.owed_call_id)
        .where(Alarm.organisation_id == organisation, Alarm.owed_call_id.is_not(None), Alarm.state != State.CLOSED)
        .where(or_(OwedCall.id.is_(None), OwedCall.state != OwedState.ESCALATED))
        .order_by(Alarm.id)
        .with_for_update(of=Alarm)
    ).all()


def due(session: Session, at: datetime, *, at_most: int = 100) -> list[tuple[int, int]]:
    """Alarms nobody has taken whose next rung is reached, who waits longest first; each organisation, then alarm."""
    rows = session.execute(
        select(Alarm.organisation_id, Alarm.id).where(*_due(at)).order_by(Alarm.due_at, Alarm.id).limit(at_most)
    )
    return [(row[0], row[1]) for row in rows]


def still_due(session: Session, alarm_id: int, at: datetime) -> Alarm | None:
    """The alarm, locked; None if somebody has told of it meanwhile or does so just now."""
    return session.scalar(select(Alarm).where(Alarm.id == alarm_id, *_due(at)).with_for_update(skip_locked=True))


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Alarm.state == State.OPEN, Alarm.due_at <= at


def get(session: Session, alarm_id: int, *, lock: bool = False) -> Alarm:
    """The alarm. NotFound, also for another organisation's."""
    found = session.get(Alarm, alarm_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound(f"alarm {alarm_id}")
    return found


def page(session: Session, *, state: str = "", before: int | None = None) -> list[tuple[Alarm, str | None]]:
    """The newest alarms with the names of who has them, `PAGE` + 1 at most."""
    conditions: list[ColumnElement[bool]] = []
    if state:
        conditions.append(Alarm.state == state)
    if before is not None:
        conditions.append(Alarm.id < before)
    rows = session.execute(
        select(Alarm, Person.name)
        .outerjoin(Person, Person.id == Alarm.taken_by)
        .where(*conditions)
        .order_by(Alarm.id.desc())
        .limit(PAGE + 1)
    )
    return [(row[0], row[1]) for row in rows]


def of_call(session: Session, call: UUID) -> Sequence[Alarm]:
    """The alarms about a call."""
    return session.scalars(select(Alarm).where(Alarm.call == call).order_by(Alarm.id)).all()


def open_count(session: Session) -> int:
    """How many alarms nobody has taken."""
    return session.scalar(select(func.count()).where(Alarm.state == State.OPEN)) or 0


def troubles(session: Session, organisation: int) -> Sequence[Alarm]:
    """Troubles of the installation that are not over, locked."""
    return session.scalars(
        select(Alarm)
        .where(Alarm.organisation_id == organisation, Alarm.trouble.is_not(None), Alarm.state != State.CLOSED)
        .order_by(Alarm.id)
        .with_for_update()
    ).all()


def last_deed(session: Session, alarm_id: int) -> AlarmDeed | None:
    """What happened to an alarm last."""
    return session.scalar(
        select(AlarmDeed).where(AlarmDeed.alarm_id == alarm_id).order_by(AlarmDeed.id.desc()).limit(1)
    )


def deeds(session: Session, alarm_id: int) -> list[tuple[AlarmDeed, str | None]]:
    """What happened to an alarm, in order, with names."""
    rows = session.execute(
        select(AlarmDeed, Person.name)
        .outerjoin(Person, Person.id == AlarmDeed.person_id)
        .where(AlarmDeed.alarm_id == alarm_id)
        .order_by(AlarmDeed.id)
    )
    return [(row[0], row[1]) for row in rows]


def channels(session: Session, organisation: int) -> dict[int, Channel]:
    """The organisation's channels by id."""
    return {row.id: row for row in session.scalars(select(Channel).where(Channel.organisation_id == organisation))}


def names(session: Session, organisation: int) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Names of queues by their name in Asterisk, and of topics by code; each by language."""
    queues = session.execute(select(Queue.asterisk_name, Queue.name).where(Queue.organisation_id == organisation))
    topics = session.execute(select(Topic.code, Topic.name).where(Topic.organisation_id == organisation))
    return {row[0]: row[1] for row in queues}, {row[0]: row[1] for row in topics}
