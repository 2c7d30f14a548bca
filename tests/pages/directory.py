"""An organisation's directory of addresses with one thing of each kind, known by the words given."""

from sqlalchemy.orm import Session

from appeals.addresses import service
from appeals.addresses.model import FacilityKind, HouseNumber, StreetKind
from staff.tables import Person


def directory(session: Session, by: Person, word: str) -> dict[str, int]:
    """A street with another name, a house, an enterprise, an object and a file, by the names of `Belongings`."""
    own = by.organisation_id
    settlement = service.add_settlement(session, own, word)
    street = service.add_street(session, settlement, StreetKind.STREET, word, by=by)
    other = service.add_name(session, street, StreetKind.LANE, word, former=True, until=None, by=by)
    house = service.add_house(session, street, HouseNumber(12), by=by)
    enterprise = service.add_enterprise(session, own, code=word, name=word, phone="", by=by)
    facility = service.add_facility(
        session, own, kind=FacilityKind.LIFT, code=word, name=word, enterprise=enterprise, by=by
    )
    service.serve(session, facility, house, by=by)
    file = service.keep_file(session, "houses", f"{word}.csv", f"street;house\n{word};7\n".encode(), by=by)
    return {
        "street": street.id,
        "street_name": other.id,
        "house": house.id,
        "enterprise": enterprise.id,
        "facility": facility.id,
        "address_file": file.id,
    }
