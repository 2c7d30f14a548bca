"""From a pressed key to the first sound of the next prompt: our menu, and the same menu in pure dialplan.

The same telephones of the town, the same prompts; five people at once press the star until five hundred presses are
measured. The time runs from the end of the tone to the packet that brings the prompt's first sound.
"""

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from uuid import uuid4

from bench.bare import bare_asterisk
from bench.centre import DIALLED, PROMPTS, centre
from bench.figures import Measured, milliseconds, percentile
from tests.telephony.asterisk import software
from tests.town import audio
from tests.town.exchange import Exchange
from tests.town.ports import thousand
from tests.town.town import SOUNDS
from tests.town.waiting import wait_for

PEOPLE, PRESSES, TURNS = 5, 20, 5
NEEDLE = 0.4  # seconds of the prompt's beginning
TONE = 0.12  # seconds, of a key as the town's exchange sends it
LISTENED = 0.5  # seconds heard before the next key


def keys() -> list[Measured]:
    """Both sides, taking turns, so that what else the machine does meets both."""
    native: list[float] = []
    ours: list[float] = []
    with tempfile.TemporaryDirectory(prefix="holos-bench-") as place, thousand() as ports:
        here = Path(place)
        with (
            bare_asterisk(here / "bare", ports + 600, rtp_ports=100) as bare,
            centre(ports, 0) as running,
            closing(_town(here / "town-bare", bare.settings.sip_port, ports + 30, ports + 800)) as before,
            closing(_town(here / "town", running.product.settings.sip_port, ports + 32, ports + 850)) as beside,
        ):
            for turn in range(TURNS):
                native += _presses(before, turn)
                ours += _presses(beside, turn)
    measured = Measured("keys", "From a key to the first sound of the next prompt")
    worst, allowed = percentile(ours, 0.99), 2 * percentile(native, 0.99)
    measured.row(
        f"median / p99 of {len(ours)} presses", milliseconds(ours), milliseconds(native), "p99 ≤ 2 ×", worst <= allowed
    )
    measured.remarks.append(
        "From the end of the tone to the packet with the prompt's first sound, five callers at once; the two took "
        f"{TURNS} turns each."
    )
    return [measured]


def _town(here: Path, sip_port: int, first_port: int, rtp: int) -> Exchange:
    return Exchange(
        here,
        root=software(here.parent) / "asterisk",
        holos=f"127.0.0.1:{sip_port}",
        ports=(first_port, first_port + 1),
        rtp=(rtp, rtp + 48),
    )


def _presses(exchange: Exchange, turn: int) -> list[float]:
    """Seconds of every press of one turn."""
    with ThreadPoolExecutor(PEOPLE) as people:
        numbers = [f"+99890200{turn:02}{number:02}" for number in range(PEOPLE)]
        return [press for took in people.map(partial(_one_person, exchange), numbers) for press in took]


def _one_person(exchange: Exchange, number: str) -> list[float]:
    identity = uuid4()
    line = exchange.originate(DIALLED, number, identity)
    wait_for("an answer", line.open.is_set)
    prompt = audio.trimmed(audio.read(SOUNDS / "uz" / f"{PROMPTS[1][0]}.alaw"))[: int(NEEDLE * audio.RATE)]
    wait_for("the greeting", lambda: line.position > LISTENED * audio.RATE)
    took = []
    for key in ["1", *"*" * PRESSES]:
        place = line.position
        pressed = line.clock() + TONE
        exchange.press(identity, key)
        found = wait_for("the next prompt", _search(line.heard, place, prompt), every=0.01)
        if key == "*":
            took.append(line.arrived(place + found.at) - pressed)
        heard_until = place + found.at + LISTENED * audio.RATE
        wait_for("a moment of it", lambda heard_until=heard_until: line.position > heard_until)
    exchange.hang_up(identity)
    return took


def _search(heard: Callable[[int], audio.Sound], place: int, prompt: audio.Sound) -> Callable[[], audio.Found | None]:
    def search() -> audio.Found | None:
        found = audio.find(prompt, heard(place))
        return found if found.alike > 0.8 else None

    return search
