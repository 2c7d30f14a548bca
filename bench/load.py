"""Three hundred calls at once through the menus into a queue with forty answering operators, everything recorded.

The same callers, robots, prompts, keys and talks against the product and against bare Asterisk, one after the other.
"""

import re
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import browsers, processor, replaying
from bench.bare import bare_asterisk
from bench.centre import DIALLED, KEYS, KEYS_TO_SCREEN, ROBOTS_PORT, RTP_PORTS, Centre, centre
from bench.figures import Measured, milliseconds, percentile
from calls.model import CallState, Fate
from recordings.model import RecordingState
from run.asterisk.config import AgentPhone
from run.demo import caller_audio, telephones
from run.demo.telephones import ROBOTS, Telephones
from tests.town.ports import thousand
from tests.town.product import Product
from tests.town.waiting import wait_for

RATE = 20.0  # calls begun a second
SETTLE = 120.0  # seconds for the last recordings to be stored
SHOWN, SCREEN_RATE = 60, 0.25  # calls to the operator at the browser, and how many of them begin in a second
PLAYABLE = 5.0  # seconds from the hang-up: the goal
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


@dataclass
class Run:
    """What one run was like."""

    succeeded: int = 0
    failed: int = 0
    cpu: dict[str, float] = field(default_factory=dict)  # seconds, by part
    busy: float = 0  # share of all processors' time until the last call was over, the far ends included
    peak: dict[str, int] = field(default_factory=dict)  # bytes, by part
    after: dict[str, int] = field(default_factory=dict)
    most_calls: int = 0  # at once, looked at every five seconds

    @property
    def seconds(self) -> float:
        """CPU of all parts."""
        return sum(self.cpu.values())


@dataclass(frozen=True)
class Books:
    """What the product's books say afterwards."""

    fates: Counter[str]  # calls by fate; by state where they have none
    recordings: Counter[str]  # by state
    missed: int  # offers that a robot's phone did not answer in time
    misfits: int  # events that did not fit their calls: they came out of order, or one was missing
    playable: Sequence[float]  # from each hang-up to the stored recording, seconds

    @property
    def answered(self) -> int:
        """Calls that an operator answered."""
        return self.fates[Fate.ANSWERED]

    @property
    def lost(self) -> int:
        """Calls whose end nobody knows."""
        return self.fates[Fate.LOST] + sum(self.fates[state] for state in CallState)

    @property
    def stored(self) -> int:
        """Recordings that can be played."""
        return self.recordings[RecordingState.STORED]

    @property
    def unstored(self) -> int:
        """Recordings of talks in any other state."""
        return self.recordings.total() - self.stored - self.recordings[RecordingState.NOT_NEEDED]


def load(size: Load) -> list[Measured]:
    """Both runs, then the screen beside the same load again, and everything that is measured beside them."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-") as place, thousand() as ports:
        here = Path(place)
        bare = _bare(here, ports, size)
        capture = here / "ami.capture"
        with centre(ports, size.robots, ami_capture=capture) as running:
            holos, books = _product(running, here, size)
            cards = _screen(running, here, size)
        return [
            _calls(size, holos, bare, books),
            _card(size, cards, "card"),
            _recordings(size, books, "recordings"),
            _memory(holos),
            replaying.measured(ports, sorted(capture.iterdir())),
        ]


def half(full: Load) -> list[Measured]:
    """Half as much, without the comparison: what waits for a processor at the full size does not here."""
    size = replace(full, calls=full.calls // 2, robots=full.robots // 2)
    with tempfile.TemporaryDirectory(prefix="holos-bench-") as place, thousand() as ports:
        here = Path(place)
        with centre(ports, size.robots) as running:
            _, books = _product(running, here, size)
            cards = _screen(running, here, size)
    return [_card(size, cards, "card-half"), _recordings(size, books, "recordings-half")]


def _bare(here: Path, ports: int, size: Load) -> Run:
    phones = [
        AgentPhone(person_id=n, organisation="dtm", secret="x" * 20, contact=f"sip:agent{n}@{ROBOTS}:{ROBOTS_PORT}")
        for n in range(1, size.robots + 1)
    ]
    with bare_asterisk(here / "bare", ports, phones, rtp_ports=RTP_PORTS) as bare:
        with _telephones(here, size, bare.settings.sip_port) as callers:
            run = _watched(Watched(lambda: {"asterisk": bare.process.pid}, bare.says), callers, size)
        assert len(bare.recorded()) >= run.succeeded, "bare Asterisk did not record every call"
        return run


def _product(running: Centre, here: Path, size: Load) -> tuple[Run, Books]:
    product = running.product
    running.robots_sit_down()
    with _telephones(here, size, product.settings.sip_port) as callers:
        run = _watched(Watched(product.pids, product.says), callers, size, lambda: _stored(running))
    assert running.desks is not None
    if running.desks.failures:
        print(f"robots' desks were refused {len(running.desks.failures)} times: {running.desks.failures[0]}")
    return run, _books(product, running.desks.came_back)


def _books(product: Product, missed: int) -> Books:
    calls = product.rows("SELECT coalesce(fate, state) AS fate FROM call WHERE caller LIKE %s", "+99890%")
    playable = product.rows(
        "SELECT EXTRACT(epoch FROM r.stored_at - c.ended_at)::float AS seconds FROM recording r "
        "JOIN call c ON c.id = r.call WHERE r.state = 'stored' AND c.ended_at IS NOT NULL"
    )
    return Books(
        fates=Counter(call["fate"] for call in calls),
        missed=missed,
        misfits=len(product.rows("SELECT seq FROM unexpected_event")),
        recordings=Counter(row["state"] for row in product.rows("SELECT state FROM recording")),
        playable=[row["seconds"] for row in playable],
    )


def _screen(running: Centre, here: Path, size: Load) -> list[browsers.Card]:
    """When each card was on the screen, while the same callers wait and talk; they are sent away at the end.

    The operator at the browser has callers of their own, so that short talks do not make the load lighter.
    """
    product, shown = running.product, min(SHOWN, size.calls)
    beside = replace(size, calls=size.calls - AT_SCREEN)
    with browsers.screen(product, here) as screen, _telephones(here / "beside", beside, product.settings.sip_port):
        said = caller_audio.alaw_speech("uz", "Sertifikatim tayyormi?")
        callers = telephones.callers(
            here / "screen",
            name="screen",
            to=f"127.0.0.1:{product.settings.sip_port}",
            numbers=[(f"+99891{1000000 + number}", DIALLED) for number in range(shown)],
            capture=caller_audio.write_capture(here / "screen.pcap", said, KEYS_TO_SCREEN, seconds=90),
            rate=SCREEN_RATE,
            sip_port=15060,
            together=100,  # ten at once, one after the other
            media_port=58000,
            patience=90,
        )
        try:
            callers.wait(shown / SCREEN_RATE + 120)
        finally:
            callers.stop()
        return screen.cards()


def _stored(running: Centre) -> None:
    """Waits until every recording is in the store."""
    waiting = "SELECT count(*) AS n FROM recording WHERE state IN ('expected', 'recording', 'spooled')"
    wait_for("every recording", lambda: running.product.rows(waiting)[0]["n"] == 0, seconds=SETTLE, every=1)


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


@dataclass(frozen=True)
class Watched:
    """What is looked at while the calls go on: processes by part, and Asterisk's console."""

    pids: Callable[[], dict[str, int]]
    says: Callable[[str], str]

    def calls(self) -> int:
        """Callers and agents connected to Asterisk now, counted as calls."""
        found = re.search(r"(\d+) active calls?", self.says("core show channels count"))
        return int(found.group(1)) if found else 0


def _watched(watched: Watched, callers: Telephones, size: Load, settled: Callable[[], None] = lambda: None) -> Run:
    """CPU from the first call until everything is settled, memory at its peak and after."""
    before, at_first = processor.spent(watched.pids()), processor.machine()
    run = Run()
    over = threading.Event()

    def look() -> None:
        while not over.wait(5):
            run.most_calls = max(run.most_calls, watched.calls())
            for name, now in processor.spent(watched.pids()).items():
                run.peak[name] = max(run.peak.get(name, 0), now.resident)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    began = time.monotonic()
    while not callers.over and time.monotonic() - began < size.longest + 60:
        time.sleep(1)
    outcome = callers.outcome()
    run.busy = _share_busy(at_first, processor.machine())
    settled()
    over.set()
    watcher.join()
    spent = processor.spent(watched.pids())
    run.succeeded, run.failed = outcome.succeeded, outcome.failed
    run.cpu = {name: now.seconds - before[name].seconds for name, now in spent.items()}
    run.after = {name: now.resident for name, now in spent.items()}
    return run


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


def _share_busy(first: tuple[float, float], last: tuple[float, float]) -> float:
    return 1 - (last[1] - first[1]) / (last[0] - first[0])


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
