"""The process `listener`: Asterisk's events into the journal, the journal to its readers, wishes back to Asterisk.

One a node. The asyncio side (`run.asterisk.link`) only hears and spools; one thread moves the spool into PostgreSQL,
one thread for each reader follows the journal, one thread carries out what PostgreSQL wants of Asterisk. A thread or
task that dies ends the process, which is started again: half a listener would be missed by nobody.
"""

import asyncio
import signal
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import redis
import structlog
from sqlalchemy.exc import SQLAlchemyError

import acd.callbacks.reader
import acd.queues.reader
import acd.reader
import calls.reader
import db
import ivr.reader
import recordings.reader
import supervisor.supervision.reader
from ami import Login
from calls import hearing, queries
from calls.actions import Actions
from calls.model import NodeName
from calls.queries import OpenCall
from calls.readers import News, Reader, ReaderThread
from calls.spool import Spool
from calls.writer import WriterThread
from db import EVERY_ORGANISATION, transaction
from recordings import jobs
from run import garbage, logs
from run.asterisk import link
from run.asterisk.wishes import Wishes
from run.metrics.asterisk import OfListener
from run.metrics.process import REGISTRY, Teller
from run.settings import Settings
from web import facts, hints, live

log = structlog.get_logger()

LOOK_EVERY = timedelta(minutes=1)
WATCH_EVERY = TELL_EVERY = timedelta(seconds=1)

READERS: Sequence[Reader] = (
    Reader(calls.reader.NAME, calls.reader.read),
    Reader("desk", acd.reader.read, acd.reader.HEARS),
    Reader(acd.callbacks.reader.NAME, acd.callbacks.reader.read, acd.callbacks.reader.HEARS),
    Reader("offers", acd.queues.reader.read, acd.queues.reader.HEARS),
    Reader("recordings", recordings.reader.read, recordings.reader.HEARS),
    Reader("languages", ivr.reader.read, ivr.reader.HEARS),
    Reader("supervision", supervisor.supervision.reader.read, supervisor.supervision.reader.HEARS),
)


def main() -> None:
    """Listens until SIGTERM or SIGINT."""
    settings = Settings()
    logs.configure(settings.log_level, process="listener")
    db.connect(settings.database_url.get_secret_value(), pool_size=len(READERS) + 4)
    url = settings.redis_url.get_secret_value()
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    hints.connect(partial(live.publish, client))
    jobs.connect(url)
    facts.connect(url)
    asyncio.run(_listen(settings))


async def _listen(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    node = NodeName(settings.node)
    grown = News()
    writer = WriterThread(settings.journal_spool, node, grown)
    ears = link.Ears(node, settings.journal_spool, settings.asterisk / "log" / "queue_log", writer.wake)
    login = Login("127.0.0.1", settings.ami_through or settings.ami_port, settings.ami_user, settings.ami_secret)
    wishes = Wishes(settings, Actions(loop, lambda: ears.link))
    client = link.client(login, ears, wishes, settings.ami_capture)
    disks = {"data": settings.data, "recordings": settings.recordings_spool}
    figures = OfListener(ears, writer, disks, node=node, log=settings.asterisk / "log" / "messages")
    REGISTRY.register(figures)
    teller = Teller(settings.redis_url.get_secret_value(), "listener", settings.node)
    threads: list[Any] = [writer, wishes, *(ReaderThread(reader, node, grown) for reader in READERS)]
    for thread in (*threads, teller):
        thread.start()
    garbage.spare()
    log.info("listener_started", node=node, open_calls=len(ears.observer.calls))
    listening = (client.run(), ears.tell(), ears.sync(), ears.marks(), _tell_link(ears, node))
    tasks = [
        asyncio.create_task(task) for task in (*listening, _lost_calls(ears, writer), figures.ask(), watch(threads))
    ]
    await _stopped(loop, tasks)
    await ended(tasks, [*threads, teller], ears.spool)
    log.info("listener_stopped")


async def ended(tasks: Sequence["asyncio.Task[None]"], threads: Sequence[Any], spool: Spool) -> None:
    """Everything stops: what is heard is on the disk, threads finish what they do. Raises what failed before."""
    for thread in threads:
        thread.stop()
    for task in tasks:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    spool.close()
    await asyncio.gather(*(asyncio.to_thread(thread.join, 5.0) for thread in threads))
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


class ThreadDied(RuntimeError):
    """A thread ended that nobody stopped; what ended it stands in the log before this."""


async def watch(threads: Sequence[threading.Thread], *, every: timedelta = WATCH_EVERY) -> None:
    """Looks whether all threads live, for ever. ThreadDied."""
    while True:
        await asyncio.sleep(every.total_seconds())
        for thread in threads:
            if not thread.is_alive():
                raise ThreadDied(thread.name)


async def _lost_calls(ears: link.Ears, writer: WriterThread) -> None:
    """Looks now and then for calls that only the ledger believes to be open, as long as PostgreSQL is there."""
    while True:
        await asyncio.sleep(LOOK_EVERY.total_seconds())
        if ears.link is not None and writer.through:
            try:
                ears.lose_unknown(await asyncio.to_thread(believed_open, writer.node))
            except SQLAlchemyError as error:
                log.warning("ledger_not_asked", reason=f"{type(error).__name__}: {error}"[:300])


async def _tell_link(ears: link.Ears, node: NodeName) -> None:
    """Tells the boards every second whether Asterisk is heard, and since when it is so, for ever."""
    since, linked = datetime.now(UTC), False
    while True:
        if linked != (ears.linked_at is not None):
            linked, since = not linked, ears.linked_at or datetime.now(UTC)
        await asyncio.to_thread(hearing.tell, node, linked=linked, since=since)
        await asyncio.sleep(TELL_EVERY.total_seconds())


def believed_open(node: NodeName) -> list[OpenCall]:
    """What the ledger believes to be open; nothing while it is behind the journal, for then it does not know."""
    with transaction(EVERY_ORGANISATION) as session:
        return queries.open_calls(session, node) if queries.is_current(session, node, calls.reader.NAME) else []


async def _stopped(loop: asyncio.AbstractEventLoop, tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Until a signal; a task that fails ends the process, which is started again and knows from the spool what was."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    failures: list[BaseException] = []

    def note(task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            failures.append(error)
            stopping.set()

    for task in tasks:
        task.add_done_callback(note)
    await stopping.wait()
    if failures:
        log.error("listener_failed", exc_info=failures[0])


if __name__ == "__main__":
    main()
