"""What the listener knows of Asterisk, its links and its own spool. Asterisk is asked short questions every 15 seconds.

The same is told to the status page as a fact, by the node's name.
"""

import asyncio
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ami import ActionFailed, Link
from calls import translate
from calls.writer import WriterThread
from run.asterisk.link import Ears
from run.metrics.clock import UNKEPT_SINCE, Watched, clock
from run.metrics.task_processors import Overloads
from web import facts

ASK_EVERY = timedelta(seconds=15)
FACT: Final = "asterisk"  # and the node's name
TOLD_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Present:
    """What Asterisk answered last."""

    calls: int
    phones: Mapping[str, int]  # by what Asterisk found out of them
    far_ends: Sequence[translate.FarEnd]
    registrations: Mapping[str, int]
    ahead: float  # seconds: Asterisk's clock less ours
    answered_in: float  # seconds


class OfListener(Collector):
    """Figures of the listener. They are taken in another thread than those that change them: each is one reading."""

    def __init__(self, ears: Ears, writer: WriterThread, disks: Mapping[str, Path], *, node: str, log: Path) -> None:
        self._ears, self._writer, self._disks, self._node = ears, writer, disks, node
        self._present: Present | None = None
        self._overloads = Overloads(log)
        self._watched = Watched()

    async def ask(self) -> None:
        """Asks Asterisk now and then, for ever, over the connection that is there."""
        while True:
            link = self._ears.link
            self._present = None if link is None else await _present(link)
            await asyncio.to_thread(self._overloads.read)
            await asyncio.to_thread(self._tell)
            await asyncio.sleep(ASK_EVERY.total_seconds())

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
            yield from _of_links(present)
        yield CounterMetricFamily(
            "holos_asterisk_task_queue_overloads",
            "How often a queue of Asterisk's task processors was too long, by its log.",
            value=self._overloads.number,
        )
        if (last := self._overloads.last_at) is not None:
            yield _gauge("holos_asterisk_task_queue_overloaded_timestamp_seconds", "When last.", last.timestamp())
        if (machine := clock()) is not None:
            yield _gauge(
                "holos_clock_synchronised", "Whether somebody keeps the machine's clock.", machine.synchronised
            )
            yield _gauge("holos_clock_offset_seconds", "How far it is off, by who keeps it.", machine.offset)
        if (unkept := self._watched.unkept_since) is not None:
            yield _gauge(UNKEPT_SINCE, "Since when nobody is seen to keep the machine's clock.", unkept.timestamp())

    def _tell(self) -> None:
        """What the status page shows."""
        present, machine, linked = self._present, clock(), self._ears.linked_at
        self._watched.look(machine, datetime.now(UTC))
        told: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(),
            "linked": None if linked is None else linked.isoformat(),
            "present": None if present is None else _told(present),
            "overloads": self._overloads.number,
            "overloaded": self._overloads.last,
            "clock": None if machine is None else {"kept": machine.synchronised, "offset": machine.offset},
            "disks": {name: _room(path) for name, path in self._disks.items() if path.exists()},
        }
        facts.keep(f"{FACT}:{self._node}", told, lasting=TOLD_FOR)

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
        before = datetime.now(UTC)
        pong = translate.clock(await link.ask({"Action": "Ping"}))
        after = datetime.now(UTC)
        calls = translate.channels_in_use(await link.ask({"Action": "CoreStatus"}))
        contacts = await _listed(link, "PJSIPShowContacts")
        return Present(
            calls,
            translate.phones(contacts),
            translate.far_ends(contacts),
            translate.registrations(await _listed(link, "PJSIPShowRegistrationsOutbound")),
            (pong - before - (after - before) / 2).total_seconds(),
            (after - before).total_seconds(),
        )
    except (OSError, ActionFailed, ValueError):  # NoAnswer and LinkBroken are OSErrors, Malformed is a ValueError
        return None


async def _listed(link: Link, action: str) -> list[translate.Message]:
    try:
        return await link.ask_list({"Action": action})
    except ActionFailed:
        return []  # Asterisk's way to say that there are none


def _of_links(present: Present) -> Iterator[Metric]:
    reachable = GaugeMetricFamily("holos_trunk_reachable", "Whether a trunk's far end answers.", labels=["far_end"])
    trip = GaugeMetricFamily("holos_trunk_round_trip_seconds", "How long it took to answer.", labels=["far_end"])
    for place, far_end in enumerate(present.far_ends, 1):
        reachable.add_metric([str(place)], float(far_end.state == "reachable"))
        if far_end.round_trip is not None:
            trip.add_metric([str(place)], far_end.round_trip.total_seconds())
    ours = GaugeMetricFamily("holos_registrations", "Our registrations at carriers.", labels=["state"])
    for state, number in present.registrations.items():
        ours.add_metric([state], number)
    yield from (reachable, trip, ours)
    yield _gauge("holos_asterisk_clock_ahead_seconds", "Asterisk's clock less the listener's.", present.ahead)
    yield _gauge("holos_asterisk_answer_seconds", "How long Asterisk took to answer a ping.", present.answered_in)


def _told(present: Present) -> dict[str, Any]:
    return {
        "channels": present.calls,
        "phones": dict(present.phones),
        "far_ends": [
            {
                "address": each.address,
                "state": each.state,
                "seconds": None if each.round_trip is None else each.round_trip.total_seconds(),
            }
            for each in present.far_ends
        ],
        "registrations": dict(present.registrations),
        "ahead": present.ahead,
        "answered_in": present.answered_in,
    }


def _room(path: Path) -> dict[str, int]:
    usage = shutil.disk_usage(path)
    return {"free": usage.free, "size": usage.total}


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
