"""All bots of the installation, each in a conversation of its own; without any, Telegram's library is not loaded."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from importlib import import_module

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db import EVERY_ORGANISATION, transaction
from notify.tables import Channel
from supervisor.panel import queries

log = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=5)  # for bots that were added, changed or switched off
PAUSE = timedelta(seconds=5)  # after a failure


class Panel:
    """All bots of the installation."""

    def __init__(self, *, look_every: timedelta = LOOK_EVERY, pause: timedelta = PAUSE) -> None:
        self._look_every, self._pause = look_every, pause
        self._running: dict[int, tuple[object, asyncio.Task[None]]] = {}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ends every conversation."""
        self._stopping.set()

    async def run(self) -> None:
        """Until it is stopped. PostgreSQL and Telegram may be away meanwhile."""
        while not self._stopping.is_set():
            try:
                self._settle(await asyncio.to_thread(_bots))
            except SQLAlchemyError as error:
                log.error("bots_not_known", error=type(error).__name__)
            try:
                async with asyncio.timeout(self._look_every.total_seconds()):
                    await self._stopping.wait()
            except TimeoutError:
                continue
        self._settle({})
        await asyncio.gather(*(task for _, task in self._running.values()), return_exceptions=True)

    def _settle(self, bots: Mapping[int, Channel]) -> None:
        for channel_id, (described, task) in list(self._running.items()):
            if task.done() and task.exception() is not None:  # begun again below
                log.error("bot_fell_silent", channel=channel_id, exc_info=task.exception())
                del self._running[channel_id]
            elif channel_id not in bots or _described(bots[channel_id]) != described:
                task.cancel()
                del self._running[channel_id]
        for channel_id, channel in bots.items():
            if channel_id not in self._running:
                talking = asyncio.create_task(self._talk(channel))
                self._running[channel_id] = (_described(channel), talking)

    async def _talk(self, channel: Channel) -> None:
        chat = await asyncio.to_thread(import_module, "supervisor.panel.chat")  # with aiogram: seconds
        await chat.talk(channel, self._pause)


def _bots() -> dict[int, Channel]:
    with transaction(EVERY_ORGANISATION) as session:
        return {channel.id: channel for channel in queries.bots(session)}


def _described(channel: Channel) -> object:
    return (channel.secret, channel.settings.get("base"), channel.settings.get("citizens"))
