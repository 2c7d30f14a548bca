"""One story for each way a call can end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from db import notify
from ivr import document, queries, service
from ivr.model import Menus, OpeningHours
from tests.town.town import Town
from tests.town.waiting import wait_for

NEVER = OpeningHours(weekly=((),) * 7, public_holidays=False)


def test_answered(town: Town) -> None:
    """Answered and ended by the operator."""
    andrii = town.agent("andrii").signs_in().goes_ready()
    caller = town.caller("uk")
    caller.dials("1580").hears("khm-welcome", "uk").presses("3").hears("khm-topics", "en").presses("3")
    andrii.phone_rings().answers()
    andrii.hangs_up()
    caller.is_sent_away()
    assert caller.ends_as("answered")["agent"] == andrii.interface
    andrii.wraps_up("settled").ends_shift()


def test_abandoned_in_the_menu(town: Town) -> None:
    """Hung up before any queue."""
    caller = town.caller("uk")
    caller.dials("1580").hears("khm-welcome", "uk")
    caller.hangs_up()
    assert caller.ends_as("abandoned_in_menu")["queued_at"] is None


def test_abandoned_in_the_queue(town: Town) -> None:
    """Hung up while waiting."""
    caller = town.caller("uk")
    caller.dials("1580").hears("khm-welcome", "uk").presses("1").hears("khm-topics", "uk").presses("2").waits_in(
        "khm-heating"
    )
    caller.hangs_up()
    assert caller.ends_as("abandoned_in_queue")["answered_at"] is None


def test_refused_for_want_of_room(town: Town) -> None:
    """Over the capacity: an apology is spoken, the refusal is counted."""
    inside, outside = town.caller("uk"), town.caller("uk")
    with _capacity(town, "khm", 1):
        inside.dials("1580").hears("khm-welcome", "uk")
        outside.dials("1580").hears("all-lines-busy", "uk").is_sent_away()
        outside.ends_as("refused")
        inside.hangs_up()
        inside.ends_as("abandoned_in_menu")


def test_out_of_hours(town: Town) -> None:
    """Told that nobody is there."""
    caller = town.caller("uk")
    with _closed(town, "khm"):
        caller.dials("1580").hears("khm-welcome", "uk").presses("1").hears("closed", "uk", seconds=15)
        caller.hangs_up()
        caller.ends_as("out_of_hours")


def test_a_callback_is_asked_for_at_night(town: Town) -> None:
    """Leaves the own number instead of waiting for the morning."""
    caller = town.caller("uk")
    with _closed(town, "khm"):
        caller.dials("1580").hears("khm-welcome", "uk").presses("1").hears("closed", "uk", seconds=15)
        caller.hears("night-menu", "uk", seconds=25).presses("2")
        caller.hears("callback-confirm", "uk").presses("1").hears("callback-accepted", "uk").is_sent_away()
        caller.ends_as("callback_asked")


def test_settled_by_self_service(town: Town) -> None:
    """Heard the information wanted, and was content."""
    caller = town.caller("uk")
    caller.dials("1580").hears("khm-welcome", "uk").presses("1").hears("khm-topics", "uk").presses("6")
    caller.hears("khm-information", "uk").hears("khm-topics", "uk", seconds=60)
    caller.hangs_up()
    caller.ends_as("self_service")


def test_lost(town: Town) -> None:
    """Asterisk died in the middle: nobody can say how the call ended."""
    caller = town.caller("uk")
    caller.dials("1580").hears("khm-welcome", "uk").presses("1").hears("khm-topics", "uk").presses("2").waits_in(
        "khm-heating"
    )
    town.product.kill("asterisk")
    town.product.begin("asterisk")
    town.product.wait_until_ready("asterisk")
    caller.ends_as("lost", seconds=20)
    caller.hangs_up()


@contextmanager
def _capacity(town: Town, code: str, channels: int) -> Iterator[None]:
    """For a while the organisation has room for so many."""

    def change(capacity: int) -> int:
        with town.product.office(code) as (session, organisation):
            before, organisation.capacity = organisation.capacity, capacity
            notify(session, "asterisk_config")
        rule = f"CAPACITY={capacity}"
        wait_for(f"the dialplan to know {rule}", lambda: rule in town.product.says("dialplan show arrival"))
        return before

    usual = change(channels)
    try:
        yield
    finally:
        change(usual)


@contextmanager
def _closed(town: Town, code: str) -> Iterator[None]:
    """For a while the organisation has no opening hours."""
    with town.product.office(code) as (session, _):
        usual = document.read(queries.documents(session)[0].document)
    _publish(town, code, replace(usual, hours=NEVER))
    try:
        yield
    finally:
        _publish(town, code, usual)


def _publish(town: Town, code: str, menus: Menus) -> None:
    with town.product.office(code) as (session, organisation):
        service.publish(session, organisation.id, menus)
    kept = town.product.settings.data / "agi" / "menus.json"  # what the running AGI server last loaded
    written = document.write(menus)

    def loaded() -> bool:
        return any(entry["code"] == code and entry["document"] == written for entry in json.loads(kept.read_text()))

    wait_for("the menus to be spoken", loaded)
