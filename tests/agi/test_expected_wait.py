"""The expected wait as a caller of a real Asterisk hears it: reckoned from PostgreSQL, once, in their own language."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from acd import service as desk
from acd.queues.model import ENOUGH, SPOKEN, Range
from acd.tables import Queue, QueueMember
from agi.memory import Memory
from agi.menu import MenuScript
from agi.server import Server
from calls.model import CallState, Fate, VisitOutcome
from calls.tables import CallRow, VisitRow
from db import EVERY_ORGANISATION, transaction
from ivr import prompts, snapshot
from tests.agi.conftest import SESSIONS
from tests.agi.test_on_asterisk import hears
from tests.centre import Centre
from tests.telephony.asterisk import Asterisk
from tests.telephony.conftest import Events
from tests.telephony.phone import Call, Phone

QUEUE = "khm-heating"
KEYS = {"uk": "1", "ru": "2", "en": "3"}
WAITED, SAID = timedelta(minutes=2), Range(1, 3)


@pytest.fixture
def busy(published: Centre) -> Centre:
    """The queue for heating, with one operator on a shift who is not ready."""
    olena = published.people["olena"]
    own = {"organisation_id": olena.organisation_id}
    with transaction(EVERY_ORGANISATION) as session:
        queue = Queue(**own, code="heating", asterisk_name=QUEUE, name={"uk": "Опалення"})
        session.add(queue)
        session.flush()
        session.add(QueueMember(**own, queue_id=queue.id, person_id=olena.id))
        session.flush()
        desk.start_shift(session, olena, "a-seat-of-tests")
    return published


@pytest.fixture(autouse=True)
def server(asterisk: Asterisk, busy: Centre) -> Iterator[None]:
    """Our AGI server, which asks PostgreSQL."""
    with transaction(EVERY_ORGANISATION) as session:
        menus, _ = snapshot.load(session)
    script = MenuScript(lambda: menus, Memory(), sounds=asterisk.settings.sounds, node="node1")
    running = Server("127.0.0.1", asterisk.settings.agi_port, {"menu": script}, sessions=SESSIONS)
    threading.Thread(target=running.serve, daemon=True).start()
    yield
    running.stop(grace=timedelta())


def waited(centre: Centre, number: int) -> None:
    """So many callers were answered of late, each after the same time."""
    organisation, now = centre.organisations["khm"].id, datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        for _ in range(number):
            call, at = uuid4(), now - timedelta(minutes=10)
            left = at + WAITED
            session.add(
                CallRow(
                    id=call, organisation_id=organisation, node="node1", channel=str(call), source="trunk",
                    caller="+380671110000", dialled="1580", language="uk", menu_path=[], queue=QUEUE,
                    state=CallState.ENDED, fate=Fate.ANSWERED, arrived_at=at, ended_at=left, waited=WAITED,
                    talked=WAITED, held=timedelta(0), waits=1, transfers=0,
                )
            )  # fmt: skip
            session.flush()
            visit = {"queue": QUEUE, "joined_at": at, "left_at": left, "outcome": VisitOutcome.ANSWERED}
            session.add(VisitRow(call=call, number=1, organisation_id=organisation, **visit))


def asks_for_heating(call: Call, sounds: Path, language: str) -> None:
    """Chooses the language, then the topic."""
    hears(call, sounds, "uk", "khm-welcome")
    call.press(KEYS[language])
    hears(call, sounds, language, "khm-topics", seconds=20)
    call.press("2")


def said(call: Call, sounds: Path, language: str) -> list[str]:
    """The waits that were spoken, however short a piece of them was heard."""
    found = []
    for each in SPOKEN:
        sound = prompts.path(sounds, language, each.prompt).read_bytes()
        if sound[len(sound) // 2 : len(sound) // 2 + 400] in call.sound.received:
            found.append(each.prompt)
    return found


@pytest.mark.parametrize("language", ["uk", "ru", "en"])
def test_the_caller_hears_the_range_in_their_language_before_they_wait(
    asterisk: Asterisk, telephones: Callable[..., Phone], events: Events, busy: Centre, language: str
) -> None:
    waited(busy, ENOUGH)
    sounds = asterisk.settings.sounds
    call = telephones().call("1580").is_answered()
    asks_for_heating(call, sounds, language)
    notice = hears(call, sounds, language, "recording-notice")
    assert hears(call, sounds, language, SAID.prompt) > notice
    assert events.wait("QueueCallerJoin", seconds=15)["Queue"] == QUEUE
    assert said(call, sounds, language) == [SAID.prompt], "one range, and once"
    assert not events.named("FellBack")


def test_where_it_cannot_be_known_nothing_is_said(
    asterisk: Asterisk, telephones: Callable[..., Phone], events: Events, busy: Centre
) -> None:
    waited(busy, ENOUGH - 1)
    sounds = asterisk.settings.sounds
    call = telephones().call("1580").is_answered()
    asks_for_heating(call, sounds, "uk")
    hears(call, sounds, "uk", "recording-notice")
    assert events.wait("QueueCallerJoin", seconds=15)["Queue"] == QUEUE
    assert said(call, sounds, "uk") == []
