"""Applicants on the card: found by their number, chosen among several, and nothing typed is lost."""

from uuid import uuid4

from sqlalchemy import select

from appeals.applicants.model import PEOPLE
from appeals.tables import Applicant
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.acd.desks import call_of
from tests.appeals.cards import Browser, fields, form, offered, searched
from tests.centre import Centre


def test_the_applicant_is_found_by_the_number_and_nothing_typed_is_lost(client: Browser) -> None:
    olena = client("olena")
    number = olena.post("/appeals", data=form(email="maria@example.org")).headers["location"].rpartition("/")[2]
    typed = {"phone": "(067) 123-45-67", "substance": "Ліхтар не світить", "kind": "suggestion", "source": "letter"}
    card = searched(olena, **typed).text
    for kept in ("Коваленко", "Марія", "maria@example.org", "вул. Прибузька, 12", "Ліхтар не світить", number):
        assert kept in card
    assert '<option value="letter" selected' in card
    assert "Ліхтар не світить" in olena.get("/appeals/new").text, "the draft"
    with transaction(EVERY_ORGANISATION) as session:
        looks = session.scalars(select(Audit.subject).where(Audit.deed == "applicant.found")).all()
        assert looks == ["applicants:of_a_phone"]


def test_of_several_applicants_one_is_chosen(client: Browser) -> None:
    olena = client("olena")
    for changes in ({"email": "maria@example.org"}, {"surname": "Шевчук", "given_name": "Олег"}):
        olena.post("/appeals", data=form(**changes))
    first = searched(olena, phone="0671234567").text
    assert 'value="Шевчук"' in first, "the last one"
    chosen = fields(searched(olena, offered(first)["Коваленко Марія"], **fields(first)).text)
    assert (chosen["surname"], chosen["given_name"]) == ("Коваленко", "Марія")
    assert chosen["email"] == "maria@example.org"


def test_the_next_search_takes_away_what_the_last_one_filled_in_and_nothing_else(client: Browser) -> None:
    olena = client("olena")
    olena.post("/appeals", data=form(patronymic="Іванівна", email="maria@example.org"))
    olena.post("/appeals", data=form(surname="Шевчук", given_name="Олег", phone="0670000001", address=""))
    first = fields(searched(olena, phone="0671234567").text)
    assert first["patronymic"] == "Іванівна"
    second = fields(searched(olena, **first | {"phone": "0670000001", "address": "вул. Нова, 1"}).text)
    person = ("surname", "given_name", "patronymic", "email", "address")
    assert [second[name] for name in person] == ["Шевчук", "Олег", "", "", "вул. Нова, 1"]
    nobody = fields(searched(olena, **second | {"phone": "0670000002"}).text)
    assert [nobody[name] for name in person] == ["", "", "", "", "вул. Нова, 1"]


def test_a_name_that_was_typed_stays_and_those_who_are_known_are_offered(client: Browser) -> None:
    olena = client("olena")
    olena.post("/appeals", data=form())
    card = searched(olena, phone="0671234567", given_name="Петро", email="petro@example.org").text
    shown = fields(card)
    assert (shown["surname"], shown["given_name"], shown["address"]) == ("", "Петро", "")
    chosen = fields(searched(olena, offered(card)["Коваленко Марія"], **shown).text)
    assert (chosen["surname"], chosen["given_name"], chosen["address"]) == ("Коваленко", "Марія", "вул. Прибузька, 12")
    assert chosen["email"] == "petro@example.org", "a contact that was typed is lost"


def test_of_a_phone_that_many_share_the_newest_are_offered_and_the_look_is_one(client: Browser) -> None:
    olena = client("olena")
    olena.post("/language", data={"language": "en"})
    for count in range(PEOPLE + 1):
        olena.post("/appeals", data=form(surname=f"Житель{count}"))
    card = searched(olena, phone="0671234567").text
    assert list(offered(card)) == [f"Житель{count} Марія" for count in range(PEOPLE, 0, -1)]
    assert "There are more, from longer ago." in card
    with transaction(EVERY_ORGANISATION) as session:
        [look] = session.scalars(select(Audit.details).where(Audit.deed == "applicant.found"))
        newest = session.scalars(select(Applicant.id).order_by(Applicant.id.desc()).limit(PEOPLE))
        assert look == {"applicants": ", ".join(map(str, newest))}


def test_without_script_a_search_leads_to_the_page_with_the_same_choice(client: Browser) -> None:
    olena = client("olena")
    for changes in ({}, {"surname": "Шевчук", "given_name": "Олег"}):
        olena.post("/appeals", data=form(**changes))
    answer = olena.post("/appeals/find", data={"phone": "067 123 45 67", "substance": "Ліхтар не світить"})
    assert answer.status_code == 303
    page = olena.get(answer.headers["location"]).text
    assert fields(page)["surname"] == "Шевчук"
    assert "Ліхтар не світить" in page
    assert list(offered(page)) == ["Шевчук Олег", "Коваленко Марія"]


def test_a_refused_card_still_shows_the_appeals_and_the_people_of_the_number(client: Browser) -> None:
    olena = client("olena")
    for changes in ({}, {"surname": "Шевчук", "given_name": "Олег"}):
        number = olena.post("/appeals", data=form(**changes)).headers["location"].rpartition("/")[2]
    refused = olena.post("/appeals", data=form(substance=""))
    assert refused.status_code == 422
    assert number in refused.text
    assert list(offered(refused.text)) == ["Шевчук Олег", "Коваленко Марія"]


def test_a_number_nobody_knows_and_one_that_is_none(client: Browser) -> None:
    olena = client("olena")
    olena.post("/language", data={"language": "en"})
    unknown = searched(olena, phone="0670000000", surname="Бондар")
    assert "Nobody has turned to us from this number yet." in unknown.text
    assert 'value="Бондар"' in unknown.text
    wrong = searched(olena, phone="twelve", surname="Бондар")
    assert wrong.status_code == 422
    assert 'id="error-phone"' in wrong.text
    assert 'value="Бондар"' in wrong.text


def test_another_organisations_applicants_are_not_found(client: Browser) -> None:
    client("olena").post("/appeals", data=form())
    anna = client("anna")
    anna.post("/language", data={"language": "en"})
    unknown = searched(anna, phone="+380671234567")
    assert unknown.status_code == 200
    assert "Nobody has turned to us from this number yet." in unknown.text
    assert "Коваленко" not in unknown.text


def test_a_card_is_emptied_when_its_visitor_has_gone(client: Browser) -> None:
    olena = client("olena")
    olena.post("/appeals/draft", data=form(substance="Недописане"))
    assert "Недописане" in olena.get("/appeals/new").text
    assert olena.post("/appeals/draft/discard").headers["location"] == "/appeals/new"
    assert "Недописане" not in olena.get("/appeals/new").text


def test_the_card_knows_the_caller_and_their_open_appeals(client: Browser) -> None:
    olena = client("olena")
    number = olena.post("/appeals", data=form()).headers["location"].rpartition("/")[2]
    card = olena.get("/appeals/card", params={"call": str(uuid4()), "number": "+380671234567"}).text
    assert 'value="Коваленко"' in card
    assert number in card


def test_each_card_that_shows_somebody_is_written_down(centre: Centre, client: Browser) -> None:
    """U-41. Whatever the card is asked for: a call of the ledger, one not heard of yet, or a number alone."""
    olena, call, number = client("olena"), str(call_of(centre, "+380671234567")), "+380671234567"
    olena.post("/appeals", data=form())
    for asked in ({"call": call}, {"call": str(uuid4()), "number": number}, {"number": number}):
        assert fields(olena.get("/appeals/card", params=asked).text)["surname"] == "Коваленко"
    with transaction(EVERY_ORGANISATION) as session:
        known = str(session.scalars(select(Applicant.id)).one())
        looks = session.scalars(select(Audit.details).where(Audit.deed == "applicant.found").order_by(Audit.id)).all()
    assert [look["applicants"] for look in looks] == [known] * 3
    assert looks[0]["call"] == call


def test_the_card_of_a_call_tells_of_its_caller_whatever_number_it_is_asked_with(
    centre: Centre, client: Browser
) -> None:
    olena, call = client("olena"), str(call_of(centre, "+380670000001"))
    olena.post("/appeals", data=form())
    card = fields(olena.get("/appeals/card", params={"call": call, "number": "+380671234567"}).text)
    assert (card["surname"], card["phone"]) == ("", "+380670000001")


def test_people_who_share_a_phone_stay_apart_and_keep_their_names(client: Browser) -> None:
    olena = client("olena")
    for changes in (
        {},
        {"given_name": "Петро"},
        {"email": "maria@example.org"},
        {"surname": "Шевчук", "given_name": "Олег"},
        {"given_name": "Петро"},
    ):
        olena.post("/appeals", data=form(**changes))
    with transaction(EVERY_ORGANISATION) as session:
        people = session.scalars(select(Applicant).order_by(Applicant.id)).all()
    assert [(person.name, person.email) for person in people] == [
        ("Коваленко Марія", "maria@example.org"),
        ("Коваленко Петро", ""),
        ("Шевчук Олег", ""),
    ]
