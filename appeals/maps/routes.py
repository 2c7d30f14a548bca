"""Maps over HTTP: the appeals of the journal's list, the houses around, the point of one card."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appeals import words as appeal_words
from appeals.addresses import queries as addresses
from appeals.addresses import writing
from appeals.journal import conditions, listing, shown
from appeals.journal import queries as journal
from appeals.journal import service as searches
from appeals.journal.asking import asked_of
from appeals.journal.columns import HOUSE
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.model import COUNTED, NEWEST_FIRST, PAGE, Asked
from appeals.maps import panel, queries, words
from appeals.maps.model import DEEPEST, EARTH, LISTED, MARKS, MOST, Box, Moved, Point
from appeals.maps.queries import Cluster
from staff import queries as staff
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from web.assets import as_json
from web.forms import row_id
from web.languages import gettext as _
from web.pages import render
from web.problems import NotAllowed

router = APIRouter(prefix="/appeals/map")

Reader = Annotated[Person, may("appeals.read")]
Drawer = Annotated[Person, may("maps.read")]
Writer = Annotated[Person, may("appeals.register")]
UNSEEN = {"Cache-Control": "no-store"}
KEPT = "private, max-age=31536000, immutable"


class Seen(BaseModel):
    """The part of the earth that a map shows, and how near; nonsense is the whole of it."""

    south: str = ""
    west: str = ""
    north: str = ""
    east: str = ""
    zoom: str = ""

    @property
    def box(self) -> Box:
        """Its borders."""
        one, other = Point.read(self.south, self.west), Point.read(self.north, self.east)
        return Box.between(one, other) if one is not None and other is not None else EARTH

    @property
    def nearness(self) -> int:
        """Its zoom."""
        known = self.zoom.isascii() and self.zoom.isdecimal() and len(self.zoom) < 3
        return min(int(self.zoom), DEEPEST) if known else 0


@router.get("")
def page(request: Request, session: DbSession, person: Reader) -> Response:
    """The appeals of the journal with the same filters, on a map and in a list beside it."""
    typed, asker = _asked(request, person)
    nonsense = conditions.read(session, typed, asker).nonsense
    asked = typed.without(nonsense)
    found, count = listing.every(session, asked, asker, at_most=MOST), listing.count(session, asked, asker)
    looked_for = conditions.looks_for_people(asked)
    rows = journal.rows(session, found[:LISTED])
    if looked_for:
        numbers = [row.appeal.number for row in rows]
        searches.note_search(session, person, looked_for, count=count, shown=numbers)
    known = Directories(session, person.organisation_id)
    extent = queries.extent(session, found, asker.now)
    return render(
        request,
        "appeals/maps/page.html",
        asked=_listed_as(request).without(nonsense),
        typed=typed.filters,
        nonsense=shown.nonsense(typed, nonsense),
        named=shown.executor(typed.filters.get("executor", ""), known),
        chips=shown.chips(asked, known),
        fields=shown.fields(person, known),
        house=asked.filters.get(HOUSE, ""),
        rows=PAGE,
        personal=True,
        count=count,
        most=COUNTED,
        extent=extent,
        tally=_tally(extent),
        ground=queries.ground(session, person.organisation_id),
        **_list(rows, known, inside=extent.count, points="[]"),
    )


@router.get("/seen")
def seen(request: Request, session: DbSession, person: Reader, part: Annotated[Seen, Query()]) -> Response:
    """What a map shows of the list: marks, those of one cell together, and the appeals beside it: a part."""
    asked, asker = _asked(request, person)
    found = listing.every(session, asked, asker, at_most=MOST)
    clusters = queries.clusters(session, found, part.box, part.nearness, asker.now)
    there = queries.inside(session, found, part.box, clusters)
    rows = journal.rows(session, [each for each in found if each in there][:LISTED])
    known = Directories(session, person.organisation_id)
    told = _list(rows, known, inside=len(there), points=as_json([_drawn(each) for each in clusters]))
    return render(request, "appeals/maps/_seen.html", **told)


@router.get("/ground/{zoom}/{x}/{y}")
def ground(session: DbSession, person: Drawer, zoom: int, x: int, y: int) -> Response:
    """One square of the organisation's map, or nothing. The map's number, `v`, lets browsers keep it."""
    content = queries.tile(session, person.organisation_id, zoom, x, y) if 0 <= zoom <= DEEPEST else None
    if content is None:
        return Response(status_code=204, headers={"Cache-Control": KEPT})
    return Response(content, media_type="application/json", headers={"Cache-Control": KEPT, "Content-Encoding": "gzip"})


@router.get("/houses")
def houses(session: DbSession, person: Drawer, part: Annotated[Seen, Query()]) -> Response:
    """The houses of the directory in a part of the earth, with their numbers."""
    language = staff.organisation(session, person.organisation_id).default_language
    told = [
        [each.latitude, each.longitude, each.written_number.written(language)]
        for each in queries.houses_in(session, person.organisation_id, part.box)
    ]
    return JSONResponse({"houses": told, "language": language}, headers=UNSEEN)


@router.get("/nearest")
def nearest(session: DbSession, person: Drawer, latitude: str = "", longitude: str = "") -> Response:
    """The house that stands nearest to a point, as an address of the organisation's language."""
    point = Point.read(latitude, longitude)
    house = queries.nearest_house(session, person.organisation_id, point) if point is not None else None
    place = queries.place_of(house)
    if point is None or house is None or place is None:
        return JSONResponse({}, headers=UNSEEN)
    language = staff.organisation(session, person.organisation_id).default_language
    told = {"house": house.id, "text": writing.house(house, language), "metres": round(point.metres_to(place))}
    return JSONResponse(told, headers=UNSEEN)


@router.get("/here")
def here(request: Request, session: DbSession, person: Writer, house: str = "", point: str = "") -> Response:
    """The map of a card: its house, or the point moved from there (U-99): a part."""
    chosen = row_id(house)
    found = addresses.find_house(session, chosen) if chosen is not None else None
    moved = Moved.read(point)
    by_hand = moved.point if moved is not None and moved.house == house else None
    shown_of = panel.of_card(session, person, queries.place_of(found), by_hand)
    return render(request, "appeals/maps/_here.html", map=shown_of)


def _asked(request: Request, person: Person) -> tuple[Asked, Asker]:
    """What the address asks for, the newest first: where many more are found, those are drawn."""
    if not has(person, "data.personal"):
        raise NotAllowed("data.personal")  # the place of an appeal is an address
    asked = asked_of(request.query_params)
    return replace(asked, sort=NEWEST_FIRST), Asker.of(person, personal=True)


def _listed_as(request: Request) -> Asked:
    """The same with its order, for the way back to the journal."""
    return asked_of(request.query_params)


def _tally(extent: queries.Extent) -> list[tuple[str, int]]:
    """How many appeals are drawn by each mark."""
    found: dict[str, int] = dict.fromkeys(words.MARKS, 0)
    for state, count in extent.states.items():
        found[MARKS[state]] += count
    return [(mark, count) for mark, count in found.items() if count]


def _drawn(each: Cluster) -> list[Any]:
    """A cluster as the script reads it: where, how many, how many overdue, its borders; of one alone what it is."""
    told: list[Any] = [
        round(each.latitude, 6), round(each.longitude, 6), each.count, each.overdue,
        [round(side, 6) for side in (each.south, each.west, each.north, each.east)],
    ]  # fmt: skip
    if each.count == 1:
        state = _(appeal_words.STATES[each.state])
        said = f"{each.number}, {state}{', ' + _('overdue') if each.overdue else ''}"
        told += [MARKS[each.state], each.number, said]
    return told


def _list(rows: list[Any], known: Directories, *, inside: int, points: str) -> dict[str, Any]:
    return {
        "found": rows, "known": known, "inside": inside, "points": points, "listed": LISTED,
        "words": words, "appeal_words": appeal_words, "marks": MARKS, "address": _written,
    }  # fmt: skip


def _written(row: Any, known: Directories) -> str:
    return "; ".join(writing.of_appeal(each, known.spoken) for each in row.addresses) or str(row.appeal.address)
