"""News to desks and boards: after the commit only, gathered, and never worth a failure."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from acd.news import Board, tell_desk
from db import EVERY_ORGANISATION, transaction
from tests.town.waiting import wait_for
from web import hints, live

Heard = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What left the process."""
    messages: Heard = []
    publish = staticmethod(lambda channel, message: messages.append((channel, message)))
    monkeypatch.setattr(hints._Link, "publish", publish)
    return messages


def test_nothing_is_told_of_what_was_rolled_back(database: Engine, heard: Heard):
    def fail_after_telling() -> None:
        with transaction(EVERY_ORGANISATION) as session:
            tell_desk(session, 1, "state")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_telling()
    assert heard == []
    with transaction(EVERY_ORGANISATION) as session:
        tell_desk(session, 1, "state", state="ready")
        assert heard == [], "told before the commit"
    assert heard == [("desk:1", {"kind": "state", "state": "ready"})]


def test_a_redis_that_is_away_costs_nothing(database: Engine, heard: Heard):
    hints.connect(partial(live.publish, Redis(port=1, socket_connect_timeout=1)))
    with transaction(EVERY_ORGANISATION) as session:
        tell_desk(session, 1, "state")
        assert session.scalar(text("SELECT 1")) == 1


def test_changes_of_queues_are_gathered_and_the_last_is_told(database: Engine, heard: Heard):
    waiting: list[int] = []
    board = Board(lambda organisation_id: [{"waiting": len(waiting)}], interval=timedelta(seconds=0.05))
    for caller in range(50):
        with transaction(EVERY_ORGANISATION) as session:
            waiting.append(caller)
            board.changed(session, 7)
    wait_for("the last figure", lambda: "'waiting': 50" in str(heard[-1:]))
    assert {channel for channel, _ in heard} == {"board:7"}
    assert len(heard) < 20, "fifty changes at once are not fifty messages"


def test_a_change_that_could_not_be_counted_is_told_when_postgresql_is_back(database: Engine, heard: Heard):
    away = [OperationalError("SELECT 1", {}, ConnectionError())] * 3

    def figures(organisation_id: int) -> list[dict[str, Any]]:
        if away:
            raise away.pop()
        return [{"waiting": 1}]

    board = Board(figures, interval=timedelta(seconds=0.05))
    with transaction(EVERY_ORGANISATION) as session:
        board.changed(session, 7)
    wait_for("the change to be told", lambda: heard)
    assert heard == [("board:7", {"kind": "queues", "queues": [{"waiting": 1}]})]
