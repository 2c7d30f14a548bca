"""What an address is made of, and how its parts are written: kinds of streets, numbers of houses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from appeals import spelling


class StreetKind(StrEnum):
    """What a street is; its words are in `kinds`."""

    STREET = "street"
    AVENUE = "avenue"
    LANE = "lane"
    BOULEVARD = "boulevard"
    SQUARE = "square"
    MAIDAN = "maidan"
    PASSAGE = "passage"
    HIGHWAY = "highway"
    EMBANKMENT = "embankment"
    DEAD_END = "dead_end"
    DESCENT = "descent"
    DISTRICT = "district"
    QUARTER = "quarter"


class FacilityKind(StrEnum):
    """What serves houses, and takes them along when it stands still (U-115)."""

    BOILER_HOUSE = "boiler_house"
    HEAT_POINT = "heat_point"
    PUMP_STATION = "pump_station"
    SUBSTATION = "substation"
    MAIN = "main"
    LIFT = "lift"
    OTHER = "other"


_LETTER = r"[^\W\d_]"
_PARTS = {"uk": "{} корп. {}", "ru": "{} корп. {}", "uz": "{}, {}-korpus", "en": "{} bldg {}"}
_NUMBER = re.compile(
    rf"""
    \s*(?:(?:будинок|буд|дом|д|house|№)\.?\s*)?
    (?P<number>[1-9]\d{{0,3}})(?!\d)
    (?:\s*[-–]?\s*(?!к\.?\s*\d|k\.?\s*\d)(?P<letter>{_LETTER})(?!{_LETTER}))?
    (?:\s*[/\\–-]\s*(?P<fraction>\d{{1,4}}{_LETTER}?)(?!{_LETTER}|\d|\s*-?\s*(?:korp|xonadon)))?
    (?:\s*-?\s*uy\b)?
    (?:[\s,]*(?:(?:корпус|корп|к|korpus|korp|k|building|bldg)\.?\s*(?P<part>\d{{1,3}}{_LETTER}?)\b
              |(?P<counted>\d{{1,3}})\s*-?\s*korp(?:us)?\b))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LOOK_ALIKE = str.maketrans("abcehikmoptxy", "авсенікмортху")


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """A number on a house: `12`, `12А`, `12/2`, `12 корп. 2`."""

    number: int
    letter: str = ""
    fraction: str = ""
    part: str = ""

    @classmethod
    def read(cls, text: str) -> "tuple[HouseNumber, str] | None":
        """The number that the text begins with, and what follows it; None where it begins with something else."""
        match = _NUMBER.match(text)
        if match is None:
            return None
        letter, fraction = (match["letter"] or "").upper(), (match["fraction"] or "").upper()
        part = (match["part"] or match["counted"] or "").upper()
        return cls(int(match["number"]), letter, fraction, part), text[match.end() :].strip(" ,;.")

    @classmethod
    def parse(cls, text: str) -> "HouseNumber | None":
        """The number that is the whole text; None for anything else."""
        found = cls.read(text)
        return found[0] if found is not None and not found[1] else None

    @property
    def key(self) -> str:
        """The same for the same house, whichever alphabet its letter was typed in."""
        tail = f"{self.letter}{'/' if self.fraction else ''}{self.fraction}{'~' if self.part else ''}{self.part}"
        return f"{self.number}{tail.lower().translate(_LOOK_ALIKE)}"

    def written(self, language: str) -> str:
        """As an address of this language has it."""
        whole = f"{self.number}{self.letter}{'/' if self.fraction else ''}{self.fraction}"
        return _PARTS.get(language, _PARTS["en"]).format(whole, self.part) if self.part else whole

    def fits(self, typed: "HouseNumber") -> bool:
        """Whether this may be the house that was typed: `12/2` is also said of `12 корп. 2`, `12б` of `12B`."""
        return self.number == typed.number and (
            self.key == typed.key
            or (_heard(self.letter), _heard(self.fraction or self.part))
            == (_heard(typed.letter), _heard(typed.fraction or typed.part))
        )

    def begins(self, typed: "HouseNumber") -> bool:
        """Whether it begins with what was typed: `120` and `12А` with `12`."""
        if typed.letter or typed.fraction or typed.part:
            return self.key.startswith(typed.key) or self.fits(typed)
        return str(self.number).startswith(str(typed.number))


def _heard(part: str) -> str:
    return spelling.key(part) or part


_BEGINNING = re.compile(r"(?<=[\s,])(?:(?:будинок|буд|дом|д|№)\.?\s*)?[1-9]")
_FLAT = re.compile(
    r"[\s,;]+(?:(?:кв(?:артира)?|офіс|офис|оф|під.?їзд|подъезд|поверх|этаж|flat|apt|xonadon|kv)\.?\s*№?\s*\d"
    r"|\d+\s*-?\s*(?:xonadon|kv|podyezd|qavat)\b).*$",
    re.IGNORECASE | re.DOTALL,
)


def without_flat(address: str) -> tuple[str, str]:
    """The address of the house, and what follows it: flat, entrance, floor."""
    match = _FLAT.search(address)
    if match is None:
        return address.strip(" ,;"), ""
    return address[: match.start()].strip(" ,;"), match.group().strip(" ,;")


def house_apart(address: str) -> list[tuple[str, HouseNumber, str]]:
    """Every way in which a street may be followed by the number of a house: the street, the number, what follows it."""
    found = []
    for match in _BEGINNING.finditer(address):
        street, read = address[: match.start()].strip(" ,"), HouseNumber.read(address[match.start() :])
        if read is not None and re.search(_LETTER, street):
            found.append((street, *read))
    return found


def entered_twice(readings: Iterable[tuple[int, int, str, str]]) -> list[tuple[int, ...]]:
    """Streets of one kind in one settlement that are read alike, whatever the order of their words (U-43).

    Of each reading: the street, its settlement, its kind, the key.
    """
    alike: dict[tuple[int, str, str], set[int]] = {}
    for street, settlement, kind, key in readings:
        alike.setdefault((settlement, kind, " ".join(sorted(key.split()))), set()).add(street)
    return sorted({tuple(sorted(streets)) for streets in alike.values() if len(streets) > 1})
