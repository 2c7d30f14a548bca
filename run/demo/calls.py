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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import db
from db import EVERY_ORGANISATION, transaction
from run.demo import caller_audio, queries, telephones
from run.host.keys import of
from run.host.steps import Refused, main
from run.settings import DATA, Settings

TOOLS = {"sipp": "sip-tester", "espeak-ng": "espeak-ng", "sox": "sox"}
MOST = 200
PATIENCE = 90  # seconds a caller waits or talks


@dataclass(frozen=True)
class Errand:
    """What somebody calls about: the number, the keys and when, their language and words."""

    name: str
    dialled: str
    keys: str  # the first 3 s after the answer, each other 3 s later; prompts may be interrupted by keys
    language: str
    words: str
    prefix: str  # of the callers' numbers


ERRANDS = (
    Errand("certificates", "1414", "12", "uz", "Sertifikatni qachon olsam bo'ladi? Javob kutyapman.", "+9989011"),
    Errand("exams", "1414", "112", "uz", "Imtihon natijalari qayerda e'lon qilinadi?", "+9989022"),
    Errand("operator", "1414", "20", "ru", "Здравствуйте, соедините меня, пожалуйста, с оператором.", "+9989033"),
    Errand("water", "1580", "112", "uk", "Третій день немає води, вулиця Прибузька, дванадцять.", "+3806744"),
    Errand("heating", "1580", "12", "uk", "У квартирі холодно, батареї ледь теплі.", "+3806755"),
    Errand("roads", "1580", "33", "en", "The street lamp in front of our house is dark.", "+3806766"),
    Errand("information", "1580", "26", "ru", "Подскажите часы приёма.", "+3806777"),
)


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
    with tempfile.TemporaryDirectory(prefix="holos-demo-") as place:
        running = call(settings, Path(place), callers)
        deadline = time.monotonic() + number + PATIENCE + 60
        try:
            while not all(each.over for each in running) and time.monotonic() < deadline:
                time.sleep(2)
                _show(how_they_fare(numbers), number)
        finally:
            for each in running:
                each.stop()
        sent = [each.outcome() for each in running]
    time.sleep(2)  # the ledger is told of the last hang-ups
    fates = how_they_fare(numbers)
    db.disconnect()
    print(f"\n{number} callers: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in fates.items()))
    if failed := sum(each.failed for each in sent):
        print(f"{failed} were not connected: is the SIP port {settings.sip_port} answered, is there room?")
    return 0 if fates else 1


def _show(fares: dict[str, int], number: int) -> None:
    words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(fares.items()))
    print(f"\r{sum(fares.values())} of {number} have called: {words:<90}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(_main)
