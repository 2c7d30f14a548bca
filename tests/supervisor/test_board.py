"""The board as its pages are told it: once for all who watch, at once at a change, silent while nobody looks."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis

from acd import service
from calls import events, hearing
from calls.listing import Filters, page
from calls.model import CallId
from db import EVERY_ORGANISATION, transaction
from recordings import jobs as recordings
from run.settings import Settings
from supervisor import board
from supervisor.teller import CHANNEL, SOONEST, BoardTeller
from tests.centre import Centre
from tests.journal import arrived
from tests.pages.a_call import abandoned_call, answered_call, happen
from tests.town.waiting import wait_for
from web import facts, live


@pytest.fixture
def client(settings: Settings) -> Iterator["redis.Redis"]:
    """Redis, and the board connected to it."""
    url = settings.redis_url.get_secret_value()
    facts.connect(url)
    hearing.connect("node1")
    board.connect({})
    client = redis.Redis.from_url(url)
    yield client
    client.close()


@pytest.fixture
def tellers(client: "redis.Redis", database: object) -> Iterator[list[BoardTeller]]:
    """Two web processes' worth of them."""
    running = [BoardTeller(client), BoardTeller(client)]
    for teller in running:
        teller.start()
    yield running
    for teller in running:
        teller.stop()
        teller.join(5)


ROWS = {"queues": "queue", "agents": "id"}


class Watcher(threading.Thread):
    """A page that listens to an organisation's figures; without one, somebody who overhears all and counts for none."""

    def __init__(self, client: "redis.Redis", organisation: int | None = None) -> None:
        super().__init__(daemon=True)
        self.heard: list[dict[str, Any]] = []
        self.channels: set[str] = set()
        self._stopping = threading.Event()
        self._subscription = client.pubsub(ignore_subscribe_messages=True)
        if organisation is None:
            self._subscription.psubscribe(f"{live.PREFIX}{CHANNEL}*")
        else:
            self._subscription.subscribe(f"{live.PREFIX}{CHANNEL}{organisation}")
        self.start()

    def run(self) -> None:
        while not self._stopping.is_set():
            said = self._subscription.get_message(timeout=0.1)
            if said is not None:
                self.channels.add(said["channel"].decode())
                self.heard.append(json.loads(said["data"].decode().partition(" ")[2]))
        self._subscription.close()

    def leave(self) -> None:
        self._stopping.set()
        self.join(5)

    @property
    def figures(self) -> dict[str, Any] | None:
        """What a page shows that made every change it was told."""
        shown: dict[str, Any] | None = None
        for told in list(self.heard):
            if told["kind"] == "figures":
                shown = told
            elif shown is not None:
                shown = shown | told | {name: _changed(shown, told, name) for name in ROWS}
        return shown


def _changed(shown: dict[str, Any], told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    changed = {row[ROWS[name]]: row for row in told.get(name, [])}
    return [changed.get(row[ROWS[name]], row) for row in shown[name]]


def test_a_change_is_told_to_all_and_computed_once(
    client: "redis.Redis", tellers: list[BoardTeller], centre: Centre
) -> None:
    olena, all_that_is_told = centre.people["olena"], Watcher(client)
    watchers = [Watcher(client, olena.organisation_id) for _ in range(5)]
    for watcher in watchers:
        wait_for("the first figures", lambda watcher=watcher: watcher.figures)
    before = len(watchers[0].heard)
    with transaction(EVERY_ORGANISATION) as session:
        service.start_shift(session, olena, "a-seat-of-tests")
    for watcher in watchers:
        wait_for("Olena on the board", lambda watcher=watcher: watcher.figures["agents"])
    assert [agent["state"] for agent in watchers[0].figures["agents"]] == ["paused"]
    assert len(watchers[0].heard) > before
    own = f"{live.PREFIX}{CHANNEL}{olena.organisation_id}"
    assert all_that_is_told.channels == {own}, "nobody looks at the other organisation's board"
    told = [datetime.fromisoformat(it["at"]) for it in all_that_is_told.heard]
    soonest = SOONEST * 0.9
    assert all(after - last >= soonest for last, after in pairwise(told)), "sixty boards cost what one does"
    for watcher in (*watchers, all_that_is_told):
        watcher.leave()


def test_of_forty_agents_only_who_changed_is_told(
    client: "redis.Redis", tellers: list[BoardTeller], centre: Centre
) -> None:
    olena, andrii = centre.people["olena"], centre.people["andrii"]
    with transaction(EVERY_ORGANISATION) as session:
        service.start_shift(session, olena, "a-seat-of-tests")
        service.start_shift(session, andrii, "another-seat")
    watcher = Watcher(client, olena.organisation_id)
    wait_for("both on the board", lambda: watcher.figures and len(watcher.figures["agents"]) == 2)
    with transaction(EVERY_ORGANISATION) as session:
        service.go_ready(session, andrii)
    wait_for("the change", lambda: any(told["kind"] == "changed" for told in watcher.heard))
    watcher.leave()
    news = next(told for told in watcher.heard if told["kind"] == "changed")
    assert [(agent["id"], agent["state"]) for agent in news["agents"]] == [(andrii.id, "ready")]
    assert "queues" not in news, "no queue has changed"
    shown = {agent["id"]: agent["state"] for agent in watcher.figures["agents"]}
    assert shown == {olena.id: "paused", andrii.id: "ready"}
    changed = [(last, told) for last, told in pairwise(watcher.heard) if last["kind"] != "fresh"]
    assert all(told.get("of", last["at"]) == last["at"] for last, told in changed), "a page cannot tell what it missed"


def test_figures_that_do_not_change_are_told_to_be_fresh(
    client: "redis.Redis", tellers: list[BoardTeller], centre: Centre
) -> None:
    watcher = Watcher(client, centre.organisations["khm"].id)
    wait_for("a sign of freshness", lambda: any(told["kind"] == "fresh" for told in watcher.heard))
    watcher.leave()
    whole, fresh = (next(told for told in watcher.heard if told["kind"] == kind) for kind in ("figures", "fresh"))
    assert fresh["of"] == whole["at"] < fresh["at"], "a page cannot tell that it missed the figures"


def test_a_silent_listener_is_told_with_the_time_it_fell_silent(client: "redis.Redis", centre: Centre) -> None:
    organisation = centre.organisations["khm"].id
    since = datetime.now(UTC) - timedelta(hours=1)
    hearing.tell("node1", linked=True, since=since)
    assert board.figures(organisation)["asterisk"] == {"linked": True, "since": since.isoformat()}
    hearing.tell("node1", linked=False, since=since)
    assert board.figures(organisation)["asterisk"]["linked"] is False
    fell_silent = (datetime.now(UTC) - timedelta(seconds=6)).isoformat()
    fact = {"linked": True, "since": since.isoformat(), "at": fell_silent}
    facts.keep(f"{hearing._FACT}node1", fact, lasting=timedelta(minutes=1))
    assert board.figures(organisation)["asterisk"] == {"linked": False, "since": fell_silent}


def test_a_trunk_shows_the_calls_of_all_organisations_of_what_it_takes(client: "redis.Redis", centre: Centre) -> None:
    board.connect({"10.0.0.5": 300, "10.0.0.6": 30})
    for code in ("khm", "khm", "dtm"):
        organisation, call, at = centre.organisations[code].id, CallId(uuid4()), datetime.now(UTC)
        trunk = "10.0.0.5"
        happen(
            organisation,
            [arrived(organisation, call, at, trunk=trunk), events.MenuEntered(at=at, call=call, menu="hotline")],
        )
    for code in ("khm", "dtm"):
        assert board.figures(centre.organisations[code].id)["trunks"] == [
            {"trunk": "10.0.0.5", "used": 3, "room": 300},
            {"trunk": "10.0.0.6", "used": 0, "room": 30},
        ]


def test_each_number_of_a_card_is_the_number_of_rows_behind_it(
    centre: Centre, settings: Settings, tmp_path: Path
) -> None:
    recordings.connect(settings.redis_url.get_secret_value(), spool=tmp_path)
    olena = centre.people["olena"]
    for _ in range(3):
        answered_call(olena)
    for _ in range(2):
        abandoned_call(olena.organisation_id)
    with transaction(olena.organisation_id) as session:

        def rows(**filters: str) -> int:
            return page(session, olena.organisation_id, Filters(**filters)).count

        assert rows(visited="khm-water") == rows(visited="khm-water", visit="answered") == 3
        assert rows(visited="khm-roads", visit="abandoned") == 2
        assert rows(visited="khm-roads", visit="answered") == 0
