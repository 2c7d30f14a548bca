"""Scenarios of SIPp, built of the messages that all of them say: callers and those who answer, here and in benchmarks.

A message is a line a part; what stands in brackets SIPp fills in, from the call or from the last message it took.
"""

from pathlib import Path

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
VIA = "Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]"
CALLER = "From: <sip:[field0]@[local_ip]>;tag=[call_number]"
EMPTY = ("Max-Forwards: 70", "Content-Length: 0")
LAST = "a=sendrecv"  # of a description
CONTACT = "Contact: <sip:[local_ip]:[local_port]>"
OPEN, OF_ITS_OWN = (
    "[media_port]",
    "[auto_media_port]",
)  # the port that SIPp has opened; one for each call, which none is


def sound(port: str) -> tuple[str, ...]:
    """The sound's description, to a port of these two."""
    return (
        "Content-Type: application/sdp",
        "Content-Length: [len]",
        "",
        "v=0",
        "o=- 1 1 IN IP4 [local_ip]",
        "s=-",
        "c=IN IP4 [media_ip]",
        "t=0 0",
        f"m=audio {port} RTP/AVP 8 101",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=ptime:20",
        LAST,
    )


def scenario(name: str, *parts: str) -> str:
    """The whole file."""
    return "\n".join([HEAD, f'<scenario name="{name}">', *parts, "</scenario>", ""])


def label(number: int) -> str:
    """A place to go on from."""
    return f'  <label id="{number}"/>'


def take(**attributes: object) -> str:
    """Waits for a message of the other side."""
    return f"  <recv{_written(attributes)}/>"


def say(*lines: str, **attributes: object) -> str:
    """Sends a message."""
    body = "\n".join(f"      {line}" if line else "" for line in lines)
    end = "" if lines[-1] == LAST else "\n"
    return f"  <send{_written(attributes)}><![CDATA[\n{body}\n{end}  ]]></send>"


def speak(capture: Path) -> str:
    """Plays what was recorded, while the scenario goes on."""
    return f'  <nop><action><exec play_pcap_audio="{capture.resolve()}"/></action></nop>'


def wait(shortest: float, longest: float) -> str:
    """So many seconds, each length as likely."""
    return f'  <pause distribution="uniform" min="{int(shortest * 1000)}" max="{int(longest * 1000)}"/>'


def call(*meanwhile: str, port: str = OPEN) -> str:
    """A caller calls and is answered; `meanwhile` is what else may come before the answer."""
    return "\n".join(
        [
            say(
                "INVITE sip:[field1]@[remote_ip]:[remote_port] SIP/2.0",
                VIA,
                CALLER,
                "To: <sip:[field1]@[remote_ip]>",
                "Call-ID: [call_id]",
                "CSeq: 1 INVITE",
                "Contact: <sip:[field0]@[local_ip]:[local_port]>",
                "Max-Forwards: 70",
                *sound(port),
                retrans=500,
            ),
            take(response=100, optional="true"),
            *meanwhile,
            *(take(response=status, optional="true") for status in (180, 183)),
            take(response=200, rrs="true"),
            say(
                "ACK [next_url] SIP/2.0",
                VIA,
                CALLER,
                "[last_To:]",
                "[routes]",
                "Call-ID: [call_id]",
                "CSeq: 1 ACK",
                *EMPTY,
            ),
        ]
    )


def hang_up(**attributes: object) -> str:
    """The caller ends the call."""
    ours = (VIA, CALLER, "[last_To:]", "[routes]", "Call-ID: [call_id]", "CSeq: 2 BYE")
    return say("BYE [next_url] SIP/2.0", *ours, *EMPTY, retrans=500, **attributes)


def ring(status: str = "180 Ringing", *described: str, **attributes: object) -> str:
    """Who is called says that it rings, or with a description of the sound that it is taken up."""
    asked = ("[last_Via:]", "[last_From:]", "[last_To:];tag=[call_number]", "[last_Record-Route:]", "[last_Call-ID:]")
    return say(f"SIP/2.0 {status}", *asked, "[last_CSeq:]", CONTACT, *(described or EMPTY[-1:]), **attributes)


def answer(*, port: str = OPEN) -> str:
    """Who is called takes it up, and the talk begins."""
    return "\n".join([ring("200 OK", *sound(port), retrans=500), take(request="ACK")])


def agree(status: str = "200 OK", *, to: str = "[last_To:]", cseq: str = "[last_CSeq:]", **attributes: object) -> str:
    """Says yes, or something else, to whatever the other side asked."""
    asked = ("[last_Via:]", "[last_From:]", to, "[last_Call-ID:]", cseq, "Content-Length: 0")
    return say(f"SIP/2.0 {status}", *asked, **attributes)


def called_asks(method: str, number: int = 1, *more: str, **attributes: object) -> str:
    """Who was called asks something in the talk; the INVITE's From and To were kept as `calling` and `called`."""
    ours = (VIA, "From: [$called];tag=[call_number]", "To: [$calling]", "[routes]", "Call-ID: [call_id]")
    return say(
        f"{method} [next_url] SIP/2.0", *ours, f"CSeq: {number} {method}", *more, *EMPTY, retrans=500, **attributes
    )


def invited(*kept: str) -> str:
    """Waits for a call, and keeps headers of it by these names of theirs and ours, "From:calling"."""
    found = (header.split(":") for header in kept)
    kept_as = "\n".join(
        f'    <ereg regexp=".*" search_in="hdr" header="{header}:" assign_to="{name}"/>' for header, name in found
    )
    if not kept:
        return take(request="INVITE", rrs="true")
    return f'  <recv request="INVITE" rrs="true"><action>\n{kept_as}\n  </action></recv>'


def _written(attributes: dict[str, object]) -> str:
    return "".join(f' {name}="{value}"' for name, value in attributes.items())
