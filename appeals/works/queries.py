"""Every SELECT of works."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from appeals.addresses.tables import House, Street
from appeals.tables import Appeal
from appeals.works.model import ACTIVE, OPEN, SOON, Kind, State, Why
from appeals.works.tables import Work, WorkAppeal, WorkChange, WorkHouse, WorkService
from db import NotFound

PAGE = 50
AT_ONCE = 20  # works told of at one address
SPOKEN = 20  # works that a menu looks at

_WHOLE = select(Work).options(joinedload(Work.service))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the register is narrowed to; an empty field narrows nothing."""

    state: str = ""
    kind: str = ""
    service: int | None = None
    only: Collection[State] = ()  # of these states
    since: datetime | None = None  # works that go on after it
    until: datetime | None = None  # works that begin before it


class Overlap(NamedTuple):
    """Another open work of the same service and time, and how many houses both reach."""

    work: Work
    houses: int


class Linked(NamedTuple):
    """An appeal that waits for a work, or was answered with it."""

    appeal: Appeal
    link: WorkAppeal


def services(session: Session, *, used: bool = False) -> Sequence[WorkService]:
    """The directory in its order; with `used` without what is switched off."""
    asked = select(WorkService).order_by(WorkService.position, WorkService.id)
    return session.scalars(asked.where(WorkService.disabled_at.is_(None)) if used else asked).all()


def service(session: Session, service_id: int) -> WorkService:
    """One service. NotFound, also for another organisation's."""
    found = session.get(WorkService, service_id)
    if found is None:
        raise NotFound(f"work service {service_id}")
    return found


def get(session: Session, work_id: int) -> Work:
    """The work with its service. NotFound, also for another organisation's."""
    found = session.scalars(_WHOLE.where(Work.id == work_id)).one_or_none()
    if found is None:
        raise NotFound(f"work {work_id}")
    return found


def locked(session: Session, work_id: int) -> Work:
    """The work with its service as it is now, locked. NotFound."""
    asked = _WHOLE.where(Work.id == work_id).with_for_update(of=Work).execution_options(populate_existing=True)
    found = session.scalars(asked).one_or_none()
    if found is None:
        raise NotFound(f"work {work_id}")
    return found


def _narrowed(filters: Filters) -> Select[Work]:
    conditions: list[ColumnElement[bool]] = []
    if filters.state:
        conditions.append(Work.state == filters.state)
    if filters.only:
        conditions.append(Work.state.in_(filters.only))
    if filters.kind:
        conditions.append(Work.kind == filters.kind)
    if filters.service is not None:
        conditions.append(Work.service_id == filters.service)
    if filters.until is not None:
        conditions.append(func.coalesce(Work.actual_from, Work.planned_from) < filters.until)
    if filters.since is not None:
        ends = func.coalesce(Work.actual_until, Work.planned_until)
        going_on = Work.state.in_(ACTIVE)  # past its planned end it goes on all the same
        conditions.append(or_(ends > filters.since, ends.is_(None), going_on))
    return _WHOLE.where(*conditions)


def page(session: Session, filters: Filters, *, before: tuple[datetime, int] | None = None) -> Sequence[Work]:
    """Works that match, those that begin last first, `PAGE` + 1 at most."""
    rows = _narrowed(filters)
    if before is not None:
        rows = rows.where(tuple_(Work.planned_from, Work.id) < tuple_(*before))
    return session.scalars(rows.order_by(Work.planned_from.desc(), Work.id.desc()).limit(PAGE + 1)).all()


def count(session: Session, filters: Filters) -> int:
    """How many works match."""
    some = _narrowed(filters).options().with_only_columns(Work.id).limit(10_001).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def houses_of(session: Session, work_id: int) -> Sequence[tuple[House, str]]:
    """The houses of a work by address, each with why it stands there."""
    whole = joinedload(House.street).joinedload(Street.settlement)
    rows = session.execute(
        select(House, WorkHouse.why)
        .join(WorkHouse, WorkHouse.house_id == House.id)
        .where(WorkHouse.work_id == work_id)
        .options(whole)
    )
    found = [(row[0], row[1]) for row in rows]
    return sorted(found, key=lambda each: (each[0].street.name, each[0].street_id, each[0].number, each[0].key))


def set_of(session: Session, work_id: int) -> Mapping[int, WorkHouse]:
    """The same as rows to be changed, by house."""
    return {row.house_id: row for row in session.scalars(select(WorkHouse).where(WorkHouse.work_id == work_id))}


def affected(session: Session, work_id: int) -> Sequence[int]:
    """The houses that a work reaches: whom a notice of it would concern (U-115, U-130)."""
    reached = select(WorkHouse.house_id).where(WorkHouse.work_id == work_id, WorkHouse.why != Why.EXCLUDED)
    return session.scalars(reached.order_by(WorkHouse.house_id)).all()


def counts_of_houses(session: Session, works: Collection[int]) -> Mapping[int, int]:
    """How many houses each of these works reaches."""
    asked = select(WorkHouse.work_id, func.count()).where(WorkHouse.work_id.in_(works), WorkHouse.why != Why.EXCLUDED)
    rows = session.execute(asked.group_by(WorkHouse.work_id)) if works else ()
    return {work: number for work, number in rows}  # noqa: C416 - a row is no pair to mypy


def counts_of_appeals(session: Session, works: Collection[int]) -> Mapping[int, int]:
    """How many appeals wait for each of these works, or were answered with it."""
    asked = select(WorkAppeal.work_id, func.count()).where(WorkAppeal.work_id.in_(works))
    rows = session.execute(asked.group_by(WorkAppeal.work_id)) if works else ()
    return {work: number for work, number in rows}  # noqa: C416 - a row is no pair to mypy


def changes(session: Session, work_id: int) -> Sequence[WorkChange]:
    """The history of a work, from its beginning."""
    return session.scalars(select(WorkChange).where(WorkChange.work_id == work_id).order_by(WorkChange.id)).all()


def _to_be_told(now: datetime, soon: timedelta) -> ColumnElement[bool]:
    """Works under way, and planned ones that begin within `soon` and are not over by their terms."""
    begins = and_(
        Work.state == State.PLANNED,
        Work.planned_from <= now + soon,
        or_(Work.planned_until.is_(None), Work.planned_until > now),
    )
    return or_(Work.state.in_(ACTIVE), begins)


def at_houses(session: Session, houses: Collection[int], now: datetime, *, soon: timedelta = SOON) -> Sequence[Work]:
    """What callers from these houses are told of: emergencies first, then what begins first (U-100, U-116)."""
    if not houses:
        return []
    theirs = select(WorkHouse.work_id).where(WorkHouse.house_id.in_(houses), WorkHouse.why != Why.EXCLUDED)
    asked = _WHOLE.where(Work.id.in_(theirs), _to_be_told(now, soon))
    return session.scalars(asked.order_by((Work.kind == Kind.PLANNED), Work.planned_from).limit(AT_ONCE)).all()


def of_house(session: Session, house: int) -> Sequence[Work]:
    """Every work that reaches or reached the house, the newest first (U-128)."""
    theirs = select(WorkHouse.work_id).where(WorkHouse.house_id == house, WorkHouse.why != Why.EXCLUDED)
    return session.scalars(_WHOLE.where(Work.id.in_(theirs)).order_by(Work.planned_from.desc()).limit(PAGE)).all()


def overlapping(session: Session, work: Work) -> Sequence[Overlap]:
    """Other open works of the same service that reach some of the same houses at the same time."""
    mine = select(WorkHouse.house_id).where(WorkHouse.work_id == work.id, WorkHouse.why != Why.EXCLUDED)
    shared = (
        select(WorkHouse.work_id, func.count().label("houses"))
        .where(WorkHouse.work_id != work.id, WorkHouse.why != Why.EXCLUDED, WorkHouse.house_id.in_(mine))
        .group_by(WorkHouse.work_id)
        .subquery()
    )
    asked = (
        select(Work, shared.c.houses)
        .join(shared, shared.c.work_id == Work.id)
        .options(joinedload(Work.service))
        .where(Work.service_id == work.service_id, Work.state.in_(OPEN))
        .where(or_(Work.planned_until.is_(None), Work.planned_until > work.planned_from))
        .order_by(Work.planned_from)
    )
    if work.planned_until is not None:
        asked = asked.where(Work.planned_from < work.planned_until)
    return [Overlap(row[0], row[1]) for row in session.execute(asked)]


def emergencies(session: Session, organisation: int) -> Sequence[Work]:
    """Emergency works under way, the newest first: what the menu tells."""
    now_on = (Work.organisation_id == organisation, Work.kind == Kind.EMERGENCY, Work.state.in_(ACTIVE))
    return session.scalars(select(Work).where(*now_on).order_by(Work.actual_from.desc(), Work.id).limit(SPOKEN)).all()


def whose_emergencies(session: Session) -> Sequence[int]:
    """The organisations that have emergency works under way."""
    now_on = (Work.kind == Kind.EMERGENCY, Work.state.in_(ACTIVE))
    return session.scalars(select(Work.organisation_id).where(*now_on).distinct()).all()


def linked(session: Session, work_id: int) -> Sequence[Linked]:
    """The appeals of a work, those that wait first."""
    rows = session.execute(
        select(Appeal, WorkAppeal)
        .join(WorkAppeal, WorkAppeal.appeal_id == Appeal.id)
        .where(WorkAppeal.work_id == work_id)
        .order_by(WorkAppeal.answered_at.is_not(None), Appeal.registered_at, Appeal.id)
    )
    return [Linked(row[0], row[1]) for row in rows]


def link_of(session: Session, appeal: int) -> WorkAppeal | None:
    """What the appeal waits for, or was answered with."""
    return session.get(WorkAppeal, appeal)


def link_locked(session: Session, appeal: int) -> WorkAppeal | None:
    """The same as it is now, locked."""
    return session.get(WorkAppeal, appeal, with_for_update=True, populate_existing=True)


def appeal_locked(session: Session, appeal: int) -> Appeal:
    """The appeal with its applicant as it is now, locked."""
    asked = select(Appeal).where(Appeal.id == appeal).options(joinedload(Appeal.applicant)).with_for_update(of=Appeal)
    return session.scalars(asked.execution_options(populate_existing=True)).one()
