"""Callers of a real Asterisk press keys; our server walks them. PostgreSQL is away the whole time."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agi.server import Server
from ivr import prompts, snapshot
from ivr.demonstration import KHM
from ivr.model import Closed, OpeningHours, Span
from tests.agi.conftest import SESSIONS, Current, entry
from tests.telephony.asterisk import Asterisk
from tests.telephony.conftest import Events
from tests.telephony.phone import Call, Phone
from tests.town.waiting import wait_for

pytestmark = pytest.mark.usefixtures("agi")


SILENCE = 16  # different values that a pause between words may have


def hears(call: Call, sounds: Path, folder: str, prompt: str, *, seconds: float = 15) -> int:
    """Waits until a piece of the prompt has arrived, byte for byte as it lies on the disk; where it was.

    Any of five pieces will do: a busy machine may lose a packet of one.
    """
    sound = prompts.path(sounds, folder, prompt).read_bytes()
    pieces = [sound[start : start + 400] for start in range(len(sound) // 4, len(sound) * 3 // 4, len(sound) // 10)]

    def arrived() -> bytes | None:
        return next((piece for piece in pieces if len(set(piece)) > SILENCE and piece in call.sound.received), None)

    return call.sound.received.index(wait_for(f"{folder}/{prompt}", arrived, seconds=seconds))


def test_two_levels_in_uzbek_lead_to_the_queue(
    asterisk: Asterisk, telephones: Callable[..., Phone], events: Events
) -> None:
    sounds = asterisk.settings.sounds
    call = telephones().call("1414").is_answered()
    welcome = hears(call, sounds, "uz", "dtm-welcome")
    call.press("1")
    assert events.wait("LanguageChosen")["Language"] == "uz"
    topics = hears(call, sounds, "uz", "dtm-topics", seconds=20)
    call.press("2")
    notice = hears(call, sounds, "uz", "recording-notice")
    useful = hears(call, sounds, "uz", "dtm-certificates-announcement")
    assert welcome < topics < notice < useful
    assert events.wait("QueueCallerJoin", seconds=15)["Queue"] == "dtm-certificates"
    arrived = events.wait("CallArrived")["Call"]
    told = [e["UserEvent"] for e in events.named("UserEvent") if e["Call"] == arrived]
    assert told == [
        "CallArrived",
        "MenuEntered",
        "KeyPressed",
        "LanguageChosen",
        "MenuEntered",
        "KeyPressed",
        "TopicChosen",
        "PromptHeard",
        "PromptHeard",
    ]
    assert events.wait("TopicChosen")["Topic"] == "certificates"
    assert not events.named("FellBack")


def test_a_key_interrupts_at_once(asterisk: Asterisk, telephones: Callable[..., Phone], events: Events) -> None:
    call = telephones().call("1580").is_answered()
    hears(call, asterisk.settings.sounds, "uk", "khm-welcome")
    call.press("2")
    before = len(call.sound.received)
    at = hears(call, asterisk.settings.sounds, "ru", "khm-topics")
    sound = prompts.path(asterisk.settings.sounds, "ru", "khm-topics").stat().st_size
    assert at - sound // 2 - before < 8000 * 0.6  # the prompt began within 0.6 s


def test_silence_leads_to_an_operator(telephones: Callable[..., Phone], events: Events, menus: Current) -> None:
    hasty = replace(KHM, menus=tuple(replace(m, attempts=1, question=("goodbye",), greeting=()) for m in KHM.menus))
    menus.snapshot = snapshot.build([entry("khm", hasty)])
    telephones().call("1580").is_answered()
    assert events.wait("QueueCallerJoin", seconds=40)["Queue"] == "khm-general"
    assert [e["Menu"] for e in events.named("CallerSilent")] == ["language", "topics"]


def test_closed_is_said_and_the_call_ends(
    asterisk: Asterisk, telephones: Callable[..., Phone], events: Events, menus: Current
) -> None:
    monday_noon = OpeningHours(weekly=((Span(time(3), time(3, 1)),), *((),) * 6), public_holidays=False)
    shut = replace(KHM, hours=monday_noon, closed=Closed())
    menus.snapshot = snapshot.build([entry("khm", shut)])
    call = telephones().call("1580").is_answered()
    call.press("3")
    hears(call, asterisk.settings.sounds, "en", "closed")
    hears(call, asterisk.settings.sounds, "en", "weekday-0")
    call.is_over(seconds=20)
    assert events.wait("FoundClosed")["Reason"]
    assert not events.named("QueueCallerJoin")


def test_on_a_day_off_the_next_opening_is_said(
    asterisk: Asterisk, telephones: Callable[..., Phone], events: Events, menus: Current
) -> None:
    today = datetime.now(ZoneInfo("Europe/Kyiv")).date()
    tomorrow = today + timedelta(days=1)
    always = (Span(time(0), time(0)),)
    hours = OpeningHours(weekly=(always,) * 7, public_holidays=False, closed={today: "Day of the city"})
    menus.snapshot = snapshot.build([entry("khm", replace(KHM, hours=hours, closed=Closed()))])
    call = telephones().call("1580").is_answered()
    call.press("2")
    said = ("closed", "opens-at", f"weekday-{tomorrow.weekday()}", f"day-{tomorrow.day}", f"month-{tomorrow.month}")
    places = [hears(call, asterisk.settings.sounds, "ru", prompt) for prompt in said]
    assert places == sorted(places)
    assert events.wait("FoundClosed")["Reason"] == f"holiday:{today}"
    call.is_over(seconds=20)


def test_an_organisations_own_recording_is_heard(asterisk: Asterisk, telephones: Callable[..., Phone]) -> None:
    sounds = asterisk.settings.sounds
    own = prompts.path(sounds, "uk_khm", "khm-topics")
    prompts.write(own, prompts.path(sounds, "en", "goodbye").read_bytes())
    try:
        call = telephones().call("1580").is_answered()
        call.press("1")
        hears(call, sounds, "uk_khm", "khm-topics")
    finally:
        own.unlink()


def test_our_mistake_leads_to_an_operator(
    asterisk: Asterisk, telephones: Callable[..., Phone], events: Events, menus: Current
) -> None:
    line = menus.snapshot.lines["1580"]
    menus.snapshot = replace(menus.snapshot, lines={"1580": replace(line, zone="Nowhere/Land")})
    call = telephones().call("1580").is_answered()
    call.press("1")
    hears(call, asterisk.settings.sounds, "uk", "sorry")
    assert events.wait("QueueCallerJoin", seconds=15)["Queue"] == "khm-general"


def test_a_hang_up_at_each_point_leaves_nobody_behind(
    agi: Server, asterisk: Asterisk, telephones: Callable[..., Phone], events: Events
) -> None:
    phone = telephones()
    for keys in ("", "1", "11", "19"):
        call = phone.call("1580").is_answered()
        for number, key in enumerate(keys, 1):
            call.press(key)
            wait_for("the key", lambda n=number: len(events.named("KeyPressed")) >= n, seconds=10)
        call.hang_up()
        call.is_over()
        events.clear()
        wait_for("the session to end", lambda: agi.sessions == 0, seconds=15)
    assert asterisk.alive


def test_whoever_finds_the_menus_full_is_greeted_and_waits_for_people(
    agi: Server, asterisk: Asterisk, telephones: Callable[..., Phone], events: Events
) -> None:
    telephone = telephones()
    crowd = [socket.create_connection(agi.address, timeout=5) for _ in range(SESSIONS)]
    wait_for("all to be admitted", lambda: agi.sessions == SESSIONS)
    call = telephone.call("1580").is_answered()
    assert events.wait("FellBack")["Reason"] == "SUCCESS"
    hears(call, asterisk.settings.sounds, "uk", "static-greeting")
    assert events.wait("QueueCallerJoin", seconds=15)["Queue"] == "khm-general"
    for connection in crowd:
        connection.close()


def test_eight_digits_are_keyed_in_and_an_operator_helps_while_postgresql_is_away(
    asterisk: Asterisk, telephones: Callable[..., Phone], events: Events
) -> None:
    call = telephones().call("1580").is_answered()
    for number, key in enumerate("15", 1):
        call.press(key)
        wait_for("the key", lambda n=number: len(events.named("KeyPressed")) >= n, seconds=10)
    hears(call, asterisk.settings.sounds, "uk", "enter-appeal-number")
    call.press("26000123", pause=0.2)
    hears(call, asterisk.settings.sounds, "uk", "appeal-unavailable")
    assert events.wait("QueueCallerJoin", seconds=15)["Queue"] == "khm-general"


def test_a_flood_of_keys_ends_with_people_or_a_hang_up(
    agi: Server, asterisk: Asterisk, telephones: Callable[..., Phone], events: Events
) -> None:
    call = telephones().call("1414").is_answered()
    call.press("#*7#*8" * 40, pause=0.02)
    assert events.wait("QueueCallerJoin", seconds=60)["Queue"] == "dtm-general"
    assert {e["Accepted"] for e in events.named("KeyPressed")} <= {"yes", "no"}
    call.hang_up()
    call.is_over()
    wait_for("the session to end", lambda: agi.sessions == 0, seconds=15)
    assert asterisk.alive
