"""Editor and chancellery (Z-26): from what was taken down to the answer's number; who may what, what is refused."""

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from appeals import service as appeals
from appeals.applicants.model import ApplicantKind
from appeals.classifier import service as classifier
from appeals.model import Kind, Source, State
from appeals.particulars import queries as particulars
from appeals.tables import Appeal, Applicant
from appeals.terms import rules
from appeals.workflow import ending, filing, queries, service
from appeals.workflow.model import Order, Outcome, Refusal, Stage, Told
from appeals.workflow.service import NotDone
from appeals.workflow.tables import Filing
from appeals.works import answering
from appeals.works.tables import Work, WorkService
from db import EVERY_ORGANISATION, transaction
from notify import channels
from notify.model import ChannelKind
from notify.tables import Message
from staff.tables import Organisation, Person
from tests.appeals.cards import Browser, form
from tests.appeals.workflow.conftest import City
from web.problems import NotAllowed

TAKEN_DOWN, FORMAL = "sertifikat 3 haftadan beri yoʻq", "Sertifikatni berishni soʻrayman."
FORMALISED = Told(kind=Kind.APPLICATION, text=FORMAL)
AUTHOR = {"surname": "Karimova", "phone": "+998901112233", "email": "nigora@example.org", "address": "Toshkent, 12"}


class Agency:
    """The Uzbek agency with its editor Timur, its clerk Malika and an executor with Jasur."""

    def __init__(self, city: City) -> None:
        people = city.centre.people
        self.anna, self.timur, self.malika, self.jasur = (people[it] for it in ("anna", "timur", "malika", "jasur"))
        self.admin, self.dilnoza = people["admin.dtm"], people["dilnoza"]
        self.executor = city.executors["foreign"]

    def taken_down(self, **author: str) -> Appeal:
        """What an operator has registered from a call."""
        given = {"given_name": "Nigora", "patronymic": ""} | AUTHOR | author
        matter = Appeal(kind=Kind.COMPLAINT, topic="water", substance=TAKEN_DOWN, address="", source=Source.LETTER)
        with transaction(self.anna.organisation_id) as session:
            appeal = appeals.register(session, matter, Applicant(**given), by=self.anna, submission=uuid4())
            assert service.begin(session, appeal, by=self.anna) == []
        return appeal

    def does(self, deed: Callable[..., Appeal], appeal: Appeal, by: Person, told: Told = FORMALISED) -> Appeal:
        """One deed in a transaction of its own."""
        with transaction(by.organisation_id) as session:
            return deed(session, appeal.number, told, by=by)

    def entered(self, number: str = "") -> Appeal:
        """An appeal that stands in the chancellery's register."""
        appeal = self.taken_down()
        self.does(filing.submit, appeal, self.timur)
        return self.does(filing.enter, appeal, self.malika, Told(number=number))


@pytest.fixture
def agency(city: City) -> Agency:
    """With a chancellery, and the terms of its country."""
    made = Agency(city)
    with transaction(made.admin.organisation_id) as session:
        rules.load_national(session, city.centre.organisations["dtm"])
        filing.arrange(session, on=True, incoming="K-{number}/{year}", outgoing="{year}-{number}", by=made.admin)
    return made


def of(appeal: Appeal) -> Filing:
    """Its way, as it is stored."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.get_one(Filing, appeal.id)


def state(appeal: Appeal) -> str:
    """Its state, as it is stored."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.get_one(Appeal, appeal.id).state


def year() -> int:
    """By the agency's clocks: Tashkent is five hours ahead."""
    return (datetime.now(UTC) + timedelta(hours=5)).year


def test_from_the_call_to_the_answers_number(agency: Agency) -> None:
    """Sent, returned, sent again, entered, carried out, answered: both numbers linked, the times measured."""
    with transaction(agency.admin.organisation_id) as session:
        channels.add_channel(
            session, agency.admin.organisation_id, name="Pochta", kind=ChannelKind.EMAIL
        ).enabled = True
    appeal = agency.taken_down()
    assert (state(appeal), of(appeal).stage) == (State.WITH_EDITOR, Stage.TO_FORMALISE)
    due = appeal.due_at
    agency.does(filing.formalise, appeal, agency.timur)
    ago = datetime.now(UTC) - timedelta(minutes=40)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Filing).values(moved_at=ago))
    agency.does(filing.submit, appeal, agency.timur)
    assert (state(appeal), of(appeal).stage) == (State.AT_CHANCELLERY, Stage.SUBMITTED)
    agency.does(filing.send_back, appeal, agency.malika, Told(reason="Manzil kerak"))
    assert (state(appeal), of(appeal).returns) == (State.WITH_EDITOR, 1)
    agency.does(filing.submit, appeal, agency.timur, replace(FORMALISED, text=f"{FORMAL} Manzil: Toshkent."))
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Filing).values(moved_at=ago))
    agency.does(filing.enter, appeal, agency.malika, Told())
    way = of(appeal)
    assert (way.incoming, way.recorded, way.editor_id) == (f"K-1/{year()}", TAKEN_DOWN, agency.timur.id)
    assert [timedelta(minutes=40) <= it < timedelta(minutes=41) for it in (way.editing, way.checking)] == [True, True]
    assert state(appeal) == State.REGISTERED
    with transaction(agency.malika.organisation_id) as session:
        order = Order(executor=agency.executor)
        [work] = service.assign(session, appeal.number, [order], Told(), by=agency.malika)
    with transaction(agency.jasur.organisation_id) as session:
        service.take(session, work.id, Told(), by=agency.jasur)
        service.finish(session, work.id, Told(outcome=Outcome.DONE, report="Yuborildi"), by=agency.jasur)
    answer = Told(result="satisfied", report="Sertifikat yuborildi")
    agency.does(ending.dispatch, appeal, agency.malika, answer)
    with transaction(EVERY_ORGANISATION) as session:
        found = session.get_one(Appeal, appeal.id)
        told = [(each.deed, each.body) for each in queries.history(session, appeal.id)]
        [letter] = session.scalars(select(Message.text))
        assert [each.id for each in queries.filed_as(session, f"{year()}-1")] == [appeal.id]
    assert (found.state, found.result, found.substance) == ("closed", "satisfied", f"{FORMAL} Manzil: Toshkent.")
    assert (found.kind, found.due_at) == (Kind.APPLICATION, due)
    assert (of(appeal).stage, of(appeal).outgoing) == (Stage.DISPATCHED, f"{year()}-1")
    assert told == [
        ("formalise", ""), ("submit", ""), ("send_back", ""), ("submit", ""), ("enter", f"K-1/{year()}"),
        ("assign", ""), ("take", ""), ("finish", ""), ("accept", ""), ("dispatch", f"{year()}-1"),
    ]  # fmt: skip
    parts = (appeal.number, f"K-1/{year()}", f"{year()}-1", "Sertifikat yuborildi")
    assert [part for part in parts if part not in letter] == []


def test_another_kind_has_another_term(agency: Agency) -> None:
    """The editor sees that it is a suggestion: the law gives it a month, not fifteen days."""
    appeal = agency.taken_down()
    agency.does(filing.submit, appeal, agency.timur, replace(FORMALISED, kind=Kind.SUGGESTION))
    with transaction(EVERY_ORGANISATION) as session:
        found = session.get_one(Appeal, appeal.id)
    assert appeal.due_at is not None
    assert found.due_at is not None
    assert found.due_at > appeal.due_at


def test_another_kind_has_another_code(agency: Agency) -> None:
    """The code of the kind follows what the editor made of the appeal."""
    with transaction(agency.admin.organisation_id) as session:
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        country = session.get_one(Organisation, agency.admin.organisation_id)
        classifier.load_national(session, country, today=yesterday)
    appeal = agency.taken_down()
    agency.does(filing.submit, appeal, agency.timur, replace(FORMALISED, kind=Kind.SUGGESTION))
    with transaction(EVERY_ORGANISATION) as session:
        kinds = [entry.code for code, entry in particulars.codes(session, appeal.id) if code.section == "kind"]
    assert kinds == ["taklif"]


@pytest.mark.parametrize(
    ("author", "complete"),
    [
        ({}, True),
        ({"surname": ""}, False),
        ({"address": ""}, False),
        ({"kind": ApplicantKind.ORGANISATION, "title": "«Bilim» MCHJ", "surname": ""}, True),
        ({"kind": ApplicantKind.ORGANISATION, "title": "«Bilim» MCHJ", "address": ""}, False),
    ],
)
def test_what_the_law_wants_of_an_author_must_be_there(agency: Agency, author: dict[str, str], complete: bool) -> None:
    """Z-19, appendix A.7: ariza, taklif and shikoyat of a person and of a legal entity."""
    for kind in Kind:
        appeal = agency.taken_down(**author)
        told = replace(FORMALISED, kind=kind)
        if complete:
            agency.does(filing.submit, appeal, agency.timur, told)
            assert of(appeal).stage == Stage.SUBMITTED
            continue
        with pytest.raises(NotDone) as refused:
            agency.does(filing.submit, appeal, agency.timur, told)
        assert refused.value.why is Refusal.INCOMPLETE
        assert of(appeal).stage == Stage.TO_FORMALISE


def test_numbers_of_the_register(agency: Agency) -> None:
    """The next one, or the one that is written; none twice, none left out, whoever enters at the same time."""
    assert of(agency.entered()).incoming == f"K-1/{year()}"
    assert of(agency.entered(f"K-2/{year()}")).incoming == f"K-2/{year()}"
    assert of(agency.entered()).incoming == f"K-3/{year()}"
    with pytest.raises(NotDone) as refused:
        agency.entered(f"K-1/{year()}")
    assert refused.value.why is Refusal.NUMBER_TAKEN
    waiting = [agency.taken_down() for _ in range(6)]
    for each in waiting:
        agency.does(filing.submit, each, agency.timur)
    threads = [Thread(target=agency.does, args=(filing.enter, each, agency.malika, Told())) for each in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert {of(each).incoming for each in waiting} == {f"K-{number}/{year()}" for number in range(4, 10)}


def test_dispatchers_have_nothing_to_do_with_what_a_chancellery_has(agency: Agency) -> None:
    """Nobody has it before it is entered; then the chancellery gives it out, and it closes by no other deed."""
    order = [Order(executor=agency.executor)]
    early = agency.taken_down()
    for who, refusal in ((agency.anna, NotAllowed), (agency.malika, NotDone)):
        with transaction(who.organisation_id) as session, pytest.raises(refusal):
            service.assign(session, early.number, order, Told(), by=who)
    appeal = agency.entered()
    with transaction(agency.anna.organisation_id) as session, pytest.raises(NotAllowed):
        service.assign(session, appeal.number, order, Told(), by=agency.anna)
    with transaction(agency.malika.organisation_id) as session:
        [work] = service.assign(session, appeal.number, order, Told(), by=agency.malika)
        service.answer_for(session, work.id, Told(outcome=Outcome.DONE, report="x"), by=agency.malika)
    answer = Told(result="satisfied", report="x")
    for who in (agency.dilnoza, agency.malika):
        with pytest.raises(NotDone) as refused:
            agency.does(ending.close, appeal, who, answer)
        assert refused.value.why is Refusal.NOT_NOW
    with transaction(EVERY_ORGANISATION) as session:
        lists = [queue for queue in queries.QUEUES if appeal.id in {it.id for it in queries.waiting(session, queue)}]
    assert lists == ["to_dispatch"]


def test_whatever_answers_an_appeal_goes_out_under_a_number(agency: Agency) -> None:
    """Explained, or returned to the author before it was entered; what was entered by mistake has none."""
    explained, returned, cancelled = agency.entered(), agency.taken_down(), agency.entered()
    agency.does(ending.explain, explained, agency.malika, Told(report="Muddat tugamagan"))
    agency.does(ending.return_to_author, returned, agency.malika, Told(reason="Imzo yoʻq"))
    agency.does(ending.cancel, cancelled, agency.dilnoza, Told(reason="Takror"))
    assert [of(each).outgoing for each in (explained, returned, cancelled)] == [f"{year()}-1", f"{year()}-2", None]
    with transaction(EVERY_ORGANISATION) as session:
        everywhere = {it.id for queue in queries.QUEUES for it in queries.waiting(session, queue)}
    assert everywhere.isdisjoint({explained.id, returned.id, cancelled.id})


def test_reopened_it_goes_to_the_editor_again(agency: Agency) -> None:
    appeal = agency.entered()
    agency.does(ending.explain, appeal, agency.malika, Told(report="Muddat tugamagan"))
    again = agency.does(ending.reopen, appeal, agency.anna, Told(reason="Hali ham yoʻq"))
    assert (state(again), of(again).recorded) == (State.WITH_EDITOR, "Hali ham yoʻq")


def test_switched_on_and_off_by_the_administrator(city: City, client: Browser) -> None:
    """The city has no chancellery until its administrator says so; what is on its way then goes on."""
    olena, admin, yurii = client("olena"), client("admin.khm"), client("yurii")
    assert "Звернення тут не проходять через канцелярію" in yurii.get("/appeals/editing").text
    olena.post("/appeals", data=form(substance="Тече труба"))
    wanted = {"on": "true", "incoming": "Вх-{number}/{year}", "outgoing": "{number}"}
    refused = admin.post("/organisation/chancellery", data=wanted)
    assert (refused.status_code, "{number} і {year}" in html.unescape(refused.text)) == (422, True)
    wanted["outgoing"] = "{number}/{year}"
    assert admin.post("/organisation/chancellery", data=wanted).status_code == 303
    olena.post("/appeals", data=form(substance="Тече дах"))
    del wanted["on"]
    assert admin.post("/organisation/chancellery", data=wanted).status_code == 303
    olena.post("/appeals", data=form(substance="Тече кран"))
    with transaction(EVERY_ORGANISATION) as session:
        states = dict(session.execute(select(Appeal.substance, Appeal.state)).all())
    assert states == {"Тече труба": "registered", "Тече дах": "with_editor", "Тече кран": "registered"}
    assert "Тече дах" in html.unescape(yurii.get("/appeals/editing").text)
    assert yurii.get("/appeals/editing/count").text.strip().startswith("1")


@pytest.mark.parametrize("language", ["uk", "ru", "uz", "en"])
def test_the_lists_of_both_speak_each_language(agency: Agency, client: Browser, language: str) -> None:
    agency.entered()
    agency.does(filing.submit, agency.taken_down(), agency.timur)
    agency.taken_down()
    timur, malika = client("timur"), client("malika")
    for browser in (timur, malika):
        browser.post("/language", data={"language": language})
    for browser, place, desk in ((timur, "editing", "editor"), (malika, "chancellery", "chancellery")):
        for queue in (*queries.DESKS[desk], "", "nonsense"):
            assert browser.get(f"/appeals/{place}", params={"of": queue}).status_code == 200
    found = malika.get("/appeals/chancellery", params={"number": f"K-1/{year()}"})
    assert (found.status_code, malika.get(found.headers["location"]).status_code) == (303, 200)
    assert malika.get("/appeals/chancellery", params={"number": "K-9"}).status_code == 200


def test_the_package_has_card_text_and_both_numbers(agency: Agency, client: Browser) -> None:
    """What the chancellery opens: the formal text, what was taken down, the numbers; and its forms."""
    appeal = agency.entered()
    page = html.unescape(client("malika").get(f"/appeals/{appeal.number}").text)
    assert [part for part in (FORMAL, TAKEN_DOWN, f"K-1/{year()}", appeal.number, "Karimova") if part not in page] == []
    assert 'value="assign"' in page
    assert 'value="assign"' not in client("anna").get(f"/appeals/{appeal.number}").text
    assert client("malika").get(f"/appeals/{appeal.number}/card").status_code == 200


def test_what_the_chancellery_answers_waits_for_no_work(agency: Agency) -> None:
    appeal = agency.entered()
    with transaction(EVERY_ORGANISATION) as session:
        whose = {"organisation_id": agency.anna.organisation_id}
        service_ = WorkService(**whose, code="net", name={"uz": "Internet"})
        session.add(service_)
        session.flush()
        work = Work(
            **whose, kind="planned", service_id=service_.id, reason="x", state="planned", said={},
            planned_from=datetime.now(UTC), changed_by=agency.anna.id,
        )  # fmt: skip
        session.add(work)
        session.flush()
    with transaction(agency.malika.organisation_id) as session, pytest.raises(answering.Filed):
        answering.link(session, appeal, work.id, by=agency.malika)
