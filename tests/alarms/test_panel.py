"""The help panel against a Bot API of our own: linked accounts take, answer, pass on, close; others learn nothing."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from db import transaction
from notify.far.opening import prepare_telegram
from notify.tables import Channel
from run.host.servers import Servers
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import State
from supervisor.alarms.tables import Alarm
from supervisor.panel import service
from supervisor.panel.bots import Panel
from tests.alarms.conftest import SITE, City
from tests.loop import play
from tests.notify.bot_api import BotApi
from tests.processes import running
from tests.town.waiting import wait_for

IRYNA, MYKOLA, STRANGER = 501, 502, 666


@pytest.fixture
def telegram() -> Iterator[BotApi]:
    api = BotApi()
    yield api
    api.close()


@pytest.fixture
def panel(city: City, telegram: BotApi) -> Iterator[City]:
    """The bots at work, on an alarm about a disputed call."""
    with transaction(city.id) as session:
        channel = session.get_one(type(city.group), city.group.id)
        channel.settings = {"base": telegram.url}
    city.talk("disputed")
    Watch(SITE).look()
    prepare_telegram()  # once: loading it takes seconds
    running = Panel(look_every=timedelta(seconds=0.2), pause=timedelta(seconds=0.1))
    thread = threading.Thread(target=lambda: play(running.run(), seconds=120.0))
    thread.start()
    yield city
    running.stop()
    thread.join(30)


def link(city: City, telegram: BotApi, login: str, who: int) -> None:
    with transaction(city.id) as session:
        code = service.make_code(session, city.person(login))
    before = len(telegram.said)
    telegram.writes(who, f"/link {code}", private=True)
    wait_for("the account to be linked", lambda: len(telegram.said) > before, seconds=20)


def alarm(city: City) -> Alarm:
    return city.alarms()[0]


def test_a_linked_account_takes_answers_passes_on_and_closes(panel: City, telegram: BotApi):
    link(panel, telegram, "iryna", IRYNA)
    link(panel, telegram, "mykola", MYKOLA)
    number = alarm(panel).id
    telegram.presses(IRYNA, f"take:{number}")
    wait_for("it to be taken", lambda: alarm(panel).state == State.TAKEN, seconds=20)
    assert alarm(panel).taken_by == panel.person("iryna").id
    telegram.presses(IRYNA, f"answer:{number}")
    wait_for("the question", lambda: any(f"#{number}" in text for text in telegram.texts("sendMessage")), seconds=20)
    question = next(text for text in telegram.texts("sendMessage") if f"#{number}" in text)
    telegram.writes(IRYNA, "Передзвонили, питання вирішено", reply_to=question)
    wait_for("the answer", lambda: alarm(panel).answer == "Передзвонили, питання вирішено", seconds=20)
    telegram.presses(IRYNA, f"to:{number}:{panel.person('mykola').id}")
    wait_for("it to be passed on", lambda: alarm(panel).taken_by == panel.person("mykola").id, seconds=20)
    telegram.presses(MYKOLA, f"close:{number}")
    wait_for("it to be closed", lambda: alarm(panel).state == State.CLOSED, seconds=20)
    assert panel.deeds() == ["raised", "told", "taken", "answered", "passed_on", "closed"]
    assert alarm(panel).closed_by == panel.person("mykola").id


def test_an_account_nobody_linked_does_nothing_and_learns_nothing(panel: City, telegram: BotApi):
    number = alarm(panel).id
    telegram.presses(STRANGER, f"take:{number}")
    telegram.writes(STRANGER, "/alarms")
    telegram.writes(STRANGER, "зроблено", reply_to=f"alarm #{number}?")
    wait_for("all three to be answered", lambda: len(telegram.said) == 3, seconds=20)
    for _, fields in telegram.said:
        assert "не пов’язано" in fields["text"]
        assert "Спірний" not in fields["text"]
    assert (alarm(panel).state, alarm(panel).answer) == (State.OPEN, "")


def test_a_code_is_good_once_and_not_in_the_group(panel: City, telegram: BotApi):
    with transaction(panel.id) as session:
        code = service.make_code(session, panel.person("iryna"))
    telegram.writes(STRANGER, f"/link {code}")
    telegram.writes(IRYNA, f"/link {code}", private=True)
    telegram.writes(STRANGER, f"/link {code}", private=True)
    wait_for("both private ones to be answered", lambda: len(telegram.said) == 2, seconds=20)
    first, second = telegram.texts("sendMessage")
    assert "Iryna" in first
    assert "Iryna" not in second
    telegram.presses(STRANGER, f"take:{alarm(panel).id}")
    wait_for("the stranger to be refused", lambda: len(telegram.said) == 3, seconds=20)
    assert alarm(panel).state == State.OPEN


def test_a_telegram_in_trouble_is_asked_again(panel: City, telegram: BotApi):
    link(panel, telegram, "iryna", IRYNA)
    telegram.fails_once = True
    telegram.presses(IRYNA, f"take:{alarm(panel).id}")
    wait_for("it to be taken", lambda: alarm(panel).state == State.TAKEN, seconds=20)


def test_a_conversation_that_ended_by_a_mistake_is_begun_again(panel: City, telegram: BotApi):
    link(panel, telegram, "iryna", IRYNA)
    telegram.wants_a_pause = 10**400  # no clock of Python's goes so far
    wait_for("the conversation to break off", lambda: telegram.wants_a_pause is None, seconds=20)
    telegram.presses(IRYNA, f"take:{alarm(panel).id}")
    wait_for("it to be taken", lambda: alarm(panel).state == State.TAKEN, seconds=20)


def test_a_panel_that_fails_ends_its_process(city: City, servers: Servers):
    with transaction(city.id) as session:
        session.execute(update(Channel).where(Channel.id == city.group.id).values(settings=["no settings"]))
    with running(servers.settings, "run.bot") as process:
        assert process.wait(60) == 1


def test_an_operator_may_not_take(panel: City, telegram: BotApi):
    link(panel, telegram, "olena", IRYNA)
    telegram.presses(IRYNA, f"take:{alarm(panel).id}")
    wait_for("the refusal", lambda: telegram.texts("answerCallbackQuery"), seconds=20)
    assert alarm(panel).state == State.OPEN
