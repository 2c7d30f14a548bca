"""Every SELECT of routing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Executable, func, or_, select
from sqlalchemy.orm import Session, joinedload

from appeals.addresses.tables import AppealAddress, District, House, Street
from appeals.executors.tables import Executor
from appeals.routing.model import Executors, Place, Scope
from appeals.routing.tables import ComplainedOf, RoutingCo, RoutingRule
from db import NotFound
from db.validity import rows_in_force, rows_not_over

PAGE: Final = 100
_LOCK: Final = 0x5255  # advisory locks of files of rules; the second key is the organisation


class Line(NamedTuple):
    """A rule with its co-executors; what `routing.model` calls a rule."""

    id: int
    house_id: int | None
    street_id: int | None
    district_id: int | None
    problem: str
    executor_id: int
    co_ids: list[int]
    basis: str
    valid_from: date
    valid_until: date | None


class Filters(NamedTuple):
    """What the list of rules is asked for; what is empty narrows nothing."""

    scope: str = ""
    problem: str = ""
    executor: int | None = None
    street: int | None = None
    over: bool = False  # also those whose time is over


_CO = select(RoutingCo.executor_id).where(RoutingCo.rule_id == RoutingRule.id).order_by(RoutingCo.executor_id)
_LINES: Final = select(
    RoutingRule.id,
    RoutingRule.house_id,
    RoutingRule.street_id,
    RoutingRule.district_id,
    RoutingRule.problem,
    RoutingRule.executor_id,
    func.array(_CO.correlate(RoutingRule).scalar_subquery(), type_=ARRAY(BigInteger)).label("co_ids"),
    RoutingRule.basis,
    RoutingRule.valid_from,
    RoutingRule.valid_until,
)
_ANYWHERE: Final = (
    RoutingRule.house_id.is_(None),
    RoutingRule.street_id.is_(None),
    RoutingRule.district_id.is_(None),
)


def wait_for_turn(session: Session, organisation: int) -> None:
    """Until the end of this transaction nobody else carries a file of the organisation's rules out."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK, organisation % 2**31)))


def _read(session: Session, asked: Executable) -> list[Line]:
    return [Line(*row) for row in session.execute(asked)]


def candidates(session: Session, places: Collection[Place], codes: Collection[str], on: date) -> list[Line]:
    """Rules of that day for any of these places, with one of these codes or for any problem."""
    spots = {
        RoutingRule.house_id: {each.house for each in places if each.house is not None},
        RoutingRule.street_id: {each.street for each in places if each.street is not None},
        RoutingRule.district_id: {each.district for each in places if each.district is not None},
    }
    here = [column.in_(ids) for column, ids in spots.items() if ids]
    everywhere = func.num_nonnulls(RoutingRule.house_id, RoutingRule.street_id, RoutingRule.district_id) == 0
    asked = _LINES.where(or_(everywhere, *here), RoutingRule.problem.in_({"", *codes}), rows_in_force(RoutingRule, on))
    return _read(session, asked)


def get(session: Session, rule: int) -> RoutingRule:
    """The rule. NotFound."""
    found = session.get(RoutingRule, rule)
    if found is None:
        raise NotFound(f"routing rule {rule}")
    return found


def line(session: Session, rule: int) -> Line:
    """The rule with its co-executors. NotFound."""
    found = _read(session, _LINES.where(RoutingRule.id == rule))
    if not found:
        raise NotFound(f"routing rule {rule}")
    return found[0]


def alike(session: Session, place: Place, problem: str) -> Sequence[RoutingRule]:
    """Rules for this very place and problem, whenever they count; locked until the transaction ends."""
    asked = select(RoutingRule).where(
        RoutingRule.house_id.is_not_distinct_from(place.house),
        RoutingRule.street_id.is_not_distinct_from(place.street),
        RoutingRule.district_id.is_not_distinct_from(place.district),
        RoutingRule.problem == problem,
    )
    return session.scalars(asked.order_by(RoutingRule.valid_from, RoutingRule.id).with_for_update()).all()


def page(session: Session, filters: Filters, on: date, *, before: int | None = None) -> list[Line]:
    """Rules, the newest first, `PAGE` + 1 at most: one more than is shown tells that there is a next page."""
    asked = _LINES.order_by(RoutingRule.id.desc()).limit(PAGE + 1)
    column = {
        Scope.HOUSE: RoutingRule.house_id,
        Scope.STREET: RoutingRule.street_id,
        Scope.DISTRICT: RoutingRule.district_id,
    }
    if filters.scope == Scope.EVERYWHERE:
        asked = asked.where(*_ANYWHERE)
    elif filters.scope:
        asked = asked.where(column[Scope(filters.scope)].is_not(None))
    if filters.problem:
        asked = asked.where(RoutingRule.problem == filters.problem)
    if filters.executor is not None:
        helps = select(RoutingCo.rule_id).where(RoutingCo.executor_id == filters.executor)
        asked = asked.where(or_(RoutingRule.executor_id == filters.executor, RoutingRule.id.in_(helps)))
    if filters.street is not None:
        houses = select(House.id).where(House.street_id == filters.street)
        asked = asked.where(or_(RoutingRule.street_id == filters.street, RoutingRule.house_id.in_(houses)))
    if not filters.over:
        asked = asked.where(rows_not_over(RoutingRule, on))
    return _read(session, asked if before is None else asked.where(RoutingRule.id < before))


def current(session: Session, on: date) -> list[Line]:
    """Everything that counts on that day or later."""
    return _read(session, _LINES.where(rows_not_over(RoutingRule, on)).order_by(RoutingRule.id))


def every(session: Session) -> list[Line]:
    """All rules there ever were, by number."""
    return _read(session, _LINES.order_by(RoutingRule.id))


def count(session: Session, on: date) -> int:
    """How many rules count on that day or later."""
    return session.scalar(select(func.count()).select_from(RoutingRule).where(rows_not_over(RoutingRule, on))) or 0


def executors(session: Session, ids: Collection[int] | None = None) -> Executors:
    """Who is open and who stands above whom; of these executors alone, or of all."""
    asked = select(Executor.id, Executor.parent_id, Executor.active)
    rows = session.execute(asked if ids is None else asked.where(Executor.id.in_(ids))).all()
    return Executors({row.id: row.parent_id for row in rows}, frozenset(row.id for row in rows if row.active))


def named(session: Session, ids: Collection[int]) -> Mapping[int, Executor]:
    """These executors."""
    rows = session.scalars(select(Executor).where(Executor.id.in_(ids))).all() if ids else ()
    return {each.id: each for each in rows}


def places_of(session: Session, houses: Collection[int]) -> Mapping[int, Place]:
    """In which street and district these houses lie."""
    asked = select(House.id, House.street_id, House.district_id).where(House.id.in_(houses))
    rows = session.execute(asked) if houses else ()
    return {row.id: Place(row.id, row.street_id, row.district_id) for row in rows}


def districts_of(session: Session, streets: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Through which districts these streets run, by their houses."""
    asked = select(House.street_id, House.district_id).where(
        House.street_id.in_(streets), House.district_id.is_not(None)
    )
    found: dict[int, set[int]] = {}
    for row in session.execute(asked.distinct()) if streets else ():
        found.setdefault(row.street_id, set()).add(row.district_id)
    return {street: frozenset(districts) for street, districts in found.items()}


def houses(session: Session, ids: Collection[int]) -> Mapping[int, House]:
    """These houses with their streets and settlements."""
    whole = joinedload(House.street).joinedload(Street.settlement)
    rows = session.scalars(select(House).where(House.id.in_(ids)).options(whole)).all() if ids else ()
    return {each.id: each for each in rows}


def districts(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Names of these districts."""
    rows = session.execute(select(District.id, District.name).where(District.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def houses_of_appeal(session: Session, appeal: int) -> Sequence[int | None]:
    """The houses of an appeal's addresses in their order; None for an address that is a text alone."""
    asked = select(AppealAddress.house_id).where(AppealAddress.appeal_id == appeal)
    return session.scalars(asked.order_by(AppealAddress.position)).all()


def complained_of(session: Session, appeal: int) -> Sequence[Executor]:
    """Whom the appeal complains of."""
    theirs = select(ComplainedOf.executor_id).where(ComplainedOf.appeal_id == appeal)
    return session.scalars(select(Executor).where(Executor.id.in_(theirs)).order_by(Executor.name)).all()


def called(session: Session, words: Iterable[str], *, at_most: int) -> Sequence[Executor]:
    """Executors whose name has all of these words."""
    asked = select(Executor).where(*(Executor.name.icontains(word, autoescape=True) for word in words))
    return session.scalars(asked.order_by(Executor.active.desc(), Executor.name).limit(at_most)).all()
