"""The term of an appeal from the registration on: proposed, set, extended, shortened, reckoned anew; its pages."""

import html
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update

from appeals import service
from appeals.classifier import service as classifier
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from appeals.terms import jobs, queries, rules
from appeals.terms import service as terms
from appeals.terms.calendar import end_of_day
from appeals.terms.model import Change, Refusal, Unit, Variant
from appeals.terms.recount import recount
from appeals.terms.tables import TermChange, TermRecount
from db import EVERY_ORGANISATION, Conflict, transaction
from notify import channels
from notify.model import ChannelKind
from notify.tables import Message
from staff.tables import Person
from tests.appeals.cards import Browser, form, stored
from tests.centre import Centre

KYIV = ZoneInfo("Europe/Kyiv")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def loaded(centre: Centre, topics: None) -> None:
    """Both organisations with their countries' terms and classifiers."""
    with transaction(EVERY_ORGANISATION) as session:
        for organisation in centre.organisations.values():
            rules.load_national(session, organisation)
            classifier.load_national(session, organisation, today=today() - DAY)


def today() -> date:
    """Today in the city."""
    return datetime.now(KYIV).date()


def registered(by: Person, received_at: datetime | None = None, **changes: object) -> Appeal:
    """An appeal registered without a browser, received then."""
    matter = {
        "kind": Kind.COMPLAINT,
        "topic": "water",
        "substance": "Немає води",
        "address": "",
        "source": Source.LETTER,
    }
    appeal = Appeal(**matter | changes)
    if received_at is not None:
        appeal.received_at = received_at
    applicant = Applicant(surname="Коваль", given_name="", patronymic="", email="koval@example.org", address="")
    with transaction(by.organisation_id) as session:
        return service.register(session, appeal, applicant, by=by, submission=uuid4())


def history(appeal: Appeal) -> list[tuple[str, datetime | None]]:
    """What happened to its term."""
    with transaction(EVERY_ORGANISATION) as session:
        return [(each.change, each.due_at) for each in queries.changes(session, appeal.id)]


def now(appeal: Appeal) -> Appeal:
    """The appeal as it is stored."""
    return next(each for each in stored() if each.id == appeal.id)


def end_of(day: date) -> datetime:
    """23:59:59 in the city."""
    return end_of_day(day, KYIV)


def at(text: str) -> datetime:
    """A moment by the city's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=KYIV)


def test_an_appeal_has_its_term_from_the_registration_on(centre: Centre) -> None:
    """U-103. Of the law's month, and of a fault's hours."""
    olena = centre.people["olena"]
    letter = registered(olena, at("2026-11-02 10:00"))
    assert letter.due_at == end_of(date(2026, 12, 2))
    assert (letter.long_control, letter.due_by_hand) == (True, False)
    assert letter.attention_at == letter.due_at - (letter.due_at - at("2026-11-02 10:00")) / 4
    assert history(letter) == [(Change.SET, letter.due_at)]
    lift = registered(olena, at("2026-11-02 10:00"), problem="p1.19")
    assert (lift.due_at, lift.long_control) == (at("2026-11-03 10:00"), False)


def test_the_same_appeal_in_uzbekistan_has_fifteen_days(centre: Centre) -> None:
    received = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Asia/Tashkent"))
    appeal = registered(centre.people["anna"], received)
    assert appeal.due_at is not None
    assert f"{appeal.due_at.astimezone(ZoneInfo('Asia/Tashkent')):%Y-%m-%d %H:%M:%S}" == "2026-11-17 23:59:59"


def test_an_extension_is_asked_for_granted_and_told_to_the_author(centre: Centre) -> None:
    """U-107."""
    olena, iryna = centre.people["olena"], centre.people["iryna"]
    with transaction(olena.organisation_id) as session:
        channels.add_channel(session, olena.organisation_id, name="Пошта", kind=ChannelKind.EMAIL)
        session.execute(text("UPDATE channel SET enabled = true"))
    appeal = registered(olena, at("2026-11-02 10:00"))
    until = end_of(date(2026, 12, 17))
    for wrong, reason, why in (
        (until, " ", Refusal.NO_REASON),
        (until + DAY, "чекаємо", Refusal.BEYOND),
        (end_of(date(2026, 12, 1)), "чекаємо", Refusal.NOT_LATER),
    ):
        with transaction(olena.organisation_id) as session, pytest.raises(terms.NotMoved) as refused:
            terms.ask_extension(session, appeal.number, wrong, reason, by=olena)
        assert refused.value.why is why
    with transaction(olena.organisation_id) as session:
        asked = terms.ask_extension(session, appeal.number, until, "Чекаємо відповіді", by=olena)
    with transaction(olena.organisation_id) as session, pytest.raises(Conflict):
        terms.ask_extension(session, appeal.number, until, "ще раз", by=olena)
    with transaction(olena.organisation_id) as session:
        terms.decide_extension(session, asked.id, granted=True, decision="", by=iryna)
    extended = now(appeal)
    assert (extended.due_at, extended.due_by_hand) == (until, True)
    assert [change for change, _ in history(appeal)] == [Change.SET, Change.ASKED, Change.EXTENDED]
    with transaction(EVERY_ORGANISATION) as session:
        [letter] = session.scalars(select(Message)).all()
    assert (letter.recipient, letter.language) == ("koval@example.org", "uk")
    assert appeal.number in letter.subject
    assert "Чекаємо відповіді" in letter.text
    assert "17 груд" in letter.text
    with transaction(olena.organisation_id) as session, pytest.raises(Conflict):
        terms.decide_extension(session, asked.id, granted=False, decision="x", by=iryna)


def test_a_refused_extension_needs_a_reason_and_moves_nothing(centre: Centre) -> None:
    olena, iryna = centre.people["olena"], centre.people["iryna"]
    appeal = registered(olena, at("2026-11-02 10:00"))
    with transaction(olena.organisation_id) as session:
        asked = terms.ask_extension(session, appeal.number, end_of(date(2026, 12, 10)), "Чекаємо", by=olena)
    with transaction(olena.organisation_id) as session, pytest.raises(terms.NotMoved):
        terms.decide_extension(session, asked.id, granted=False, decision=" ", by=iryna)
    with transaction(olena.organisation_id) as session:
        terms.decide_extension(session, asked.id, granted=False, decision="Немає підстав", by=iryna)
    assert now(appeal).due_at == appeal.due_at
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(Message)).all() == []


def test_a_term_is_shortened_and_its_variant_chosen(centre: Centre) -> None:
    iryna, received = centre.people["iryna"], datetime.now(UTC)
    appeal = registered(centre.people["olena"], received)
    with transaction(iryna.organisation_id) as session:
        terms.choose_variant(session, appeal.number, Variant.SIMPLE, "Перевіряти нічого", by=iryna)
    simple = now(appeal)
    assert simple.due_at is not None
    assert appeal.due_at is not None
    assert simple.due_at < appeal.due_at
    with transaction(iryna.organisation_id) as session:
        terms.shorten(session, appeal.number, end_of(today() + 3 * DAY), "Просить скоріше", by=iryna)
        terms.set_long_control(session, appeal.number, on=False, reason="помилка", by=iryna)
    assert now(appeal).due_at == end_of(today() + 3 * DAY)
    assert [change for change, _ in history(appeal)] == [
        Change.SET, Change.RECOMPUTED, Change.SHORTENED, Change.NO_LONG_CONTROL,
    ]  # fmt: skip


def test_what_is_closed_is_not_moved(centre: Centre, client: Browser) -> None:
    location = client("olena").post("/appeals", data=form(deed="explain", explanation="О 18:00")).headers["location"]
    number = location.rpartition("/")[2]
    iryna = centre.people["iryna"]
    with transaction(iryna.organisation_id) as session, pytest.raises(terms.NotMoved):
        terms.shorten(session, number, end_of(today() + DAY), "x", by=iryna)
    assert "дотримано" in client("olena").get(location).text


@pytest.fixture
def appeals(centre: Centre) -> list[Appeal]:
    """Open ones received on one day, one with a term that people decided, one of another organisation."""
    olena = centre.people["olena"]
    made = [registered(olena, at("2026-11-02 10:00")) for _ in range(5)]
    made.append(registered(centre.people["anna"], at("2026-11-02 10:00")))
    with transaction(olena.organisation_id) as session:
        session.execute(update(Appeal).where(Appeal.id == made[4].id).values(due_by_hand=True))
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(TermRecount).values(done_at=datetime.now(UTC)))
    return made


def test_open_appeals_are_reckoned_anew_after_a_change_of_the_calendar(centre: Centre, appeals: list[Appeal]) -> None:
    """In batches of two; the second look finds nothing to move."""
    admin = centre.people["admin.khm"]
    with transaction(admin.organisation_id) as session:
        rules.set_day(session, date(2026, 12, 2), "", "Наказ 7", by=admin)
    with transaction(EVERY_ORGANISATION) as session:
        [(organisation, asked_at)] = queries.to_recount(session)
    assert recount(organisation, asked_at, batch=2) == (4, 4)
    moved = [now(appeal).due_at for appeal in appeals[:4]]
    assert moved == [end_of(date(2026, 12, 3))] * 4
    assert now(appeals[4]).due_at == appeals[4].due_at, "people decided it"
    assert now(appeals[5]).due_at == appeals[5].due_at, "another organisation's"
    assert history(appeals[0]) == [(Change.SET, appeals[0].due_at), (Change.RECOMPUTED, end_of(date(2026, 12, 3)))]
    with transaction(EVERY_ORGANISATION) as session:
        assert queries.to_recount(session) == []
    assert jobs.look_anew() == {"terms_looked_at": 0, "terms_moved": 0}
    assert recount(organisation, asked_at) == (4, 0)


def test_a_change_while_appeals_are_reckoned_is_not_lost(centre: Centre, appeals: list[Appeal]) -> None:
    admin = centre.people["admin.khm"]
    for day in (2, 3):
        with transaction(admin.organisation_id) as session:
            rules.set_day(session, date(2026, 12, day), "", "Наказ 7", by=admin)
        if day == 2:
            with transaction(EVERY_ORGANISATION) as session:
                [(organisation, asked_at)] = queries.to_recount(session)
    recount(organisation, asked_at)
    assert jobs.look_anew()["terms_looked_at"] == 4, "asked anew, looked at anew"


def test_another_rule_counts_for_what_was_received_since(centre: Centre, appeals: list[Appeal]) -> None:
    admin = centre.people["admin.khm"]
    wanted = rules.Wanted(kind="complaint", amount=20, unit=Unit.DAY, basis="рішення", valid_from=date(2026, 11, 2))
    with transaction(admin.organisation_id) as session:
        rules.set_rule(session, wanted, by=admin)
    jobs.look_anew()
    assert now(appeals[0]).due_at == end_of(date(2026, 11, 23)), "the 22nd is a Sunday"
    with transaction(admin.organisation_id) as session, pytest.raises(rules.BeginsThen):
        rules.set_rule(session, wanted, by=admin)


def test_the_history_of_a_term_is_never_changed(centre: Centre, appeals: list[Appeal]) -> None:
    with transaction(EVERY_ORGANISATION) as session, pytest.raises(Exception, match="permission denied"):
        session.execute(update(TermChange).values(reason="x"))


def test_the_card_proposes_the_term_with_its_rule(client: Browser) -> None:
    olena = client("olena")
    told = olena.get("/appeals/term", params={"kind": "complaint", "topic": "water", "problem": "p1.19"}).text
    assert "24 години" in told
    assert "Ліфт" in told
    assert "1 місяць" in olena.get("/appeals/term", params={"kind": "complaint", "topic": "water"}).text
    assert "строк" not in olena.get("/appeals/term").text
    assert 'hx-get="/appeals/term"' in olena.get("/appeals/new").text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uk", ["вчасно", "довгий контроль", "1 місяць"]),
        ("ru", ["вовремя", "длительный контроль", "1 месяц"]),
        ("uz", ["oʻz vaqtida", "uzoq muddatli nazorat", "1 oy"]),
        ("en", ["on time", "long control", "1 month"]),
    ],
)
def test_page_and_journal_tell_the_term_in_words(
    centre: Centre, client: Browser, language: str, words: list[str]
) -> None:
    appeal, iryna = registered(centre.people["olena"]), client("iryna")
    iryna.post("/language", data={"language": language})
    page = html.unescape(iryna.get(f"/appeals/{appeal.number}").text)
    assert [word for word in words if word not in page] == []
    assert words[0] in html.unescape(iryna.get("/appeals").text)
    assert iryna.get(f"/appeals/{appeal.number}/term").status_code == 200
    assert iryna.get("/terms").status_code == iryna.get("/terms/calendar").status_code == 200


def test_the_journal_narrows_to_what_is_late(centre: Centre, client: Browser) -> None:
    """U-111, U-120: the mark is the derived state."""
    olena, moment = centre.people["olena"], datetime.now(UTC)
    hours = {"problem": "p1.12"}  # two
    late = registered(olena, moment - timedelta(hours=5), **hours)
    soon = registered(olena, moment - timedelta(minutes=100), **hours)
    fresh = registered(olena, moment, **hours)
    long = registered(olena, moment)
    iryna = client("iryna")
    for narrowed, found in (
        ({"standing": "overdue"}, {late}),
        ({"standing": "attention"}, {soon}),
        ({"standing": "on_time"}, {fresh, long}),
        ({"standing": "late"}, {late, soon}),
        ({"long": "yes"}, {long}),
        ({"standing": "nonsense"}, {late, soon, fresh, long}),
    ):
        page = iryna.get("/appeals", params=narrowed).text
        assert {each for each in (late, soon, fresh, long) if f'href="/appeals/{each.number}"' in page} == found
    assert "прострочено на 3" in iryna.get("/appeals").text
    shown = iryna.get("/appeals/late").text
    assert (late.number in shown, soon.number in shown) == (True, False)
    assert soon.number in iryna.get("/appeals/late", params={"standing": "attention"}).text
    assert client("olena").get("/appeals/late").status_code == 403


def test_who_asks_and_who_decides(centre: Centre, client: Browser) -> None:
    appeal = registered(centre.people["olena"])
    place = f"/appeals/{appeal.number}/term"
    until = (today() + 44 * DAY).isoformat()
    olena, iryna, mykola = client("olena"), client("iryna"), client("mykola")
    wrong = olena.post(f"{place}/extension", data={"until": until, "reason": " "})
    assert (wrong.status_code, 'id="error-reason"' in wrong.text) == (422, True)
    beyond = olena.post(f"{place}/extension", data={"until": "2099-01-01", "reason": "треба"})
    assert (beyond.status_code, 'id="error-until"' in beyond.text) == (422, True)
    assert mykola.post(f"{place}/extension", data={"until": until, "reason": "треба"}).status_code == 403
    assert olena.post(f"{place}/extension", data={"until": until, "reason": "треба"}).status_code == 303
    assert olena.post(f"{place}/extension/decide", data={"granted": "yes"}).status_code == 403
    assert mykola.post(f"{place}/extension/decide", data={"granted": "no"}).status_code == 422
    assert mykola.post(f"{place}/extension/decide", data={"granted": "yes"}).status_code == 303
    assert iryna.post(f"{place}/extension/decide", data={"granted": "yes"}).status_code == 409
    assert "строк продовжено" in iryna.get(place).text
    sooner = {"until": (today() + 5 * DAY).isoformat(), "reason": "просить"}
    assert iryna.post(f"{place}/shorten", data=sooner).status_code == 303
    assert iryna.post(f"{place}/variant", data={"variant": "simple"}).status_code == 422
    assert iryna.post(f"{place}/variant", data={"variant": "simple", "variant_reason": "так"}).status_code == 303
    assert iryna.post(f"{place}/long-control", data={"long": "off", "long_reason": "так"}).status_code == 303
    assert not now(appeal).long_control


def test_the_administrator_sets_rules_and_days(client: Browser) -> None:
    admin = client("admin.khm")
    rule = {"deed": "answer", "variant": "usual", "kind": "complaint", "amount": "10", "unit": "working_day"}
    rule |= {
        "start": "receipt",
        "whole_days": "true",
        "moves": "true",
        "basis": "рішення 5",
        "valid_from": "2026-12-01",
    }
    assert admin.post("/terms", data=rule).status_code == 303
    assert 'id="error-valid_from"' in admin.post("/terms", data=rule).text
    assert 'id="error-topic"' in admin.post("/terms", data=rule | {"topic": "moon"}).text
    assert 'id="error-problem"' in admin.post("/terms", data=rule | {"problem": "moon"}).text
    assert admin.post("/terms", data=rule | {"most_amount": "5"}).status_code == 422
    assert "рішення 5" in admin.get("/terms").text
    assert "звірити" in admin.get("/terms").text, "what nobody verified is marked so"
    assert (
        'id="error-hours"'
        in admin.post("/terms/calendar/day", data={"day": "2026-12-02", "hours": "x", "reason": "так"}).text
    )
    assert admin.post("/terms/calendar/day", data={"day": "2026-12-02", "reason": "Наказ 7"}).status_code == 303
    assert "Наказ 7" in admin.get("/terms/calendar").text
    week = {"mo": "9–18", "public_holidays": "true", "week_basis": "наказ", "valid_from": "2027-01-01"}
    assert admin.post("/terms/calendar/week", data=week).status_code == 303
    assert 'id="error-valid_from"' in admin.post("/terms/calendar/week", data=week).text
    assert (
        'id="error-mo"'
        in admin.post("/terms/calendar/week", data=week | {"mo": "25–3", "valid_from": "2027-02-01"}).text
    )
    assert client("iryna").post("/terms", data=rule).status_code == 403
    assert client("olena").get("/terms").status_code == 403
