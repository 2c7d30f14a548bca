"""Every SELECT of maps."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, CTE, BigInteger, ColumnElement, and_, any_, exists, func, literal, select, union_all
from sqlalchemy.orm import Session, joinedload

from appeals.addresses.tables import AppealAddress, House, Street
from appeals.journal.conditions import is_open
from appeals.journal.tables import Line
from appeals.maps.model import NEAR, POLE, UNDER_WAY, Box, Point, cells
from appeals.maps.tables import AppealPoint, MapExtract, MapGround, MapTile
from db import NotFound

CLUSTERS = 4_000  # in one answer; a screen has some hundred cells
HOUSES = 600  # drawn at once
SAMPLE = 500  # houses that say where the town is
_IDS = ARRAY(BigInteger)


@dataclass(frozen=True, slots=True)
class Cluster:
    """What lies in one cell: how many appeals, in the middle of what, how many of them overdue; one is told apart."""

    count: int
    overdue: int
    latitude: float
    longitude: float
    south: float
    west: float
    north: float
    east: float
    number: str  # of one alone
    state: str
    inside: Collection[int] = ()  # those of them that lie in what is shown


@dataclass(frozen=True, slots=True)
class Spot:
    """One address of an appeal on the map."""

    position: int
    point: Point | None
    of_house: Point | None
    moved: bool


def _placed(appeals: Collection[int]) -> CTE:
    """Where each address of these appeals is: the point moved by hand, else its house; a point may lack an address."""
    ids = literal(list(appeals), _IDS)
    latitude, longitude = (
        func.coalesce(AppealPoint.latitude, House.latitude).label("latitude"),
        func.coalesce(AppealPoint.longitude, House.longitude).label("longitude"),
    )
    of_address = and_(AppealPoint.appeal_id == AppealAddress.appeal_id, AppealPoint.position == AppealAddress.position)
    addresses = (
        select(AppealAddress.appeal_id, latitude, longitude)
        .outerjoin(House, House.id == AppealAddress.house_id)
        .outerjoin(AppealPoint, of_address)
        .where(AppealAddress.appeal_id == any_(ids), func.coalesce(AppealPoint.latitude, House.latitude).is_not(None))
    )
    alone = select(AppealPoint.appeal_id, AppealPoint.latitude, AppealPoint.longitude).where(
        AppealPoint.appeal_id == any_(ids), ~exists().where(of_address)
    )
    return union_all(addresses, alone).cte("placed")


def _within(placed: CTE, box: Box) -> ColumnElement[bool]:
    return and_(
        placed.c.latitude.between(box.south, box.north),
        placed.c.longitude.between(box.west, box.east),
    )


def clusters(session: Session, appeals: Collection[int], box: Box, zoom: int, now: datetime) -> Sequence[Cluster]:
    """These appeals in the cells of a box, those of one cell together, so that a screen never has more than cells."""
    if not appeals:
        return []
    placed, size, cut = _placed(appeals), cells(zoom), box.widened(zoom)
    latitude = func.radians(func.least(func.greatest(placed.c.latitude, -POLE), POLE))
    column = func.floor((placed.c.longitude + 180) / 360 * size)
    row = func.floor((1 - func.ln(func.tan(latitude) + 1 / func.cos(latitude)) / func.pi()) / 2 * size)
    count = func.count(placed.c.appeal_id.distinct())
    asked = (
        select(
            count.label("number_of"),
            count.filter(is_open(), Line.due_at < now),
            func.avg(placed.c.latitude),
            func.avg(placed.c.longitude),
            func.min(placed.c.latitude),
            func.min(placed.c.longitude),
            func.max(placed.c.latitude),
            func.max(placed.c.longitude),
            func.min(placed.c.appeal_id),
            func.min(Line.state),
            func.coalesce(func.array_agg(placed.c.appeal_id).filter(_within(placed, box)), literal([], _IDS)),
        )
        .join(Line, Line.appeal_id == placed.c.appeal_id)
        .where(_within(placed, cut))
        .group_by(column, row)
        .order_by(count.desc(), func.min(placed.c.appeal_id))
        .limit(CLUSTERS)
    )
    found: list[list[Any]] = [list(each) for each in session.execute(asked)]
    numbers = _numbers(session, [each[8] for each in found if each[0] == 1])
    for each in found:
        each[8] = numbers.get(each[8], "")
    return [Cluster(*each) for each in found]


def _numbers(session: Session, appeals: Collection[int]) -> Mapping[int, str]:
    """What is told of each that lies alone."""
    if not appeals:
        return {}
    wanted = select(Line.appeal_id, Line.number).where(Line.appeal_id == any_(literal(list(appeals), _IDS)))
    return {row.appeal_id: row.number for row in session.execute(wanted)}


def inside(session: Session, appeals: Collection[int], box: Box, drawn: Sequence[Cluster]) -> set[int]:
    """Which of these appeals have a place inside the box: as its cells know, unless there are more than were drawn."""
    if len(drawn) < CLUSTERS:
        return {appeal for each in drawn for appeal in each.inside}
    placed = _placed(appeals)
    return set(session.scalars(select(placed.c.appeal_id).where(_within(placed, box))))


@dataclass(frozen=True, slots=True)
class Extent:
    """How many appeals have a place, by state and overdue, and what lies around all of them."""

    states: Mapping[str, int]
    overdue: int
    box: Box | None

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.states.values())


def extent(session: Session, appeals: Collection[int], now: datetime) -> Extent:
    """Where all of these appeals are together."""
    if not appeals:
        return Extent({}, 0, None)
    placed = _placed(appeals)
    each = (
        select(
            placed.c.appeal_id,
            func.min(placed.c.latitude).label("south"),
            func.min(placed.c.longitude).label("west"),
            func.max(placed.c.latitude).label("north"),
            func.max(placed.c.longitude).label("east"),
        )
        .group_by(placed.c.appeal_id)
        .subquery()
    )
    count = func.count()
    bounds = func.min(each.c.south), func.min(each.c.west), func.max(each.c.north), func.max(each.c.east)
    asked = (
        select(Line.state, count, count.filter(is_open(), Line.due_at < now), *bounds)
        .join(each, each.c.appeal_id == Line.appeal_id)
        .group_by(Line.state)
    )
    rows = session.execute(asked).all()
    if not rows:
        return Extent({}, 0, None)
    box = Box(min(r[3] for r in rows), min(r[4] for r in rows), max(r[5] for r in rows), max(r[6] for r in rows))
    return Extent({row[0]: row[1] for row in rows}, sum(row[2] for row in rows), box)


def spots(session: Session, appeal: int) -> list[Spot]:
    """Every address of one appeal, in order, with its place if it has one; a point without an address as well."""
    moved = {point.position: point for point in points_of(session, appeal)}
    asked = (
        select(AppealAddress.position, House.latitude, House.longitude)
        .outerjoin(House, House.id == AppealAddress.house_id)
        .where(AppealAddress.appeal_id == appeal)
    )
    houses: dict[int, Point | None] = {
        position: Point(latitude, longitude) if latitude is not None and longitude is not None else None
        for position, latitude, longitude in session.execute(asked)
    }
    found = []
    for position in sorted(houses.keys() | moved.keys() | {0}):
        by_hand, house = moved.get(position), houses.get(position)
        point = Point(by_hand.latitude, by_hand.longitude) if by_hand is not None else house
        found.append(Spot(position, point, house, by_hand is not None))
    return found


def points_of(session: Session, appeal: int) -> Sequence[AppealPoint]:
    """The points of one appeal that were moved by hand."""
    return session.scalars(select(AppealPoint).where(AppealPoint.appeal_id == appeal)).all()


def find_point(session: Session, appeal: int, position: int) -> AppealPoint | None:
    """The point that was moved by hand, if one was."""
    return session.get(AppealPoint, (appeal, position))


def place_of(house: House | None) -> Point | None:
    """Where the house is, if that is known."""
    if house is None or house.latitude is None or house.longitude is None:
        return None
    return Point(house.latitude, house.longitude)


def nearest_house(session: Session, organisation: int, point: Point) -> House | None:
    """The house that stands nearest, within `NEAR` metres, with its street and settlement."""
    box = Box.around(point, NEAR)
    there = (
        select(House.id, House.latitude, House.longitude)
        .where(House.organisation_id == organisation, House.latitude.between(box.south, box.north))
        .where(House.longitude.between(box.west, box.east))
    )
    found = [(house, latitude or 0.0, longitude or 0.0) for house, latitude, longitude in session.execute(there)]
    far = [(point.metres_to(Point(latitude, longitude)), house) for house, latitude, longitude in found]
    if not far or min(far)[0] > NEAR:
        return None
    whole = joinedload(House.street).joinedload(Street.settlement)
    return session.scalars(select(House).where(House.id == min(far)[1]).options(whole)).one()


def houses_in(session: Session, organisation: int, box: Box) -> Sequence[House]:
    """Houses with a place inside the box, at most `HOUSES`."""
    asked = (
        select(House)
        .where(House.organisation_id == organisation, House.latitude.between(box.south, box.north))
        .where(House.longitude.between(box.west, box.east))
        .order_by(House.id)
        .limit(HOUSES)
    )
    return session.scalars(asked).all()


def middle(session: Session, organisation: int) -> Point | None:
    """The middle of some houses that have a place: a card asks for it often, and any part of the town will do."""
    placed = House.organisation_id == organisation, House.latitude.is_not(None)
    some = select(House.latitude, House.longitude).where(*placed).order_by(House.id).limit(SAMPLE).subquery()
    latitude, longitude = session.execute(select(func.avg(some.c.latitude), func.avg(some.c.longitude))).one()
    return Point(latitude, longitude) if latitude is not None else None


def tile(session: Session, organisation: int, zoom: int, x: int, y: int) -> bytes | None:
    """What is drawn in a square of the organisation's map, gzipped."""
    where = MapTile.organisation_id == organisation, MapTile.zoom == zoom, MapTile.x == x, MapTile.y == y
    return session.scalar(select(MapTile.content).where(*where))


def ground(session: Session, organisation: int) -> MapGround | None:
    """The organisation's map, if one was imported."""
    return session.scalars(select(MapGround).where(MapGround.organisation_id == organisation)).one_or_none()


def extract(session: Session, extract_id: int) -> MapExtract:
    """An extract that somebody has sent. NotFound."""
    found = session.get(MapExtract, extract_id)
    if found is None:
        raise NotFound(f"extract {extract_id}")
    return found


def extracts(session: Session) -> Sequence[MapExtract]:
    """Extracts that were sent and not thrown away, the newest first."""
    return session.scalars(select(MapExtract).order_by(MapExtract.id.desc())).all()


def silent(session: Session, since: datetime) -> Sequence[int]:
    """Extracts under way of which nothing was heard since."""
    wanted = select(MapExtract.id).where(MapExtract.stage.in_(sorted(UNDER_WAY)), MapExtract.told_at < since)
    return session.scalars(wanted.order_by(MapExtract.id)).all()


def lock(session: Session, extract_id: int) -> MapExtract | None:
    """The extract, locked, as it is now; None where somebody else holds it, or it is gone."""
    wanted = select(MapExtract).where(MapExtract.id == extract_id).with_for_update(skip_locked=True)
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
