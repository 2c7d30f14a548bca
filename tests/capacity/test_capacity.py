"""Channels: the most at once, by organisation and trunk; who was refused; the alarm, and its end, on the ladder."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import event, select, update

import db
from calls import events
from calls.model import CallId, Language, Source
from db import EVERY_ORGANISATION, transaction
from notify.model import ChannelKind
from notify.tables import Channel, Message
from run import troubles
from run.pages import metrics
from run.settings import Settings
from staff.tables import Audit, Organisation, Person
from supervisor.alarms import service as alarms
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import Kind, State
from supervisor.alarms.tables import Alarm, AlarmStep
from supervisor.capacity.model import Peak, load, peak, peaks
from tests.centre import Centre
from tests.client import Client
from tests.pages.a_call import happen

Browser = Callable[[str], Client]

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CITY_TRUNK, OTHER_TRUNK = "192.0.2.1", "192.0.2.2"


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def test_the_peak_is_the_most_at_once_and_when_that_was_first() -> None:
    stays = [(minutes(0), minutes(10)), (minutes(5), minutes(20)), (minutes(10), minutes(15)), (minutes(19), None)]
    assert peak(stays, since=NOON, until=minutes(60)) == Peak(2, minutes(5)), "who leaves makes room for who comes"
    assert peak(stays, since=minutes(30), until=minutes(60)) == Peak(1, minutes(30))
    assert peak([], since=NOON, until=minutes(60)) == Peak(0, None)


def test_each_half_hour_has_its_own_peak_and_a_long_call_is_in_each() -> None:
    stays = [(minutes(-30), None), (minutes(31), minutes(32)), (minutes(31), minutes(40))]
    assert peaks(stays, since=NOON, until=minutes(70)) == [1, 3, 1]


@pytest.mark.parametrize(("at_once", "tone"), [(3, "good"), (4, "warn"), (5, "bad")])
def test_it_warns_from_the_share_on_and_for_some_minutes_afterwards(at_once: int, tone: str) -> None:
    stays = [(minutes(0), minutes(3))] * at_once
    seen = load(stays, room=5, warn_at=80, since=NOON, now=minutes(7))
    assert (seen.used, seen.tone, seen.warns) == (0, tone, tone != "good")
    assert load(stays, room=5, warn_at=80, since=NOON, now=minutes(9)).tone == "good", "over after five minutes"
    assert not load(stays, room=None, warn_at=80, since=NOON, now=minutes(7)).warns, "no limit, no warning"


def _calls(person: Person, number: int, *, trunk: str = CITY_TRUNK, ago: timedelta = timedelta(seconds=30)) -> None:
    """So many callers are in the menu."""
    at = datetime.now(UTC) - ago
    for _ in range(number):
        call = CallId(uuid4())
        happen(
            person.organisation_id,
            [_arrived(person, call, at, trunk), events.MenuEntered(at=at, call=call, menu="hotline")],
        )


def _refused(person: Person, at: datetime) -> None:
    call = CallId(uuid4())
    happen(
        person.organisation_id,
        [
            _arrived(person, call, at, CITY_TRUNK),
            events.CallRefused(at=at, call=call, capacity=1),
            events.CallEnded(at=at + timedelta(seconds=4), call=call, by_caller=False, cause=42),
        ],
    )


def _arrived(person: Person, call: CallId, at: datetime, trunk: str) -> events.CallArrived:
    return events.CallArrived(
        at=at,
        call=call,
        organisation=person.organisation_id,
        caller="+380671230000",
        dialled="1580",
        language=Language.UKRAINIAN,
        source=Source.TRUNK,
        trunk=trunk,
    )


def _room(organisation: int, channels: int) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Organisation).where(Organisation.id == organisation).values(capacity=channels))


@pytest.fixture
def rooms(app: FastAPI) -> Iterator[dict[str, int]]:
    """What the installation says of its trunks."""
    before = app.state.trunk_channels
    app.state.trunk_channels = {CITY_TRUNK: 4}
    yield app.state.trunk_channels
    app.state.trunk_channels = before


def test_the_page_shows_channels_peak_each_trunk_and_refusals(
    client: Browser, centre: Centre, rooms: dict[str, int]
) -> None:
    city, agency = centre.people["olena"], centre.people["anna"]
    _room(city.organisation_id, 3)
    _calls(city, 2)
    _calls(agency, 1)
    _calls(agency, 1, trunk=OTHER_TRUNK)
    _refused(city, datetime.now(UTC) - timedelta(seconds=10))
    for login in ("iryna", "mykola", "admin.khm"):
        browser = client(login)
        browser.post("/language", data={"language": "en"})
        page = browser.get("/surge/capacity").text
        own, refused, first, second = page.split('<section class="panel"')[1:5]
        assert "2 of 3" in own, "the refused caller had no channel"
        assert "peak today 2 at" in own
        assert '<strong class="figure">1</strong>' in refused
        assert CITY_TRUNK in first
        assert "3 of 4" in first, "two of ours and one of the agency's"
        assert OTHER_TRUNK in second
        assert "no limit is set" in second
        assert "+380671230000" not in page
    assert client("olena").get("/surge/capacity").status_code == 403


def test_the_page_holds_one_connection_at_most(client: Browser, centre: Centre, rooms: dict[str, int]) -> None:
    browser, engine = client("iryna"), db.engine()

    def asked() -> int:
        held: list[int] = []
        note = lambda *_: held.append(engine.pool.checkedout())  # type: ignore[attr-defined]  # noqa: E731
        event.listen(engine, "checkout", note)
        assert browser.get("/surge/capacity").status_code == 200
        event.remove(engine, "checkout", note)
        return max(held)

    assert min(asked() for _ in range(3)) == 1, "other threads of the process ask now and then"


def test_the_status_page_has_the_same_picture(client: Browser, centre: Centre) -> None:
    _calls(centre.people["olena"], 2)
    page = client("iryna").get("/status").text
    assert 'class="bars"' in page
    assert 'href="/surge/capacity"' in page


def test_an_administrator_sets_how_many_and_it_is_written_down(client: Browser, centre: Centre) -> None:
    admin = client("admin.khm")
    assert admin.post("/surge/capacity", data={"channels": "0", "warn_at": "80"}).status_code == 422
    assert admin.post("/surge/capacity", data={"channels": "45", "warn_at": "70"}).status_code == 303
    assert client("iryna").post("/surge/capacity", data={"channels": "1", "warn_at": "70"}).status_code == 403
    with transaction(EVERY_ORGANISATION) as session:
        organisation = session.get(Organisation, centre.organisations["khm"].id)
        assert organisation is not None
        assert (organisation.capacity, organisation.warn_at) == (45, 70)
        (deed,) = session.scalars(select(Audit).where(Audit.deed == "organisation.capacity"))
        assert deed.details == {"channels": "300 → 45", "warn_at": "80 → 70"}


@pytest.fixture
def mailbox(app: FastAPI, centre: Centre) -> int:
    """The city's ladder has one step: this mailbox, at once."""
    organisation = centre.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        channel = Channel(organisation_id=organisation, name="mail", kind=ChannelKind.EMAIL, settings={}, secret="")
        session.add(channel)
        session.flush()
        session.add(
            AlarmStep(
                organisation_id=organisation,
                after=timedelta(0),
                channel_id=channel.id,
                recipient="duty@city.example",
                language="en",
                kinds=[Kind.SURGE.value],
            )
        )
    return organisation


def _look(settings: Settings, rooms: dict[str, int]) -> dict[str, int]:
    found = troubles.look(settings.redis_url.get_secret_value(), rooms, ())
    Watch("https://holos.city.example").look()
    return found


def test_channels_that_run_out_are_told_by_the_ladder_and_so_is_the_end(
    centre: Centre, settings: Settings, mailbox: int
) -> None:
    _room(mailbox, 5)
    _calls(centre.people["olena"], 3)
    _look(settings, {})
    assert _alarms(mailbox) == [], "three of five is below the share"
    _calls(centre.people["olena"], 1)
    _look(settings, {CITY_TRUNK: 4})
    assert {(alarm.trouble, alarm.place, alarm.kind) for alarm in _alarms(mailbox)} == {
        ("channels", "", Kind.SURGE),
        ("trunk_channels", CITY_TRUNK, Kind.SURGE),
    }
    told = _messages()
    assert len(told) == 2
    assert any("The channels of a trunk run out" in text and CITY_TRUNK in text for text in told)
    _room(mailbox, 300)
    _look(settings, {CITY_TRUNK: 300})
    assert {alarm.state for alarm in _alarms(mailbox)} == {State.CLOSED}
    assert sum(text.startswith("Over: ") for text in _messages()) == 2


def test_who_wants_no_alarms_of_surges_gets_none(centre: Centre, settings: Settings, mailbox: int) -> None:
    _room(mailbox, 1)
    with transaction(mailbox) as session:
        alarms.want(session, mailbox, frozenset(Kind) - {Kind.SURGE})
    _calls(centre.people["olena"], 1)
    _look(settings, {})
    assert _alarms(mailbox) == []


def _alarms(organisation: int) -> list[Alarm]:
    with transaction(organisation) as session:
        surge = select(Alarm).where(Alarm.kind == Kind.SURGE)
        return list(session.scalars(surge.order_by(Alarm.id)))


def _messages() -> list[str]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Message.text).order_by(Message.id)))


def test_prometheus_reads_channels_by_organisation_and_trunk(
    anybody: Client, centre: Centre, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "FRESH", 0.0)
    _calls(centre.people["olena"], 2)
    _refused(centre.people["olena"], datetime.now(UTC) - timedelta(minutes=10))
    token = settings.metrics_token.get_secret_value()
    text = anybody.get("/metrics", headers={"Authorization": f"Bearer {token}"}).text
    assert 'holos_channels_in_use{organisation="khm"} 2.0' in text
    assert 'holos_channels{organisation="khm"} 300.0' in text
    assert 'holos_calls_refused{organisation="khm"} 1.0' in text
    assert f'holos_trunk_channels_in_use{{trunk="{CITY_TRUNK}"}} 2.0' in text
