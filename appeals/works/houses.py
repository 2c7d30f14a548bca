"""The set of houses of a work: drawn from an object or an enterprise, and edited by hand (U-115)."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from appeals.addresses import finding
from appeals.addresses import queries as addresses
from appeals.addresses.tables import House
from appeals.works import queries
from appeals.works.history import note
from appeals.works.model import OPEN, Change, Parity, Why, on_side
from appeals.works.tables import Work, WorkHouse
from db import Conflict
from staff.audit import audit
from staff.tables import Organisation, Person
from web.periods import midnight


def draw(session: Session, work: Work) -> None:
    """What the object or enterprise has today; what was added or excluded by hand stays so."""
    found = {house.id for house in source_houses(session, work)}
    there = queries.set_of(session, work.id)
    for house, row in there.items():
        if row.why == Why.DRAWN and house not in found:
            session.delete(row)
    _put(session, work, found - there.keys(), Why.DRAWN)


def source_houses(session: Session, work: Work) -> Iterable[House]:
    """The houses of the object, or of the enterprise today."""
    if work.facility_id is not None:
        return addresses.houses_of_facility(session, work.facility_id)
    if work.enterprise_id is not None:
        return addresses.houses_of_enterprise(session, work.enterprise_id, midnight().date())
    return ()


def add(session: Session, work_id: int, houses: Iterable[House], *, by: Person) -> int:
    """More houses; an excluded one is affected again. How many came. Conflict for a work that is over."""
    work = _open(session, work_id)
    there = queries.set_of(session, work_id)
    wanted = {house.id for house in houses}
    back = [house for house in wanted if house in there and there[house].why == Why.EXCLUDED]
    for house in back:
        there[house].why = Why.ADDED
    new = wanted - there.keys()
    _put(session, work, new, Why.ADDED)
    _changed(session, work, {"added": len(new), "included": len(back)}, by)
    return len(new) + len(back)


def exclude(session: Session, work_id: int, house: int, *, by: Person) -> None:
    """The house is not affected, and stays so when the set is drawn anew. Conflict for a work that is over."""
    work = _open(session, work_id)
    row = queries.set_of(session, work_id).get(house)
    if row is not None and row.why != Why.EXCLUDED:
        row.why = Why.EXCLUDED
        _changed(session, work, {"excluded": 1}, by)


def include(session: Session, work_id: int, house: int, *, by: Person) -> None:
    """An excluded house is affected after all. Conflict for a work that is over."""
    work = _open(session, work_id)
    row = queries.set_of(session, work_id).get(house)
    if row is not None and row.why == Why.EXCLUDED:
        row.why = Why.ADDED
        _changed(session, work, {"included": 1}, by)


def street_named(session: Session, organisation: Organisation, written: str) -> int | None:
    """The street that is called just so, or the only one that could be meant."""
    typed = written.strip(" ,").casefold()
    found = [offer for offer in finding.offers(session, organisation, typed) if offer.house is None]
    same = [offer.street for offer in found if offer.text.casefold() == typed]
    return same[0] if same else found[0].street if len({offer.street for offer in found}) == 1 else None


def of_range(session: Session, street: int, first: int, last: int, parity: Parity) -> list[House]:
    """Houses of a street from one number to another, of one side or both."""
    on_street = addresses.houses(session, street)
    return [house for house in on_street if first <= house.number <= last and on_side(house.number, parity)]


def _open(session: Session, work_id: int) -> Work:
    work = queries.locked(session, work_id)
    if work.state not in OPEN:
        raise Conflict(f"work {work_id} is over")
    return work


def _changed(session: Session, work: Work, details: Mapping[str, int], by: Person) -> None:
    told = {name: count for name, count in details.items() if count}
    if told:
        note(session, work, Change.HOUSES, by=by, details=told)
        audit(session, by, "work.houses", f"work:{work.id}", count=str(sum(told.values())))


def _put(session: Session, work: Work, houses: Iterable[int], why: Why) -> None:
    session.add_all(
        WorkHouse(organisation_id=work.organisation_id, work_id=work.id, house_id=house, why=why)
        for house in sorted(houses)
    )
    session.flush()
