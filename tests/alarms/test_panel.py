"""The help panel against a Bot API of our own: linked accounts take, answer, pass on, close; others learn nothing."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import update

from db import transaction
from notify.tables import Channel
from run.host.servers import Servers
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import State
from supervisor.alarms.tables import Alarm
from supervisor.panel import service
from supervisor.panel.chat import Panel
from tests.alarms.conftest import SITE, City
from tests.loop import play
from tests.processes import running
from tests.town.waiting import wait_for

GROUP_CHAT = {"id": -1001234567890, "type": "supergroup", "title": "Duty"}
IRYNA, MYKOLA, STRANGER = 501, 502, 666


class BotApi:
    """Telegram: gives the news it was told to give, until each is confirmed, and notes what the bot says."""

    def __init__(self) -> None:
        self.news: list[dict[str, Any]] = []
        self.said: list[tuple[str, dict[str, str]]] = []
        self.fails_once = False
        self.wants_a_pause: int | None = None  # once; seconds
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._requests())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def tell(self, **update: Any) -> None:
        self.news.append({"update_id": 1000 + len(self.news), **update})

    def presses(self, who: int, data: str) -> None:
        message = {"message_id": 7, "date": 1_790_000_000, "chat": GROUP_CHAT, "text": "Alarm"}
        user = {"id": who, "is_bot": False, "first_name": "X"}
        self.tell(callback_query={"id": "1", "from": user, "chat_instance": "1", "data": data, "message": message})

    def writes(self, who: int, text: str, *, private: bool = False, reply_to: str = "") -> None:
        chat = {"id": who, "type": "private", "first_name": "X"} if private else GROUP_CHAT
        user = {"id": who, "is_bot": False, "first_name": "X"}
        message: dict[str, Any] = {
            "message_id": 8, "date": 1_790_000_000, "chat": chat, "from": user, "text": text,
        }  # fmt: skip
        if reply_to:
            bot = {"id": 123456, "is_bot": True, "first_name": "Bot"}
            message["reply_to_message"] = {
                "message_id": 6, "date": 1_790_000_000, "chat": chat, "from": bot, "text": reply_to,
            }  # fmt: skip
        self.tell(message=message)

    def texts(self, method: str) -> list[str]:
        return [fields.get("text", "") for each, fields in self.said if each == method]

    def _answer(self, method: str, fields: dict[str, str]) -> tuple[int, Any]:
        if method == "getUpdates":
            if self.fails_once:
                self.fails_once = False
                return 500, {"ok": False, "error_code": 500, "description": "Internal Server Error"}
            if self.wants_a_pause is not None:
                pause, self.wants_a_pause = self.wants_a_pause, None
                return 429, {"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": pause}}
            offset = int(fields.get("offset", 0))
            return 200, {"ok": True, "result": [each for each in self.news if each["update_id"] >= offset]}
        self.said.append((method, fields))
        if method == "sendMessage":
            return 200, {"ok": True, "result": {"message_id": 9, "date": 1_790_000_000, "chat": GROUP_CHAT}}
        return 200, {"ok": True, "result": True}

    def _requests(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Request(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                code, said = api._answer(self.path.rpartition("/")[2], dict(parse_qsl(body)))
                whole = json.dumps(said).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(whole)))
                self.end_headers()
                self.wfile.write(whole)

            def log_message(self, *_: object) -> None:
                return

        return Request


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
