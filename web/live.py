"""News for browsers: `publish` from any process, `stream` to the page as server-sent events.

Each channel is a short Redis stream, so that a page that was away for a moment asks for what it missed by the id of the
last news it heard. News are hints, never the truth: a page that missed too much asks the server for the whole state.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import redis
import redis.asyncio
import structlog
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from web.hub import LOOK_EVERY, Hub, Listener, Piece
from web.problems import Unavailable
from web.shell import viewer_of

log = structlog.get_logger()

KEPT: Final = 200  # news a channel, enough for a minute's absence
FORGOTTEN_AFTER: Final = timedelta(minutes=5)  # without news
HEARTBEAT: Final = timedelta(seconds=15)  # proxies cut silent connections, pages notice dead ones
PATIENCE: Final = timedelta(seconds=10)  # for an answer of Redis
LONGEST: Final = timedelta(hours=1)  # then the page reconnects and its session is looked at again
PREFIX: Final = "live:"
OF_SESSION: Final = "session:"  # channels whose news end the stream


# Kept in the stream for whoever was away, told to whoever listens, under the same id.
_PUBLISH: Final = """
local identity = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'm', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', KEYS[1], identity .. ' ' .. ARGV[1])
"""


def publish(client: "redis.Redis", channel: str, message: Mapping[str, Any]) -> None:
    """Tells all who listen to `channel`. `message` becomes JSON and has a "kind". RedisError when Redis is away."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    client.eval(_PUBLISH, 1, PREFIX + channel, body, str(KEPT), str(round(FORGOTTEN_AFTER.total_seconds())))


def end_streams(client: "redis.Redis", sessions: Iterable[str], kind: str) -> None:
    """Ends the live streams of these sessions, their pages told the reason: "signed-out", "access-changed".

    Without Redis there are no streams to end; it is logged and forgotten.
    """
    try:
        for session in sessions:
            publish(client, OF_SESSION + session, {"kind": kind})
    except RedisError as error:
        log.warning("streams_not_ended", error=type(error).__name__)


@dataclass(slots=True)
class Streams:
    """The live connections of one process: how many there are, and how they hear."""

    url: str
    most: int = 500  # connections; past it the page polls
    heartbeat: timedelta = HEARTBEAT
    patience: timedelta = PATIENCE
    look_every: timedelta = LOOK_EVERY
    open: int = 0
    _client: Any = field(default=None, repr=False)
    _hub: Hub | None = field(default=None, repr=False)

    def client(self) -> Any:
        """The process's asynchronous Redis client, made at the first use."""
        if self._client is None:
            pool = redis.asyncio.BlockingConnectionPool.from_url(
                self.url,
                decode_responses=True,
                socket_connect_timeout=3,
                socket_timeout=self.patience.total_seconds(),
                max_connections=20,  # many pages that come at once wait for one another
                timeout=self.patience.total_seconds(),
            )
            self._client = redis.asyncio.Redis.from_pool(pool)
        return self._client

    def hub(self) -> Hub:
        """What all streams listen through."""
        if self._hub is None:
            self._hub = Hub(self.client(), look_every=self.look_every)
        return self._hub

    async def close(self) -> None:
        """Gives up the connections to Redis."""
        if self._hub is not None:
            await self._hub.close()
        if self._client is not None:
            await self._client.aclose()


async def stream(request: Request, streams: Streams, channels: list[str]) -> Response:
    """The news of the channels, as an answer that does not end. Unavailable (503) without Redis or past the limit.

    The page goes on where it was if it sends the last id it heard (`Last-Event-ID` or `?last=`); a new one hears what
    was told since it was asked for (`?since=`, milliseconds by our clock). The stream ends with the viewer's session.
    """
    if streams.open >= streams.most:
        raise Unavailable("too many live connections")
    viewer = viewer_of(request)
    if viewer is not None:
        channels = [*channels, OF_SESSION + viewer.session]
    last = request.headers.get("last-event-id") or request.query_params.get("last", "")
    listener = Listener([PREFIX + channel for channel in channels])
    try:
        await streams.hub().join(listener)
        last = last if _is_id(last) else await _id_of(streams.client(), request.query_params.get("since", ""))
        places = await _places(streams.client(), listener.channels, last)
        missed = await _missed(streams.client(), places) if _is_id(last) else []
    except BaseException as error:
        await streams.hub().leave(listener)
        if isinstance(error, RedisError | OSError | TimeoutError):
            raise Unavailable("no Redis") from error
        raise
    return _Stream(streams, listener, _events(listener, places, missed, streams.heartbeat))


class _Stream(StreamingResponse):
    """Leaves the hub however the answer ends, also when it never began."""

    def __init__(self, streams: Streams, listener: Listener, events: AsyncIterator[str]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._streams, self._listener = streams, listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._streams.open += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.open -= 1
            await self._streams.hub().leave(self._listener)


async def _id_of(client: Any, since: str) -> str:
    """The id behind which everything since that moment is, by Redis's own clock; "" where no moment was told."""
    if not (since.isdecimal() and len(since) < 20):
        return ""
    seconds, microseconds = await client.time()
    ago = time.time() * 1000 - int(since)
    return f"{max(0, int(seconds * 1000 + microseconds / 1000 - ago) - 1)}-0"


async def _places(client: Any, channels: Sequence[str], last: str) -> dict[str, str]:
    """Up to which id each channel is known: the one the page heard last, else the newest there is."""
    if _is_id(last):
        return dict.fromkeys(channels, last)
    places = {}
    for channel in channels:
        newest = await client.xrevrange(channel, count=1)
        places[channel] = newest[0][0] if newest else "0-0"
    return places


async def _missed(client: Any, places: dict[str, str]) -> list[Piece]:
    """What was published behind the places, in the order of happening, so that the last id covers it all."""
    pieces = []
    for channel, place in places.items():
        rows = await client.xrange(channel, min=f"({place}")
        pieces += [Piece(channel, identity, fields["m"]) for identity, fields in rows]
    return sorted(pieces, key=lambda piece: _number(piece.identity))


def _is_id(text: str) -> bool:
    left, _, right = text.partition("-")
    return left.isdigit() and right.isdigit() and len(text) < 40


def _number(identity: str) -> tuple[int, int]:
    left, _, right = identity.partition("-")
    return int(left), int(right)


async def _events(
    listener: Listener, places: dict[str, str], missed: list[Piece], heartbeat: timedelta
) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    async for piece in _pieces(listener, missed, heartbeat):
        if piece is None:
            yield "event: beat\ndata:\n\n"
        elif _number(piece.identity) > _number(places[piece.channel]):
            places[piece.channel] = piece.identity
            yield f"id: {piece.identity}\ndata: {piece.message}\n\n"
            if piece.channel.startswith(PREFIX + OF_SESSION):
                return  # the page comes again, and is asked anew who it is


async def _pieces(listener: Listener, missed: list[Piece], heartbeat: timedelta) -> AsyncIterator[Piece | None]:
    """What was missed, then what is heard; None when nothing happens for a while. Ends with the hub or after long."""
    for piece in missed:
        yield piece
    ends = asyncio.get_running_loop().time() + LONGEST.total_seconds()
    while asyncio.get_running_loop().time() < ends:
        try:
            heard = await listener.next(heartbeat)
        except TimeoutError:
            yield None
            continue
        if heard is None:
            return  # Redis is away: the page notices the end, polls, and comes again
        yield heard
