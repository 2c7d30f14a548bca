"""The point of an appeal: saved with the card, moved on its page and by the executor, put back, written down (U-99)."""

import html
import re

from sqlalchemy import select

from appeals.maps.tables import AppealPoint
from appeals.tables import Appeal
from appeals.workflow.model import Deed
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.appeals.cards import Browser, form
from tests.appeals.journal.appeals import written
from tests.appeals.maps.conftest import Town
from tests.appeals.maps.places import SOUTH, WEST, at
from tests.appeals.workflow.conftest import City
from tests.appeals.workflow.test_deeds import DONE, do


def points() -> dict[int, tuple[float, float]]:
    """Every point that was moved, by the address's place."""
    with transaction(EVERY_ORGANISATION) as session:
        return {each.position: (each.latitude, each.longitude) for each in session.scalars(select(AppealPoint))}


def deeds() -> list[str]:
    """What was written down of points."""
    with transaction(EVERY_ORGANISATION) as session:
        told = select(Audit.deed).where(Audit.deed.in_(["appeal.placed", "appeal.put_back"])).order_by(Audit.id)
        return list(session.scalars(told).all())


def test_the_card_shows_its_house_and_keeps_the_point_that_was_moved(town: Town, client: Browser) -> None:
    olena, house = client("olena"), town.houses[0]
    part = olena.get("/appeals/map/here", params={"house": str(house.id)}).text
    assert f'data-at="[[0, {SOUTH}, {WEST}]]"' in part
    assert "data-movable" in part
    moved = f"49.421,26.981,{house.id}"
    again = olena.get("/appeals/map/here", params={"house": str(house.id), "point": moved}).text
    assert "[[0, 49.421, 26.981]]" in again
    other = olena.get("/appeals/map/here", params={"house": str(town.houses[1].id), "point": moved}).text
    assert "49.421" not in other, "of another house it says nothing"
    sent = form(address="вул. Шевченка, 1", house=str(house.id), point=moved)
    assert olena.post("/appeals", data=sent).status_code == 303
    assert points() == {0: (49.421, 26.981)}
    assert olena.post("/appeals", data=sent).status_code == 303
    assert deeds() == ["appeal.placed"], "a form sent twice places once"
    stale = form(address="вул. Шевченка, 2", house=str(town.houses[1].id), point=moved)
    olena.post("/appeals", data=stale)
    olena.post("/appeals", data=form(address="вул. Шевченка, 2", house="", point="💥"))
    assert len(points()) == 1


def test_a_card_without_a_house_still_has_a_map_to_put_a_point_on(town: Town, client: Browser) -> None:
    olena = client("olena")
    part = olena.get("/appeals/map/here").text
    assert "<details" in part
    assert 'data-at="[]"' in part
    assert olena.post("/appeals", data=form(address="яма на кільці", point="49.43,26.99,")).status_code == 303
    assert points() == {0: (49.43, 26.99)}
    assert client("anna").get("/appeals/map/here").text.strip() == "", "a town without places has no map"


def test_the_point_is_moved_on_the_page_and_put_back(town: Town, client: Browser) -> None:
    with transaction(town.own) as session:
        [appeal] = written(session, town.olena, [1])
        at(session, appeal, town.houses[0], town.houses[3])
    olena, page = client("olena"), f"/appeals/{appeal.number}"
    shown = html.unescape(olena.get(page).text)
    assert re.search(r'data-at="\[\[0, [\d.]+, [\d.]+\], \[1, [\d.]+, [\d.]+\]\]"', shown)
    sent = {"position": "1", "latitude": "49.4444444", "longitude": "27.01"}
    assert olena.post(f"{page}/point", data=sent).headers["location"] == f"{page}#map"
    assert points() == {1: (49.444444, 27.01)}
    assert "Повернути до будинку" in olena.get(page).text
    for wrong in ({"latitude": "x"}, {"position": "7"}, {"position": "-1"}, {"latitude": "91"}, {"deed": "fly"}):
        assert olena.post(f"{page}/point", data=sent | wrong).status_code == 303
        assert points() == {1: (49.444444, 27.01)}, wrong
    olena.post(f"{page}/point", data={"position": "1", "deed": "back"})
    olena.post(f"{page}/point", data={"position": "1", "deed": "back"})
    assert points() == {}
    assert deeds() == ["appeal.placed", "appeal.put_back"]
    assert client("mykola").post(f"{page}/point", data=sent).status_code == 403
    assert "data-movable" not in client("mykola").get(page).text
    assert client("anna").post(f"{page}/point", data=sent).status_code == 404


def test_the_executor_moves_the_point_of_what_was_given_to_them(city: City, client: Browser) -> None:
    appeal = city.appeal()
    [work] = city.given(appeal, "water")
    page = f"/assignments/{work.id}"
    sent = {"latitude": "49.45", "longitude": "27.02"}
    assert client("vasyl").post(f"{page}/point", data=sent).headers["location"] == f"{page}#map"
    assert points() == {0: (49.45, 27.02)}
    shown = client("vasyl").get(page).text
    assert "[[0, 49.45, 27.02]]" in shown
    assert client("petro").post(f"{page}/point", data=sent | {"latitude": "1"}).status_code == 404
    assert points() == {0: (49.45, 27.02)}


def test_a_reopened_appeal_keeps_its_addresses_and_its_point(city: City, client: Browser) -> None:
    appeal, olena = city.appeal(), client("olena")
    [work] = city.given(appeal, "water")
    place = f"/appeals/{appeal.number}"
    olena.post(f"{place}/point", data={"latitude": "49.45", "longitude": "27.02"})
    do(Deed.ANSWER_FOR, work.id, DONE, city.olena)
    olena.post(f"{place}/work", data={"deed": "close", "result": "satisfied", "report": "x"})
    again = olena.post(f"{place}/work", data={"deed": "reopen", "reason": "Знову немає води"}).headers["location"]
    with transaction(EVERY_ORGANISATION) as session:
        new = session.scalars(select(Appeal).where(Appeal.number == again.rpartition("/")[2])).one()
        moved = session.get_one(AppealPoint, (new.id, 0))
        assert (moved.latitude, moved.longitude) == (49.45, 27.02)
