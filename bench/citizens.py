"""Citizens of every kind: who talks, who hangs up in the menu, in the queue or while talking, who asks for a call back.

Each kind has numbers and SIPps of its own, so that SIPp's counts and the ledger's can be laid beside each other: a
caller either hangs up after a while of their own, or is sent away by the other side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from calls.model import Fate
from run.demo import caller_audio, scenarios
from run.demo.telephones import CALLERS, Sipp

TOGETHER = 20  # calls of one SIPp: each copies every packet of its address to all of them (run.demo.telephones)
PATIENT = 240.0  # seconds, of who wants to talk to the end
APPEAL = f"{datetime.now(UTC):%y}000001"  # the year's first number, as it is keyed in
SPOKEN = "Apellyatsiya natijasi qachon chiqadi? Men ikki haftadan beri kutyapman."


def scenario_of(capture: Path, stays: tuple[float, float]) -> str:
    """Who hangs up after a while of their own, each length as likely, or is sent away; SIPp counts which."""
    return scenarios.scenario(
        "A citizen calls, presses keys, and hangs up after a while or is sent away",
        scenarios.call(scenarios.take(request="BYE", optional="global", next=2), port=scenarios.OF_ITS_OWN),
        scenarios.speak(capture),
        scenarios.wait(*stays),
        scenarios.hang_up(counter="hung_up"),
        scenarios.take(request="BYE", optional="true", next=1),
        scenarios.take(response=200, next=3),
        scenarios.label(1),
        scenarios.agree(next=3),
        scenarios.label(2),
        scenarios.agree(counter="sent_away"),
        scenarios.label(3),
    )


@dataclass(frozen=True, eq=False)
class Kind:
    """What some of the callers do, and what may become of them."""

    name: str
    prefix: str  # of their numbers, which no other kind has
    dialled: str
    keys: Mapping[float, str]  # seconds after the answer
    stays: tuple[float, float]  # seconds until they hang up, each length as likely
    sent_away: frozenset[Fate]  # fates of those who are
    hung_up: frozenset[Fate]
    rate: float  # of a hundred callers, so many are of this kind
    places: float = 0  # of a hundred at once, so many at the most


def _one(fate: Fate) -> frozenset[Fate]:
    return frozenset({fate})


_TALKED = _one(Fate.ANSWERED)
_GAVE_UP = frozenset({Fate.ANSWERED, Fate.ABANDONED_IN_QUEUE})
_NUMBER = {11.0 + 0.6 * place: digit for place, digit in enumerate(APPEAL)}
_TO_APPEALS, _TO_NOBODY = {3.0: "1", 6.0: "3"}, {3.0: "1", 6.0: "4"}

# Whose digits come before the question, as on a machine that is late, is led to the general queue; who is refused may
# not wait for the end of the apology.
KINDS = (
    Kind("talk to the end", "+9989010", "1414", _TO_APPEALS, (PATIENT, PATIENT), _TALKED, _GAVE_UP, 40, 35),
    Kind("hang up when they like", "+9989011", "1414", _TO_APPEALS, (15, 60), _TALKED, _GAVE_UP, 20, 35),
    Kind("hang up in the menu", "+9989012", "1414", {3.0: "1"}, (1.5, 9), frozenset(),
         _one(Fate.ABANDONED_IN_MENU), 10, 6),
    Kind("hang up where nobody answers", "+9989013", "1414", _TO_NOBODY, (18, 50), frozenset(),
         _one(Fate.ABANDONED_IN_QUEUE), 8, 8),
    Kind("ask to be called back", "+9989014", "1414",
         {**_TO_NOBODY, **dict.fromkeys((16.0, 19.0, 22.0, 26.0, 30.0, 40.0), "1")}, (90, 90),
         _one(Fate.CALLBACK_ASKED), _one(Fate.ABANDONED_IN_QUEUE), 7, 6),
    Kind("ask how their appeal stands", "+9989015", "1414", {3.0: "1", 6.0: "5", **_NUMBER}, (150, 150),
         _one(Fate.SELF_SERVICE), _one(Fate.ABANDONED_IN_QUEUE), 5, 6),
    Kind("call when it is closed", "+9989016", "1580", {3.0: "1"}, (7.5, 9), _one(Fate.REFUSED),
         frozenset({Fate.OUT_OF_HOURS, Fate.REFUSED}), 10, 4),
)  # fmt: skip

# Who asks for it in a queue whose operators call back; answered before the key is heard, they talk.
CALLED_BACK = Kind(
    "ask where somebody calls back", "+9989017", "1414",
    {**_TO_APPEALS, **dict.fromkeys((16.0, 19.0, 22.0, 26.0, 30.0, 40.0), "1")}, (150, 150),
    frozenset({Fate.CALLBACK_ASKED, Fate.ANSWERED}), _GAVE_UP, 5, 5,
)  # fmt: skip


@dataclass
class Counted:
    """What SIPp counted of one kind."""

    begun: int = 0
    sent_away: int = 0
    hung_up: int = 0
    failed: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def over(self) -> int:
        """Calls that ended as a call ends."""
        return self.sent_away + self.hung_up


@dataclass
class Citizens:
    """The telephones of every kind."""

    sipps: dict[Kind, list[Sipp]] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether every telephone is put down."""
        return all(sipp.process.poll() is not None for sipps in self.sipps.values() for sipp in sipps)

    def finish(self) -> None:
        """Nobody calls any more; who is on the line stays as they like."""
        for sipps in self.sipps.values():
            for sipp in sipps:
                sipp.finish()

    def counted(self) -> dict[Kind, Counted]:
        """By kind, until now."""
        return {
            kind: sum(
                (
                    Counted(each.count("OutgoingCall"), each.count("sent_away"), each.count("hung_up"),
                            each.count("FailedCall"))
                    for each in sipps
                ),
                Counted(),
            )
            for kind, sipps in self.sipps.items()
        }  # fmt: skip

    def stop(self) -> None:
        """Ends them now."""
        for sipps in self.sipps.values():
            for sipp in sipps:
                sipp.stop()


@dataclass(frozen=True)
class Crowd:
    """How many call: `rate` a second of all kinds together, `together` at once; `calls` in all, or for ever."""

    rate: float
    together: int
    calls: int | None = None


def call(here: Path, to: str, crowd: Crowd, *, kinds: Sequence[Kind] = KINDS) -> Citizens:
    """Everybody begins to call."""
    here.mkdir(parents=True, exist_ok=True)
    speech = caller_audio.alaw_speech("uz", SPOKEN)
    citizens = Citizens()
    port = 15300
    for kind in kinds:
        seconds = kind.stays[1] + 5
        name = kind.name.replace(" ", "-")
        capture = caller_audio.write_capture(here / f"{name}.pcap", speech, kind.keys, seconds=seconds)
        citizens.sipps[kind] = _telephones(here, to, crowd, kind, capture, port=port)
        port += 20
    return citizens


def _telephones(here: Path, to: str, crowd: Crowd, kind: Kind, capture: Path, *, port: int) -> list[Sipp]:
    """As many SIPps as this kind needs."""
    share = kind.rate / 100
    places = max(1, round(crowd.together * (kind.places or kind.rate) / 100))
    several = -(-places // TOGETHER)
    scenario = scenario_of(capture, kind.stays)
    name = kind.name.replace(" ", "-")
    sipps = []
    for turn in range(several):
        mine = port + turn
        arguments = [to, "-i", CALLERS, "-mi", f"127.0.4.{mine % 250 + 1}", "-p", str(mine), "-mp", "40000"]
        arguments += ["-inf", _numbers(here, f"{name}-{turn}", kind, turn), "-r", f"{crowd.rate * share / several:g}"]
        arguments += ["-l", str(-(-places // several))]
        if crowd.calls is not None:
            arguments += ["-m", str(max(1, round(crowd.calls * share / several)))]
        sipps.append(Sipp(here, f"{name}-{turn}", scenario, arguments))
    return sipps


def _numbers(here: Path, name: str, kind: Kind, turn: int) -> str:
    """A file of callers' numbers, more than one SIPp can use up in a run."""
    rows = here / f"{name}.numbers"
    rows.write_text(
        "SEQUENTIAL\n" + "".join(f"{kind.prefix}{turn:02}{number:03};{kind.dialled}\n" for number in range(1000))
    )
    return rows.name
