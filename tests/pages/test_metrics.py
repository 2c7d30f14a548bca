"""`/metrics`, read as Prometheus reads it: what it tells, whom it refuses, that it stays small and names nobody."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import db
from acd.tables import AgentState, Queue, Shift
from calls.journal import Recorded
from calls.readers import News, Reader, ReaderThread
from calls.writer import move
from run.host.release import SOURCE
from run.host.servers import Servers
from run.metrics.process import Teller, told
from run.settings import Settings
from tests.calls.conftest import NODE, spooled
from tests.calls.streams import capture, lines
from tests.centre import PEOPLE, Centre
from tests.client import Client
from tests.pages.a_call import answered_call
from tests.pages.statements import statements_of
from tests.town.ports import free_ports
from tests.town.waiting import wait_for

Browser = Callable[[str], Client]


@dataclass
class Figures:
    """One scrape."""

    text: str

    @property
    def families(self) -> dict[str, Metric]:
        return {family.name: family for family in text_string_to_metric_families(self.text)}

    def value(self, name: str, **labels: str) -> float | None:
        """The sample with these labels, whatever other ones it has."""
        for family in self.families.values():
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return sample.value
        return None


@pytest.fixture
def scraped(settings: Settings, anybody: Client) -> Callable[[], Figures]:
    """Asks as Prometheus does, each time anew."""
    token = settings.metrics_token.get_secret_value()
    assert token

    def scrape() -> Figures:
        answer = anybody.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        return Figures(answer.text)

    return scrape


@pytest.mark.parametrize("shown", [None, "", "Bearer ", "Bearer wrong", "Basic abc", "Bearer токен"])
def test_nobody_reads_it_without_the_token(anybody: Client, shown: str | None) -> None:
    headers = {} if shown is None else {"Authorization": shown.encode()}
    answer = anybody.get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert "holos_" not in answer.text


def test_a_sign_in_is_no_token_and_without_one_it_is_closed(client: Browser, app: FastAPI, settings: Settings) -> None:
    assert client("admin.khm").get("/metrics").status_code == 401
    app.state.settings = settings.model_copy(update={"metrics_token": SecretStr("")})
    try:
        assert client("admin.khm").get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401
    finally:
        app.state.settings = settings


def test_names_and_units_are_as_prometheus_wants_them(scraped: Callable[[], Figures], client: Browser) -> None:
    client("olena").get("/desk")
    wait_for("the web's own figures", lambda: scraped().value("process_cpu_seconds_total", process="web"))
    for name, family in scraped().families.items():
        assert name.startswith(("holos_", "process_")), name
        assert family.documentation, name
        assert family.type in {"gauge", "counter", "histogram"}, name
        counts = {sample.name.endswith("_total") for sample in family.samples}
        assert family.type != "counter" or counts <= {True}, name
        assert family.type == "counter" or True not in counts, name
        assert not name.endswith(("_ms", "_minutes", "_kb", "_percent", "_time")), name


def test_a_call_an_agent_and_a_queue_are_counted_and_nobody_is_named(
    scraped: Callable[[], Figures], centre: Centre
) -> None:
    before = scraped()
    assert before.value("holos_calls", organisation="khm", state="talking") == 0
    assert before.value("holos_agents", organisation="khm", state="ready") == 0
    olena, now = centre.people["olena"], datetime.now(UTC)
    answered_call(olena, caller="+380671230077", over=False)
    with db.transaction(db.EVERY_ORGANISATION) as session:
        of = {"organisation_id": olena.organisation_id}
        session.add(Queue(code="water", asterisk_name="khm-water", name={"uk": "Вода"}, **of))
        session.add(Shift(person_id=olena.id, phone_secret="secret-of-a-phone", seat="seat", **of))
        session.add(AgentState(person_id=olena.id, state="ready", since=now - timedelta(minutes=1), **of))
    after = scraped()
    assert after.value("holos_calls", organisation="khm", state="talking") == 1
    assert after.value("holos_calls", organisation="dtm", state="talking") == 0
    assert after.value("holos_agents", organisation="khm", state="ready") == 1
    assert after.value("holos_queue_waiting_calls", organisation="khm", queue="water") == 0
    assert after.value("holos_recordings_backlog", organisation="khm", state="waiting") == 0
    people = [word for logins in PEOPLE.values() for login in logins for word in (login, login.capitalize())]
    said = [word for word in (*people, "0671230077", "671230077", "secret-of-a-phone", "Вода") if word in after.text]
    assert not said


def test_a_reader_that_stands_is_seen(scraped: Callable[[], Figures], centre: Centre, tmp_path: Path) -> None:
    spooled(tmp_path, lines(capture("asterisk_killed", organisation=centre.organisations["khm"].id)))
    while move(tmp_path, NODE).more:
        pass
    written = scraped().value("holos_journal_events_total", node=NODE)
    assert written
    gate = threading.Event()

    def stands(session: Session, batch: Sequence[Recorded]) -> None:
        if not gate.is_set():
            raise ValueError("an event that nobody understands")

    thread = ReaderThread(Reader("desk", stands), NODE, News())
    thread.start()
    try:
        seen = wait_for("the standing reader", lambda: _if(scraped(), "holos_reader_failing", 1, reader="desk"))
        assert seen.value("holos_reader_lag_events", reader="desk", node=NODE) == written
        age = seen.value("holos_reader_lag_seconds", reader="desk", node=NODE)
        assert age is not None
        assert age > 60, "the captured events are old"
        gate.set()
        gone_on = wait_for(
            "the reader to go on", lambda: _if(scraped(), "holos_reader_lag_events", 0, reader="desk"), seconds=20
        )
        assert gone_on.value("holos_reader_lag_seconds", reader="desk") == 0
        assert gone_on.value("holos_reader_failing", reader="desk") == 0
    finally:
        gate.set()
        thread.stop()
        thread.join(5)


def _if(figures: Figures, name: str, value: float, **labels: str) -> Figures | None:
    return figures if figures.value(name, **labels) == value else None


@pytest.fixture
def menus(settings: Settings, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m run.agi`, with the servers of the tests."""
    (port,) = free_ports(1, first=27500, last=27600)
    environment = {
        "HOLOS_DATA": str(tmp_path),
        "HOLOS_AGI_PORT": str(port),
        "HOLOS_DATABASE_URL": settings.database_url.get_secret_value(),
        "HOLOS_REDIS_URL": settings.redis_url.get_secret_value(),
    }
    with (tmp_path / "agi.log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "run.agi"], cwd=SOURCE, env=os.environ | environment, stderr=log, stdout=log
        )
    yield running
    running.kill()
    running.wait(5)


def test_a_killed_process_is_seen_as_absent(scraped: Callable[[], Figures], menus: subprocess.Popen[bytes]) -> None:
    seen = wait_for("the process", lambda: _if(scraped(), "holos_processes", 1, process="agi"), seconds=20)
    assert seen.value("holos_processes_wanted", process="agi") == 1
    assert seen.value("holos_agi_sessions", process="agi", node="node1", number="1") == 0
    assert seen.value("holos_agi_refusals_total", process="agi") == 0
    menus.send_signal(signal.SIGKILL)
    gone = wait_for("its absence", lambda: _if(scraped(), "holos_processes", 0, process="agi"), seconds=30)
    assert gone.value("holos_agi_sessions", process="agi") is None, "figures of a dead process are told on"


def test_a_process_that_takes_anothers_place_gets_its_number(settings: Settings, anybody: Client, app: FastAPI) -> None:
    """Labels must not grow with every restart."""
    url = settings.redis_url.get_secret_value()
    first, second = (Teller(url, "trial", "node9", registry=CollectorRegistry()) for _ in range(2))

    def numbers() -> list[str]:
        return [each.number for each in told(app.state.redis) if each.process == "trial"]

    first.start()
    wait_for("a place", lambda: numbers() == ["1"])
    second.start()
    wait_for("another place", lambda: numbers() == ["1", "2"])
    first.stop()
    first.join(5)
    assert numbers() == ["2"]
    third = Teller(url, "trial", "node9", registry=CollectorRegistry())
    third.tell()
    assert numbers() == ["1", "2"]
    third.tell()
    second.tell()
    assert numbers() == ["1", "2"], "each keeps its place"
    second.stop()
    second.join(5)


def test_requests_are_counted_by_the_route_and_never_by_the_address(
    scraped: Callable[[], Figures], client: Browser, centre: Centre
) -> None:
    call = answered_call(centre.people["olena"])
    client("iryna").get(f"/calls/{call}")
    for number in range(20):
        client("iryna").get(f"/nothing-{number}")
    seen = wait_for(
        "the requests to be told",
        lambda: _if(scraped(), "holos_web_requests_total", 20, route="unknown", status="404") or _more(scraped()),
        seconds=15,
    )
    assert seen.value("holos_web_requests_total", method="GET", route="/calls/{call_id}", status="200")
    assert seen.value("holos_web_request_duration_seconds_count", route="/calls/{call_id}")
    assert str(call) not in seen.text
    assert "nothing-" not in seen.text


def _more(figures: Figures) -> Figures | None:
    """More than twenty were counted: other tests of this process asked for what is not there as well."""
    counted_already = figures.value("holos_web_requests_total", route="unknown", status="404")
    return figures if counted_already is not None and counted_already > 20 else None


def test_a_scrape_asks_as_little_for_many_calls_as_for_few(
    scraped: Callable[[], Figures], centre: Centre, database: Engine
) -> None:
    few = statements_of(scraped)
    for number in range(12):
        answered_call(centre.people["olena"], caller=f"+38067123{number:04}", over=False)
    many = statements_of(scraped)
    assert scraped().value("holos_calls", organisation="khm", state="talking") == 12
    assert many == few < 20


def test_scrapes_while_the_figures_are_fresh_cost_one(
    app: FastAPI, scraped: Callable[[], Figures], database: Engine
) -> None:
    scraped()
    before, app.state.figures_fresh = app.state.figures_fresh, timedelta(minutes=1)
    try:
        assert statements_of(lambda: [scraped() for _ in range(10)]) == 0
    finally:
        app.state.figures_fresh = before


def test_without_redis_the_centre_is_still_told(scraped: Callable[[], Figures], servers: Servers) -> None:
    assert scraped().value("holos_server_up", server="redis") == 1
    servers.stop("redis")
    try:
        seen = scraped()
    finally:
        servers.start("redis")
    assert seen.value("holos_server_up", server="redis") == 0
    assert seen.value("holos_server_up", server="postgres") == 1
    assert seen.value("holos_calls", organisation="khm", state="talking") == 0
    assert seen.value("holos_processes", process="web") is None, "nobody knows without Redis"
    wait_for("the processes to be told again", lambda: scraped().value("holos_processes", process="web"), seconds=20)
