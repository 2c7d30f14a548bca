"""Calls back to citizens: the robots' telephones that dial, and the citizens at home whom they call.

Citizens at home are one SIPp, the trunk's far end: most take it up, some are busy. SIPp begins no call when it is told
to, so each call of a robot is a SIPp of its own, which signs in with the secret of the robot's shift as its browser
would.
"""

from dataclasses import dataclass, field
from pathlib import Path

from run.demo import caller_audio, scenarios
from run.demo.telephones import CALLERS, ROBOTS, Sipp, Telephones

BUSY = 0.15  # of the citizens at home
HOME_PORT, HOME_MEDIA = 15700, "127.0.6.1"
FAR_END = f"{CALLERS}:{HOME_PORT}"  # where calls to citizens go
FIRST_PORT = 16000  # of the robots' own calls, one for each
REFUSALS = (403, 404, 408, 480, 484, 486, 488, 500, 503, 603)


def at_home(capture: Path, talks: tuple[float, float]) -> str:
    """A citizen is called: busy, or talks until the operator hangs up, at most for a talk of middle length."""
    middle = int(sum(talks) / 2 * 1000)
    return scenarios.scenario(
        "A citizen at home is called",
        scenarios.take(request="OPTIONS", optional="true", next=3),
        scenarios.invited("From:calling", "To:called"),
        f'  <nop next="2" chance="{BUSY}"/>',
        scenarios.ring(),
        scenarios.wait(0.5, 2.5),
        scenarios.ring("200 OK", *scenarios.sound(scenarios.OPEN), retrans=500),
        scenarios.take(request="ACK", counter="taken_up"),
        scenarios.speak(capture),
        scenarios.take(request="BYE", timeout=middle, ontimeout=1),
        scenarios.agree(next=4),
        scenarios.label(1),
        scenarios.called_asks("BYE"),
        scenarios.take(response=200, next=4),
        scenarios.label(2),
        scenarios.agree("486 Busy Here", to="[last_To:];tag=[call_number]", counter="busy", retrans=500),
        scenarios.take(request="ACK", next=4),
        scenarios.label(3),
        scenarios.agree(to="[last_To:];tag=[call_number]"),
        scenarios.label(4),
    )


def dials(capture: Path, talks: tuple[float, float]) -> str:
    """An operator's telephone dials, talks for a while and hangs up, unless the citizen does or cannot be reached."""
    call = ("Call-ID: [call_id]",)
    ours = (scenarios.VIA, scenarios.CALLER, "[last_To:]", "[routes]", *call)
    refused = (
        "ACK sip:[field1]@[remote_ip]:[remote_port] SIP/2.0",
        "[last_Via:]",
        scenarios.CALLER,
        "[last_To:]",
        *call,
    )
    return scenarios.scenario(
        "An operator calls a citizen back",
        _invite(1),
        scenarios.take(response=100, optional="true"),
        scenarios.take(response=401, auth="true"),
        scenarios.say(*refused, "CSeq: 1 ACK", *scenarios.EMPTY),
        _invite(2, "[field2]"),
        scenarios.take(request="BYE", optional="global", next=2),
        *(scenarios.take(response=status, optional="true") for status in (100, 180, 183)),
        *(scenarios.take(response=status, optional="true", next=1) for status in REFUSALS),
        scenarios.take(response=200, rrs="true"),
        scenarios.say("ACK [next_url] SIP/2.0", *ours, "CSeq: 2 ACK", *scenarios.EMPTY),
        scenarios.speak(capture),
        scenarios.wait(*talks),
        scenarios.say("BYE [next_url] SIP/2.0", *ours, "CSeq: 3 BYE", *scenarios.EMPTY, retrans=500),
        scenarios.take(response=200, next=3),
        scenarios.label(1),
        scenarios.say(*refused, "CSeq: 2 ACK", *scenarios.EMPTY, next=3),
        scenarios.label(2),
        scenarios.agree(),
        scenarios.label(3),
    )


def _invite(number: int, *signed: str) -> str:
    """Asks for the call, the second time with the answer to the challenge."""
    return scenarios.say(
        "INVITE sip:[field1]@[remote_ip]:[remote_port] SIP/2.0",
        scenarios.VIA,
        scenarios.CALLER,
        "To: <sip:[field1]@[remote_ip]>",
        "Call-ID: [call_id]",
        f"CSeq: {number} INVITE",
        "Contact: <sip:[field0]@[local_ip]:[local_port]>",
        "Max-Forwards: 70",
        *signed,
        *scenarios.sound(scenarios.OPEN),
        retrans=500,
    )


class AtHome(Telephones):
    """The citizens at home, and how their calls began."""

    def __init__(self, here: Path, talks: tuple[float, float]) -> None:
        here.mkdir(parents=True, exist_ok=True)
        said = caller_audio.alaw_speech("uz", "Ha, eshitaman. Qoʻngʻiroq qilganingiz uchun rahmat.")
        capture = caller_audio.write_capture(here / "home.pcap", said, {}, seconds=talks[1] + 10)
        place = ["-i", CALLERS, "-mi", HOME_MEDIA, "-p", str(HOME_PORT), "-mp", "61000"]
        self._sipp = Sipp(here, "home", at_home(capture, talks), place)
        super().__init__([self._sipp])

    @property
    def taken_up(self) -> int:
        """Calls that a citizen took up."""
        return self._sipp.count("taken_up")

    @property
    def busy(self) -> int:
        """Calls that found a citizen busy."""
        return self._sipp.count("busy")


@dataclass
class Dialling:
    """The telephones with which robots call citizens back, one for each."""

    here: Path
    to: str  # address and port of the telephone system
    talks: tuple[float, float]
    begun: int = 0
    _capture: Path = field(init=False)

    def __post_init__(self) -> None:
        self.here.mkdir(parents=True, exist_ok=True)
        said = caller_audio.alaw_speech("uz+f3", "Assalomu alaykum, siz qoʻngʻiroq qilgan edingiz.")
        self._capture = caller_audio.write_capture(self.here / "callback.pcap", said, {}, seconds=self.talks[1] + 10)

    def dial(self, number: str, *, place: int, user: str, secret: str) -> Sipp:
        """The robot at this place calls the number; over when its process is."""
        self.begun += 1
        name = f"callback-{place}"
        (self.here / f"{name}.numbers").write_text(
            f"SEQUENTIAL\n{user};{number};[authentication username={user} password={secret}]\n"
        )
        arguments = [self.to, "-i", ROBOTS, "-mi", f"127.0.5.{place % 250 + 1}", "-p", str(FIRST_PORT + place)]
        arguments += ["-mp", str(62000 + place % 250 * 4), "-inf", f"{name}.numbers", "-m", "1", "-timeout", "180"]
        return Sipp(self.here, name, dials(self._capture, self.talks), arguments)
