"""The journal's selection on the map: the same filters and counts, several addresses, marks that add up (U-117)."""

import html
import json
import re
from datetime import date

import pytest
from sqlalchemy import select

from appeals.addresses import service as addresses
from appeals.addresses.model import StreetKind
from appeals.addresses.tables import Street
from appeals.journal import listing
from appeals.journal.conditions import Asker
from appeals.journal.model import Asked
from appeals.maps import queries, service
from appeals.maps.model import EARTH, Box, Point
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.appeals.cards import Browser
from tests.appeals.journal.appeals import written
from tests.appeals.maps.conftest import Town
from tests.appeals.maps.places import APART, SOUTH, WEST, at, spread
from tests.client import Client

WORLD = {"south": "-90", "west": "-180", "north": "90", "east": "180", "zoom": "3"}
DAY = "since=2026-11-20&until=2026-11-20"
FILTERS = ["", "state=open", "state=closed", "standing=overdue", "topic=water", "q=води", DAY]


@pytest.fixture
def appeals(town: Town) -> list[int]:
    """Forty appeals at twenty-two houses, and two whose addresses are no houses with a place."""
    with transaction(town.own) as session:
        made = spread(session, town.olena, town.houses[:-1], range(1, 41))
        lost = written(session, town.olena, [41, 42])
        at(session, lost[0], None)
        at(session, lost[1], town.houses[-1])
        return [each.id for each in made]


def part(high: float, wide: float) -> dict[str, str]:
    """What lies around the first house, and as far east."""
    return {
        "south": str(SOUTH - high), "west": str(WEST - 0.001), "north": str(SOUTH + high), "east": str(WEST + wide),
    }  # fmt: skip


def rows_of(page: str) -> int:
    """The number that a page says it has."""
    found = re.search(r'class="row-count">\s*([\d\s\xa0\u202f]+)', page)
    return int(re.sub(r"\D", "", found[1])) if found else 0


def seen(browser: Client, query: str = "", **where: str) -> tuple[list[list[object]], int, list[str]]:
    """What is drawn of a part of the map, how many appeals are there, and those listed."""
    asked = "&".join(f"{name}={value}" for name, value in (WORLD | where).items())
    text = browser.get(f"/appeals/map/seen?{query}&{asked}").text
    points, inside = re.search(r'data-points="([^"]*)"', text), re.search(r'data-inside="(\d+)"', text)
    assert points is not None
    assert inside is not None
    return json.loads(html.unescape(points[1])), int(inside[1]), re.findall(r'href="/appeals/(\d\d-\d{6})"', text)


@pytest.mark.usefixtures("appeals")
@pytest.mark.parametrize("query", FILTERS)
def test_the_map_counts_what_the_list_counts(client: Browser, query: str) -> None:
    olena = client("olena")
    there, drawn = olena.get(f"/appeals?{query}").text, olena.get(f"/appeals/map?{query}").text
    assert rows_of(there) == rows_of(drawn) > 0
    points, inside, _listed = seen(olena, query)
    without = 2 if not query else rows_of(there) - inside
    assert sum(int(str(each[2])) for each in points) == inside == rows_of(there) - without
    assert 0 <= without <= 2
    assert f'href="/appeals/map?{query.replace("&", "&amp;")}' in there or "sort=" in there


def test_what_is_near_is_one_mark_and_comes_apart_from_nearer(client: Browser, appeals: list[int]) -> None:
    olena = client("olena")
    far, inside, _ = seen(olena)
    assert len(far) == 1
    assert far[0][2] == inside == len(appeals)
    near, inside, _ = seen(olena, zoom="19")
    assert len(near) == 22
    assert sum(int(str(each[2])) for each in near) == inside
    alone = [each for each in near if each[2] == 1]
    assert alone
    assert all(str(each[6]) in str(each[7]) for each in alone), "its number and its state in words"


def test_only_the_part_that_is_seen_is_told(client: Browser, appeals: list[int]) -> None:
    olena = client("olena")
    points, inside, listed = seen(olena, zoom="18", **part(APART / 2, APART / 2))
    assert len(points) == 1
    assert inside == len(listed) == points[0][2]
    assert inside < len(appeals)
    nowhere = {"south": "10", "west": "10", "north": "11", "east": "11"}
    assert seen(olena, zoom="12", **nowhere) == ([], 0, [])
    assert len(seen(olena, south="x", zoom="-1")[0]) == 1, "nonsense is the whole earth"


def test_an_appeal_with_three_addresses_is_drawn_at_each_and_counted_once(town: Town) -> None:
    with transaction(town.own) as session:
        [appeal] = written(session, town.olena, [1])
        at(session, appeal, town.houses[0], None, town.houses[7], town.houses[-1])
        asker = Asker.of(town.olena, personal=True)
        found = listing.every(session, Asked(), asker, at_most=10)
        assert len(queries.clusters(session, found, EARTH, 19, asker.now)) == 2
        [whole] = queries.clusters(session, found, EARTH, 3, asker.now)
        assert whole.count == 1
        assert queries.extent(session, found, asker.now).count == 1
        service.place(session, appeal, 1, Point(49.5, 27.0), by=town.olena)
        assert len(queries.clusters(session, found, EARTH, 19, asker.now)) == 3, "the text without a house has a point"
        service.place(session, appeal, 0, Point(49.6, 27.0), by=town.olena)
        box = Box(49.59, 26.9, 49.61, 27.1)
        drawn = queries.clusters(session, found, box, 19, asker.now)
        assert queries.inside(session, found, box, drawn) == {appeal.id}
        assert [each.moved for each in queries.spots(session, appeal.id)] == [True, True, False, False]


def test_the_list_beside_the_map_is_whole_however_many_cells_are_drawn(
    town: Town, appeals: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(town.own) as session:
        asker = Asker.of(town.olena, personal=True)
        found = listing.every(session, Asked(), asker, at_most=1000)
        half = Box(SOUTH - 1, WEST - 1, SOUTH + APART / 2, WEST + 1)
        drawn = queries.clusters(session, found, half, 19, asker.now)
        listed = queries.inside(session, found, half, drawn)
        assert 0 < len(listed) < len(appeals)
        monkeypatch.setattr(queries, "CLUSTERS", 1)
        drawn = queries.clusters(session, found, half, 19, asker.now)
        assert len(drawn) == 1
        assert queries.inside(session, found, half, drawn) == listed


def test_the_nearest_house_is_proposed_and_none_from_far_away(town: Town, client: Browser) -> None:
    vasyl = client("vasyl")
    found = vasyl.get("/appeals/map/nearest", params={"latitude": SOUTH + 0.0003, "longitude": WEST}).json()
    assert found["house"] == town.houses[0].id
    assert found["text"] == "вул. Шевченка, 1"
    assert found["metres"] == 33
    assert vasyl.get("/appeals/map/nearest", params={"latitude": 40, "longitude": 30}).json() == {}
    assert client("jasur").get("/appeals/map/nearest", params={"latitude": SOUTH, "longitude": WEST}).json() == {}


def test_houses_of_a_part_are_told_with_their_numbers(town: Town, client: Browser) -> None:
    there = part(0.001, 0.003)
    told = client("olena").get("/appeals/map/houses", params=there).json()["houses"]
    assert [each[2] for each in told] == ["1", "2"]
    assert client("anna").get("/appeals/map/houses", params=there).json()["houses"] == []


@pytest.mark.usefixtures("appeals")
def test_nobody_sees_places_who_may_not_see_addresses(client: Browser, blind_manager: str) -> None:
    mykola = client(blind_manager)
    assert mykola.get("/appeals").status_code == 200
    assert "/appeals/map?" not in mykola.get("/appeals?state=open").text
    for address in ("/appeals/map", "/appeals/map/seen"):
        assert mykola.get(address).status_code == 403


@pytest.mark.usefixtures("appeals")
def test_a_search_for_somebody_on_the_map_is_written_down(client: Browser) -> None:
    client("olena").get("/appeals/map?name=Ярема")
    with transaction(EVERY_ORGANISATION) as session:
        [entry] = session.scalars(select(Audit).where(Audit.deed == "appeals.searched"))
    assert entry.details["by"] == "name"


def test_empty_maps_say_why(town: Town, client: Browser) -> None:
    olena = client("olena")
    assert "Звернень ще немає" in html.unescape(olena.get("/appeals/map").text)
    with transaction(town.own) as session:
        at(session, written(session, town.olena, [1])[0], None)
    assert "Жодне з цих звернень не має місця на карті" in html.unescape(olena.get("/appeals/map").text)
    assert "/appeals/map" in olena.get("/appeals/map?state=closed&topic=none").text


def test_a_renamed_street_is_renamed_beside_the_map(town: Town, client: Browser) -> None:
    """U-44."""
    olena, admin = client("olena"), town.centre.people["admin.khm"]
    with transaction(town.own) as session:
        house = town.houses[0]
        street = session.get_one(Street, house.street_id)
        at(session, written(session, town.olena, [1])[0], house)
        before = street.name
    places = ("/appeals/map", f"/appeals/map/seen?{'&'.join(f'{name}={value}' for name, value in WORLD.items())}")
    assert all(before in olena.get(place).text for place in places)
    with transaction(town.own) as session:
        day = date(2024, 5, 1)
        street = session.get_one(Street, house.street_id)
        addresses.rename(session, street, StreetKind.STREET, "Тараса Бульби", on=day, today=day, by=admin)
    for place in places:
        page = olena.get(place).text
        assert ("Тараса Бульби" in page, before in page) == (True, False), place
