"""Operators' telephones that answer whatever rings, talk, and hang up or transfer the caller to another queue.

Whose transfer is refused, because the talk has not begun for Asterisk or is over, hangs up after a while.
"""

from pathlib import Path

from run.demo import caller_audio, scenarios
from run.demo.telephones import ROBOTS, Sipp, Telephones

SPOKEN = "Assalomu alaykum, operator eshitadi. Hozir tekshirib beraman."


def scenario_of(capture: Path, talks: tuple[float, float], *, transfers: float, queue: str) -> str:
    """Talks of each length as likely; SIPp counts how they ended."""
    return scenarios.scenario(
        "An operator answers, talks for a while, hangs up or transfers",
        scenarios.take(request="CANCEL", optional="global", next=8),
        scenarios.take(request="BYE", optional="global", next=9),
        scenarios.invited("From:calling", "To:called", "CSeq:asked"),
        scenarios.ring(),
        scenarios.wait(0.4, 1.2),
        scenarios.answer(port=scenarios.OF_ITS_OWN),
        scenarios.speak(capture),
        scenarios.wait(*talks),
        f'  <nop next="5" chance="{transfers}"/>',
        scenarios.called_asks("BYE", counter="hung_up"),
        scenarios.take(response=200, next=10),
        scenarios.label(5),
        scenarios.called_asks(
            "REFER", 1, scenarios.CONTACT, f"Refer-To: <sip:{queue}@[local_ip]>", counter="transferred"
        ),
        scenarios.label(6),
        scenarios.take(response=202, optional="true", next=6, timeout=8000, ontimeout=4),
        scenarios.take(request="NOTIFY", optional="true", next=7),
        scenarios.take(request="BYE", next=9),
        scenarios.label(7),
        scenarios.agree(next=6),
        scenarios.label(4),
        scenarios.called_asks("BYE", 2, counter="refused"),
        scenarios.take(response=200, next=10),
        scenarios.label(8),
        scenarios.agree(to="[last_To:];tag=[call_number]"),
        scenarios.agree("487 Request Terminated", to="[last_To:];tag=[call_number]", cseq="CSeq:[$asked]", retrans=500),
        scenarios.take(request="ACK", next=10),
        scenarios.label(9),
        scenarios.agree(),
        scenarios.label(10),
    )


def answer(here: Path, *, port: int, talks: tuple[float, float], transfers: float, queue: str) -> Telephones:
    """All robots' telephones, at ROBOTS:`port`; a share of the talks is transferred to `queue`, by its whole name."""
    here.mkdir(parents=True, exist_ok=True)
    said = caller_audio.alaw_speech("uz+f3", SPOKEN)
    capture = caller_audio.write_capture(here / "robot.pcap", said, {}, seconds=talks[1] + 10)
    scenario = scenario_of(capture, talks, transfers=transfers, queue=queue)
    arguments = ["-i", ROBOTS, "-mi", "127.0.3.2", "-p", str(port), "-mp", "50000"]
    return Telephones([Sipp(here, "robots", scenario, arguments)])
