"""Where an address lies, as rules need it: its house, street and district; and the place that a new rule names."""

from sqlalchemy.orm import Session

from appeals.addresses import finding
from appeals.routing.model import Place
from staff.tables import Organisation


def of_address(session: Session, organisation: Organisation, written: str, chosen: int | None) -> Place:
    """The house that was chosen or is meant, else the street alone; nothing for a text that names neither."""
    house, _flat = finding.house_named(session, organisation, written, chosen) if written.strip() else (None, "")
    if house is not None:
        return Place(house.id, house.street_id, house.district_id)
    return Place(street=street_named(session, organisation, written))


def street_named(session: Session, organisation: Organisation, written: str) -> int | None:
    """The street whose name is what was typed, or begins the address; None where several may be meant."""
    street = written.strip(" ,;")
    if not street:
        return None
    found = [each for each in finding.offers(session, organisation, street) if each.house is None]
    same = [each for each in found if street.casefold() == each.text.casefold()]
    begun = [each for each in found if street.casefold().startswith(f"{each.text.casefold()},")]
    meant = same or begun or (found if len(found) == 1 else [])
    return meant[0].street if len({each.street for each in meant}) == 1 else None
