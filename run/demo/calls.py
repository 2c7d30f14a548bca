"""make demo-calls N=20: citizens telephone the demonstration organisations, so that the centre is alive.

SIPp callers with speech walk the menus of the running installation, wait, talk if somebody answers, and hang up when
their patience ends. Needs sipp, espeak-ng and sox, and root: SIPp sends sound through a raw socket.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import OperationalError

import db
from calls import words
from db import EVERY_ORGANISATION, transaction
from run.demo import caller_audio, queries, telephones
from run.demo.people import ORGANISATIONS
from run.host.keys import of
from run.host.steps import Refused, main
from run.settings import DATA, Settings

TOOLS = {"sipp": "sip-tester", "espeak-ng": "espeak-ng", "sox": "sox"}
MOST = 200
PATIENCE = 90  # seconds a caller waits or talks
LINE_EVERY = timedelta(seconds=15)  # between two lines of progress where there is no terminal


@dataclass(frozen=True)
class Errand:
    """What somebody calls about: the number, the keys and when, their language and words."""

    name: str
    dialled: str
    keys: str  # the first 3 s after the answer, each other 3 s later; prompts may be interrupted by keys
    language: str
    words: str
    prefix: str  # of the callers' numbers
    queue: str = ""  # where the keys lead, as Asterisk calls it; none: the menu itself answers


ERRANDS = (
    Errand("certificates", "1414", "12", "uz", "Sertifikatni qachon olsam bo'ladi? Javob kutyapman.", "+9989011",
           "dtm-certificates"),
    Errand("exams", "1414", "112", "uz", "Imtihon natijalari qayerda e'lon qilinadi?", "+9989022", "dtm-exams"),
    Errand("operator", "1414", "20", "ru", "Здравствуйте, соедините меня, пожалуйста, с оператором.", "+9989033",
           "dtm-general"),
    Errand("water", "1580", "112", "uk", "Третій день немає води, вулиця Прибузька, дванадцять.", "+3806744",
           "khm-water"),
    Errand("heating", "1580", "12", "uk", "У квартирі холодно, батареї ледь теплі.", "+3806755", "khm-heating"),
    Errand("roads", "1580", "33", "en", "The street lamp in front of our house is dark.", "+3806766", "khm-roads"),
    Errand("information", "1580", "26", "ru", "Подскажите часы приёма.", "+3806777"),
)  # fmt: skip


def install_tools() -> None:
    """sipp and the voices; Refused with the command where we may not install them."""
    missing = sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None})
    if os.geteuid() != 0:
        raise Refused("make demo-calls needs root: SIPp sends sound through a raw socket. Use: sudo make demo-calls")
    if not missing:
        return
    print(f"installing {', '.join(missing)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(f"apt-get install {' '.join(missing)}: {done.stderr.strip()[-500:]}")


def people(number: int, chance: random.Random) -> dict[Errand, list[str]]:
    """Who calls about what: `number` callers with numbers of their own, errands taken in turn."""
    numbers = chance.sample(range(10000, 99999), number)
    found: dict[Errand, list[str]] = {}
    for place, last in enumerate(numbers):
        errand = ERRANDS[place % len(ERRANDS)]
        found.setdefault(errand, []).append(f"{errand.prefix}{last}")
    return found


def call(settings: Settings, here: Path, callers: dict[Errand, list[str]]) -> list[telephones.Telephones]:
    """Starts everybody's telephones, about one call a second in all."""
    address = "127.0.0.1" if settings.bind in {"0.0.0.0", "::"} else settings.bind
    started = []
    for place, (errand, numbers) in enumerate(callers.items()):
        speech = caller_audio.alaw_speech(errand.language, errand.words)
        keys = {3.0 * (turn + 1): key for turn, key in enumerate(errand.keys)}
        capture = caller_audio.write_capture(here / f"{errand.name}.pcap", speech, keys, seconds=PATIENCE + 30)
        started.append(
            telephones.callers(
                here,
                name=errand.name,
                to=f"{address}:{settings.sip_port}",
                numbers=[(number, errand.dialled) for number in numbers],
                capture=capture,
                rate=1 / len(callers),
                sip_port=15070 + 20 * place,
                media_port=40000 + 2000 * place,
                patience=PATIENCE,
            )
        )
    return started


def how_they_fare(numbers: Sequence[str]) -> dict[str, int]:
    """The ledger's states and fates of these callers' calls."""
    with transaction(EVERY_ORGANISATION) as session:
        return queries.fates(session, numbers)


def unattended(errands: Collection[Errand]) -> tuple[str, ...]:
    """The queues of these errands in which nobody is ready."""
    with transaction(EVERY_ORGANISATION) as session:
        return tuple(queries.unattended(session, {errand.queue for errand in errands if errand.queue}))


def who_is_missing(settings: Settings, queues: Collection[str]) -> str:
    """What to do so that somebody answers in these queues: where to sign in, as whom, what to press."""
    if not queues:
        return "Somebody is ready in every queue that is called."
    wanted = {queue: _who_answers(queue) for queue in queues}
    logins = list(dict.fromkeys(login for login in wanted.values() if login))
    return "\n".join(
        [
            f"Nobody is ready in {', '.join(queues)}: who waits there hangs up after {PATIENCE} s.",
            f"  Sign in at {settings.public_url}/ as {' and, in another browser, as '.join(logins)},",
            f"  password {settings.demo_password.get_secret_value()}; start the shift and press Ready.",
        ]
    )


def _who_answers(queue: str) -> str:
    organisation, _, code = queue.partition("-")
    people = (person for each in ORGANISATIONS if each.code == organisation for person in each.people)
    return next((person.login for person in people if code in person.queues), "")


def summary(number: int, fates: Mapping[str, int], failed: int = 0) -> str:
    """How the calls ended, the most frequent end first; who is in no line of the ledger never arrived."""
    lines = [f"{number} callers:"]
    lines += [f"{count:5} {_ending(name)}" for name, count in sorted(fates.items(), key=lambda each: -each[1])]
    if missing := number - sum(fates.values()):
        lines.append(f"{missing:5} never arrived")
    if failed:
        lines.append(f"{failed:5} of them were not connected: is the SIP port answered, is there room?")
    return "\n".join(lines)


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m run.demo.calls")
    parser.add_argument("number", type=int, nargs="?", default=20)
    number = parser.parse_args().number
    if not 1 <= number <= MOST:
        raise Refused(f"N is between 1 and {MOST}")
    if not (DATA / "holos.env").exists():
        raise Refused(f"there is no installation in {DATA}: make run first")
    install_tools()
    settings = of(DATA)
    db.connect(settings.database_url.get_secret_value(), pool_size=1)
    callers = people(number, random.Random())
    numbers = [each for several in callers.values() for each in several]
    missing = unattended(callers)
    print(who_is_missing(settings, missing), flush=True)
    with tempfile.TemporaryDirectory(prefix="holos-demo-") as place:
        running = call(settings, Path(place), callers)
        try:
            _watch(settings, running, numbers, callers, missing)
        finally:
            for each in running:
                each.stop()
        sent = [each.outcome() for each in running]
    time.sleep(2)  # the ledger is told of the last hang-ups
    fates = how_they_fare(numbers)
    db.disconnect()
    print("\n" + summary(number, fates, sum(each.failed for each in sent)))
    return 0 if fates else 1


def _ending(name: str) -> str:
    return words.FATES.get(name, name.replace("_", " "))


def _watch(
    settings: Settings,
    running: Sequence[telephones.Telephones],
    numbers: Sequence[str],
    errands: Collection[Errand],
    missing: tuple[str, ...],
) -> None:
    """Shows how they fare until all are over, and says once when every queue has somebody."""
    deadline = time.monotonic() + len(numbers) + PATIENCE + 60
    progress = Progress(len(numbers), sys.stderr)
    while not all(each.over for each in running) and time.monotonic() < deadline:
        time.sleep(2)
        with suppress(OperationalError):  # PostgreSQL is away for a moment; the callers are not
            progress.show(how_they_fare(numbers))
            if missing and not (missing := unattended(errands)):
                progress.end_line()
                print(who_is_missing(settings, missing), flush=True)


class Progress:
    """How the callers fare: one line written over on a terminal, else a line now and then."""

    def __init__(self, number: int, to: TextIO, *, line_every: timedelta = LINE_EVERY) -> None:
        self._number, self._to, self._line_every = number, to, line_every
        self._said = ""
        self._over_itself = to.isatty()
        self._next = 0.0  # when the next whole line is due

    def show(self, fares: Mapping[str, int]) -> None:
        """Where nothing has changed, or the last whole line is young, nothing is said."""
        told = ", ".join(f"{count} {_ending(name)}" for name, count in sorted(fares.items()))
        said = f"{sum(fares.values())} of {self._number} have called: {told}"
        if self._over_itself:
            print(f"\r{said:<115}", end="", file=self._to, flush=True)
        elif said == self._said or time.monotonic() < self._next:
            return
        else:
            print(said, file=self._to, flush=True)
            self._next = time.monotonic() + self._line_every.total_seconds()
        self._said = said

    def end_line(self) -> None:
        """What is printed next begins a line of its own."""
        if self._over_itself and self._said:
            print(file=self._to, flush=True)


if __name__ == "__main__":
    main(_main)
