"""Three hundred calls at once through the menus into a queue with forty answering operators, everything recorded.

The same callers, robots, prompts, keys and talks against the product and against bare Asterisk, one after the other.
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench import browsers, replaying
from bench.bare import bare_asterisk
from bench.books import Books, of_calls, wait_until_stored
from bench.centre import DIALLED, KEYS, KEYS_TO_SCREEN, ROBOTS_PORT, RTP_PORTS, Centre, centre
from bench.figures import Measured, milliseconds, percentile
from bench.running import Run, Watched, watch
from run.asterisk.config import AgentPhone
from run.demo import caller_audio, telephones
from run.demo.telephones import ROBOTS, Telephones
from tests.town.ports import thousand

RATE = 20.0  # calls begun a second
SHOWN, SCREEN_RATE = 60, 0.25  # calls to the operator at the browser, and how many of them begin in a second
PLAYABLE = 5.0  # seconds from the hang-up: the goal
TO_SCREEN = "+99891"  # the numbers of those who call the operator at the browser
AT_SCREEN = 10  # of them at once, at the most


@dataclass
class Load:
    """How much; the goals of the issue stand for the full size."""

    calls: int = 300
    robots: int = 40
    talk: float = 30.0

    @property
    def talks(self) -> tuple[float, float]:
        """The shortest and the longest talk, seconds: operators do not all hang up at one moment."""
        return self.talk * 0.75, self.talk * 1.25

    @property
    def longest(self) -> float:
        """When a run must be over, seconds."""
        return self.calls / RATE + 30 + (self.calls / self.robots + 3) * (self.talk + 6)


def load(size: Load) -> Iterator[Measured]:
    """Both runs, then the screen beside the same load again, and everything that is measured beside them.

    Each figure is given as soon as it is there: one that fails takes none of the others with it.
    """
    with tempfile.TemporaryDirectory(prefix="holos-bench-") as place, thousand() as ports:
        here = Path(place)
        bare = _bare(here, ports, size)
        capture = here / "ami.capture"
        with centre(ports, size.robots, ami_capture=capture) as running:
            holos, books = _product(running, here, size)
            yield _calls(size, holos, bare, books)
            yield _recordings(size, books, "recordings")
            yield _memory(holos)
            yield _card(size, _screen(running, here, size), "card")
        yield replaying.measured(ports, sorted(capture.iterdir()))


def half(full: Load) -> Iterator[Measured]:
    """Half as much, without the comparison: what waits for a processor at the full size does not here."""
    size = replace(full, calls=full.calls // 2, robots=full.robots // 2)
    with tempfile.TemporaryDirectory(prefix="holos-bench-") as place, thousand() as ports:
        here = Path(place)
        with centre(ports, size.robots) as running:
            _, books = _product(running, here, size)
            yield _recordings(size, books, "recordings-half")
            yield _card(size, _screen(running, here, size), "card-half")


def _bare(here: Path, ports: int, size: Load) -> Run:
    phones = [
        AgentPhone(person_id=n, organisation="dtm", secret="x" * 20, contact=f"sip:agent{n}@{ROBOTS}:{ROBOTS_PORT}")
        for n in range(1, size.robots + 1)
    ]
    with bare_asterisk(here / "bare", ports, phones, rtp_ports=RTP_PORTS) as bare:
        with _telephones(here, size, bare.settings.sip_port) as callers:
            run = _run(Watched(lambda: {"asterisk": bare.process.pid}, bare.says), callers, size)
        assert len(bare.recorded()) >= run.succeeded, "bare Asterisk did not record every call"
        return run


def _product(running: Centre, here: Path, size: Load) -> tuple[Run, Books]:
    product = running.product
    running.robots_sit_down()
    with _telephones(here, size, product.settings.sip_port) as callers:
        run = _run(Watched(product.pids, product.says), callers, size, lambda: wait_until_stored(product))
    assert running.desks is not None
    if running.desks.failures:
        print(f"robots' desks were refused {len(running.desks.failures)} times: {running.desks.failures[0]}")
    return run, of_calls(product, running.desks.came_back)


def _run(watched: Watched, callers: Telephones, size: Load, settled: Callable[[], None] = lambda: None) -> Run:
    """One wave of callers."""
    run = watch(watched, lambda: callers.over, longest=size.longest + 60, settled=settled)
    outcome = callers.outcome()
    run.succeeded, run.failed = outcome.succeeded, outcome.failed
    return run


def _screen(running: Centre, here: Path, size: Load) -> list[browsers.Card]:
    """When each card was on the screen, while the same callers wait and talk; they are sent away at the end.

    The operator at the browser has callers of their own, so that short talks do not make the load lighter.
    """
    product, shown = running.product, min(SHOWN, size.calls)
    beside = replace(size, calls=size.calls - AT_SCREEN)
    with browsers.screen(product, here) as screen, _telephones(here / "beside", beside, product.settings.sip_port):
        callers = callers_of_the_screen(here / "screen", product.settings.sip_port, calls=shown, rate=SCREEN_RATE)
        try:
            callers.wait(shown / SCREEN_RATE + 120)
        finally:
            callers.stop()
        return screen.cards()


def callers_of_the_screen(here: Path, port: int, *, calls: int, rate: float) -> Telephones:
    """Those of the operator at the browser: ten at once, one after the other."""
    here.mkdir(parents=True, exist_ok=True)
    said = caller_audio.alaw_speech("uz", "Sertifikatim tayyormi?")
    return telephones.callers(
        here,
        name="screen",
        to=f"127.0.0.1:{port}",
        numbers=[(f"{TO_SCREEN}{1000000 + number}", DIALLED) for number in range(calls)],
        capture=caller_audio.write_capture(here / "screen.pcap", said, KEYS_TO_SCREEN, seconds=90),
        rate=rate,
        sip_port=15060,
        together=100,
        media_port=58000,
        patience=90,
    )


@contextmanager
def _telephones(here: Path, size: Load, port: int) -> Iterator[Telephones]:
    """Robots who answer and callers who have just begun to dial."""
    here.mkdir(exist_ok=True)
    said = caller_audio.alaw_speech("uz", "Apellyatsiya natijasi qachon chiqadi? Men ikki haftadan beri kutyapman.")
    answered = caller_audio.alaw_speech("uz+f3", "Assalomu alaykum, operator eshitadi. Hozir tekshirib beraman.")
    seconds = size.longest
    calling = caller_audio.write_capture(here / "caller.pcap", said, KEYS, seconds=seconds)
    answering = caller_audio.write_capture(here / "robot.pcap", answered, {}, seconds=size.talks[1] + 10)
    robots = telephones.robots(
        here, name="robots", capture=answering, sip_port=ROBOTS_PORT, media_port=50000, talk=size.talks
    )
    numbers = [(f"+99890{1000000 + number}", DIALLED) for number in range(size.calls)]
    callers = telephones.callers(
        here,
        name="callers",
        to=f"127.0.0.1:{port}",
        numbers=numbers,
        capture=calling,
        rate=RATE,
        sip_port=15090,
        media_port=40000,
        patience=int(seconds),
    )
    try:
        yield callers
    finally:
        callers.stop()
        robots.stop()


def _calls(size: Load, holos: Run, bare: Run, books: Books) -> Measured:
    title = f"{size.calls} calls at once, {size.robots} operators, every talk recorded"
    measured = Measured("calls", title)
    goal = f"{size.calls} of {size.calls}"
    measured.row(
        "calls that came through",
        f"{holos.succeeded} of {size.calls}",
        f"{bare.succeeded} of {size.calls}",
        goal,
        holos.succeeded == size.calls,
    )
    measured.row("calls at once, at the most", str(holos.most_calls), str(bare.most_calls))
    measured.row("all processors busy, callers and robots included", f"{holos.busy:.0%}", f"{bare.busy:.0%}")
    measured.row("of them answered, by the ledger", str(books.answered), "", goal, books.answered >= size.calls)
    measured.row("offers that a robot's phone missed", str(books.missed))
    measured.row("lost, by the ledger", str(books.lost), "", "0", books.lost == 0)
    measured.row("events out of order", str(books.misfits), "", "0", books.misfits == 0)
    measured.row("recordings stored and verified", str(books.stored), "", goal, books.stored >= size.calls)
    measured.row("recordings in another state", str(books.unstored), "", "0", books.unstored == 0)
    ours, theirs = holos.seconds / size.calls, bare.seconds / size.calls
    ratio = ours / theirs
    measured.row("CPU seconds a call, everything", f"{ours:.2f}", f"{theirs:.2f}")
    measured.row("ratio", f"{ratio:.2f}", "1", "≤ 1.5", ratio <= 1.5)
    for name in sorted(holos.cpu, key=holos.cpu.__getitem__, reverse=True):
        theirs_of = f"{bare.cpu[name] / size.calls:.3f}" if name in bare.cpu else ""
        measured.row(f"– {name}", f"{holos.cpu[name] / size.calls:.3f}", theirs_of)
    measured.remarks.append(
        f"Callers walk two menus by keys, wait, and talk {size.talks[0]:.0f} to {size.talks[1]:.0f} s with speech both "
        "ways. The robots' phones are SIP phones in both runs, because forty browsers have no room beside them; "
        "their desks ask the web process "
        "what a browser asks. Product: encoding, storing and verifying every recording included; bare Asterisk leaves "
        "two wav files."
    )
    if not measured.met:
        measured.remarks.append(f"Fates: {dict(books.fates)}; recordings: {dict(books.recordings)}.")
    return measured


def _card(size: Load, cards: list[browsers.Card], name: str) -> Measured:
    measured = Measured(name, f"From the offer to the card on the screen, beside {size.calls - AT_SCREEN} other calls")
    if not cards:
        measured.row("no card was seen", "not measured", "", "p99 ≤ 300 ms", False)
        return measured
    painted = [card.painted for card in cards]
    worst = percentile(painted, 0.99)
    measured.row(f"median / p99 of {len(cards)} offers", milliseconds(painted), "", "p99 ≤ 300 ms", worst <= 0.3)
    measured.row("– until the page asks for it", milliseconds([card.asked for card in cards]))
    measured.row("– until it is answered", milliseconds([card.told - card.asked for card in cards]))
    measured.row("– until it is painted", milliseconds([card.painted - card.told for card in cards]))
    measured.remarks.append(
        "Chromium on the same machine. From the moment at which Asterisk stamps the offer to the second frame after "
        "painting."
    )
    return measured


def _recordings(size: Load, books: Books, name: str) -> Measured:
    measured = Measured(name, f"From the hang-up to the playable recording, with {size.calls} calls at once")
    worst = percentile(books.playable, 0.99)
    measured.row(
        f"median / p99 of {len(books.playable)}",
        f"{statistics.median(books.playable):.1f} / {worst:.1f} s",
        "",
        "p99 ≤ 5 s",
        worst <= PLAYABLE,
    )
    measured.remarks.append("Encoded, uploaded, read back and compared: only then can it be played.")
    return measured


def _memory(holos: Run) -> Measured:
    measured = Measured("memory", "Memory of each process at the peak and after")
    for name, peak in sorted(holos.peak.items(), key=lambda item: -item[1]):
        measured.row(name, f"{peak / 2**20:.0f} MiB, after {holos.after.get(name, 0) / 2**20:.0f} MiB")
    total = sum(holos.peak.values()) / 2**20
    measured.row("all", f"{total:.0f} MiB, after {sum(holos.after.values()) / 2**20:.0f} MiB")
    measured.remarks.append("Proportional set size with all descendants; shared pages are divided among their users.")
    return measured
