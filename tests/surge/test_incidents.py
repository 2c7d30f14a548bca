"""Incident mode: by hand, by a threshold, over by itself; what callers hear and are asked, what desks are told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from acd.callbacks.tables import OwedCall
from acd.tables import Queue
from calls import events
from calls.model import CallId, Language, QueueName
from db import EVERY_ORGANISATION, transaction
from ivr import rehearsal, snapshot
from ivr import service as menus
from ivr.demonstration import MENUS
from ivr.sound.speech import Voice
from ivr.tables import Emergency
from ivr.walk import Line, Urgent
from staff.tables import Audit
from supervisor.alarms.model import State
from supervisor.alarms.tables import Alarm
from supervisor.surge import jobs, service
from supervisor.surge.tables import Incident, IncidentPlan
from tests.centre import Centre
from tests.client import Client
from tests.journal import CALLER, arrived
from tests.pages.a_call import happen
from tests.town.waiting import wait_for
from tests.waiting import waiting as somebody_waits

Browser = Callable[[str], Client]

WORDS = {"uk": "Немає води в Заріччі.", "ru": "Нет воды в Заречье.", "en": "There is no water in Zarichchia."}
SCRIPT = "Води немає до 18:00.\nНе записувати адреси."
INCIDENT = {"topic": "Немає води", "script": SCRIPT, "hours": "4", "offers_callback": "true", **WORDS}
BY_THRESHOLD = {"measure": "waiting", "at_least": "3", "begins_after": "60", "below": "2", "ends_after": "5"}


@pytest.fixture(autouse=True)
def voices(app: FastAPI) -> Iterator[None]:
    """espeak-ng, which every installation has."""
    before = app.state.voices
    app.state.voices = {language: Voice("espeak-ng") for language in Language}
    yield
    app.state.voices = before


@pytest.fixture
def city(centre: Centre) -> int:
    """The city, with its menus, a number and a queue."""
    organisation = centre.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        menus.publish(session, organisation, MENUS["khm"])
        menus.assign_number(session, organisation, "1580", language=Language.UKRAINIAN, menu="language")
        name = {"uk": "Вода"}
        session.add(Queue(organisation_id=organisation, code="water", asterisk_name="khm-water", name=name))
    return organisation


def incidents() -> list[Incident]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Incident).order_by(Incident.id)))


def line() -> Line:
    """What the next caller of the city meets."""
    with transaction(EVERY_ORGANISATION) as session:
        loaded, _ = snapshot.load(session)
    return loaded.lines["1580"]


def test_an_incident_begun_by_hand_is_heard_shown_and_told(client: Browser, city: int) -> None:
    iryna = client("iryna")
    assert client("olena").get("/surge/script").json() == {"topic": None}
    assert iryna.get("/surge/bar").text.strip() == ""
    assert iryna.post("/surge", data=INCIDENT).status_code == 303
    (incident,) = incidents()
    urgent = line().urgent
    assert urgent is not None
    assert urgent.offers_callback
    assert urgent.is_on(datetime.now(UTC))
    told = client("olena").get("/surge/script").json()
    assert (told["topic"], told["script"]) == ("Немає води", SCRIPT)
    for address in ("/surge/bar", "/surge"):
        assert "Немає води" in iryna.get(address).text
    with transaction(city) as session:
        (alarm,) = session.scalars(select(Alarm))
        assert (alarm.kind, alarm.place, alarm.state) == ("surge", "Немає води", State.OPEN)
    assert iryna.post(f"/surge/{incident.id}/end").status_code == 303
    assert line().urgent is None
    assert client("olena").get("/surge/script").json() == {"topic": None}
    with transaction(city) as session:
        (alarm,) = session.scalars(select(Alarm))
        assert alarm.state == State.CLOSED
        deeds = session.scalars(select(Audit.deed).where(Audit.subject == f"incident:{incident.id}").order_by(Audit.id))
        assert list(deeds) == ["incident.began", "incident.ended"]
    assert "Немає води" in iryna.get("/surge").text, "it stands among those that were"


def test_a_language_without_words_is_refused_and_nothing_begins(client: Browser, city: int) -> None:
    answer = client("iryna").post("/surge", data={**INCIDENT, "ru": ""})
    assert answer.status_code == 422
    assert WORDS["uk"] in answer.text
    assert incidents() == []


@pytest.mark.parametrize("login", ["olena", "mykola"])
def test_operators_and_managers_begin_none(client: Browser, city: int, login: str) -> None:
    assert client(login).post("/surge", data=INCIDENT).status_code == 403


def test_a_second_incident_takes_the_place_of_the_first(client: Browser, city: int) -> None:
    client("iryna").post("/surge", data=INCIDENT)
    client("iryna").post("/surge", data={**INCIDENT, "topic": "Немає газу"})
    first, second = incidents()
    assert (first.ended_because, second.ended_at) == ("replaced", None)
    with transaction(city) as session:
        running = session.scalars(select(Emergency).where(Emergency.ended_at.is_(None))).one()
        assert running.id == second.emergency_id


def test_a_second_press_begins_nothing_anew(client: Browser, city: int) -> None:
    iryna = client("iryna")
    iryna.post("/surge", data=INCIDENT)
    (first,) = incidents()
    again = iryna.post("/surge", data=INCIDENT)
    assert again.status_code == 303
    assert "Цей інцидент уже триває" in iryna.get(again.headers["location"]).text
    (still,) = incidents()
    assert (still.id, still.began_at, still.ended_at) == (first.id, first.began_at, None)
    longer = iryna.post("/surge", data={**INCIDENT, "hours": "12"})
    assert "Цей інцидент уже триває" not in iryna.get(longer.headers["location"]).text
    assert [each.ended_because for each in incidents()] == ["replaced", None], "who wants it longer has it longer"


def test_a_second_press_of_a_prepared_one_begins_nothing_anew(client: Browser, city: int) -> None:
    """Unless its announcement was ended on its own page: then it is to be heard again."""
    plan, iryna = prepared(client, city), client("iryna")
    for _ in range(2):
        pressed = iryna.post(f"/surge/plans/{plan.id}/begin")
    assert "Цей інцидент уже триває" in iryna.get(pressed.headers["location"]).text
    (first,) = incidents()
    assert first.ended_at is None
    with transaction(EVERY_ORGANISATION) as session:
        menus.end_emergency(session, session.get_one(Emergency, first.emergency_id), by=plan.made_by)
    assert iryna.post(f"/surge/plans/{plan.id}/begin").status_code == 303
    assert len(incidents()) == 2


def test_two_presses_at_once_begin_one(client: Browser, centre: Centre, city: int) -> None:
    plan, iryna = prepared(client, city), centre.people["iryna"]
    refused: list[service.RunsAlready] = []

    def press() -> None:
        try:
            with transaction(city) as session:
                service.begin_plan(session, session.get_one(IncidentPlan, plan.id), by=iryna)
        except service.RunsAlready as already:
            refused.append(already)

    second = Thread(target=press)
    with transaction(city) as session:
        service.begin_plan(session, session.get_one(IncidentPlan, plan.id), by=iryna)
        second.start()
        wait_for("the second to wait", somebody_waits)
    second.join(10)
    assert (len(incidents()), len(refused)) == (1, 1)


def waiting(city: int, number: int) -> list[CallId]:
    """So many callers come into the queue."""
    at, calls = datetime.now(UTC), [CallId(uuid4()) for _ in range(number)]
    for call in calls:
        happen(
            city,
            [
                arrived(city, call, at),
                events.CallerJoinedQueue(at=at, call=call, queue=QueueName("khm-water"), position=1),
            ],
        )
    return calls


def leave(city: int, calls: list[CallId]) -> None:
    at = datetime.now(UTC)
    for call in calls:
        happen(
            city,
            [
                events.CallerAbandoned(at=at, call=call, queue=QueueName("khm-water"), waited=timedelta(0)),
                events.CallEnded(at=at, call=call, by_caller=True, cause=16),
            ],
        )


def earlier(by: timedelta) -> None:
    """What was seen so far was seen so much earlier."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(
            update(IncidentPlan).values(
                high_since=IncidentPlan.high_since - by, calm_since=IncidentPlan.calm_since - by
            )
        )


def begun_by_threshold(client: Browser, city: int) -> list[CallId]:
    assert client("iryna").post("/surge/plans", data={**INCIDENT, **BY_THRESHOLD}).status_code == 303
    calls = waiting(city, 3)
    assert jobs.look_after() == {"incidents_began": 0, "incidents_ended": 0}
    earlier(timedelta(minutes=1))
    assert jobs.look_after() == {"incidents_began": 1, "incidents_ended": 0}
    return calls


def test_a_threshold_begins_it_and_calm_ends_it(client: Browser, city: int) -> None:
    calls = begun_by_threshold(client, city)
    (incident,) = incidents()
    assert (incident.began_by, incident.measured) == (None, 3)
    assert line().urgent is not None
    assert client("olena").get("/surge/script").json()["topic"] == "Немає води"
    leave(city, calls)
    assert jobs.look_after() == {"incidents_began": 0, "incidents_ended": 0}
    earlier(timedelta(minutes=5))
    assert jobs.look_after() == {"incidents_began": 0, "incidents_ended": 1}
    assert incidents()[0].ended_because == "calm"
    assert line().urgent is None


def test_ended_by_hand_it_does_not_begin_again_while_it_is_still_busy(client: Browser, city: int) -> None:
    begun_by_threshold(client, city)
    (incident,) = incidents()
    client("iryna").post(f"/surge/{incident.id}/end")
    for _ in range(2):
        assert jobs.look_after() == {"incidents_began": 0, "incidents_ended": 0}
        earlier(timedelta(minutes=5))
    assert len(incidents()) == 1


def test_it_ends_when_its_time_is_over(client: Browser, city: int) -> None:
    client("iryna").post("/surge", data=INCIDENT)
    with transaction(EVERY_ORGANISATION) as session:
        back = timedelta(hours=5)
        session.execute(update(Incident).values(began_at=Incident.began_at - back, until_at=Incident.until_at - back))
    assert client("olena").get("/surge/script").json() == {"topic": None}, "at once"
    assert jobs.look_after() == {"incidents_began": 0, "incidents_ended": 1}
    assert incidents()[0].ended_because == "time"


def test_a_plan_is_begun_by_hand_and_removed(client: Browser, city: int) -> None:
    client("iryna").post("/surge/plans", data=INCIDENT)
    with transaction(city) as session:
        (plan,) = session.scalars(select(IncidentPlan))
    assert "Немає води" in client("mykola").get("/surge/plans").text
    assert client("iryna").post(f"/surge/plans/{plan.id}/begin").status_code == 303
    (incident,) = incidents()
    assert incident.began_by is not None
    assert client("iryna").post(f"/surge/plans/{plan.id}/remove").status_code == 303
    assert client("iryna").post(f"/surge/plans/{plan.id}/begin").status_code == 404
    assert client("iryna").post(f"/surge/{incident.id}/end").status_code == 303, "its plan may be gone"


def prepared(client: Browser, city: int, **given: str) -> IncidentPlan:
    assert client("iryna").post("/surge/plans", data={**INCIDENT, **given}).status_code == 303
    with transaction(city) as session:
        return session.scalars(select(IncidentPlan)).one()


def heard(city: int, prompt: str) -> dict[str, str]:
    """The words of an announcement, by language."""
    with transaction(city) as session:
        return service.words_of(session, {prompt})[prompt]


def test_a_plan_is_changed_in_its_form_and_the_change_is_written_down(client: Browser, city: int) -> None:
    plan = prepared(client, city, **BY_THRESHOLD)
    iryna, page = client("iryna"), f"/surge/plans/{plan.id}"
    form = iryna.get(page).text
    for shown in (WORDS["ru"], 'value="60"', 'value="5"', '<option value="waiting" selected>'):
        assert shown in form
    changed = {**INCIDENT, **BY_THRESHOLD, "at_least": "30", "hours": "1", "uk": "Воду дали."}
    assert iryna.post(page, data=changed).status_code == 303
    with transaction(city) as session:
        row = session.scalars(select(IncidentPlan)).one()
        assert (row.at_least, row.below, row.lasting) == (30, 2, timedelta(hours=1))
        said = session.scalars(select(Audit).where(Audit.deed == "incident.plan_changed")).one().details
    assert said == {"at_least": "3 → 30", "hours": "4 → 1", "uk": f"{WORDS['uk']} → Воду дали."}
    assert heard(city, row.prompt) == {**WORDS, "uk": "Воду дали."}
    log = iryna.get(page).text
    assert "3 → 30" in log
    assert f"{WORDS['uk']} → Воду дали." in log


def test_an_incident_that_runs_keeps_its_words_when_its_plan_is_changed(client: Browser, city: int) -> None:
    plan = prepared(client, city)
    client("iryna").post(f"/surge/plans/{plan.id}/begin")
    client("iryna").post(f"/surge/plans/{plan.id}", data={**INCIDENT, "topic": "Газ", "ru": "Нет газа."})
    (incident,) = incidents()
    with transaction(city) as session:
        prompt = session.scalars(select(Emergency.prompt).where(Emergency.id == incident.emergency_id)).one()
    assert (incident.topic, heard(city, prompt)) == ("Немає води", WORDS)


def test_a_threshold_is_changed_while_no_voice_answers(client: Browser, city: int, app: FastAPI) -> None:
    plan = prepared(client, city, **BY_THRESHOLD)
    app.state.voices = {}
    assert client("iryna").post(f"/surge/plans/{plan.id}", data=INCIDENT).status_code == 303
    with transaction(city) as session:
        row = session.scalars(select(IncidentPlan)).one()
        assert (row.measure, row.at_least, row.prompt) == (None, None, plan.prompt)


def test_what_is_wrong_in_a_changed_plan_is_told_and_nothing_changes(client: Browser, city: int) -> None:
    plan = prepared(client, city)
    for given, field in (({"ru": ""}, "ru"), ({"measure": "waiting"}, "at_least"), ({"topic": ""}, "topic")):
        answer = client("iryna").post(f"/surge/plans/{plan.id}", data={**INCIDENT, **given})
        assert answer.status_code == 422
        assert f'id="error-{field}"' in answer.text
    assert client("mykola").get(f"/surge/plans/{plan.id}").status_code == 403
    assert "plan_changed" not in client("iryna").get(f"/surge/plans/{plan.id}").text
    assert heard(city, plan.prompt) == WORDS


def test_a_plan_switched_off_begins_neither_by_itself_nor_by_hand(client: Browser, city: int) -> None:
    plan = prepared(client, city, **BY_THRESHOLD)
    iryna = client("iryna")
    assert iryna.post(f"/surge/plans/{plan.id}/off").status_code == 303
    waiting(city, 3)
    jobs.look_after()
    earlier(timedelta(minutes=1))
    assert jobs.look_after() == {"incidents_began": 0, "incidents_ended": 0}
    assert iryna.post(f"/surge/plans/{plan.id}/begin").status_code == 409
    assert f"/surge/plans/{plan.id}/begin" not in iryna.get("/surge").text
    assert iryna.post(f"/surge/plans/{plan.id}/on").status_code == 303
    jobs.look_after()
    earlier(timedelta(minutes=1))
    assert jobs.look_after() == {"incidents_began": 1, "incidents_ended": 0}


@pytest.mark.parametrize(
    ("given", "field"), [({"at_least": ""}, "at_least"), ({"below": "9"}, "below"), ({"queue": "0"}, "queue")]
)
def test_half_a_threshold_is_refused_at_its_field(
    client: Browser, city: int, given: dict[str, str], field: str
) -> None:
    answer = client("iryna").post("/surge/plans", data={**INCIDENT, **BY_THRESHOLD, **given})
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text


def test_the_caller_is_offered_a_call_back_before_the_queue_and_owed_one_by_it(client: Browser, city: int) -> None:
    client("iryna").post("/surge", data=INCIDENT)
    met = line()
    assert isinstance(met.urgent, Urgent)
    keys = ["1", "1", "2"]  # Ukrainian, water, to an operator
    pressed, end = rehearsal.rehearse(met, [*keys, "1"], at=datetime.now(UTC), scripts=rehearsal.PRETENDED)
    assert end is not None
    assert end.next == "hangup"
    assert pressed.heard[-2:] == ["callback-at-once", "callback-accepted"]
    (asked,) = [facts for name, facts in pressed.noted if name == "CallbackAsked"]
    assert asked["queue"] == "khm-water"
    stayed, end = rehearsal.rehearse(met, keys, at=datetime.now(UTC), scripts=rehearsal.PRETENDED)
    assert end is not None
    assert (end.next, end.queue) == ("queue", "water")
    assert "callback-at-once" in stayed.heard
    calm = replace(met, urgent=replace(met.urgent, offers_callback=False))
    without, _ = rehearsal.rehearse(calm, keys, at=datetime.now(UTC), scripts=rehearsal.PRETENDED)
    assert "callback-at-once" not in without.heard


def test_who_asks_for_it_is_owed_a_call_by_the_queue_they_chose(city: int) -> None:
    at, call = datetime.now(UTC), CallId(uuid4())
    happen(
        city,
        [
            arrived(city, call, at),
            events.CallbackAsked(at=at, call=call, number=CALLER, queue="khm-water"),
            events.CallEnded(at=at, call=call, by_caller=False, cause=16),
        ],
    )
    with transaction(city) as session:
        (owed,) = session.scalars(select(OwedCall))
        assert (owed.queue, owed.reason) == ("khm-water", "asked")
