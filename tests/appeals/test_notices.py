"""SMS to citizens about their appeals by a real gateway: off by default, each event once, not at night, few a day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from appeals import service as appeals
from appeals.model import Kind, Result, Source, State
from appeals.notices import jobs, service
from appeals.notices.model import About, days_from, loud
from appeals.tables import Appeal, Applicant
from appeals.terms import service as terms
from db import EVERY_ORGANISATION, transaction
from notify import opt_outs
from notify.model import ChannelKind, MessageState, QuietHours, RefusedBy
from notify.sender import Sender
from notify.tables import Channel, Message
from run.notifier import zones
from tests.centre import Centre
from tests.client import Client
from tests.notify.conftest import Outbox
from tests.notify.far_ends import HttpEnd
from tests.notify.test_sender import look_once

KYIV = ZoneInfo("Europe/Kyiv")
NUMBER = "+380671112233"
NEVER_QUIET = (time(3), time(3))


@pytest.fixture
def gateway():
    with HttpEnd() as listening:
        yield listening


@pytest.fixture
def way(centre: Centre, gateway: HttpEnd) -> Channel:
    return Outbox(centre.organisations["khm"].id).channel(ChannelKind.SMS_HTTP, url=gateway.url)


def arrange(centre: Centre, way: Channel, *told: About, most: int = 3, quiet: tuple[time, time] = NEVER_QUIET) -> None:
    admin = centre.people["admin.khm"]
    rules = service.Rules(
        channel_id=way.id, told=frozenset(told), quiet_begin=quiet[0], quiet_end=quiet[1], most_a_day=most
    )
    with transaction(admin.organisation_id) as session:
        service.arrange(session, rules, by=admin)


def registered(centre: Centre, phone: str | None = NUMBER, *, explanation: str = "") -> str:
    olena = centre.people["olena"]
    appeal = Appeal(kind=Kind.COMPLAINT, topic="water", substance="x", address="", source=Source.PHONE)
    applicant = Applicant(surname="Коваль", given_name="", patronymic="", email="", address="", phone=phone)
    with transaction(olena.organisation_id) as session:
        made = appeals.register(session, appeal, applicant, by=olena, submission=uuid4(), explanation=explanation)
        return made.number


def closed(number: str, at: datetime) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        done = {"state": State.CLOSED, "result": Result.SATISFIED, "closed_at": at}
        session.execute(update(Appeal).where(Appeal.number == number).values(**done))


def tell(language: str | None = None) -> int:
    return jobs.tell(lambda *_: language)["citizens_told"]


def messages() -> list[Message]:
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(Message).order_by(Message.id)).all()
        session.expunge_all()
        return list(found)


def test_nothing_is_told_until_it_is_switched_on_and_nothing_of_before(centre: Centre, way: Channel) -> None:
    registered(centre)
    assert tell() == 0
    arrange(centre, way, About.REGISTERED)
    assert tell() == 0
    registered(centre)
    assert tell() == 1


def test_telephones_on_the_wall_hold_up_nobody(centre: Centre, way: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    arrange(centre, way, About.REGISTERED)
    for number in range(4):
        registered(centre, f"+38038212345{number}")
    registered(centre)
    assert [tell(), tell()] == [1, 0]


def test_each_event_is_told_exactly_once_with_the_citys_words(centre: Centre, way: Channel, gateway: HttpEnd) -> None:
    arrange(centre, way, *About, most=10)
    number = registered(centre)
    registered(centre, None)
    registered(centre, "+380382123456")  # a telephone on the wall
    registered(centre, explanation="Вода буде о шостій")  # heard the answer in the talk
    assert [tell(), tell()] == [1, 0]
    with transaction(EVERY_ORGANISATION) as session:
        due = datetime.now(UTC) + timedelta(days=9)
        session.execute(update(Appeal).where(Appeal.number == number).values(due_at=due, attention_at=due))
    iryna = centre.people["iryna"]
    until = datetime.now(UTC) + timedelta(days=2)
    with transaction(iryna.organisation_id) as session:
        terms.shorten(session, number, until, "на вимогу заявниці", by=iryna)
    assert [tell(), tell()] == [1, 0]
    closed(number, datetime.now(UTC) + timedelta(minutes=2))
    assert [tell(), tell()] == [1, 0]
    look_once(Sender(zones))
    texts = [posted["text"] for posted in gateway.posted]
    assert len(texts) == 3
    assert all(number in text and text.startswith("Хмельницький: контакт-центр") for text in texts)
    assert any(f"{until.astimezone(KYIV):%d}" in text.replace(number, "") for text in texts)  # in no order
    assert {posted["to"] for posted in gateway.posted} == {NUMBER}
    assert "Коваль" not in "".join(texts)


def test_the_language_is_the_citizens_own_where_the_city_speaks_it(centre: Centre, way: Channel) -> None:
    arrange(centre, way, About.REGISTERED)
    registered(centre)
    tell("en")
    registered(centre, "+380671112244")
    tell("uz")
    assert [message.language for message in messages()] == ["en", "uk"]


def test_the_answer_goes_by_e_mail_to_those_who_left_one(centre: Centre, way: Channel) -> None:
    """Once, with the result and the answer, in the language of their reply; not to who refused messages."""
    admin = centre.people["admin.khm"]
    mail = Outbox(admin.organisation_id).channel(ChannelKind.EMAIL)
    rules = service.Rules(
        channel_id=None, told=frozenset(), quiet_begin=time(3), quiet_end=time(3), most_a_day=3, mail_channel_id=mail.id
    )
    with transaction(admin.organisation_id) as session:
        service.arrange(session, rules, by=admin)
    phones = {f"+38067111220{place}": email for place, email in enumerate(("olha", "", "ivan", "open"))}
    numbers = {email: registered(centre, phone) for phone, email in phones.items()}
    with transaction(EVERY_ORGANISATION) as session:
        for phone, email in phones.items():
            known = {"email": f"{email}@example.org" if email else "", "language": "ru" if email == "olha" else ""}
            session.execute(update(Applicant).where(Applicant.phone == phone).values(**known))
        opt_outs.opt_out(session, admin.organisation_id, "+380671112202", way=RefusedBy.STAFF, person=admin.id)
        session.execute(update(Appeal).values(answer="Воду подано"))
    for email in ("olha", "", "ivan"):
        closed(numbers[email], datetime.now(UTC) + timedelta(minutes=2))
    assert [tell(), tell()] == [1, 0]
    [letter] = messages()
    assert (letter.recipient, letter.language, letter.template) == ("olha@example.org", "ru", "citizen_answered")
    assert all(part in letter.text for part in (numbers["olha"], "решено положительно", "Воду подано"))


def test_so_many_a_day_and_not_at_night(centre: Centre, way: Channel) -> None:
    here = datetime.now(KYIV)
    quiet = ((here - timedelta(hours=1)).time(), (here + timedelta(hours=2)).time())
    arrange(centre, way, About.REGISTERED, most=2, quiet=(quiet[0].replace(second=0), quiet[1].replace(second=0)))
    for _ in range(5):
        registered(centre)
    assert tell() == 5
    due = [message.due_at.astimezone(KYIV) for message in messages()]
    first = due[0]
    assert timedelta(hours=1) < first - here <= timedelta(hours=2, minutes=1)
    assert [(each.date() - first.date()).days for each in due] == [0, 0, 1, 1, 2]
    assert {(each.hour, each.minute) for each in due} == {(quiet[1].hour, quiet[1].minute)}


def test_a_changed_channel_wakes_nobody_at_night(
    centre: Centre, way: Channel, gateway: HttpEnd, client: Callable[[str], Client]
) -> None:
    here = datetime.now(KYIV)
    arrange(centre, way, About.REGISTERED, quiet=(here.time(), (here + timedelta(hours=2)).time()))
    registered(centre)
    tell()
    form = {"name": "SMS", "enabled": "true", "url": gateway.url, "body": "json"}
    assert client("admin.khm").post(f"/channels/{way.id}", data=form).status_code == 303
    look_once(Sender(zones))
    assert gateway.posted == []


def test_who_answered_stop_is_not_told(centre: Centre, way: Channel, client: Callable[[str], Client]) -> None:
    arrange(centre, way, About.REGISTERED)
    client("olena").post("/opt-outs", data={"phone": NUMBER})
    registered(centre)
    tell()
    look_once(Sender(zones))
    [message] = messages()
    assert (message.state, message.attempts) == (MessageState.FAILED, 0)
    assert tell() == 0


def test_the_page_switches_it_on_and_refuses_what_cannot_be(
    centre: Centre, way: Channel, client: Callable[[str], Client]
) -> None:
    browser = client("admin.khm")
    form = {"told": ["registered"], "quiet_begin": "22:00", "quiet_end": "07:30", "most_a_day": "2"}
    assert browser.post("/channels/citizens", data=form).status_code == 422, "by which channel"
    assert browser.post("/channels/citizens", data=form | {"channel": "999999"}).status_code == 422
    assert browser.post("/channels/citizens", data=form | {"channel": str(way.id)}).status_code == 303
    page = browser.get("/channels/citizens").text
    assert 'value="07:30"' in page
    assert 'value="registered" checked' in page
    assert browser.post("/channels/citizens", data=form | {"told": [], "channel": ""}).status_code == 303
    registered(centre)
    assert tell() == 0
    assert client("olena").get("/channels/citizens").status_code == 403


@pytest.mark.parametrize(
    ("at", "wanted"),
    [("12:00", "12:00"), ("20:59", "20:59"), ("21:00", "08:00"), ("03:00", "08:00"), ("08:00", "08:00")],
)
def test_the_first_moment_that_is_not_quiet(at: str, wanted: str) -> None:
    moment = datetime.combine(date(2026, 10, 24), time.fromisoformat(at), KYIV)  # before the clocks go back
    found = loud(moment, QuietHours(time(21), time(8)), KYIV)
    assert f"{found:%H:%M}" == wanted
    assert found >= moment
    days = days_from(moment, QuietHours(time(21), time(8)), KYIV)
    assert [each[1].date() for each in days] == sorted({each[1].date() for each in days})
    assert all(begun <= each < ends for each, begun, ends in days)
