"""Pages of works: entered, edited by two, moved on, shown in the card and on the house, answered together."""

import html
import re
from datetime import datetime, timedelta

import pytest

from appeals.addresses import service as addresses
from appeals.addresses.model import StreetKind
from appeals.works import queries
from appeals.works.model import Kind
from db import transaction
from tests.appeals.addresses.towns import street_called
from tests.appeals.cards import Browser, stored
from tests.appeals.cards import form as card
from tests.appeals.works.repairs import HOUR, HOUSES, KYIV, SAID, entered, form, house, registered, work
from tests.centre import Centre
from tests.client import Client


def entered_by(browser: Client, **sent: str) -> int:
    """The id of the work that the form makes."""
    answer = browser.post("/works", data=sent)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


def wrong(browser: Client, url: str, sent: dict[str, str]) -> set[str]:
    """The fields that are refused."""
    answer = browser.post(url, data=sent)
    assert answer.status_code == 422, answer.status_code
    return set(re.findall(r'id="error-([a-z_]+)"', answer.text))


def typed(at: datetime) -> str:
    """A moment as its field sends it."""
    return f"{at:%Y-%m-%dT%H:%M}"


def test_an_emergency_is_entered_and_stands_in_the_register(client: Browser, centre: Centre) -> None:
    olena = client("olena")
    made = entered_by(olena, **form(centre.people["olena"]))
    page = html.unescape(olena.get(f"/works/{made}").text)
    for text in ("Прорив труби", *SAID.values(), "вул. Прибузька, 12", "Котельня"):
        assert text in page
    for address, there in {"/works": True, "/works?period=now": True, "/works?kind=planned": False}.items():
        assert (f'href="/works/{made}"' in olena.get(address).text) is there, address


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uk": ""}, "uk"),
        ({"en": "—…"}, "en"),
        ({"kind": "planned"}, "planned_until"),
        ({"kind": "surprise"}, "kind"),
        ({"service": "999999"}, "service"),
        ({"service": "x"}, "service"),
        ({"reason": ""}, "reason"),
        ({"planned_from": "2026-03-29T03:30"}, "planned_from"),
        ({"planned_from": "2026-02-30T10:00"}, "planned_from"),
        ({"planned_from": "0001-01-01T00:00"}, "planned_from"),
        ({"planned_from": "2026-11-23T10:00Z"}, "planned_from"),
        ({"planned_until": "2026-01-01T10:00"}, "planned_until"),
        ({"uk": "а" * 1001}, "uk"),
        ({"source": "moon:1"}, "source"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    client: Browser, centre: Centre, changes: dict[str, str], field: str
) -> None:
    assert field in wrong(client("olena"), "/works", form(centre.people["olena"], **changes))


def test_a_colleagues_change_is_shown_and_not_overwritten(client: Browser, centre: Centre) -> None:
    person = centre.people["olena"]
    made = entered_by(client("olena"), **form(person))
    first = form(person, version="1", reason="Заміна труби", uk="До ранку.")
    assert client("olena").post(f"/works/{made}", data=first).status_code == 303
    answer = client("iryna").post(f"/works/{made}", data=form(person, version="1", contact="інший"))
    assert answer.status_code == 409
    shown = html.unescape(answer.text)
    assert "Olena" in shown
    assert "Заміна труби" in shown, "what stands there now"
    assert 'value="інший"' in shown, "what was typed is kept"
    assert (work(person, made).reason, work(person, made).contact) == ("Заміна труби", "диспетчер")
    again = form(person, version="2", reason="Заміна труби", contact="інший", uk="До ранку.")
    assert client("iryna").post(f"/works/{made}", data=again).status_code == 303
    assert work(person, made).contact == "інший"


def test_deeds_move_it_on_and_its_page_tells_what_happened(client: Browser, centre: Centre) -> None:
    person, olena = centre.people["olena"], client("olena")
    now = datetime.now(KYIV)
    made = entered(person, kind=Kind.PLANNED, since=HOUR, lasts=2 * HOUR)
    at = f"/works/{made}"
    assert wrong(olena, f"{at}/begin", {"version": "1", "begin_at": typed(now + HOUR)}) == {"begin_at"}
    assert olena.post(f"{at}/begin", data={"version": "1", "begin_at": typed(now)}).status_code == 303
    late = {"version": "2", "extend_until": typed(now + 9 * HOUR)}
    assert wrong(olena, f"{at}/extend", late) == {"extend_reason"}
    assert olena.post(f"{at}/extend", data=late | {"extend_reason": "кран"}).status_code == 303
    assert olena.post(f"{at}/finish", data={"version": "2", "finish_at": typed(now)}).status_code == 409
    assert olena.post(f"{at}/finish", data={"version": "3", "finish_at": typed(now)}).status_code == 303
    assert olena.post(f"{at}/cancel", data={"version": "4", "cancel_reason": "х"}).status_code == 409
    page = html.unescape(olena.get(at).text)
    for text in ("кран", "завершено", "продовжено"):
        assert text in page
    assert client("mykola").post(f"{at}/begin", data={}).status_code == 403
    assert client("mykola").get(at).status_code == 200


def test_the_set_of_houses_is_edited(client: Browser, centre: Centre) -> None:
    person, olena = centre.people["olena"], client("olena")
    made = entered(person)
    out = house(person, *HOUSES[0])
    assert olena.post(f"/works/{made}/houses/{out}/exclude").status_code == 303
    assert olena.post(f"/works/{made}/houses", data={"address": "вул. Соборна, 5"}).status_code == 303
    assert wrong(olena, f"/works/{made}/houses", {"address": "вул. Вигадана, 5"}) == {"address"}
    street = {"street": "вул. Шевченка, ", "first": "2", "last": "12", "parity": "even"}
    assert olena.post(f"/works/{made}/streets", data=street).status_code == 303
    assert wrong(olena, f"/works/{made}/streets", street | {"first": "500", "last": "600"}) == {"first"}
    assert wrong(olena, f"/works/{made}/streets", street | {"street": "Вигадана"}) == {"street"}
    with transaction(person.organisation_id) as session:
        reached = queries.affected(session, made)
    assert out not in reached
    assert len(reached) == len(HOUSES) - 1 + 1 + 5


def test_the_card_of_its_house_lights_up_and_the_appeal_is_linked(client: Browser, centre: Centre) -> None:
    """U-116: the text is that of the caller's language, else of the reader's; the link is made with the card."""
    person, olena = centre.people["olena"], client("olena")
    made = entered(person)
    here = house(person, *HOUSES[0])
    lit = html.unescape(olena.get(f"/works/here?house={here}").text)
    assert SAID["uk"] in lit
    assert f'name="work" value="{made}"' in lit
    assert "data-works" not in olena.get(f"/works/here?house={house(person, 'Соборна', '5')}").text
    assert olena.get("/works/here?house=x&also_house=&call=x&work=x").text.strip() == ""
    assert SAID["uk"] in olena.get(f"/works/here?house=&also_house={here}").text, "a further address lights up too"
    sent = card(address="вул. Прибузька, 4", house=str(here), work=str(made))
    assert olena.post("/appeals", data=sent).status_code == 303
    assert olena.post("/appeals", data=sent).status_code == 303
    [appeal] = stored()
    page = html.unescape(olena.get(f"/appeals/{appeal.number}").text)
    assert f'href="/works/{made}"' in page
    with transaction(person.organisation_id) as session:
        assert queries.counts_of_appeals(session, [made]) == {made: 1}
    assert "Прорив труби" in html.unescape(olena.get(f"/appeals/addresses/houses/{here}").text), "U-128"


def test_an_appeal_is_linked_afterwards_and_taken_back(client: Browser, centre: Centre) -> None:
    person, olena = centre.people["olena"], client("olena")
    appeal = registered(person, *HOUSES[0])
    made = entered(person)
    place = f"/appeals/{appeal.number}"
    assert f'name="work" value="{made}"' in olena.get(place).text
    for _ in range(2):
        assert olena.post(f"{place}/linked-work", data={"work": str(made)}).status_code == 303
    assert f'action="{place}/linked-work/unlink"' in olena.get(place).text
    assert olena.post(f"{place}/linked-work/unlink").status_code == 303
    assert f'action="{place}/linked-work/unlink"' not in olena.get(place).text


def test_those_who_waited_are_answered_together(client: Browser, centre: Centre) -> None:
    person, olena = centre.people["olena"], client("olena")
    made = entered(person)
    waiting = [registered(person, *each, waits_for=made) for each in HOUSES]
    assert "field-chosen" not in olena.get(f"/works/{made}").text
    now = typed(datetime.now(KYIV))
    assert olena.post(f"/works/{made}/finish", data={"version": "1", "finish_at": now}).status_code == 303
    page = olena.get(f"/works/{made}").text
    assert page.count('name="chosen"') == len(waiting)
    chosen = [str(each.id) for each in waiting]
    assert wrong(olena, f"/works/{made}/answer", {"answer": "", "chosen": chosen}) == {"answer"}  # type: ignore[dict-item]
    sent = {"answer": "Опалення повернуто", "chosen": chosen}
    for _ in range(2):
        assert olena.post(f"/works/{made}/answer", data=sent).status_code == 303
    assert {(each.state, each.answer) for each in stored()} == {("closed", "Опалення повернуто")}
    assert client("mykola").post(f"/works/{made}/answer", data=sent).status_code == 403
    assert "field-chosen" not in olena.get(f"/works/{made}").text


def test_services_are_the_administrators(client: Browser, centre: Centre) -> None:
    admin = client("admin.khm")
    new = {"code": "internet", "name_uk": "Інтернет", "name_ru": "Интернет", "name_en": "Internet"}
    assert admin.post("/works/services", data=new).status_code == 303
    assert wrong(admin, "/works/services", new) == {"code"}
    assert wrong(admin, "/works/services", new | {"code": "TV", "name_uk": ""}) == {"code", "name_uk"}
    assert client("olena").post("/works/services", data=new).status_code == 403
    with transaction(centre.people["olena"].organisation_id) as session:
        made = next(each.id for each in queries.services(session) if each.code == "internet")
    assert "Інтернет" in client("olena").get("/works/new").text
    assert admin.post(f"/works/services/{made}/off").status_code == 303
    assert "Інтернет" not in client("olena").get("/works/new").text
    assert admin.post(f"/works/services/{made}/on").status_code == 303
    assert admin.post(f"/works/services/{made}", data=new | {"name_uk": "Мережа"}).status_code == 303
    assert "Мережа" in client("olena").get("/works/new").text
    assert admin.post("/works/services/usual").status_code == 303


def test_nonsense_in_the_address_narrows_nothing(client: Browser, centre: Centre) -> None:
    made = entered(centre.people["olena"])
    for query in ("period=x", "service=x", "kind=x&state=x", "since=x&until=x", "after=x~y", "since=9999-12-31"):
        answer = client("olena").get(f"/works?{query}")
        assert answer.status_code == 200
        assert f'href="/works/{made}"' in answer.text, query


def test_a_work_that_is_over_is_not_changed(client: Browser, centre: Centre) -> None:
    person, olena = centre.people["olena"], client("olena")
    made = entered(person)
    now = typed(datetime.now(KYIV) - timedelta(minutes=1))
    olena.post(f"/works/{made}/finish", data={"version": "1", "finish_at": now})
    assert olena.post(f"/works/{made}", data=form(person, version="2")).status_code == 409
    out = house(person, *HOUSES[0])
    assert olena.post(f"/works/{made}/houses/{out}/exclude").status_code == 409
    assert 'name="reason"' not in olena.get(f"/works/{made}/edit").text


def test_a_renamed_street_is_renamed_on_the_work_and_in_the_card(client: Browser, centre: Centre) -> None:
    """U-44."""
    olena, admin = client("olena"), centre.people["admin.khm"]
    made = entered(centre.people["olena"])
    with transaction(admin.organisation_id) as session:
        street = street_called(session, "Прибузька")
        day = datetime.now(KYIV).date()
        addresses.rename(session, street, StreetKind.STREET, "Тараса Бульби", on=day, today=day, by=admin)
    page = html.unescape(olena.get(f"/works/{made}").text)
    assert ("вул. Тараса Бульби, 12" in page, "Прибузька, 12" in page) == (True, False)
