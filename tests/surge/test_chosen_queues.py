"""An incident of some queues: who hears it, on whose desks its script stands, which queues its forms offer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from acd.tables import Queue, QueueMember
from db import EVERY_ORGANISATION, transaction
from ivr import rehearsal
from ivr.sound import studio
from ivr.tables import Emergency
from run.asterisk import config as asterisk_config
from run.asterisk.emergencies import AT_ONCE, KNOWN_BY_ALL, Tellings
from run.asterisk.queue_lines import AT_ONCE_EVERY, OFFER, QueueLine
from staff.tables import Organisation
from supervisor.surge.tables import IncidentPlan
from tests.centre import Centre
from tests.surge.test_incidents import (
    BY_THRESHOLD,
    INCIDENT,
    Browser,
    city,
    incidents,
    line,
    prepared,
    voices,
)

__all__ = ["city", "voices"]

TO_WATER, TO_HEATING = ["1", "1", "2"], ["1", "2"]  # Ukrainian; water, then an operator


@pytest.fixture
def heating(centre: Centre, city: int) -> int:
    """A second queue of the city, where Andrii answers; Olena answers in the first."""
    with transaction(EVERY_ORGANISATION) as session:
        water = session.scalars(select(Queue).where(Queue.asterisk_name == "khm-water")).one()
        queue = Queue(organisation_id=city, code="heating", asterisk_name="khm-heating", name={"uk": "Опалення"})
        session.add(queue)
        session.flush()
        for number, login in ((water.id, "olena"), (queue.id, "andrii")):
            member = QueueMember(organisation_id=city, queue_id=number, person_id=centre.people[login].id)
            session.add(member)
        return queue.id


def begins(client: Browser, *queues: str) -> Emergency:
    """Iryna declares it for these queues."""
    assert client("iryna").post("/surge", data={**INCIDENT, "queues": list(queues)}).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(Emergency).where(Emergency.ended_at.is_(None))).one()


def heard(keys: list[str]) -> list[str]:
    """What somebody hears who presses these keys now."""
    pressed, _ = rehearsal.rehearse(line(), keys, at=datetime.now(UTC), scripts=rehearsal.PRETENDED)
    return pressed.heard


def test_only_callers_of_the_chosen_queue_hear_it_and_are_offered_a_call_back(
    client: Browser, city: int, heating: int
) -> None:
    emergency = begins(client, "heating")
    to_heating, to_water = heard(TO_HEATING), heard(TO_WATER)
    assert emergency.prompt in to_heating
    assert to_heating.index("callback-at-once") == to_heating.index(emergency.prompt) + 1
    assert emergency.prompt not in to_water
    assert "callback-at-once" not in to_water


def test_the_script_stands_on_the_desks_of_those_who_answer_there(client: Browser, city: int, heating: int) -> None:
    begins(client, "heating")
    assert client("andrii").get("/surge/script").json()["topic"] == INCIDENT["topic"]
    assert client("olena").get("/surge/script").json() == {"topic": None}
    iryna = client("iryna")
    for page in ("/surge", "/surge/bar"):
        assert "Опалення" in iryna.get(page).text.split('id="new-title"')[0]
    (incident,) = incidents()
    iryna.post(f"/surge/{incident.id}/end")
    assert "Опалення" in iryna.get("/surge").text.split('id="past-title"')[1], "whose callers heard it stays written"


def test_a_prepared_one_keeps_its_queues_and_begins_for_them(client: Browser, city: int, heating: int) -> None:
    plan = prepared(client, city, **BY_THRESHOLD, queues="heating")
    iryna = client("iryna")
    assert 'value="heating" checked' in iryna.get(f"/surge/plans/{plan.id}").text
    iryna.post(f"/surge/plans/{plan.id}", data={**INCIDENT, "queues": ["heating", "water"]})
    with transaction(city) as session:
        assert session.scalars(select(IncidentPlan)).one().queues == ["heating", "water"]
    assert "heating → heating, water" in iryna.get(f"/surge/plans/{plan.id}").text
    iryna.post(f"/surge/plans/{plan.id}/begin")
    with transaction(city) as session:
        assert session.scalars(select(Emergency.queues)).one() == ["heating", "water"]


def test_closed_queues_are_not_offered_and_refused(client: Browser, city: int, heating: int) -> None:
    iryna = client("iryna")
    plan = prepared(client, city, **BY_THRESHOLD, queue=str(heating), queues="heating")
    assert "Опалення" in iryna.get("/surge").text
    with transaction(EVERY_ORGANISATION) as session:
        session.get_one(Queue, heating).closed_at = datetime.now(UTC)
    for page in ("/surge", "/surge/plans"):
        assert 'value="heating"' not in iryna.get(page).text
    form = iryna.get("/surge/plans").text.split('id="new-title"')[1]
    assert f'<option value="{heating}"' not in form
    own = iryna.get(f"/surge/plans/{plan.id}").text
    assert own.count("Опалення (зачинено)") == 2, "what the plan has says that it is closed"
    for given, field in (({"queues": ["heating"]}, "queues"), ({**BY_THRESHOLD, "queue": str(heating)}, "queue")):
        for address in ("/surge/plans", f"/surge/plans/{plan.id}"):
            answer = iryna.post(address, data={**INCIDENT, **given})
            assert answer.status_code == 422
            assert f'id="error-{field}"' in answer.text
    assert iryna.post("/surge", data={**INCIDENT, "queues": ["heating"]}).status_code == 422
    assert incidents() == []


class Waiting:
    """What Asterisk is told to say to those who wait, as time goes on."""

    def __init__(self, sounds: Path) -> None:
        self.sounds, self.tellings = sounds, Tellings()

    def lines(self, at: datetime) -> dict[str, QueueLine]:
        """The queues at that time."""
        with transaction(EVERY_ORGANISATION) as session:
            lines = asterisk_config.configuration(session).queues
            told = self.tellings.into(session, lines, at, sounds=self.sounds)
        return {each.name: each for each in told}

    def speak(self) -> None:
        """AGI's refresher has brought the words to the disk."""
        with transaction(EVERY_ORGANISATION) as session:
            studio.synchronise(session, self.sounds)


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Waiting]:
    """A listener."""
    return Waiting(tmp_path / "sounds")


def test_who_waits_is_told_at_once_and_then_in_turn(client: Browser, city: int, heating: int, waiting: Waiting) -> None:
    emergency, now = begins(client, "heating"), datetime.now(UTC)
    assert waiting.lines(now)["khm-heating"].announcements == OFFER, "nothing is told before its words are there"
    assert waiting.tellings.again_at is not None
    assert waiting.tellings.again_at - now <= timedelta(seconds=1)
    waiting.speak()
    for queue, told in waiting.lines(now).items():
        expected = (emergency.prompt, AT_ONCE_EVERY) if queue == "khm-heating" else (OFFER, 90)
        assert (told.announcements, told.announced_every) == expected
    assert waiting.tellings.again_at == now + AT_ONCE
    later = waiting.lines(now + AT_ONCE)["khm-heating"]
    assert (later.announcements, later.announced_every) == (f"{OFFER},{emergency.prompt}", 90)
    assert waiting.tellings.again_at == emergency.until_at
    assert waiting.lines(emergency.until_at)["khm-heating"].announcements == OFFER, "its time is over"


def test_a_language_taken_up_after_the_words_were_spoken_keeps_nobody_from_them(
    client: Browser, city: int, heating: int, waiting: Waiting
) -> None:
    emergency, now = begins(client), datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        organisation = session.get_one(Organisation, city)
        organisation.languages = [*organisation.languages, "uz"]
    waiting.speak()
    assert waiting.lines(now)["khm-heating"].announcements == emergency.prompt


def test_of_all_queues_everybody_is_told_and_nobody_once_it_is_ended(
    client: Browser, city: int, heating: int, waiting: Waiting
) -> None:
    emergency, now = begins(client), datetime.now(UTC)
    waiting.speak()
    assert {each.announcements for each in waiting.lines(now).values()} == {emergency.prompt}
    (incident,) = incidents()
    client("iryna").post(f"/surge/{incident.id}/end")
    assert {each.announcements for each in waiting.lines(now).values()} == {OFFER}


def test_a_new_listener_does_not_begin_again_with_an_old_one(
    client: Browser, city: int, heating: int, waiting: Waiting
) -> None:
    emergency = begins(client)
    waiting.speak()
    told = waiting.lines(datetime.now(UTC) + KNOWN_BY_ALL)["khm-water"]
    assert (told.at_once, told.messages) == ("", [emergency.prompt])


def test_the_file_of_the_queues_says_so(app: FastAPI) -> None:
    lines = [
        QueueLine(name="khm-water", organisation="khm", messages=["news", "emergency-1"], at_once="emergency-1"),
        QueueLine(name="khm-roads", organisation="khm"),
    ]
    configuration = asterisk_config.Configuration(queues=lines)
    text = asterisk_config.files(app.state.settings, configuration)["queues.conf"]
    water, roads = text.split("[khm-water]")[1].split("[khm-roads]")
    assert "periodic-announce = emergency-1\nperiodic-announce-frequency = 10\n" in water
    assert "periodic-announce" not in roads
