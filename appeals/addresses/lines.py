"""Rows of an import as what they mean: streets, houses and objects, or what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from appeals import spelling
from appeals.addresses import kinds
from appeals.addresses.model import FacilityKind, HouseNumber, StreetKind
from appeals.addresses.words import FACILITIES
from web.languages import LANGUAGES, catalogue, later

LONGEST = 200  # letters in a cell

HOUSES_NEED: Sequence[str] = ("street",)
HOUSES_KNOW: Sequence[str] = (
    "street", "kind", "settlement", "district", "former", "renamed", "house", "postal_code", "latitude", "longitude",
    "enterprise", "enterprise_name", "since",
)  # fmt: skip
FACILITIES_NEED: Sequence[str] = ("code", "object", "object_kind")
FACILITIES_KNOW: Sequence[str] = (*FACILITIES_NEED, "enterprise", "settlement", "kind", "street", "house")


class Faulty(ValueError):
    """What is wrong with a row: a message for the catalogue, and the value it is about."""

    def __init__(self, why: str, value: object = "") -> None:
        super().__init__(why)
        self.why = why
        self.value = str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A street, and a house of it if one was named; nothing said is nothing changed."""

    settlement: str
    kind: StreetKind
    street: str
    number: HouseNumber | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseLine:
    """A row about a street or a house."""

    place: Place
    district: str
    former: tuple[StreetKind, str] | None
    renamed: date | None
    postal_code: str
    point: tuple[float, float] | None
    enterprise: str
    enterprise_name: str
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityLine:
    """A row about an object, and perhaps one of its houses."""

    code: str
    name: str
    kind: FacilityKind
    enterprise: str
    place: Place | None


def house_line(cells: Mapping[str, str]) -> HouseLine:
    """The row as it is meant. Faulty."""
    _refuse_long(cells)
    if cells.get("since") and not cells.get("enterprise"):
        raise Faulty(later("Since when is told without an enterprise"))
    former = cells.get("former", "")
    place = _place(cells)
    return HouseLine(
        place=place,
        district=cells.get("district", ""),
        former=_street(former, "", place.kind) if former else None,
        renamed=day_of(cells.get("renamed", "")),
        postal_code=cells.get("postal_code", ""),
        point=_point(cells.get("latitude", ""), cells.get("longitude", "")),
        enterprise=cells.get("enterprise", ""),
        enterprise_name=cells.get("enterprise_name", ""),
        since=day_of(cells.get("since", "")),
    )


def facility_line(cells: Mapping[str, str]) -> FacilityLine:
    """The row as it is meant. Faulty."""
    _refuse_long(cells)
    if not cells.get("code") or not cells.get("object"):
        raise Faulty(later("The code is missing"))
    return FacilityLine(
        code=cells["code"],
        name=cells["object"],
        kind=_facility_kind(cells.get("object_kind", "")),
        enterprise=cells.get("enterprise", ""),
        place=_place(cells) if cells.get("street") else None,
    )


def _refuse_long(cells: Mapping[str, str]) -> None:
    for text in cells.values():
        if len(text) > LONGEST:
            raise Faulty(later("Too long: %(value)s"), f"{text[:40]}…")


def _place(cells: Mapping[str, str]) -> Place:
    if not cells.get("street"):
        raise Faulty(later("The street is not named"))
    kind, street = _street(cells["street"], cells.get("kind", ""), StreetKind.STREET)
    written = cells.get("house", "")
    number = HouseNumber.parse(written) if written else None
    if written and number is None:
        raise Faulty(later("This is no number of a house: %(value)s"), written)
    return Place(settlement=cells.get("settlement", ""), kind=kind, street=street, number=number)


def _street(written: str, kind: str, otherwise: StreetKind) -> tuple[StreetKind, str]:
    """The kind and the name; the kind stands in a cell of its own, or before or after the name."""
    if kind:
        meant = kinds.meant(kind)
        if meant is None:
            raise Faulty(later("This kind of street is not known: %(value)s"), kind)
        return meant, written
    words = re.sub(r"\.(?=\S)", ". ", written).split()
    for length in (2, 1):
        for beside, name in ((words[:length], words[length:]), (words[-length:], words[:-length])):
            found = kinds.meant(" ".join(beside))
            if found is not None and name:
                return found, " ".join(name)
    return otherwise, written


def day_of(written: str) -> date | None:
    """The day in one of the usual writings; None where nothing is written. Faulty."""
    if not written:
        return None
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Faulty(later("This is no day: %(value)s"), written)


def _point(latitude: str, longitude: str) -> tuple[float, float] | None:
    if not latitude and not longitude:
        return None
    try:
        north, east = float(latitude.replace(",", ".")), float(longitude.replace(",", "."))
    except ValueError:
        north = east = 999.0
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        raise Faulty(later("This is no point on earth: %(value)s"), f"{latitude}, {longitude}")
    return north, east


def _facility_kind(written: str) -> FacilityKind:
    key = spelling.key(written)
    for kind, name in FACILITIES.items():
        if key in {spelling.key(kind), *(spelling.key(catalogue(code).gettext(name)) for code in LANGUAGES)}:
            return FacilityKind(kind)
    raise Faulty(later("This kind of object is not known: %(value)s"), written)
