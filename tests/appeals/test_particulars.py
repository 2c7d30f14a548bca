"""The control card's coded fields (A.1): chosen or as usual, stored with the words of their day, shown, refused."""

import html
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from appeals.classifier import service as classifier
from appeals.classifier.tables import ClassifierEntry
from appeals.particulars import queries
from appeals.terms import rules
from appeals.workflow import correcting
from appeals.workflow.model import Told
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from tests.acd.desks import call_of
from tests.appeals.cards import Browser, form, stored
from tests.centre import Centre

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.fixture(autouse=True)
def loaded(centre: Centre, topics: None) -> None:
    """Both organisations with their countries' classifiers and terms."""
    with transaction(EVERY_ORGANISATION) as session:
        for organisation in centre.organisations.values():
            classifier.load_national(session, organisation, today=today() - timedelta(days=1))
            rules.load_national(session, organisation)


def today() -> date:
    """Today in the city."""
    return datetime.now(KYIV).date()


def of(code: str) -> str:
    """The id of an entry, as the card sends it."""
    with transaction(EVERY_ORGANISATION) as session:
        return str(session.scalars(select(ClassifierEntry.id).where(ClassifierEntry.code == code)).one())


def codes() -> dict[str, list[str]]:
    """The coded values of the only appeal, by section."""
    [appeal] = stored()
    found: dict[str, list[str]] = {}
    with transaction(EVERY_ORGANISATION) as session:
        for code, entry in queries.codes(session, appeal.id):
            found.setdefault(code.section, []).append(entry.code)
    return found


def test_by_phone_it_is_oral_individual_and_first(client: Browser, centre: Centre) -> None:
    """U-129: 1.1¹, 6.3, 5.1, without anything chosen."""
    call = str(call_of(centre, "+380671234567"))
    client("iryna").post("/appeals", data=form(call=call))
    assert codes() == {"form": ["1.1¹"], "type": ["6.3"], "subject": ["5.1"], "sign": ["2.1"], "kind": ["3.3"]}


def test_what_is_chosen_goes_before_what_is_usual(client: Browser) -> None:
    sent = form(
        source="letter", code_form=of("1.4"), code_subject=of("5.2"), code_sex=of("4.2"), code_social=of("8.1"),
        signatories="12", signed_on="2026-10-30", received_on="2026-11-02", sent_by="Міська рада",
        covering_number="15/3", covering_on="2026-11-01", more_questions="І про під’їзд",
    )  # fmt: skip
    sent |= {"code_category": [of("7.5"), of("7.11")], "code_question": [of("090"), of("100")]}  # type: ignore[dict-item]
    location = client("olena").post("/appeals", data=sent).headers["location"]
    assert codes() == {
        "form": ["1.4"], "type": ["6.2"], "subject": ["5.2"], "sign": ["2.1"], "kind": ["3.3"], "sex": ["4.2"],
        "social": ["8.1"], "category": ["7.5", "7.11"], "question": ["090", "100"],
    }  # fmt: skip
    [appeal] = stored()
    assert appeal.received_at == datetime(2026, 11, 2, tzinfo=KYIV)
    page = html.unescape(client("iryna").get(location).text)
    words = ["1.4 Через органи влади", "5.2 Колективне", "7.11 Одинока мати", "090 Комунальне господарство", "15/3"]
    assert [each for each in [*words, "Міська рада", "І про під’їзд", "2 лист"] if each not in page] == []


def test_explained_at_once_has_the_code_of_its_result(client: Browser) -> None:
    """U-101: 9.3."""
    client("olena").post("/appeals", data=form(deed="explain", explanation="О 18:00"))
    assert codes()["result"] == ["9.3"]


def test_each_organisation_codes_by_its_own_country(client: Browser) -> None:
    client("anna").post("/appeals", data=form(source="letter", phone=""))
    assert codes() == {
        "form": ["yo"],
        "type": ["xat"],
        "subject": ["jismoniy"],
        "sign": ["birlamchi"],
        "kind": ["shikoyat"],
        "question": ["99"],
    }


def test_each_appeal_has_the_topic_of_the_agencys_tree_in_the_version_of_its_day(
    client: Browser, centre: Centre
) -> None:
    """Z-40: by the topic of the call where nobody chose one, in words of the reader's language."""
    admin, anna = centre.people["admin.dtm"], client("anna")
    with transaction(admin.organisation_id) as session:
        session.add(Topic(organisation_id=admin.organisation_id, code="exams", name={"uz": "Imtihonlar"}))
    earlier = anna.post("/appeals", data=form(topic="exams", source="letter", phone="")).headers["location"]
    assert codes()["question"] == ["02"]
    with transaction(admin.organisation_id) as session:
        entry = session.get_one(ClassifierEntry, int(of("02")))
        name = {"uz": "Imtihon va sinovlar", "ru": "Экзамены и испытания"}
        changed = {"name": entry.name | name, "source": entry.source, "verified": entry.verified}
        classifier.change(session, entry, **changed, today=today(), by=admin)
    later = anna.post("/appeals", data=form(topic="exams", source="letter", phone="")).headers["location"]
    for language, words in (
        ("uz", ("Imtihon oʻtkazish", "Imtihon va sinovlar")),
        ("ru", ("Проведение экз", "испытания")),
    ):
        anna.post("/language", data={"language": language})
        for location, mine, other in ((earlier, *words), (later, *words[::-1])):
            page = html.unescape(anna.get(location).text)
            assert mine in page
            assert other not in page


@pytest.mark.parametrize("chosen", ["", "01"])
def test_a_corrected_topic_brings_its_question_unless_somebody_chose_one(
    client: Browser, centre: Centre, chosen: str
) -> None:
    """Z-40 after a correction (U-106)."""
    agency = centre.people["dilnoza"].organisation_id
    with transaction(agency) as session:
        session.add(Topic(organisation_id=agency, code="exams", name={"uz": "Imtihonlar"}))
    asked = {"code_question": of(chosen)} if chosen else {}
    client("anna").post("/appeals", data=form(source="letter", phone="", **asked))
    [appeal] = stored()
    assert codes()["question"] == [chosen or "99"]
    with transaction(agency) as session:
        told = Told(topic="exams", reason="Imtihon haqida")
        correcting.correct(session, appeal.number, told, by=centre.people["dilnoza"])
    assert codes()["question"] == [chosen or "02"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code_form", "999999999"),
        ("code_form", "Поштою"),
        ("code_sex", "5.1"),
        ("problem", "p99"),
        ("received_on", "2099-01-01"),
        ("received_on", "2026-02-30"),
        ("signatories", "0"),
    ],
)
def test_free_text_and_what_is_not_offered_are_refused(client: Browser, field: str, value: str) -> None:
    """U-89."""
    answer = client("olena").post("/appeals", data=form(**{field: value}))
    assert answer.status_code == 422
    assert stored() == []
    if field != "code_form" or value != "Поштою":
        assert f'id="error-{field}"' in answer.text


def test_an_entry_of_another_section_or_organisation_is_refused(client: Browser) -> None:
    for wrong in (of("5.1"), of("ariza")):
        assert client("olena").post("/appeals", data=form(code_sex=wrong)).status_code == 422
    assert stored() == []


def test_what_went_out_of_use_stays_on_the_card_and_is_not_offered(client: Browser, centre: Centre) -> None:
    olena, sent = client("olena"), form(code_social=of("8.1"))
    location = olena.post("/appeals", data=sent).headers["location"]
    admin, entry = centre.people["admin.khm"], int(of("8.1"))
    with transaction(admin.organisation_id) as session:
        row = session.get_one(ClassifierEntry, entry)
        classifier.retire(session, row, last_day=today() - timedelta(days=1), by=admin)
    assert "8.1 Пенсіонер" in olena.get(location).text
    card = olena.get("/appeals/new").text
    assert "8.1 Пенсіонер" not in card
    assert "8.2 Робітник" in card
    assert olena.post("/appeals", data=form(code_social=str(entry))).status_code == 422


def test_the_draft_keeps_what_was_chosen(client: Browser) -> None:
    olena = client("olena")
    kept: dict[str, object] = {"code_sex": of("4.1"), "code_category": [of("7.5"), of("7.6")], "sent_by": "Рада"}
    olena.post("/appeals/draft", data=form(source="letter") | kept)
    card = olena.get("/appeals/new").text
    assert re.search(rf'value="{of("4.1")}" selected', card)
    assert card.count(" checked") == 2
    assert 'value="Рада"' in card


def test_during_a_call_the_control_card_is_folded_and_says_what_is_usual(client: Browser, centre: Centre) -> None:
    call = str(call_of(centre, "+380671234567"))
    card = html.unescape(client("iryna").get("/appeals/card", params={"call": call}).text)
    assert '<details class="explain particulars">' in card
    summary = card.partition('<details class="explain particulars">')[2].partition("</summary>")[0]
    assert all(told in summary for told in ("1.1¹", "6.3", "5.1"))
