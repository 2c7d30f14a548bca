"""One connection to Redis for all live streams of a process: news are heard once and handed to whoever listens.

A stream that asked Redis for itself would wake for every message of a board, and so would forty desks.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

import redis.asyncio
import structlog
from redis.exceptions import RedisError

log = structlog.get_logger()

BEHIND: Final = 200  # pieces of news that wait for one listener; whoever is further behind asks the streams again
PATIENCE: Final = timedelta(seconds=5)  # for Redis to confirm that we listen
LOOK_EVERY: Final = timedelta(seconds=5)  # of silence; then Redis is asked whether it lives


class Piece(NamedTuple):
    """News of a channel with their place in its stream."""

    channel: str
    identity: str
    message: str


class Listener:
    """Hears some channels. `next` gives None when the hub can say no more."""

    def __init__(self, channels: Sequence[str]) -> None:
        self.channels = tuple(channels)
        self._pieces: asyncio.Queue[Piece | None] = asyncio.Queue(BEHIND + 1)

    async def next(self, patience: timedelta) -> Piece | None:
        """The next piece. TimeoutError when nothing happens for so long."""
        return await asyncio.wait_for(self._pieces.get(), patience.total_seconds())

    def hear(self, piece: Piece) -> bool:
        """Takes a piece; False when the listener is too far behind, and is told that it ended."""
        if self._pieces.qsize() < BEHIND:
            self._pieces.put_nowait(piece)
            return True
        self.end()
        return False

    def end(self) -> None:
        """There will be no more."""
        with contextlib.suppress(asyncio.QueueFull):
            self._pieces.put_nowait(None)


class Hub:
    """Listens to the channels that anybody listens to."""

    def __init__(self, client: Any, *, look_every: timedelta = LOOK_EVERY) -> None:
        self._client: redis.asyncio.Redis = client
        self._look_every = look_every
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._confirmed: dict[str, asyncio.Event] = {}
        self._subscription: Any = None
        self._reading: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()  # a subscription that two begin at once loses one of them

    async def join(self, listener: Listener) -> None:
        """Nothing that is published from its return on escapes the listener. RedisError, OSError, TimeoutError."""
        for channel in listener.channels:
            self._listeners[channel].add(listener)
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                confirmed = await self._subscribe(listener.channels)
                for event in confirmed:
                    await event.wait()
        except (RedisError, OSError, TimeoutError):
            self._lose()
            raise

    async def _subscribe(self, channels: Sequence[str]) -> list[asyncio.Event]:
        """Asks for the channels that nobody has asked for; what tells that each of them is heard."""
        async with self._changing:
            new = [channel for channel in channels if channel not in self._confirmed]
            self._confirmed |= {channel: asyncio.Event() for channel in new}
            confirmed = [self._confirmed[channel] for channel in channels]
            if self._subscription is None:
                self._subscription = self._client.pubsub()
            if new:
                await self._subscription.subscribe(*new)
            if self._reading is None:
                self._reading = asyncio.create_task(self._read(self._subscription))
            return confirmed

    async def leave(self, listener: Listener) -> None:
        """The listener hears no more; channels that nobody hears are given up."""
        async with self._changing:
            left = []
            for channel in listener.channels:
                self._listeners[channel].discard(listener)
                if not self._listeners[channel]:
                    del self._listeners[channel]
                    if self._confirmed.pop(channel, None) is not None:
                        left.append(channel)
            if left and self._subscription is not None:
                with contextlib.suppress(RedisError, OSError):
                    await self._subscription.unsubscribe(*left)

    async def close(self) -> None:
        """Ends everybody's listening."""
        reading = self._reading
        self._lose()
        if reading is not None:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading

    async def _read(self, subscription: Any) -> None:
        try:
            while self._subscription is subscription:
                said = await subscription.get_message(timeout=self._look_every.total_seconds())
                if said is not None:
                    self._take(said)
                else:
                    await self._client.ping()  # silence may be a Redis that stands still
        except Exception as error:  # noqa: BLE001 -- the edge: every page is told to come again
            log.warning("news_not_heard", error=type(error).__name__)
        finally:
            if self._subscription is subscription:
                self._lose()
            with contextlib.suppress(RedisError, OSError):
                await subscription.aclose()

    def _take(self, said: dict[str, Any]) -> None:
        channel = said["channel"]
        if said["type"] == "subscribe" and channel in self._confirmed:
            self._confirmed[channel].set()
        elif said["type"] == "message":
            identity, _, message = said["data"].partition(" ")
            piece = Piece(channel, identity, message)
            listeners = self._listeners.get(channel, set())  # the last one may have left meanwhile
            listeners -= {listener for listener in listeners if not listener.hear(piece)}

    def _lose(self) -> None:
        """Everybody is told to come again; the next one begins with a new connection."""
        self._reading = self._subscription = None
        for confirmed in self._confirmed.values():
            confirmed.set()  # whoever waits for it learns from `next` that there is nothing to hear
        self._confirmed.clear()
        for listener in set().union(*self._listeners.values()):
            listener.end()
        self._listeners.clear()
