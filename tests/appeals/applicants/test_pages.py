"""Applicants over HTTP: chosen on a card and unchosen, the page of one, corrections by right, duplicates."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from appeals.applicants import duplicates, queries
from appeals.applicants.tables import Applicant, ApplicantChange
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.appeals.applicants.people import Browser, registered, somebody
from tests.appeals.cards import fields, form, searched
from tests.centre import Centre
from tests.client import Client

ROOT = "/appeals/applicants"


def in_english(browser: Client) -> Client:
    """The browser, its pages in English."""
    browser.post("/language", data={"language": "en"})
    return browser


@pytest.fixture
def olena(client: Browser) -> Client:
    """An operator's browser, in English."""
    return in_english(client("olena"))


@pytest.fixture
def maria(centre: Centre) -> int:
    """Somebody who turned to us twice."""
    known = somebody("Коваленко Марія Іванівна", "+380671234567", email="maria@example.org", address="вул. Нова, 1")
    registered(centre.people["olena"], known, "Немає води")
    again = somebody("Коваленко Марія Іванівна", "+380671234567")
    return registered(centre.people["olena"], again, "Немає світла").applicant_id


def known(browser: Client, **typed: str) -> str:
    """What the card shows of the applicant chosen."""
    return browser.post(f"{ROOT}/known", data=typed).text


def test_whoever_is_chosen_fills_the_card_in_and_a_choice_is_undone(olena: Client, maria: int):
    typed = {"surname": "Ков", "phone": "050 111 22 33", "substance": "Ліхтар", "address": "вул. Стара, 2"}
    card = searched(olena, f"/appeals/find?applicant={maria}", **typed)
    chosen = fields(card.text)
    assert [chosen[name] for name in ("surname", "given_name", "patronymic")] == ["Коваленко", "Марія", "Іванівна"]
    assert chosen["address"] == "вул. Стара, 2", "what was typed is newer"
    assert chosen["email"] == "maria@example.org"
    assert chosen["filled"] == str(maria)
    assert "Ліхтар" in card.text
    back = fields(searched(olena, "/appeals/card/unchosen", **chosen).text)
    assert {name: back[name] for name in ("surname", "phone", "address", "email", "given_name", "filled")} == {
        "surname": "Ков", "phone": "050 111 22 33", "address": "вул. Стара, 2", "email": "", "given_name": "",
        "filled": "",
    }  # fmt: skip
    assert fields(olena.get("/appeals/new").text)["surname"] == "Ков", "the draft"


def test_the_card_says_what_the_registration_will_write_and_shows_the_history(olena: Client, maria: int):
    same = {"filled": str(maria), "surname": "Коваленко", "given_name": "Марія", "patronymic": "Іванівна"}
    shown = known(olena, **same, phone="0671234567", address="вул. Нова, 1", email="maria@example.org")
    assert "One more" not in shown
    assert "Немає води" in shown
    assert "Немає світла" in shown
    changed = known(olena, **same, phone="0501112233", address="вул. Інша, 2")
    assert "One more telephone: +380501112233" in changed
    assert "One more address: вул. Інша, 2" in changed
    assert "somebody new will be registered" in known(olena, **same | {"surname": "Шевчук"})


def test_a_chosen_applicant_gets_the_appeal_and_the_new_contacts(olena: Client, maria: int):
    sent = form(surname="Коваленко", given_name="Марія", patronymic="Іванівна", phone="0501112233", filled=str(maria))
    assert olena.post("/appeals", data=sent).status_code == 303
    other = form(surname="Коваленко", given_name="Ганна", phone="0501112233", filled=str(maria))
    assert olena.post("/appeals", data=other).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        people = session.scalars(select(Applicant).order_by(Applicant.id)).all()
        assert [(each.given_name, each.phone) for each in people] == [
            ("Марія", "+380501112233"),
            ("Ганна", "+380501112233"),
        ]
        phones = [each.value for each in queries.contacts(session, [maria]) if each.kind == "phone"]
        assert sorted(phones) == ["+380501112233", "+380671234567"]
        assert len(session.scalars(select(Appeal).where(Appeal.applicant_id == maria)).all()) == 3
    found = fields(searched(olena, phone="067 123 45 67").text)
    assert found["given_name"] == "Марія", "by the earlier telephone too"


def test_an_organisation_is_registered_by_its_title_and_known_again_by_its_code(olena: Client):
    sent = {"applicant_kind": "organisation", "title": "ТОВ «Колос»", "code": "12345678", "surname": ""}
    assert olena.post("/appeals", data=form(**sent)).status_code == 303
    renamed = sent | {"title": "ТОВ «КОЛОС»", "phone": "0501112233", "surname": "Шевчук"}
    assert olena.post("/appeals", data=form(**renamed)).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        [colos] = session.scalars(select(Applicant))
        assert (colos.name, colos.kind, colos.code) == ("ТОВ «Колос»", "organisation", "12345678")
    nameless = olena.post("/appeals", data=form(**sent | {"title": ""}))
    assert nameless.status_code == 422
    assert 'id="error-title"' in nameless.text
    assert olena.post("/appeals", data=form(surname="")).status_code == 422


def test_the_page_of_an_applicant_tells_everything_and_the_look_is_written_down(olena: Client, maria: int):
    page = olena.get(f"{ROOT}/{maria}?why=appeal").text
    for told in ("Коваленко Марія Іванівна", "maria@example.org", "вул. Нова, 1", "Немає води", "Немає світла"):
        assert told in page
    with transaction(EVERY_ORGANISATION) as session:
        [look] = session.scalars(select(Audit).where(Audit.deed == "applicant.opened"))
    assert (look.subject, look.details) == (f"applicant:{maria}", {"reason": "appeal"})


def test_a_correction_has_its_history_and_overwrites_nobodys(olena: Client, client: Browser, maria: int):
    seen = fields(olena.get(f"{ROOT}/{maria}").text)["seen"]
    corrected = {"surname": "Коваленко-Шевчук", "given_name": "Марія", "patronymic": "Іванівна", "seen": seen}
    assert olena.post(f"{ROOT}/{maria}", data=corrected | {"why": "паспорт"}).status_code == 303
    late = in_english(client("iryna")).post(f"{ROOT}/{maria}", data=corrected | {"surname": "Інша"})
    assert late.status_code == 422
    assert "A colleague has changed it meanwhile" in late.text
    page = olena.get(f"{ROOT}/{maria}").text
    assert re.search(r"<del>Коваленко</del> → Коваленко-Шевчук", page)
    assert "паспорт" in page
    offers = olena.get(f"{ROOT}/suggest", params={"q": "шевчук марія"}).json()["offers"]
    assert [offer["text"] for offer in offers] == ["Коваленко-Шевчук Марія Іванівна"]
    assert client("mykola").post(f"{ROOT}/{maria}", data=corrected).status_code == 403, "a manager reads only"
    with transaction(EVERY_ORGANISATION) as session:
        [change] = session.scalars(select(ApplicantChange).where(ApplicantChange.change == "corrected"))
        assert (change.field, change.before, change.after, change.why) == (
            "surname", "Коваленко", "Коваленко-Шевчук", "паспорт",
        )  # fmt: skip


def test_contacts_come_and_end(olena: Client, maria: int):
    for contact, value in (("phone", "050 111 22 33"), ("email", "m@example.org"), ("address", "вул. Інша, 5")):
        assert olena.post(f"{ROOT}/{maria}/contacts", data={"contact": contact, "value": value}).status_code == 303
    for contact, value in (("phone", "двадцять"), ("email", "нікому"), ("fax", "123"), ("address", "")):
        assert olena.post(f"{ROOT}/{maria}/contacts", data={"contact": contact, "value": value}).status_code == 422
    with transaction(EVERY_ORGANISATION) as session:
        assert queries.get(session, maria).phone == "+380501112233"
        last = next(each for each in queries.contacts(session, [maria]) if each.value == "+380501112233")
    assert olena.post(f"{ROOT}/{maria}/contacts/{last.id}/end").status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert queries.get(session, maria).phone == "+380671234567"
        assert queries.by_phone(session, "+380501112233") == []


def test_duplicates_are_listed_compared_made_one_and_parted(client: Browser, centre: Centre, maria: int):
    double = registered(centre.people["olena"], somebody("Коваленко Мария", "+380671234567"), "Третє").applicant_id
    with transaction(EVERY_ORGANISATION) as session:
        duplicates.look_anew(session, at_most=100)
    iryna = in_english(client("iryna"))
    listed = iryna.get(f"{ROOT}/duplicates").text
    assert f"{ROOT}/compare?kept={maria}&amp;merged={double}" in listed
    assert "same name, same telephone" in listed
    compared = iryna.get(f"{ROOT}/compare", params={"kept": maria, "merged": double}).text
    assert "Іванівна" in compared
    assert "Третє" in compared
    merged = iryna.post(f"{ROOT}/merge", data={"kept": maria, "merged": double, "given_name": "merged"})
    assert merged.status_code == 303
    page = iryna.get(merged.headers["location"]).text
    assert "Коваленко Мария Іванівна" in page
    assert "Третє" in page
    assert "This is a duplicate" in iryna.get(f"{ROOT}/{double}").text
    undo = re.search(rf'action="({ROOT}/merges/\d+/undo)"', page)
    assert undo is not None
    assert iryna.post(f"{ROOT}/merge", data={"kept": maria, "merged": double}).status_code == 409
    assert client("olena").post(undo[1]).status_code == 403
    assert iryna.post(undo[1]).status_code == 303
    assert "Коваленко Марія Іванівна" in iryna.get(f"{ROOT}/{maria}").text
    assert iryna.post(f"{ROOT}/apart", data={"kept": maria, "merged": double}).status_code == 303
    assert f"merged={double}" not in iryna.get(f"{ROOT}/duplicates").text


def test_a_category_chosen_on_a_card_is_the_applicants_and_fills_the_next_card(olena: Client, admin: Client):
    made = admin.post(
        "/classifier", data={"section": "category", "code": "7.6", "uk": "Ветеран праці", "en": "Veteran"}
    )
    assert made.status_code == 303, made.text
    card = olena.get("/appeals/new").text
    entry = re.search(r'name="code_category" value="(\d+)"', card)
    assert entry is not None
    assert olena.post("/appeals", data=form() | {"code_category": entry[1]}).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        [applicant] = session.scalars(select(Applicant.id))
    assert "Veteran" in olena.get(f"{ROOT}/{applicant}").text
    chosen = searched(olena, f"/appeals/find?applicant={applicant}", submission=str(uuid4())).text
    assert re.search(rf'name="code_category" value="{entry[1]}" checked', chosen)


@pytest.fixture
def admin(client: Browser) -> Client:
    """The administrator's browser."""
    return client("admin.khm")


def test_applicants_are_looked_for_on_a_page(olena: Client, maria: int):
    assert f'href="{ROOT}/{maria}"' in olena.get(ROOT, params={"q": "марія коваленко"}).text
    assert "Nobody is called so" in olena.get(ROOT, params={"q": "абракадабра"}).text
    assert "Nobody is looked for yet" in olena.get(ROOT).text
