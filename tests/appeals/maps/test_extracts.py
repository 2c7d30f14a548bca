"""An OpenStreetMap extract: read, looked at, saved; what is damaged, empty or foreign changes nothing."""

import gzip
import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import func, select

from appeals import asking
from appeals.addresses.tables import District, House, Settlement, Street, StreetName
from appeals.maps import extract, jobs, tiles, words
from appeals.maps.model import Stage, across, down
from appeals.maps.shapes import Layer, Shape
from appeals.maps.tables import MapExtract, MapGround, MapTile
from db import EVERY_ORGANISATION, transaction
from run.settings import Settings
from tests.appeals.cards import Browser
from tests.appeals.maps.extracts import LAT, LON, written
from tests.centre import Centre
from tests.client import Client
from web import workers

ROOT = "/appeals/addresses/map"


@pytest.fixture
def pbf(tmp_path: Path) -> Path:
    """A small town."""
    return written(tmp_path / "town.osm.pbf")


def sent(browser: Client, content: bytes, **form: str) -> str:
    """Sends the file and lets a worker read it; the page of it."""
    answer = browser.post(f"{ROOT}/upload", data=form, files={"file": ("місто.osm.pbf", content)})
    assert answer.status_code == 303, answer.text[-2000:]
    worked(answer.headers["location"])
    return str(answer.headers["location"])


def worked(place: str) -> None:
    """What a worker does when it is asked."""
    jobs.go_on(int(place.rpartition("/")[2]))


def stored(what: type) -> int:
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_what_is_read_of_a_town(pbf: Path) -> None:
    found = extract.read(pbf, country="UA")
    houses = {(each.street, each.number): each for each in found.addresses if each.number}
    assert len(houses) == 11
    lane = houses["провулок Тихий", "3А"]
    assert (lane.settlement, lane.district, lane.postal_code) == ("Хмельницький", "Центральний район", "29000")
    assert {("провулок Тихий", "5"), ("провулок Тихий", "7")} <= houses.keys(), "two houses on one building"
    assert houses["вулиця Садова", "1"].settlement == "Ружична", "by the village's land"
    former = [each.former for each in found.addresses if not each.number and each.street == "вулиця Соборна"]
    assert former == ["вулиця Леніна", "вулиця Дворянська"]
    assert {shape.layer for shape in found.shapes} >= {"n", "r", "s", "t", "b", "g"}
    [park] = [shape for shape in found.shapes if shape.layer == Layer.GREEN]
    assert len(park.rings) == 2, "the pond is no park"


def test_an_extract_becomes_directory_and_map(pbf: Path, client: Browser, centre: Centre) -> None:
    admin = client("admin.khm")
    admin.post("/language", data={"language": "uk"})
    place = sent(admin, pbf.read_bytes())
    shown = html.unescape(admin.get(place).text)
    assert "Ще нічого не збережено" in shown
    assert "без номера" in shown, "what is left out is told"
    assert stored(House) == stored(MapTile) == 0
    assert admin.post(f"{place}/save").status_code == 303
    worked(place)
    worked(place)
    with transaction(EVERY_ORGANISATION) as session:
        assert set(session.scalars(select(Settlement.name))) == {"Хмельницький", "Ружична"}
        assert list(session.scalars(select(District.name))) == ["Центральний район"]
        assert set(session.scalars(select(Street.name))) == {"Соборна", "Тихий", "Садова"}
        assert set(session.scalars(select(StreetName.name))) == {"Леніна", "Дворянська"}
        houses = session.scalars(select(House)).all()
        assert len(houses) == 10
        assert all(each.latitude is not None for each in houses)
        assert {each.organisation_id for each in houses} == {centre.people["olena"].organisation_id}
        assert session.get_one(MapExtract, int(place.rpartition("/")[2])).content == b""
    found = client("olena").get("/appeals/addresses/suggest", params={"q": "дворян 3"}).json()["offers"]
    assert found[0]["text"] == "вул. Соборна, 3"
    again = sent(admin, pbf.read_bytes())
    with transaction(EVERY_ORGANISATION) as session:
        outcome = session.get_one(MapExtract, int(again.rpartition("/")[2])).outcome
    assert outcome["added"] == outcome["changed"] == {}, "all of it is here already"


def test_squares_are_served_to_their_organisation_only(pbf: Path, client: Browser) -> None:
    admin = client("admin.khm")
    place = sent(admin, pbf.read_bytes(), map_only="yes")
    admin.post(f"{place}/save")
    worked(place)
    assert stored(House) == 0, "the map alone"
    x, y = int(across(LON) * 2**13), int(down(LAT) * 2**13)
    answer = client("vasyl").get(f"/appeals/map/ground/13/{x}/{y}?v=1")
    drawn = answer.json()
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert "вулиця Соборна" in {shape[1] for shape in drawn}
    assert [shape[0] for shape in drawn] == sorted((shape[0] for shape in drawn), key="lgwsbptrmn".index)
    assert client("anna").get(f"/appeals/map/ground/13/{x}/{y}").status_code == 204
    assert client("olena").get("/appeals/map/ground/13/0/0").status_code == 204
    assert client("olena").get("/appeals/map/ground/99/0/0").status_code == 204
    first = _ground()
    again = sent(admin, pbf.read_bytes(), map_only="yes")
    admin.post(f"{again}/save")
    worked(again)
    assert _ground() != first, "browsers ask anew"
    assert stored(MapGround) == 1


def _ground() -> int:
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(MapGround.id)).one()


def _cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _damaged(content: bytes) -> bytes:
    return content[:200] + bytes(100) + content[300:]


@pytest.mark.parametrize("spoil", [_cut_short, _damaged])
def test_a_damaged_file_changes_nothing(pbf: Path, client: Browser, spoil) -> None:
    admin = client("admin.khm")
    admin.post("/language", data={"language": "uk"})
    place = sent(admin, spoil(pbf.read_bytes()))
    assert "Файл пошкоджено" in html.unescape(admin.get(place).text)
    assert admin.post(f"{place}/save").status_code == 303
    worked(place)
    assert stored(Street) == stored(MapTile) == 0


def test_what_is_no_extract_or_has_nothing_in_it_is_refused(tmp_path: Path, client: Browser) -> None:
    admin = client("admin.khm")
    for content in (b"", b"PK\x03\x04", b"x" * 5000, b"<osm></osm>"):
        answer = admin.post(f"{ROOT}/upload", files={"file": ("x.osm.pbf", content)})
        assert answer.status_code == 422
    assert admin.post(f"{ROOT}/upload", data={"settlement": "x"}).status_code == 422
    assert stored(MapExtract) == 0
    place = sent(admin, _empty(tmp_path))
    with transaction(EVERY_ORGANISATION) as session:
        found = session.get_one(MapExtract, int(place.rpartition("/")[2]))
        assert (found.stage, found.outcome["why"]) == (Stage.FAILED, words.NOTHING_IN_IT)
    assert client("olena").get(ROOT).status_code == 403
    assert client("admin.dtm").get(place).status_code == 404


def _empty(tmp_path: Path) -> bytes:
    path = tmp_path / "empty.osm.pbf"
    writer = extract.osmium.SimpleWriter(str(path))
    writer.add_node(extract.osmium.osm.mutable.Node(id=1, version=1, location=(1, 1)))
    writer.close()
    return path.read_bytes()


@pytest.fixture
def worker(settings: Settings) -> Iterator[SimpleWorker]:
    """A worker of the queue of appeals."""
    url = settings.redis_url.get_secret_value()
    workers.connect(url)
    client = redis.Redis.from_url(url)
    client.flushdb()
    yield SimpleWorker([asking.queue()], connection=client, serializer=JSONSerializer)
    client.flushdb()


def test_a_worker_goes_on_with_what_was_lost(pbf: Path, client: Browser, worker: SimpleWorker) -> None:
    admin = client("admin.khm")
    answer = admin.post(f"{ROOT}/upload", files={"file": ("x.osm.pbf", pbf.read_bytes())})
    worker.work(burst=True)
    page = admin.get(answer.headers["location"]).text
    assert "every 1s" not in page, "a worker has read it"
    assert jobs.look_after() == {"asked_for": 0}
    with transaction(EVERY_ORGANISATION) as session:
        [found] = session.scalars(select(MapExtract))
        found.stage, found.told_at = Stage.LOOKING, found.told_at.replace(year=2020)
    assert jobs.look_after() == {"asked_for": 1}


def test_lines_and_areas_are_cut_at_the_borders_of_squares() -> None:
    step = 1 / 2**13
    line = Shape(Layer.ROAD, 13, "Довга", [[(step * 0.5, step * 0.5), (step * 3.5, step * 0.5)]], closed=False)
    area = Shape(
        Layer.WATER, 13, "",
        [[(0.0, 0.0), (step * 2, 0.0), (step * 2, step * 2), (0.0, step * 2), (0.0, 0.0)]], closed=True,
    )  # fmt: skip
    found = {
        (each.x, each.y): json.loads(gzip.decompress(each.content))
        for each in tiles.cut([line, area])
        if each.zoom == 13
    }
    assert [shape[0] for shape in found[0, 0]] == ["w", "r"], "waters under roads"
    assert found[1, 0][1][2:] == [[-96, 2048, 4096 + 192, 0]], "beyond the borders by a line's breadth, no further"
    assert found[3, 0][0][2:] == [[-96, 2048, 96 + 2048, 0]]
    across_whole = found[1, 1][0][2]
    assert len(across_whole) >= 8
    assert (5, 0) not in found
