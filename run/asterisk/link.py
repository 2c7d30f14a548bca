"""The listener's asyncio side: hears Asterisk, tells the story into the spool, finds out what it missed in a gap.

Nothing here waits for PostgreSQL or Redis. Messages are enqueued as they come; while the present is being compared with
what was known, they wait, and what the comparison already covers is dropped.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from ami import Client, Link, Login, Message, NoAnswer
from calls import queue_log, translate
from calls.events import CallArrived, CallLost, Event, LinkLost, LinkRestored
from calls.model import CallId, NodeName
from calls.observer import Line, Observer
from calls.queries import OpenCall
from calls.resync import Present, catch_up
from calls.signals import ChannelId, Said, Signal
from calls.spool import Mark, Memory, Spool, fsync, remembered

log = structlog.get_logger()

BOOTS_WITHIN = timedelta(minutes=2)  # from the sign-in until Asterisk is fully booted
SYNC_EVERY = timedelta(seconds=0.25)
MARK_EVERY = timedelta(seconds=5)
REMEMBERS_ENDED = timedelta(minutes=15)


class Ears:
    """Owns the observer and the spool; `told` is called whenever the spool has grown."""

    def __init__(self, node: NodeName, spool: Path, log_of_queues: Path, told: Callable[[], None]) -> None:
        self._node, self._queue_log, self._told = node, log_of_queues, told
        before = remembered(spool)
        self.observer = Observer(before.calls.values())
        self.observer.ended.update({ChannelId(channel): at for channel, at in before.ended.items()})
        self._mark, self._lost_at, self._had_memory = before.mark, before.last_at, before.last_at is not None
        self._last_heard = before.last_at
        self._known_link = False
        self._given_up: set[CallId] = set()  # calls whose loss is told, until the ledger has read it
        self.spool = Spool(spool, self._memory)
        self.spool.start()
        self.link: Link | None = None  # while the story is live
        self.linked_at: datetime | None = None  # since when it is; None while it is not
        self._inbox: deque[Message] = deque()
        self._more = asyncio.Event()
        self._booted: asyncio.Future[Message] | None = None

    def _memory(self) -> Memory:
        if self._last_heard is not None:
            self.observer.forget(self._last_heard - REMEMBERS_ENDED)
        ended = {str(channel): at for channel, at in self.observer.ended.items()}
        return Memory(self.observer.calls, ended, self._last_heard, self._mark)

    def hear(self, message: Message) -> None:
        """A message of the connection. The client reads on meanwhile: it is only put in line here."""
        if message.event == "FullyBooted":
            self._booted = self._booted or asyncio.get_running_loop().create_future()
            if not self._booted.done():
                self._booted.set_result(message)
        else:
            self._inbox.append(message)
            self._more.set()

    def parted(self, reason: str) -> None:
        """The connection is gone. What was heard before is told first."""
        self._booted = None
        was_live, self.link, self.linked_at = self.link is not None, None, None
        while self._inbox and was_live:
            self._tell(self._inbox.popleft())
        self._inbox.clear()
        if was_live:
            self._lost_at = self._last_heard or datetime.now(UTC)
            self._keep([Line(None, LinkLost(at=self._lost_at, node=self._node, reason=reason))])

    async def tell(self) -> None:
        """Turns messages into the story, for ever."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._inbox and self.link is not None:
                self._tell(self._inbox.popleft())
                if len(self._inbox) % 100 == 0:
                    await asyncio.sleep(0)  # lets pings and actions through under a flood

    async def sync(self) -> None:
        """Lets the disk follow, for ever."""
        while True:
            await asyncio.sleep(SYNC_EVERY.total_seconds())
            self.spool.retry()
            if descriptors := self.spool.unsynced():
                await asyncio.to_thread(fsync, descriptors)

    async def marks(self) -> None:
        """Notes how much of queue_log is covered: what it had two pongs ago has surely been heard."""
        earlier: Mark | None = None
        while True:
            await asyncio.sleep(MARK_EVERY.total_seconds())
            link = self.link
            if link is None:
                earlier = None
                continue
            now = queue_log.mark_at_end(self._queue_log)
            try:
                self._heard_at(translate.clock(await link.ask({"Action": "Ping"})))
            except (OSError, NoAnswer):
                continue
            if earlier is not None and earlier != self._mark and not self._inbox:
                self._mark = earlier
                self.spool.mark(earlier)
            earlier = now

    async def met(self, link: Link) -> None:
        """Compares with Asterisk and tells what was missed; then goes on live."""
        self._booted = self._booted or asyncio.get_running_loop().create_future()
        booted = await asyncio.wait_for(asyncio.shield(self._booted), BOOTS_WITHIN.total_seconds())
        now = translate.clock(await link.ask({"Action": "Ping"}))
        status = await link.ask_list({"Action": "Status", "Variables": translate.ASKED_VARIABLES})
        queues = await link.ask_list({"Action": "QueueStatus"})
        present = Present(
            now=now,
            started_at=translate.started_at(booted, now),
            channels=translate.alive_channels(status, now),
            waiting=translate.waiting_callers(queues),
        )
        begins = queue_log.mark_at_end(self._queue_log)
        missed = await asyncio.to_thread(self._missed)
        self._compare(present, missed)
        self._mark = begins
        self.spool.mark(begins)
        self._drop_covered(now)
        self.link, self.linked_at = link, datetime.now(UTC)
        self._more.set()

    def _missed(self) -> list[queue_log.Entry]:
        """A listener without any memory begins with the present: what was before it is not its story."""
        if not self._had_memory:
            return []
        return list(queue_log.entries_after(self._queue_log, self._mark))

    def _compare(self, present: Present, missed: list[queue_log.Entry]) -> None:
        lost_at = self._lost_at or present.now
        if self._had_memory and not self._known_link:  # the last listener ended without a word
            self._keep([Line(None, LinkLost(at=lost_at, node=self._node, reason="listener ended"))])
        told = catch_up(self.observer, present, missed, lost_at=lost_at)
        restored = LinkRestored(
            at=present.now, node=self._node, asterisk_started_at=present.started_at, gap=present.now - lost_at
        )
        self._keep([*told, Line(None, restored)])
        self._known_link = self._had_memory = True
        self._heard_at(present.now)
        log.info("asterisk_linked", gap=(present.now - lost_at).total_seconds(), missed=len(told), read=len(missed))

    def _drop_covered(self, now: datetime) -> None:
        """Of what came while comparing, what is older than the comparison is covered by it; words are not."""
        waiting = list(self._inbox)
        self._inbox.clear()
        for message in waiting:
            heard = translate.translate(message)
            told = isinstance(heard, Said) and not isinstance(heard.event, CallArrived)
            if heard is not None and (heard.at > now or told or isinstance(heard, Event)):
                self._inbox.append(message)

    def _tell(self, message: Message) -> None:
        heard = translate.translate(message)
        if heard is None:
            return
        self._heard_at(heard.at)
        self._keep(self.observer.hear(heard) if isinstance(heard, Signal) else [Line(None, heard)])

    def _heard_at(self, at: datetime) -> None:
        self._last_heard = max(self._last_heard or at, at)

    def _keep(self, lines: list[Line]) -> None:
        if lines:
            self.spool.append(lines)
            self._told()

    def lose_unknown(self, believed: Iterable[OpenCall]) -> None:
        """Ends calls that the ledger believes to be open and that nobody else knows of: the spool was lost.

        Each is told once: the ledger may be long in reading it.
        """
        calls = {CallId(call.id): call for call in believed}
        self._given_up &= calls.keys()
        for known, call in calls.items():
            if known in self._given_up:
                continue
            if known not in self.observer.calls and ChannelId(call.channel) not in self.observer.ended:
                self._given_up.add(known)
                at = max(self._last_heard or call.arrived_at, call.arrived_at)
                lost = CallLost(call=known, at=at, reason="not known to Asterisk")
                self._keep([Line(call.organisation, lost)])


class Told(Protocol):
    """Who wants to know whether Asterisk can be asked."""

    def linked(self) -> None:
        """It can."""

    def parted(self) -> None:
        """It cannot."""


def client(login: Login, ears: Ears, watcher: Told, capture: Path | None) -> Client:
    """The connection that the ears listen to."""

    async def met(link: Link) -> None:
        await ears.met(link)
        watcher.linked()

    def parted(reason: str) -> None:
        watcher.parted()
        ears.parted(reason)

    return Client(login, hear=ears.hear, met=met, parted=parted, capture=capture)
