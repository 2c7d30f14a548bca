"""News for browsers: `publish` from any process, `stream` to the page as server-sent events.

Each channel is a short Redis stream, so that a page that was away for a moment asks for what it missed by the id of the
last news it heard. News are hints, never the truth: a page that missed too much asks the server for the whole state.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import redis
import redis.asyncio
import structlog
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from web.problems import Unavailable
from web.shell import viewer_of

log = structlog.get_logger()

KEPT: Final = 200  # news a channel, enough for a minute's absence
FORGOTTEN_AFTER: Final = 300  # seconds without news
HEARTBEAT: Final = 15  # seconds; proxies cut silent connections, pages notice dead ones
LONGEST: Final = 3600  # seconds: then the page reconnects and its session is looked at again
PREFIX: Final = "live:"
OF_SESSION: Final = "session:"  # channels whose news end the stream


def publish(client: "redis.Redis", channel: str, message: Mapping[str, Any]) -> None:
    """Tells all who listen to `channel`. `message` becomes JSON and has a "kind". RedisError when Redis is away."""
    pipeline = client.pipeline(transaction=False)
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    pipeline.xadd(PREFIX + channel, {"m": body}, maxlen=KEPT, approximate=True)
    pipeline.expire(PREFIX + channel, FORGOTTEN_AFTER)
    pipeline.execute()


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
    """The live connections of one process: how many there are, and the Redis they read from."""

    url: str
    most: int = 500  # connections; past it the page polls
    open: int = 0
    _client: Any = field(default=None, repr=False)

    def client(self) -> Any:
        """The process's asynchronous Redis client, made at the first use."""
        if self._client is None:
            self._client = redis.asyncio.Redis.from_url(
                self.url,
                decode_responses=True,
                socket_connect_timeout=3,
                socket_timeout=HEARTBEAT + 5,  # the client's own default is shorter than a wait for news
                max_connections=self.most + 10,
            )
        return self._client

    async def close(self) -> None:
        """Gives up the connections to Redis."""
        if self._client is not None:
            await self._client.aclose()


async def stream(
    request: Request, streams: Streams, channels: list[str], *, first: Callable[[], Awaitable[str]] | None = None
) -> Response:
    """The news of the channels, as an answer that does not end. Unavailable (503) without Redis or past the limit.

    The page goes on where it was if it sends the last id it heard (`Last-Event-ID` or `?last=`). `first` gives one
    message to begin with, for example the present state. The stream ends with the viewer's session.
    """
    if streams.open >= streams.most:
        raise Unavailable("too many live connections")
    viewer = viewer_of(request)
    if viewer is not None:
        channels = [*channels, OF_SESSION + viewer.session]
    last = request.headers.get("last-event-id") or request.query_params.get("last", "")
    try:
        places = await _places(streams.client(), channels, last)
    except (RedisError, OSError) as error:
        raise Unavailable("no Redis") from error
    greeting = await first() if first is not None else ""
    return StreamingResponse(
        _events(streams, places, greeting),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _places(client: Any, channels: list[str], last: str) -> dict[str, str]:
    """From which id on each channel is read: the one the page heard last, else the newest there is."""
    if _is_id(last):
        return {PREFIX + channel: last for channel in channels}
    places = {}
    for channel in channels:
        newest = await client.xrevrange(PREFIX + channel, count=1)
        places[PREFIX + channel] = newest[0][0] if newest else "0-0"
    return places


def _is_id(text: str) -> bool:
    left, _, right = text.partition("-")
    return left.isdigit() and right.isdigit() and len(text) < 40


async def _events(streams: Streams, places: dict[str, str], greeting: str) -> AsyncIterator[str]:
    streams.open += 1
    ends = asyncio.get_running_loop().time() + LONGEST
    try:
        yield "retry: 2000\n\n"
        if greeting:
            yield f"data: {greeting}\n\n"
        while asyncio.get_running_loop().time() < ends:
            news = await streams.client().xread(cast("Any", places), block=HEARTBEAT * 1000, count=50)
            if not news:
                yield "event: beat\ndata:\n\n"
            for channel, identity, message in _in_order(news):
                places[channel] = identity
                yield f"id: {identity}\ndata: {message}\n\n"
                if channel.startswith(PREFIX + OF_SESSION):
                    return  # the page comes again, and is asked anew who it is
    except (RedisError, OSError):
        return  # the page notices the end, polls, and comes again
    finally:
        streams.open -= 1


def _in_order(news: Any) -> list[tuple[str, str, str]]:
    """XREAD's answer as channel, id, message in the order of happening, so that the last id covers them all."""
    flat = []
    for channel, entries in news.items() if isinstance(news, dict) else news:
        rows = entries[0] if isinstance(news, dict) and entries and isinstance(entries[0], list) else entries
        flat += [(channel, identity, fields["m"]) for identity, fields in rows]
    return sorted(flat, key=lambda each: [int(part) for part in each[1].split("-")])
