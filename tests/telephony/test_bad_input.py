"""Callers who send what nobody should: Asterisk stays up, keeps no channel, and tells the Manager no lies."""

import re
from urllib.parse import quote

import pytest

from tests.telephony.conftest import ANNA_TONE, Centre
from tests.telephony.menu import Line
from tests.town.waiting import wait_for

LINES = "\r\nInjected: yes\r\n\r\nEvent: UserEvent\r\nUserEvent: CallArrived\r\nCall: forged"
INJECTED = quote(LINES, safe="")
EVIL = quote("${SHELL(touch /tmp/x)}$[1+1]${CALL_ID},Injected: yes)", safe="")
CARRIED = {
    "quotes": '"a \\" b\' " <sip:+380671234567@127.0.0.2>',
    "line breaks in the number": f"<sip:+380671234567{INJECTED}@127.0.0.2>",
    "line breaks in the name": f'"x{INJECTED}" <sip:+380671234567@127.0.0.2>',
    "emoji": '"\N{PILE OF POO}\N{RIGHT-TO-LEFT OVERRIDE}" <sip:+380671234567@127.0.0.2>',
    "encoded emoji": f"<sip:{quote(chr(0x1F4A9))}+380671234567@127.0.0.2>",
    "dialplan": f'"{EVIL}" <sip:{EVIL}@127.0.0.2>',
    "4 kB of digits": f"<sip:{'7' * 4096}@127.0.0.2>",
    "4 kB of name": f'"{"я" * 2048}" <sip:+380671234567@127.0.0.2>',
    "nothing": "<sip:127.0.0.2>",
    "a telephone's URI": "<tel:+380671234567>",
    "not UTF-8": '"\udcff\udcfe" <sip:+380671234567@127.0.0.2>',
}
NO_SIP = {
    "quotes": '<sip:+38"0671@127.0.0.2>',
    "a line break": '"x\r\nInjected: yes" <sip:+380671234567@127.0.0.2>',
    "emoji": "<sip:\N{PILE OF POO}@127.0.0.2>",
    "braces": "<sip:${CALL_ID},Injected: yes@127.0.0.2>",
}


def no_lie_was_told(centre: Centre, calls: int = 1) -> None:
    """Nothing of what the caller sent became a header or an event."""
    assert len(centre.events.named("CallArrived")) == calls
    assert not [event for event in centre.events if "Injected" in event or "forged" in event.values()]


@pytest.mark.parametrize("caller", CARRIED.values(), ids=CARRIED.keys())
def test_a_strange_caller_id_is_only_digits(centre: Centre, caller: str) -> None:
    centre.telephone().call("1414", caller=caller).is_answered()
    arrived = centre.events.wait("CallArrived")
    assert re.fullmatch(r"\+?[0-9]{0,24}", arrived["Caller"])
    assert arrived["Organisation"] == "2"
    joined = centre.events.wait("QueueCallerJoin")
    assert joined["CallerIDNum"] == arrived["Caller"] or (joined["CallerIDNum"], arrived["Caller"]) == ("<unknown>", "")
    assert joined["CallerIDName"] == "<unknown>"
    no_lie_was_told(centre)


@pytest.mark.parametrize("caller", NO_SIP.values(), ids=NO_SIP.keys())
def test_what_is_no_sip_is_dropped_or_refused(centre: Centre, caller: str) -> None:
    bad = centre.telephone().call("1414", caller=caller)
    centre.telephone().call("1414").is_answered()
    centre.events.wait("QueueCallerJoin")
    assert bad.status == 0 or bad.status >= 400
    no_lie_was_told(centre)


def test_a_header_of_4_kb_is_carried_or_refused(centre: Centre) -> None:
    call = centre.telephone().call("1414", headers=[f"X-Call-Id: {'a' * 4096}", "Subject: " + "b" * 2000])
    wait_for("an answer", lambda: call.status >= 200)
    assert call.status in (200, 400, 413)
    if call.status == 200:
        assert "aaaa" not in centre.events.wait("CallArrived")["Call"]


SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n"
DESCRIPTIONS = {
    "garbage": "\x00\x01 this is no SDP \xff",
    "cut off": "v=0\r\no=- 1 1 IN IP",
    "no sound": SDP,
    "an unknown codec": SDP + "m=audio 4000 RTP/AVP 99\r\na=rtpmap:99 NOSUCH/8000\r\n",
    "no codec": SDP + "m=audio 4000 RTP/AVP\r\n",
    "a port beyond all": SDP + "m=audio 99999 RTP/AVP 8\r\n",
    "a name for an address": SDP.replace("c=IN IP4 127.0.0.2", "c=IN IP4 no.such.host.invalid")
    + "m=audio 4 RTP/AVP 8\r\n",
    "a thousand streams": SDP + "m=audio 4000 RTP/AVP 8\r\n" * 1000,
    "a long line": SDP + "a=" + "x" * 3000 + "\r\nm=audio 4000 RTP/AVP 8\r\n",
}


@pytest.mark.parametrize("description", DESCRIPTIONS.values(), ids=DESCRIPTIONS.keys())
def test_a_malformed_description_hurts_nobody_else(centre: Centre, description: str) -> None:
    good = centre.telephone().call("1414").is_answered()
    bad = centre.telephone().call("1414", sdp=description)
    centre.telephone().call("1414").is_answered()
    assert not good.ended.is_set()
    wait_for("an answer or silence", lambda: bad.status >= 200 or not bad.responses)


@pytest.mark.parametrize("data", [
    b"", b"\r\n\r\n", b"\0" * 1500, b"INVITE", b"INVITE sip:1414@127.0.0.1 SIP/2.0\r\n\r\n",
    b"INVITE sip:1414@127.0.0.1 SIP/2.0\r\nContent-Length: 99999999\r\n\r\nx",
    b"INVITE sip:1414@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2;branch=z9hG4bK1\r\nCSeq: -1 INVITE\r\n\r\n",
    b"BYE sip:1414@127.0.0.1 SIP/2.0\r\nCall-ID: none\r\nCSeq: 1 BYE\r\n\r\n",
    b"SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n", bytes(range(256)) * 5,
])  # fmt: skip
def test_bytes_that_are_no_sip(centre: Centre, data: bytes) -> None:
    telephone = centre.telephone()
    telephone.send(data)
    telephone.call("1414").is_answered()
    centre.events.wait("QueueCallerJoin")
    assert len(centre.events.named("CallArrived")) == 1


def test_a_flood_of_keys(centre: Centre) -> None:
    def listens(line: Line) -> None:
        for _ in range(20):
            line.asks('GET DATA "queue-your-place" 300 3')
        line.to_queue("dtm-general")

    centre.menus.answer(listens)
    call = centre.telephone().call("1414").is_answered()
    call.press("234567890*#" * 60, pause=0)
    centre.events.wait("QueueCallerJoin", seconds=20)
    call.press("2345678*0#" * 20, pause=0)
    centre.agent(1, "dtm-general").rings().answer(tone=ANNA_TONE)
    call.sound.hears(ANNA_TONE)
    assert not call.ended.is_set()


def test_a_hang_up_at_each_point(centre: Centre) -> None:
    def asks(line: Line) -> None:
        line.asks('GET DATA "queue-your-place" 2000 1')
        line.to_queue("dtm-general")

    def is_talking() -> bool:
        return bool(centre.events.named("AgentConnect"))

    points = {
        "before any answer": lambda: True,
        "answered": lambda: call.status == 200,
        "in the menu": lambda: call.sound.received,
        "in the queue": lambda: centre.events.named("QueueCallerJoin"),
        "while a phone rings": lambda: anna.offered,
        "talking": is_talking,
    }
    centre.menus.answer(asks)
    anna = centre.agent(1)
    for point, reached in points.items():
        centre.events.clear()
        anna.offered.clear()
        if point == "while a phone rings":
            centre.manager.ask("QueueAdd", Queue="dtm-general", Interface="PJSIP/agent1")
        call = centre.telephone().call("1414")
        if point == "talking":
            anna.rings().answer(tone=ANNA_TONE)
        wait_for(point, reached)
        call.hang_up()
        wait_for(f"quiet after a hang-up {point}", centre.asterisk.is_quiet)
    centre.manager.ask("QueueRemove", Queue="dtm-general", Interface="PJSIP/agent1")
