"""Header names and units. What makes no sense is nothing, and never an exception."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from calls import translate as module
from calls.encoding import KINDS, UnknownKind, decode, encode
from calls.events import (
    CallArrived,
    CallEvent,
    KeyPressed,
    MemberPaused,
    PhoneRegistered,
    RecordingStarted,
)
from calls.model import Language, interface_of, person_of
from calls.signals import MemberConnected, MemberDidNotAnswer, QueueGivenUp, Said
from calls.translate import AMI_EVENTS, TOLD, phone_of, translate
from run.host.release import SOURCE
from tests.calls.streams import capture, captures, lines

CALL = "5651d530-b726-4aa4-86f4-b0db5ecaeeb5"
BASE = {"Timestamp": "1795285880.386123", "Uniqueid": "node1-1795285880.1"}
AT = datetime(2026, 11, 21, 18, 31, 20, 386123, tzinfo=UTC)
MEMBER = BASE | {"Queue": "khm-general", "Interface": "PJSIP/agent7", "DestUniqueid": "node1-2"}


def told(name: str, **fields: Any) -> Any:
    heard = translate({"Event": "UserEvent", "UserEvent": name, "Call": CALL, **BASE, **fields})
    return heard.event if isinstance(heard, Said) else heard


def test_ring_time_is_milliseconds_here_and_seconds_there() -> None:
    rang = translate({"Event": "AgentRingNoAnswer", "RingTime": "3000", **MEMBER})
    connected = translate({"Event": "AgentConnect", "RingTime": "3", "HoldTime": "9", **MEMBER})
    assert isinstance(rang, MemberDidNotAnswer)
    assert isinstance(connected, MemberConnected)
    assert rang.rang == connected.rang == timedelta(seconds=3)
    assert connected.waited == timedelta(seconds=9)


def test_the_time_is_asterisks_to_the_microsecond() -> None:
    heard = translate({"Event": "QueueCallerAbandon", "Queue": "q", "HoldTime": "4", **BASE})
    assert isinstance(heard, QueueGivenUp)
    assert heard.at == AT


def test_what_the_dialplan_tells_comes_typed() -> None:
    arrived = told(
        "CallArrived", Organisation="2", Caller="", Dialled="1414", Language=["en", "uz_dtm"], Source="browser"
    )
    assert isinstance(arrived, CallArrived)
    assert (arrived.organisation, arrived.caller, arrived.language) == (2, "", Language.UZBEK)
    assert arrived.channel == BASE["Uniqueid"]
    assert told("KeyPressed", Menu="m", Key="*", Accepted="0") == KeyPressed(
        call=arrived.call, at=AT, menu="m", key="*", accepted=False
    )
    assert told("LanguageChosen", Language=["en", "ru"], Remembered="1").remembered is True
    assert told("RecordingStarted", Segment="2", Agent="PJSIP/agent7") == RecordingStarted(
        call=arrived.call, at=AT, segment=2, agent=interface_of(7)
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("CallArrived", {"Organisation": "x", "Caller": "", "Dialled": "1", "Language": "uk", "Source": "trunk"}),
        ("CallArrived", {"Organisation": "1", "Caller": "", "Dialled": "1", "Language": "xx", "Source": "trunk"}),
        ("CallArrived", {"Organisation": "1"}),
        ("KeyPressed", {"Call": "no-uuid", "Menu": "m", "Key": "1", "Accepted": "1"}),
        ("KeyPressed", {"Call": "", "Menu": "m", "Key": "1", "Accepted": "1"}),
        ("LanguageChosen", {"Timestamp": "yesterday", "Language": "uk", "Remembered": "1"}),
        ("LanguageChosen", {"Timestamp": "", "Language": "uk", "Remembered": "1"}),
        ("AgentAnswered", {"Agent": "PJSIP/agent7"}),
        ("DropTables", {}),
    ],
)
def test_what_makes_no_sense_is_nothing(name: str, fields: dict[str, str]) -> None:
    assert told(name, **fields) is None


def test_a_message_without_its_headers_is_nothing() -> None:
    assert [name for name in AMI_EVENTS if translate({"Event": name}) is not None] == []


def test_phones_and_pauses() -> None:
    contact = {"Event": "ContactStatus", "EndpointName": "agent7", **BASE}
    for status, reachable in (("Reachable", True), ("NonQualified", True), ("Removed", False), ("Unreachable", False)):
        assert translate({**contact, "ContactStatus": status}) == PhoneRegistered(
            at=AT, agent=interface_of(7), reachable=reachable
        )
    assert translate({**contact, "EndpointName": "visitor01", "ContactStatus": "Reachable"}) is None
    paused = translate({"Event": "QueueMemberPause", "Paused": "1", "PausedReason": "lunch", **MEMBER})
    assert isinstance(paused, MemberPaused)
    assert (paused.paused, paused.reason) == (True, "lunch")


@pytest.mark.parametrize(
    ("channel", "phone"),
    [
        ("PJSIP/agent7-0000002a", "PJSIP/agent7"),
        ("PJSIP/agent12-00000001", "PJSIP/agent12"),
        ("PJSIP/trunk-00000001", None),
        ("PJSIP/agent-00000001", None),
        ("Local/agent7@x-00000001;1", None),
        ("", None),
    ],
)
def test_an_agents_phone_is_known_by_its_channel(channel: str, phone: str | None) -> None:
    assert phone_of(channel) == phone


@pytest.mark.parametrize("text", ["PJSIP/agent", "PJSIP/agentx", "PJSIP/agent٣", "PJSIP/trunk", "agent7"])
def test_nobody_is_behind_another_name(text: str) -> None:
    assert person_of(text) is None
    assert person_of(interface_of(7)) == 7


def test_asterisk_is_asked_for_every_event_that_we_read() -> None:
    template = (SOURCE / "asterisk-config" / "manager.conf.j2").read_text()
    assert [name for name in AMI_EVENTS if f"name({name})" not in template] == []


def test_every_event_comes_back_from_the_journal_as_it_went() -> None:
    for name in captures():
        for line in lines(capture(name)):
            event = line.event
            call = event.call if isinstance(event, CallEvent) else None
            assert decode(type(event).__name__, event.at, call, encode(event)) == event


def test_an_event_of_a_later_version_is_named() -> None:
    with pytest.raises(UnknownKind, match="CallerSang"):
        decode("CallerSang", AT, UUID(CALL), {})


def test_only_events_of_calls_are_told_by_the_dialplan() -> None:
    assert all(issubclass(kind, CallEvent) and kind.__name__ == name for name, kind in TOLD.items())
    assert TOLD.keys() < KINDS.keys()
    assert module.call_id("x") is None
