"""Every change of maps: the points of appeals, extracts that are sent."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from appeals.maps import queries
from appeals.maps.model import UNDER_WAY, Moved, Point, Stage
from appeals.maps.tables import AppealPoint, MapExtract, MapGround, MapTile
from appeals.maps.tiles import Tile
from appeals.tables import Appeal
from db import table_of
from staff.audit import audit
from staff.tables import Person

AT_ONCE: Final = 500  # tiles written in one statement


def place(session: Session, appeal: Appeal, position: int, point: Point, *, by: Person) -> bool:
    """This address of the appeal is here, and not where its house is. Whether that is new."""
    there = queries.find_point(session, appeal.id, position)
    if there is not None and (there.latitude, there.longitude) == (point.latitude, point.longitude):
        return False
    if there is None:
        there = AppealPoint(organisation_id=appeal.organisation_id, appeal_id=appeal.id, position=position)
        session.add(there)
    there.latitude, there.longitude, there.placed_by = point.latitude, point.longitude, by.id
    session.flush()
    audit(session, by, "appeal.placed", f"appeal:{appeal.number}", position=str(position))
    return True


def place_new(session: Session, appeal: Appeal, written: str, house: str, *, by: Person) -> None:
    """The point that the card carried for its main address; one moved from another house counts no longer (U-99).

    A form sent twice places once.
    """
    moved = Moved.read(written)
    if moved is not None and moved.house == house:
        place(session, appeal, 0, moved.point, by=by)


def put_back(session: Session, appeal: Appeal, position: int, *, by: Person) -> None:
    """The address is where its house is again."""
    there = queries.find_point(session, appeal.id, position)
    if there is not None:
        session.delete(there)
        session.flush()
        audit(session, by, "appeal.put_back", f"appeal:{appeal.number}", position=str(position))


def carry_over(session: Session, earlier: int, new: Appeal) -> None:
    """The points of an earlier appeal, for the one that goes on with it; who has moved them stays known."""
    session.add_all(
        AppealPoint(
            organisation_id=new.organisation_id,
            appeal_id=new.id,
            position=each.position,
            latitude=each.latitude,
            longitude=each.longitude,
            placed_by=each.placed_by,
        )
        for each in queries.points_of(session, earlier)
    )
    session.flush()


def keep_extract(
    session: Session, file_name: str, content: bytes, *, settlement: str, with_addresses: bool, by: Person
) -> MapExtract:
    """An extract that a worker reads; the person's earlier ones are gone."""
    session.execute(delete(MapExtract).where(MapExtract.person_id == by.id))
    extract = MapExtract(
        organisation_id=by.organisation_id,
        person_id=by.id,
        file_name=file_name,
        settlement=settlement,
        with_addresses=with_addresses,
        content=content,
    )
    session.add(extract)
    session.flush()
    return extract


def save_extract(session: Session, extract: MapExtract, *, by: Person) -> bool:
    """It is to be saved as it was shown. Whether that is new."""
    if extract.stage != Stage.LOOKED or extract.outcome.get("faults"):
        return False
    extract.stage, extract.person_id, extract.told_at = Stage.SAVING, by.id, datetime.now(UTC)
    session.flush()
    return True


def forget_extract(session: Session, extract: MapExtract) -> None:
    """Throws an extract away."""
    session.delete(extract)
    session.flush()


def note_extract(session: Session, extract_id: int, **values: object) -> None:
    """How far an extract under way has come."""
    under_way = update(MapExtract).where(MapExtract.id == extract_id, MapExtract.stage.in_(sorted(UNDER_WAY)))
    session.execute(under_way.values(**values))


def draw(session: Session, own: int, tiles: Sequence[Tile], *, file_name: str, credit: str, middle: Point) -> None:
    """The organisation's map anew, under a new number."""
    session.execute(delete(MapTile).where(MapTile.organisation_id == own))
    session.execute(delete(MapGround).where(MapGround.organisation_id == own))
    for begin in range(0, len(tiles), AT_ONCE):
        part = [each._asdict() | {"organisation_id": own} for each in tiles[begin : begin + AT_ONCE]]
        session.execute(insert(table_of(MapTile)), part)
    at = {"latitude": middle.latitude, "longitude": middle.longitude}
    session.add(MapGround(organisation_id=own, file_name=file_name, credit=credit, **at))
    session.flush()
