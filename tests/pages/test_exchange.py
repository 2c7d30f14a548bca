"""Asterisk and its links on the status page: what the listener told last, and that it told nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis

from run.metrics import asterisk
from run.settings import Settings
from tests.client import Client
from tests.pages.test_status import in_language, words_of
from web import facts

Browser = Callable[[str], Client]

PRESENT: dict[str, Any] = {
    "channels": 12,
    "phones": {"reachable": 4, "unreachable": 1, "not_asked": 0, "other": 0},
    "far_ends": [{"address": "carrier.example:5060", "state": "unreachable", "seconds": None}],
    "registrations": {"registered": 0, "unregistered": 0, "rejected": 1, "other": 0},
    "ahead": 3.2,
    "answered_in": 0.004,
}


@pytest.fixture
def told(client: Browser, settings: Settings) -> Callable[..., str]:
    """The page after the listener has told this."""
    browser = in_language(client, "en")
    server = redis.Redis.from_url(settings.redis_url.get_secret_value())

    def shown(**changes: Any) -> str:
        now = datetime.now(UTC).isoformat()
        fact = {
            "at": now,
            "linked": now,
            "present": PRESENT,
            "overloads": 0,
            "overloaded": None,
            "clock": {"kept": True, "offset": 0.0},
            "disks": {"recordings": {"free": 5_000_000_000, "size": 100_000_000_000}},
        }
        facts.keep(f"{asterisk.FACT}:{settings.node}", fact | changes, lasting=timedelta(minutes=1))
        said = words_of(browser.get("/status").text)
        return said[said.index("Asterisk and its links") :]

    server.delete(f"{facts.PREFIX}{asterisk.FACT}:{settings.node}")
    return shown


def test_a_trunk_that_does_not_answer_a_clock_that_is_off_and_a_full_disk_are_seen(told: Callable[..., str]) -> None:
    said = told()
    assert "Trunks does not answer carrier.example:5060" in said
    assert "Our registrations rejected 1" in said
    assert "Phones answers 4 does not answer 1" in said
    assert "Channels 12" in said
    assert "Asterisk's clock is off 3.2 s" in said
    assert "The machine's clock is kept right" in said
    assert "never too long" in said
    assert "5% free" in said


def test_long_task_queues_an_unkept_clock_and_a_lost_asterisk_are_seen(told: Callable[..., str]) -> None:
    clock = {"kept": False, "offset": 0.0}
    said = told(linked=None, present=None, overloads=3, overloaded="pjsip/distributor-1", clock=clock)
    assert "Asterisk not reachable" in said
    assert "were too long times: 3 pjsip/distributor-1" in said
    assert "nobody keeps it right" in said


def test_a_listener_that_tells_nothing_is_seen(client: Browser, told: Callable[..., str]) -> None:
    said = words_of(in_language(client, "en").get("/status").text)
    assert "Nothing has been told for a minute" in said
