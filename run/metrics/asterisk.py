"""What the listener knows of Asterisk and of its own spool. Asterisk is asked two short questions every 15 seconds."""

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ami import ActionFailed, Link
from calls import translate
from calls.writer import WriterThread
from run.asterisk.link import Ears

ASK_EVERY = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class Present:
    """What Asterisk answered last."""

    calls: int
    phones: Mapping[str, int]  # by what Asterisk found out of them


class OfListener(Collector):
    """Figures of the listener. They are taken in another thread than those that change them: each is one reading."""

    def __init__(self, ears: Ears, writer: WriterThread, disks: Mapping[str, Path]) -> None:
        self._ears, self._writer, self._disks = ears, writer, disks
        self._present: Present | None = None

    async def ask(self) -> None:
        """Asks Asterisk now and then, for ever, over the connection that is there."""
        while True:
            link = self._ears.link
            self._present = None if link is None else await _present(link)
            await asyncio.sleep(ASK_EVERY)

    def collect(self) -> Iterator[Metric]:
        since = self._ears.linked_at
        yield _gauge("holos_ami_link_up", "Whether the story of Asterisk is heard live.", since is not None)
        if since is not None:
            yield _gauge("holos_ami_link_since_timestamp_seconds", "Since when it is.", since.timestamp())
        yield _gauge("holos_journal_writer_up", "Whether PostgreSQL takes what the spool has.", not self._writer.away)
        spool = self._ears.spool
        yield _gauge("holos_journal_spool_bytes", "Size of the listener's own spool of events.", _size(spool.directory))
        yield _gauge("holos_journal_spool_failing", "Whether the spool's disk takes nothing more.", spool.failing)
        yield from self._of_disks()
        present = self._present
        if present is not None and since is not None:
            yield _gauge("holos_asterisk_channels", "Channels in use, both sides of each talk.", present.calls)
            phones = GaugeMetricFamily(
                "holos_asterisk_contacts", "Registered phones by what Asterisk's qualify found.", labels=["state"]
            )
            for state, number in present.phones.items():
                phones.add_metric([state], number)
            yield phones

    def _of_disks(self) -> Iterator[Metric]:
        free = GaugeMetricFamily("holos_disk_free_bytes", "Room left on the disk of a directory.", labels=["directory"])
        size = GaugeMetricFamily("holos_disk_size_bytes", "Size of the disk of a directory.", labels=["directory"])
        for name, path in self._disks.items():
            if path.exists():
                usage = shutil.disk_usage(path)
                free.add_metric([name], usage.free)
                size.add_metric([name], usage.total)
        yield free
        yield size


async def _present(link: Link) -> Present | None:
    """None when Asterisk does not answer."""
    try:
        calls = translate.channels_in_use(await link.ask({"Action": "CoreStatus"}))
        return Present(calls, translate.phones(await _contacts(link)))
    except (OSError, ActionFailed, ValueError):  # NoAnswer and LinkBroken are OSErrors, Malformed is a ValueError
        return None


async def _contacts(link: Link) -> list[translate.Message]:
    try:
        return await link.ask_list({"Action": "PJSIPShowContacts"})
    except ActionFailed:
        return []  # Asterisk's way to say that there are none


def _size(directory: Path) -> int:
    total = 0
    for file in directory.iterdir():
        try:
            total += file.stat().st_size
        except FileNotFoundError:
            continue  # the journal has it: it was deleted meanwhile
    return total


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=float(value))
