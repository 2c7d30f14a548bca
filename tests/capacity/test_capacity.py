"""Channels: the most at once, by organisation and trunk; who was refused; the alarm, and its end, on the ladder."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import event, select, update

import db
from calls import events
from calls.model import CallId
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from notify.model import ChannelKind
from notify.tables import Channel, Message
from run import troubles
from run.settings import Settings
from staff.tables import Audit, Organisation, Person
from supervisor.alarms import service as alarms
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import Kind, State
from supervisor.alarms.tables import Alarm, AlarmStep
from supervisor.capacity import queries
from supervisor.capacity.model import Load, Peak, hours_begun
from tests.centre import Centre
from tests.client import Client
from tests.journal import CALLER, arrived
from tests.pages.a_call import happen

Browser = Callable[[str], Client]

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CITY_TRUNK, OTHER_TRUNK = "192.0.2.1", "192.0.2.2"


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


Stay = tuple[float, float | None]  # minutes after noon; None: it still is


def _load(centre: Centre, stays: Sequence[Stay], *, now: float, since: float = 0, room: int = 5) -> Load:
    """The channels of the city, whose calls came and went like this."""
    city = centre.organisations["khm"]
    _room(city.id, room)
    with transaction(EVERY_ORGANISATION) as session:
        for began, ended in stays:
            session.add(_row(city.id, minutes(began), None if ended is None else minutes(ended)))
        session.flush()
        organisation = session.get_one(Organisation, city.id)
        return queries.of_organisation(session, organisation, since=minutes(since), now=minutes(now))


def _row(organisation: int, began: datetime, ended: datetime | None) -> CallRow:
    over = {"state": "ended", "fate": "abandoned_in_menu", "ended_at": ended} if ended else {"state": "in_menu"}
    nothing = timedelta(0)
    return CallRow(
        id=uuid4(), organisation_id=organisation, node="node1", channel="1.1", source="trunk", trunk=CITY_TRUNK,
        caller="+380671230000", dialled="1580", language="uk", menu_path=[], arrived_at=began, waited=nothing,
        talked=nothing, held=nothing, waits=0, transfers=0, **over,
    )  # fmt: skip


def test_the_peak_is_the_most_at_once_and_when_that_was_first(centre: Centre) -> None:
    stays: list[Stay] = [(0, 10), (5, 20), (10, 15), (19, None)]
    assert _load(centre, stays, now=60).highest == Peak(2, minutes(5)), "who leaves makes room for who comes"
    assert _load(centre, [], since=30, now=60).highest == Peak(1, minutes(30)), "one of them goes on"


def test_the_day_on_which_clocks_are_set_back_has_an_hour_more() -> None:
    midnight = datetime(2026, 10, 24, 21, tzinfo=UTC)  # of 25 October in Kyiv
    begun = [hours_begun(midnight, midnight + timedelta(hours=since)) for since in (0, 0.5, 23.5, 24.5)]
    assert begun == [1, 1, 24, 25]


def test_without_a_call_there_is_nothing(centre: Centre) -> None:
    seen = _load(centre, [], now=70)
    assert (seen.used, seen.lately, seen.highest, seen.parts) == (0, 0, Peak(), [0, 0, 0])


def test_each_half_hour_has_its_own_peak_and_a_long_call_is_in_each(centre: Centre) -> None:
    seen = _load(centre, [(-30, None), (31, 32), (31, 40)], now=70)
    assert seen.parts == [1, 3, 1]
    assert seen.used == 1


def test_who_comes_or_goes_when_a_half_hour_begins_counts_where_they_were(centre: Centre) -> None:
    seen = _load(centre, [(5, 30), (6, 30), (30, 31), (-60, 0), (60, 65)], now=80)
    assert seen.parts == [2, 1, 1]


@pytest.mark.parametrize(("at_once", "tone"), [(3, "good"), (4, "warn"), (5, "bad")])
def test_it_warns_from_the_share_on_and_for_some_minutes_afterwards(centre: Centre, at_once: int, tone: str) -> None:
    seen = _load(centre, [(0, 3)] * at_once, now=7)
    assert (seen.used, seen.tone, seen.warns) == (0, tone, tone != "good")
    assert _load(centre, [], now=9).tone == "good", "over after five minutes"


def test_trunks_are_counted_over_all_organisations_and_each_by_itself(centre: Centre) -> None:
    city, agency = (centre.organisations[code].id for code in ("khm", "dtm"))
    with transaction(EVERY_ORGANISATION) as session:
        session.add_all([_row(city, minutes(1), None), _row(agency, minutes(2), minutes(4))])
        other = _row(agency, minutes(3), minutes(5))
        other.trunk = OTHER_TRUNK
        without = _row(city, minutes(3), None)
        without.trunk = None
        session.add_all([other, without])
        session.flush()
        silent = "192.0.2.3"
        seen = queries.of_trunks(session, {CITY_TRUNK: 4, silent: 2}, since=NOON, now=minutes(10))
    assert {trunk: (it.used, it.highest, it.room) for trunk, it in seen.items()} == {
        CITY_TRUNK: (1, Peak(2, minutes(2)), 4),
        OTHER_TRUNK: (0, Peak(1, minutes(3)), None),
        silent: (0, Peak(), 2),
    }
    assert not seen[OTHER_TRUNK].warns, "no limit, no warning"


def _calls(person: Person, number: int, *, trunk: str = CITY_TRUNK, ago: timedelta = timedelta(seconds=30)) -> None:
    """So many callers are in the menu."""
    at = datetime.now(UTC) - ago
    for _ in range(number):
        call = CallId(uuid4())
        happen(
            person.organisation_id,
            [
                arrived(person.organisation_id, call, at, trunk=trunk),
                events.MenuEntered(at=at, call=call, menu="hotline"),
            ],
        )


def _refused(person: Person, at: datetime) -> None:
    call = CallId(uuid4())
    happen(
        person.organisation_id,
        [
            arrived(person.organisation_id, call, at, trunk=CITY_TRUNK),
            events.CallRefused(at=at, call=call, capacity=1),
            events.CallEnded(at=at + timedelta(seconds=4), call=call, by_caller=False, cause=42),
        ],
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
        assert CALLER not in page
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
    found = troubles.Lookout(settings.model_copy(update={"trunk_channels": rooms}), ()).look()
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
    anybody: Client, centre: Centre, settings: Settings
) -> None:
    _calls(centre.people["olena"], 2)
    _refused(centre.people["olena"], datetime.now(UTC) - timedelta(minutes=10))
    token = settings.metrics_token.get_secret_value()
    text = anybody.get("/metrics", headers={"Authorization": f"Bearer {token}"}).text
    assert 'holos_channels_in_use{organisation="khm"} 2.0' in text
    assert 'holos_channels{organisation="khm"} 300.0' in text
    assert 'holos_calls_refused{organisation="khm"} 1.0' in text
    assert f'holos_trunk_channels_in_use{{trunk="{CITY_TRUNK}"}} 2.0' in text
