"""Every SELECT of terms."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from appeals.model import OPEN
from appeals.tables import Appeal
from appeals.terms.calendar import FIVE_DAYS, Calendar, Week
from appeals.terms.model import Standing
from appeals.terms.tables import CalendarDay, ExtensionRequest, TermChange, TermRecount, TermRule, WorkingWeek
from db import NotFound
from staff.hours import spans_of
from staff.public_holidays import public_holidays, worked_weekends
from staff.tables import Organisation


class Facts(NamedTuple):
    """What the term of an open appeal follows from, and the term it has."""

    id: int
    received_at: datetime
    kind: str
    topic: str
    problem: str
    variant: str
    rule_id: int | None
    due_at: datetime | None
    attention_at: datetime | None


def calendar(session: Session, organisation: Organisation) -> Calendar:
    """The organisation's working calendar."""
    weeks = session.scalars(
        select(WorkingWeek)
        .where(WorkingWeek.organisation_id == organisation.id)
        .order_by(WorkingWeek.valid_from.desc())
    )
    days = session.execute(
        select(CalendarDay.day, CalendarDay.hours).where(CalendarDay.organisation_id == organisation.id)
    )
    known = tuple(
        Week(week.valid_from, tuple(spans_of(text) for text in week.hours), week.public_holidays) for week in weeks
    )
    own = {row.day: spans_of(row.hours) for row in days}
    country = organisation.country
    return Calendar(
        zone=organisation.zone,
        weeks=known or (FIVE_DAYS,),
        days=own,
        holidays=partial(public_holidays, country),
        worked=partial(worked_weekends, country),
    )


def rules(session: Session, organisation: int) -> Sequence[TermRule]:
    """Every rule the organisation has or had, the latest first."""
    return session.scalars(
        select(TermRule)
        .where(TermRule.organisation_id == organisation)
        .order_by(
            TermRule.deed, TermRule.problem, TermRule.topic, TermRule.kind, TermRule.variant, TermRule.valid_from.desc()
        )
    ).all()


def rule(session: Session, rule_id: int) -> TermRule:
    """The rule. NotFound, also for another organisation's."""
    found = session.get(TermRule, rule_id)
    if found is None:
        raise NotFound(f"term rule {rule_id}")
    return found


def weeks(session: Session) -> Sequence[WorkingWeek]:
    """The working weeks, the latest first."""
    return session.scalars(select(WorkingWeek).order_by(WorkingWeek.valid_from.desc())).all()


def days(session: Session, since: date) -> Sequence[CalendarDay]:
    """The exceptions from that day on."""
    return session.scalars(select(CalendarDay).where(CalendarDay.day >= since).order_by(CalendarDay.day)).all()


def day(session: Session, day_id: int) -> CalendarDay:
    """The exception. NotFound, also for another organisation's."""
    found = session.get(CalendarDay, day_id)
    if found is None:
        raise NotFound(f"calendar day {day_id}")
    return found


def has_calendar(session: Session, organisation: int) -> bool:
    """Whether the organisation has said anything about its working weeks."""
    mine = select(WorkingWeek.id).where(WorkingWeek.organisation_id == organisation)
    return session.scalar(select(mine.exists())) or False


def changes(session: Session, appeal: int) -> Sequence[TermChange]:
    """What happened to the term, in order."""
    return session.scalars(select(TermChange).where(TermChange.appeal_id == appeal).order_by(TermChange.id)).all()


def open_request(session: Session, appeal: int) -> ExtensionRequest | None:
    """The request that waits for a decision."""
    return session.scalars(
        select(ExtensionRequest).where(ExtensionRequest.appeal_id == appeal, ExtensionRequest.decided_at.is_(None))
    ).one_or_none()


def granted_requests(session: Session, appeal: int) -> Sequence[ExtensionRequest]:
    """The requests that were granted, in the order they were decided."""
    granted = (ExtensionRequest.appeal_id == appeal, ExtensionRequest.granted.is_(True))
    return session.scalars(select(ExtensionRequest).where(*granted).order_by(ExtensionRequest.decided_at)).all()


def request_locked(session: Session, request_id: int) -> ExtensionRequest:
    """The request as it is now, locked. NotFound."""
    found = session.get(ExtensionRequest, request_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(f"extension request {request_id}")
    return found


def appeal_locked(session: Session, number: str) -> Appeal:
    """The appeal with its applicant, locked, as its term is about to change. NotFound."""
    found = session.scalars(
        select(Appeal)
        .options(joinedload(Appeal.applicant))
        .where(Appeal.number == number)
        .with_for_update(of=Appeal)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(f"appeal {number}")
    return found


def number_of(session: Session, appeal: int) -> str:
    """The number of an appeal by its id. NotFound."""
    found = session.scalar(select(Appeal.number).where(Appeal.id == appeal))
    if found is None:
        raise NotFound(f"appeal {appeal}")
    return found


def is_open() -> ColumnElement[bool]:
    """The condition that an appeal waits for something."""
    return Appeal.state.in_(sorted(OPEN))


def stands(standing: str, at: datetime) -> ColumnElement[bool]:
    """The condition that an open appeal stands so at that moment; "late" is overdue or asking for attention."""
    overdue, attention = Appeal.due_at < at, and_(Appeal.due_at >= at, Appeal.attention_at <= at)
    condition = {
        Standing.OVERDUE: overdue,
        Standing.ATTENTION: attention,
        Standing.ON_TIME: and_(Appeal.due_at >= at, Appeal.attention_at > at),
    }.get(standing, or_(overdue, attention))  # type: ignore[call-overload]
    return and_(is_open(), condition)


def late(session: Session, at: datetime, *, standing: str = Standing.OVERDUE, limit: int) -> Sequence[Appeal]:
    """Open appeals that stand so, whose term ended or ends first."""
    return session.scalars(
        select(Appeal)
        .options(joinedload(Appeal.applicant))
        .where(stands(standing, at))
        .order_by(Appeal.due_at, Appeal.id)
        .limit(limit)
    ).all()


def count_late(session: Session, at: datetime, *, most: int) -> int:
    """How many open appeals are overdue, counted no further than `most` + 1."""
    some = select(Appeal.id).where(stands(Standing.OVERDUE, at)).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def recount(session: Session, organisation: int) -> TermRecount | None:
    """How the last recomputation of an organisation's open appeals stands."""
    return session.get(TermRecount, organisation)


def to_recount(session: Session) -> Sequence[tuple[int, datetime]]:
    """Organisations whose rules or calendar have changed since their appeals were looked at."""
    undone = or_(TermRecount.done_at.is_(None), TermRecount.done_at < TermRecount.asked_at)
    rows = session.execute(select(TermRecount.organisation_id, TermRecount.asked_at).where(undone))
    return [(row[0], row[1]) for row in rows]


def open_facts(session: Session, organisation: int, *, after: int, at_most: int) -> Sequence[Facts]:
    """Open appeals whose term rules decide, in the order of their ids."""
    rows = session.execute(
        select(
            Appeal.id,
            Appeal.received_at,
            Appeal.kind,
            Appeal.topic,
            Appeal.problem,
            Appeal.term_variant,
            Appeal.term_rule_id,
            Appeal.due_at,
            Appeal.attention_at,
        )
        .where(Appeal.organisation_id == organisation, Appeal.id > after, is_open(), Appeal.due_by_hand.is_(False))
        .order_by(Appeal.id)
        .limit(at_most)
    )
    return [Facts(*row) for row in rows]
