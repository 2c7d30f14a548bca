"""From a pressed key to the first sound of the next prompt: our menu, and the same menu in pure dialplan.

The same telephones of the town, the same prompts; five people at once press the star until a hundred presses are
measured. The time runs from the end of the tone to the packet that brings the prompt's first sound.
"""

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from bench.bare import Bare, Flow
from bench.centre import DIALLED, PROMPTS, centre
from bench.figures import Measured, milliseconds, percentile
from run.settings import Settings
from tests.telephony.asterisk import software
from tests.town import audio
from tests.town.exchange import Exchange
from tests.town.ports import thousand
from tests.town.town import SOUNDS
from tests.town.waiting import wait_for

PEOPLE, PRESSES = 5, 20
NEEDLE = 0.4  # seconds of the prompt's beginning
TONE = 0.12  # seconds, of a key as the town's exchange sends it
LISTENED = 1.0  # seconds heard before the next key


def keys() -> list[Measured]:
    """Both sides."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-") as place, thousand() as ports:
        here = Path(place)
        native = _bare(here, ports)
        with centre(ports, 0) as running:
            ours = _presses(here / "town-product", ports, running.product.settings.sip_port)
    measured = Measured("keys", "From a key to the first sound of the next prompt")
    worst, allowed = percentile(ours, 0.99), 2 * percentile(native, 0.99)
    measured.row(
        f"median / p99 of {len(ours)} presses", milliseconds(ours), milliseconds(native), "p99 ≤ 2 ×", worst <= allowed
    )
    measured.remarks.append(
        "From the end of the tone to the packet with the prompt's first sound, five callers at once."
    )
    return [measured]


def _bare(here: Path, ports: int) -> list[float]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data=here / "bare",
        software=software(here),
        sip_port=ports + 3,
        sip_socket_port=ports + 4,
        ami_port=ports + 5,
        agi_port=ports + 6,
        rtp_first_port=ports + 100,
        rtp_last_port=ports + 499,
        ami_secret="nobody-asks-for-it-here",
    )
    settings.data.mkdir()
    settings.sounds.symlink_to(SOUNDS)
    bare = Bare(settings, Flow("uz", *PROMPTS), [])
    try:
        wait_for("bare Asterisk", lambda: "fully booted" in bare.says("core waitfullybooted"), seconds=30)
        return _presses(here / "town-bare", ports, settings.sip_port)
    finally:
        bare.stop()


def _presses(here: Path, ports: int, sip_port: int) -> list[float]:
    """Seconds of every press."""
    exchange = Exchange(
        here,
        root=software(here.parent) / "asterisk",
        holos=f"127.0.0.1:{sip_port}",
        ports=(ports + 30, ports + 31),
        rtp=(ports + 600, ports + 698),
    )
    found: list[float] = []
    failures: list[BaseException] = []

    def person(number: int) -> None:
        try:
            found.extend(_one_person(exchange, f"+99890200000{number}"))
        except BaseException as failure:  # noqa: BLE001 - told by the caller of the threads
            failures.append(failure)

    try:
        threads = [threading.Thread(target=person, args=(number,)) for number in range(PEOPLE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        exchange.close()
    if failures:
        raise failures[0]
    return found


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
        wait_for("a second of it", lambda heard_until=heard_until: line.position > heard_until)
    exchange.hang_up(identity)
    return took


def _search(heard: Callable[[int], audio.Sound], place: int, prompt: audio.Sound) -> Callable[[], audio.Found | None]:
    def search() -> audio.Found | None:
        found = audio.find(prompt, heard(place))
        return found if found.alike > 0.9 else None

    return search
