"""An extract on its way into the directory and the map: looked at, and saved by consent.

A look is the import itself in a savepoint that is rolled back: it can promise nothing that the import would not do.
"""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from appeals.addresses import lines
from appeals.addresses import queries as addresses
from appeals.addresses.carrying import Houses, Outcome
from appeals.addresses.lines import Faulty, HouseLine
from appeals.maps import extract, service, tiles, words
from appeals.maps.extract import Address, Extract
from appeals.maps.model import Point, up
from appeals.maps.tables import MapExtract
from staff.audit import audit
from staff.tables import Person

SHOWN: Final = 100  # of what is left out
CREDIT: Final = "© OpenStreetMap (ODbL)"


class Refused(ValueError):
    """The extract changes nothing; `why` is a message of the catalogue."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _TakenBack(Exception):
    """What the import did is not to stay."""


def read(content: bytes, *, country: str, alive: Callable[[], None]) -> Extract:
    """What the file holds. Refused."""
    with tempfile.NamedTemporaryFile(suffix=".osm.pbf") as file:
        file.write(content)
        file.flush()
        try:
            found = extract.read(Path(file.name), country=country, alive=alive)
        except extract.Unreadable as error:
            raise Refused(words.UNREADABLE) from error
    if found.is_empty:
        raise Refused(words.NOTHING_IN_IT)
    return found


def look(session: Session, asked: MapExtract, found: Extract) -> dict[str, Any]:
    """What the import would do, as the page tells it."""
    told: dict[str, Any] = {}
    with suppress(_TakenBack), session.begin_nested():
        told = _addresses(session, asked, found)
        raise _TakenBack
    return told | {"shapes": len(found.shapes)}


def save(session: Session, asked: MapExtract, found: Extract, drawn: Sequence[tiles.Tile], *, by: Person) -> None:
    """Addresses and map together, or nothing of both. Refused."""
    told = _addresses(session, asked, found)
    if told["faults"]:
        raise Refused(words.CHANGED_MEANWHILE)
    told_by = {"file_name": asked.file_name, "credit": CREDIT}
    service.draw(session, asked.organisation_id, drawn, middle=_middle(found), **told_by)
    asked.outcome = told | {"shapes": len(found.shapes), "tiles": len(drawn)}
    counts = {f"{subject} added": str(count) for subject, count in told["added"].items()}
    audit(session, by, "map.imported", f"map:{asked.id}", file=asked.file_name, tiles=str(len(drawn)), **counts)


def _addresses(session: Session, asked: MapExtract, found: Extract) -> dict[str, Any]:
    outcome, left_out = Outcome(), list[tuple[str, str]]()
    if asked.with_addresses:
        rows = _rows(found.addresses, _settlement(session, asked), left_out)
        Houses(session, asked.organisation_id, outcome).take(rows)
    return {
        "added": dict(outcome.added),
        "changed": dict(outcome.changed),
        "left": outcome.left,
        "left_out": len(left_out),
        "examples": left_out[:SHOWN],
        "faults": [[row, why, value] for row, why, value in outcome.faults[:SHOWN]],
    }


def _settlement(session: Session, asked: MapExtract) -> str:
    main = next((each.name for each in addresses.settlements(session) if each.main), "")
    return asked.settlement or main


def _rows(found: Sequence[Address], settlement: str, left_out: list[tuple[str, str]]) -> list[tuple[int, HouseLine]]:
    """Each house once, with its place; what we cannot read is told and left out, for a map is drawn by many hands."""
    rows: dict[tuple[object, ...], tuple[int, HouseLine]] = {}
    for number, each in enumerate(found, start=1):
        try:
            if not (each.settlement or settlement):
                raise Faulty(words.NO_SETTLEMENT)
            line = lines.house_line(_cells(each, settlement))
        except Faulty as fault:
            left_out.append((fault.why, f"{each.street} {each.number}".strip()))
            continue
        place = line.place
        which = place.number.key if place.number is not None else line.former
        rows.setdefault((place.settlement, place.kind, place.street, place.number is None, which), (number, line))
    return list(rows.values())


def _cells(each: Address, settlement: str) -> dict[str, str]:
    cells = {"settlement": each.settlement or settlement, "street": each.street, "former": each.former}
    if each.number:
        cells |= {"house": each.number, "district": each.district, "postal_code": each.postal_code}
        cells |= {"latitude": str(each.latitude), "longitude": str(each.longitude)}
    return {name: text for name, text in cells.items() if text}


def _middle(found: Extract) -> Point:
    """Of the houses, for a region's map has much around its town; else of what is drawn."""
    if found.addresses:
        count = len(found.addresses)
        latitude = sum(each.latitude for each in found.addresses) / count
        return Point(latitude, sum(each.longitude for each in found.addresses) / count)
    corners = [shape.rings[0][0] for shape in found.shapes]
    across, down = (sum(each) / len(corners) for each in zip(*corners, strict=True))
    return Point(up(down), across * 360 - 180)
