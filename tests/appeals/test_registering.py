"""Registering an appeal: one form, one number, nothing half saved, nothing lost."""

import html
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from appeals import queries
from appeals.journal.model import PAGE
from appeals.model import AppealNumber, Source
from appeals.tables import AppealDraft, Applicant
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.acd.desks import call_of
from tests.appeals.cards import Browser, form, stored, written
from tests.centre import Centre


def test_the_operator_registers_and_the_appeal_has_a_page(client: Browser) -> None:
    olena = client("olena")
    answer = olena.post("/appeals", data=form())
    assert answer.status_code == 303
    page = olena.get(answer.headers["location"]).text
    assert "Коваленко Марія" in page
    assert "Немає води другий день" in page
    assert "+380 67 123 4567" in page.replace("\u00a0", " ")


def test_an_appeal_is_found_by_its_number_without_reading_the_others(centre: Centre) -> None:
    """Row security says whose it is in a way that leads into no index: the number has one of its own."""
    with transaction(centre.organisations["khm"].id) as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))  # as with a million of them
        plan = "\n".join(session.scalars(text("EXPLAIN SELECT id FROM appeal WHERE number = '26-000001'")))
    assert "ix_appeal_number" in plan, plan


@pytest.mark.parametrize(
    ("source", "told", "language"),
    [
        ("reception", "на особистому прийомі", "uk"),
        ("letter", "xat orqali", "uz"),
        ("phone", "по телефону", "ru"),
        ("reception", "at reception", "en"),
    ],
)
def test_an_appeal_of_any_channel_is_registered_without_a_call(
    client: Browser, source: str, told: str, language: str
) -> None:
    """U-02. From the journal by one button; its page says how it came, and the journal narrows to it."""
    olena = client("olena")
    olena.post("/language", data={"language": language})
    assert 'href="/appeals/new"' in olena.get("/appeals").text
    assert 'name="source"' in olena.get("/appeals/new").text
    location = olena.post("/appeals", data=form(source=source)).headers["location"]
    assert [(one.source, one.call_id) for one in stored()] == [(source, None)]
    assert told in olena.get(location).text
    found = {each: f'href="{location}"' in olena.get("/appeals", params={"source": each}).text for each in Source}
    assert found == {each: each == source for each in Source}


def test_each_field_of_the_card_is_stored_and_shown(client: Browser, centre: Centre) -> None:
    """U-02, U-09. With its number, its time and who wrote it."""
    person = {"surname": "Коваленко", "given_name": "Марія", "patronymic": "Іванівна", "email": "maria@example.org"}
    matter = {"kind": "complaint", "topic": "water", "substance": "Немає води", "source": "letter"}
    where, answer = "вул. Прибузька, 12", "Воду дадуть о 18:00"
    olena, before = client("olena"), datetime.now(UTC)
    card = form(**person, **matter, address=where, phone="067 123 45 67", deed="explain", explanation=answer)
    location = olena.post("/appeals", data=card).headers["location"]
    [appeal] = stored()
    with transaction(EVERY_ORGANISATION) as session:
        applicant = session.get_one(Applicant, appeal.applicant_id)
        assert {name: getattr(applicant, name) for name in person} == person
        assert (applicant.phone, applicant.address) == ("+380671234567", where)
    assert {name: getattr(appeal, name) for name in matter} == matter
    assert (appeal.address, appeal.answer, appeal.number) == (where, answer, location.rpartition("/")[2])
    assert appeal.registered_by == centre.people["olena"].id
    assert before <= appeal.registered_at <= datetime.now(UTC)

    page = html.unescape(olena.get(location).text).replace("\u00a0", " ")
    words = ["Скарга", "Вода", "листом", "+380 67 123 4567", centre.people["olena"].name, appeal.number]
    told = [*person.values(), matter["substance"], where, answer, *words]
    assert [each for each in told if each.casefold() not in page.casefold()] == []


def test_the_way_to_a_new_appeal_is_shown_to_those_who_may_register(client: Browser) -> None:
    assert "/appeals/new" not in client("mykola").get("/appeals").text
    assert client("mykola").get("/appeals/new").status_code == 403


def test_an_appeal_from_a_call_came_by_phone_whatever_the_form_says(centre: Centre, client: Browser) -> None:
    call = str(call_of(centre, "+380671234567"))
    assert 'name="source"' not in client("iryna").get("/appeals/card", params={"call": call}).text
    client("iryna").post("/appeals", data=form(call=call, source="letter"))
    assert [one.source for one in stored()] == ["phone"]


def test_the_same_form_sent_twice_registers_once(client: Browser) -> None:
    olena, sent = client("olena"), form()
    first, second = (olena.post("/appeals", data=sent).headers["location"] for _ in range(2))
    assert first == second
    assert len(stored()) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": ""}, "source"),
        ({"source": "a dream"}, "source"),
        ({"surname": ""}, "surname"),
        ({"kind": "poem"}, "kind"),
        ({"topic": "moon"}, "topic"),
        ({"substance": ""}, "substance"),
        ({"phone": "not a number"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"surname": "я" * 121}, "surname"),
        ({"deed": "explain"}, "explanation"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_nothing_is_saved(
    client: Browser, changes: dict[str, str], field: str
) -> None:
    answer = client("olena").post("/appeals", data=form(**changes))
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert "вул. Прибузька, 12" in answer.text, "what was typed is kept"
    assert stored() == []
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalar(select(func.count()).select_from(Applicant)) == 0


def test_explained_at_once_is_closed_with_the_explanation(client: Browser) -> None:
    client("olena").post("/appeals", data=form(deed="explain", explanation="Воду дадуть о 18:00"))
    (appeal,) = stored()
    assert (appeal.state, appeal.result, appeal.answer) == ("closed", "explained", "Воду дадуть о 18:00")


def test_200_parallel_registrations_give_200_numbers(centre: Centre) -> None:
    by = centre.people["olena"]
    with ThreadPoolExecutor(8) as crowd:
        numbers = sorted(crowd.map(lambda count: written(by, f"Житель {count}", "Ліхтар не світить"), range(200)))
    parsed = [AppealNumber.parse(number) for number in numbers]
    assert [number.running for number in parsed if number] == [*range(1, 201)]


def test_one_form_sent_by_many_hands_at_once_is_one_appeal_and_takes_one_number(centre: Centre) -> None:
    by, form_id = centre.people["olena"], uuid4()
    with ThreadPoolExecutor(8) as crowd:
        numbers = set(crowd.map(lambda _: written(by, "Я", "Ліхтар не світить", form_id), range(16)))
    assert len(numbers) == len(stored()) == 1
    (first,) = numbers
    assert AppealNumber.parse(written(by, "Ти", "Сніг")) == AppealNumber(int(first[:2]), 2)


def test_a_form_written_anew_for_another_matter_is_another_appeal(centre: Centre) -> None:
    """The browser kept the form, as the answer was lost on its way; nothing typed into it since may be lost."""
    olena, submission = centre.people["olena"], uuid4()
    first = written(olena, "Бондар", "Немає світла", submission)
    assert written(olena, "Мельник", "Не вивозять сміття", submission) != first
    assert sorted(appeal.substance for appeal in stored()) == ["Не вивозять сміття", "Немає світла"]


def test_a_number_is_found_as_written_and_as_keyed_in(centre: Centre) -> None:
    by = centre.people["olena"]
    number = written(by, "Я", "Ліхтар не світить")
    with transaction(by.organisation_id) as session:
        for asked in (number, number.replace("-", "")):
            found = queries.find_by_number(session, asked)
            assert found is not None
            assert found.number == number
        assert queries.find_by_number(session, "99-999999") is None
        assert queries.find_by_number(session, "'; DROP TABLE appeal") is None


def test_the_draft_survives_a_reload_and_ends_with_the_registration(client: Browser) -> None:
    olena, call = client("olena"), str(uuid4())
    kept = olena.post("/appeals/draft", params={"call": call}, data=form(substance="Недописане", call=call))
    assert kept.status_code == 200
    card = olena.get("/appeals/card", params={"call": call}).text
    assert "Недописане" in card
    assert "Недописане" not in client("andrii").get("/appeals/card", params={"call": call}).text
    olena.post("/appeals", data=form(call=call))
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalar(select(func.count()).select_from(AppealDraft)) == 0


def test_a_call_that_was_not_heard_of_has_no_page_to_lead_to(client: Browser) -> None:
    """The listener may be away while people talk, so the appeal is taken all the same."""
    olena, call = client("olena"), str(uuid4())
    appeal = olena.post("/appeals", data=form(call=call)).headers["location"]
    assert f"/calls/{call}" not in olena.get(appeal).text


def test_an_appeal_keeps_its_call_and_each_page_leads_to_the_other(centre: Centre, client: Browser) -> None:
    """U-64. Also when the card was half filled in before, and its draft knew nothing of the call."""
    iryna, call = client("iryna"), str(call_of(centre, "+380671234567"))
    iryna.post("/appeals/draft", params={"call": call}, data=form(substance="Недописане"))
    card = iryna.get("/appeals/card", params={"call": call}).text
    assert f'name="call" value="{call}"' in card, "the card has forgotten its call"
    appeal = iryna.post("/appeals", data=form(call=call)).headers["location"]
    assert [str(one.call_id) for one in stored()] == [call]
    assert f'href="/calls/{call}"' in iryna.get(appeal).text
    part = f"/appeals/of-call?call={call}"
    assert part in iryna.get(f"/calls/{call}").text
    assert f'href="{appeal}"' in iryna.get(part).text


def test_whoever_is_handed_the_caller_sees_what_their_call_has_brought(centre: Centre, client: Browser) -> None:
    """Of a number that only the caller says as well: it is the call that is known, not their past."""
    call = str(call_of(centre, "+380671234567"))
    client("olena").post("/appeals", data=form(call=call))
    [appeal] = stored()
    for params in ({"call": call}, {"call": call, "declared": "true"}):
        card = client("andrii").get("/appeals/card", params=params).text
        assert card.count(appeal.number) == 2, "once as a link and its text"
        assert "Зареєстровано в цій розмові" in card


def test_another_organisation_sees_nothing(client: Browser) -> None:
    location = client("olena").post("/appeals", data=form()).headers["location"]
    anna = client("anna")
    assert anna.get(location).status_code == 404
    assert "Коваленко" not in anna.get("/appeals").text
    assert "Коваленко" not in anna.get("/appeals/card", params={"number": "+380671234567"}).text


def test_the_journal_narrows_and_pages(client: Browser, centre: Centre) -> None:
    by = centre.people["olena"]
    for count in range(PAGE + 5):
        written(by, f"Особа{count}", f"Лавка {count}")
    iryna = client("iryna")
    first = iryna.get("/appeals").text
    assert first.count("<tr data-href") == PAGE
    older = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert iryna.get(older).text.count("<tr data-href") == 5
    assert iryna.get("/appeals", params={"q": "Особа7"}).text.count("<tr data-href") == 1
    assert iryna.get("/appeals", params={"kind": "complaint"}).text.count("<tr data-href") == 0
    assert iryna.get("/appeals", params={"q": "100%\\_"}).text.count("<tr data-href") == 0
    assert iryna.get("/appeals", params={"since": "nonsense", "after": "x~y"}).status_code == 200


def test_a_number_never_changes_and_no_appeal_vanishes(centre: Centre, client: Browser) -> None:
    """U-10, U-11: whatever asks for it, the database refuses; a call that deletes is written down."""
    number = written(centre.people["olena"], "Коваль", "Немає води")
    for statement, refusal in (
        ("UPDATE appeal SET number = '26-999999'", f"appeal {number} keeps its number"),
        ("DELETE FROM appeal", "permission denied"),
    ):
        with transaction(EVERY_ORGANISATION) as session, pytest.raises(DBAPIError, match=refusal):
            session.execute(text(statement))
    assert client("iryna").delete(f"/appeals/{number}").status_code == 405
    assert [each.number for each in stored()] == [number]
    with transaction(EVERY_ORGANISATION) as session:
        [refused] = session.scalars(select(Audit).where(Audit.deed == "appeal.delete_refused"))
    assert (refused.subject, refused.person_id) == (f"appeal:{number}", centre.people["iryna"].id)
