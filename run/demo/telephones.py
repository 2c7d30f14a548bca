"""Many callers and many answering robots at once: SIPp with scenarios of ours. For demonstrations and benchmarks."""

import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from run.demo import scenarios

CALLERS, ROBOTS = "127.0.0.2", "127.0.0.3"


def caller(capture: Path, patience: int) -> str:
    """A citizen who stays until sent away, or so many seconds."""
    return scenarios.scenario(
        "A citizen calls, presses keys, waits and talks",
        scenarios.call(),
        scenarios.speak(capture),
        scenarios.take(request="BYE", timeout=patience * 1000, ontimeout=1),
        scenarios.agree(next=2),
        scenarios.label(1),
        scenarios.hang_up(),
        scenarios.take(response=200),
        scenarios.label(2),
    )


def robot(capture: Path, talk: tuple[float, float]) -> str:
    """An operator who talks for a while, each length as likely."""
    return scenarios.scenario(
        "An operator answers, talks for a while, hangs up",
        scenarios.invited("From:calling", "To:called"),
        scenarios.ring(),
        scenarios.wait(0.4, 1.2),
        scenarios.answer(),
        scenarios.speak(capture),
        scenarios.wait(*talk),
        scenarios.called_asks("BYE"),
        scenarios.take(response=200),
    )


@dataclass(frozen=True)
class Outcome:
    """What SIPp counted."""

    succeeded: int
    failed: int


class Telephones:
    """One or several SIPps. Their screens are not shown; their counts are read from their statistics files."""

    def __init__(self, sipps: Sequence["Sipp"]) -> None:
        self._sipps = sipps

    @property
    def over(self) -> bool:
        """Whether all calls that were to be made are over."""
        return all(sipp.process.poll() is not None for sipp in self._sipps)

    def outcome(self) -> Outcome:
        """Calls ended well and badly until now."""
        found = [sipp.outcome() for sipp in self._sipps]
        return Outcome(sum(each.succeeded for each in found), sum(each.failed for each in found))

    def wait(self, seconds: float) -> Outcome:
        """Until all its calls are over."""
        deadline = time.monotonic() + seconds
        for sipp in self._sipps:
            try:
                sipp.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                sipp.stop()
        return self.outcome()

    def stop(self) -> None:
        """Ends it now."""
        for sipp in self._sipps:
            sipp.stop()


class Sipp:
    """One process, with a scenario."""

    def __init__(self, here: Path, name: str, scenario: str, arguments: Sequence[str]) -> None:
        here.mkdir(parents=True, exist_ok=True)
        self._statistics = here / f"{name}.csv"
        self._statistics.unlink(missing_ok=True)
        (here / f"{name}.xml").write_text(scenario)
        command = ["setpriv", "--pdeathsig", "KILL", "sipp", "-sf", f"{name}.xml", *arguments, "-nostdin"]
        command += ["-trace_stat", "-stf", str(self._statistics), "-fd", "1"]
        command += ["-trace_err", "-error_file", f"{name}.err"]
        self._log = (here / f"{name}.log").open("wb")
        self.process = subprocess.Popen(command, cwd=here, stdout=self._log, stderr=self._log)

    def outcome(self) -> Outcome:
        """Calls ended well and badly until now."""
        return Outcome(self.count("SuccessfulCall"), self.count("FailedCall"))

    def count(self, name: str) -> int:
        """One of its statistics, a scenario's own counter among them; 0 until it has written some."""
        if not self._statistics.exists():
            return 0
        lines = [line for line in self._statistics.read_text().splitlines(keepends=True) if line.endswith("\n")]
        if len(lines) < 2:
            return 0
        return int(dict(zip(lines[0].split(";"), lines[-1].split(";"), strict=False))[f"{name}(C)"])

    def finish(self) -> None:
        """No call is begun any more; it ends when those under way are over (sipp(1), SIGUSR1)."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)

    def stop(self) -> None:
        """Ends it now."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)
        self._log.close()


def callers(
    here: Path,
    *,
    name: str,
    to: str,
    numbers: Sequence[tuple[str, str]],
    capture: Path,
    rate: float,
    sip_port: int,
    media_port: int,
    patience: int = 400,
    together: int = 10,
) -> Telephones:
    """One call for each (caller, dialled), `rate` a second; each stays until sent away, or `patience` seconds.

    They take SIP ports from `sip_port` on, one for every `together` calls. Each of these SIPps has a media address of
    its own: SIPp plays every capture through a raw socket, and the kernel copies each packet that comes to an address
    to all raw sockets bound to it (raw(7)): 300 calls at one address would pay for 300 copies of every packet. Their
    media port is the one that SIPp has opened: a packet to a port of nobody's costs an ICMP message back.
    """
    here.mkdir(parents=True, exist_ok=True)
    scenario = caller(capture, patience)
    several = -(-len(numbers) // together)
    sipps = []
    for turn in range(several):
        ours = numbers[turn::several]
        rows = here / f"{name}-{turn}.numbers"
        rows.write_text("SEQUENTIAL\n" + "".join(f"{caller};{dialled}\n" for caller, dialled in ours))
        port = sip_port + turn
        arguments = [to, "-i", CALLERS, "-mi", f"127.0.2.{port % 250 + 1}", "-p", str(port), "-mp", str(media_port)]
        arguments += ["-inf", rows.name, "-r", f"{rate / several:g}", "-m", str(len(ours)), "-l", str(len(ours))]
        sipps.append(Sipp(here, f"{name}-{turn}", scenario, arguments))
    return Telephones(sipps)


def robots(
    here: Path, *, name: str, capture: Path, sip_port: int, media_port: int, talk: tuple[float, float]
) -> Telephones:
    """Operators who answer whatever rings at ROBOTS:`sip_port`, speak, and hang up.

    Talks last from `talk[0]` to `talk[1]` seconds, each length as likely.
    """
    scenario = robot(capture, talk)
    arguments = ["-i", ROBOTS, "-mi", ROBOTS, "-p", str(sip_port), "-mp", str(media_port)]
    return Telephones([Sipp(here, name, scenario, arguments)])
