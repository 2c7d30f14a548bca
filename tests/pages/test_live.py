"""News reach the page, also those it missed; without Redis it is told so and polls."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, cast

import pytest
import redis
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse

from run.host.servers import Servers
from run.settings import Settings
from web import hub, live
from web.problems import Unavailable
from web.shell import Viewer


@pytest.fixture
def client(settings: Settings) -> redis.Redis:
    connection = redis.Redis.from_url(settings.redis_url.get_secret_value())
    for key in connection.scan_iter("live:test*"):
        connection.delete(key)
    return connection


@pytest.fixture
def streams(settings: Settings) -> live.Streams:
    return live.Streams(settings.redis_url.get_secret_value())


def _request(query: str = "", headers: dict[str, str] | None = None) -> Request:
    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return cast("Request", Request({"type": "http", "query_string": query.encode(), "headers": raw, "path": "/"}))


async def _parts(answer: Any, count: int) -> list[str]:
    """The first parts of a stream as a browser gets them; then the browser goes. Fewer where the stream ends before."""
    assert isinstance(answer, StreamingResponse)
    parts: list[str] = []
    enough = asyncio.Event()

    async def send(message: Any) -> None:
        if text := message.get("body", b"").decode():
            parts.append(text)
        if len(parts) >= count:
            enough.set()
            await asyncio.sleep(0)

    async def receive() -> Any:
        await enough.wait()
        return {"type": "http.disconnect"}

    await answer({"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}}, receive, send)
    return parts[:count]


async def _news(answer: Any, count: int) -> list[tuple[str, dict[str, Any]]]:
    """The first pieces of news of a stream: their ids and contents."""
    heard = []
    for part in await _parts(answer, count + 1):  # the first one only says when to come again
        fields = dict(line.split(": ", 1) for line in part.strip().splitlines() if ": " in line)
        if "data" in fields:
            heard.append((fields.get("id", ""), json.loads(fields["data"])))
    return heard


def _in_time(work: Callable[[], Any]) -> Any:
    """In a thread of its own: the browser's tests leave an event loop in this one."""

    async def limited() -> Any:
        return await asyncio.wait_for(work(), 10)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, limited()).result()


def test_news_are_heard_by_those_who_listen(client: redis.Redis, streams: live.Streams):
    async def story() -> None:
        live.publish(client, "test:1", {"kind": "old"})
        answer = await live.stream(_request(), streams, ["test:1", "test:2"])
        await asyncio.to_thread(live.publish, client, "test:2", {"kind": "offer", "caller": "Марія"})
        await asyncio.to_thread(live.publish, client, "test:3", {"kind": "of somebody else"})
        await asyncio.to_thread(live.publish, client, "test:1", {"kind": "ended"})
        heard = await _news(answer, 2)
        news = {each["kind"]: each for _, each in heard}  # channels have no order among themselves within a millisecond
        assert news.keys() == {"offer", "ended"}
        assert news["offer"]["caller"] == "Марія"
        assert streams.open == 0
        await streams.close()

    _in_time(story)


@pytest.mark.parametrize("how", ["header", "query"])
def test_news_missed_are_sent_again(client: redis.Redis, streams: live.Streams, how: str):
    async def story() -> None:
        live.publish(client, "test:1", {"kind": "1"})
        answer = await live.stream(_request(), streams, ["test:1"])
        live.publish(client, "test:1", {"kind": "2"})
        ((last, _),) = await _news(answer, 1)
        live.publish(client, "test:1", {"kind": "3"})
        live.publish(client, "test:1", {"kind": "4"})
        back = _request(f"last={last}") if how == "query" else _request(headers={"last-event-id": last})
        heard = await _news(await live.stream(back, streams, ["test:1"]), 2)
        assert [news["kind"] for _, news in heard] == ["3", "4"]
        await streams.close()

    _in_time(story)


def test_a_new_page_hears_what_was_told_while_it_was_on_its_way(client: redis.Redis, streams: live.Streams):
    """Between its being made and its listening: nobody else will tell it."""

    async def story() -> None:
        live.publish(client, "test:1", {"kind": "before"})
        await asyncio.sleep(0.01)  # news have their places by the millisecond
        came = round(time.time() * 1000)
        live.publish(client, "test:1", {"kind": "meanwhile"})
        heard = await _news(await live.stream(_request(f"since={came}"), streams, ["test:1"]), 1)
        assert [news["kind"] for _, news in heard] == ["meanwhile"]
        for nonsense in ("", "x", "-1", "9" * 30):
            answer = await live.stream(_request(f"since={nonsense}"), streams, ["test:1"])
            live.publish(client, "test:1", {"kind": "now"})
            assert [news["kind"] for _, news in await _news(answer, 1)] == ["now"], nonsense
        await streams.close()

    _in_time(story)


def test_nonsense_instead_of_an_id_begins_anew(client: redis.Redis, streams: live.Streams):
    async def story() -> None:
        live.publish(client, "test:1", {"kind": "old"})
        answer = await live.stream(_request("last=%27;DROP"), streams, ["test:1"])
        live.publish(client, "test:1", {"kind": "new"})
        ((_, news),) = await _news(answer, 1)
        assert news["kind"] == "new"
        await streams.close()

    _in_time(story)


def test_the_stream_ends_with_its_session_and_says_why(client: redis.Redis, streams: live.Streams):
    async def story() -> None:
        request = _request()
        request.state.viewer = Viewer(1, "Марія", 1, "", "uk", "auto", "", "test-hash", lambda permission: True)
        answer = await live.stream(request, streams, ["test:1"])
        await asyncio.to_thread(live.end_streams, client, ["test-other", "test-hash"], "signed-out")
        heard = await _news(answer, 2)  # ends before there are two
        assert [news["kind"] for _, news in heard] == ["signed-out"]
        assert streams.open == 0
        await streams.close()

    client.delete("live:session:test-hash")
    _in_time(story)


def test_a_silent_stream_beats(client: redis.Redis, streams: live.Streams):
    async def story() -> None:
        answer = await live.stream(_request(), streams, ["test:quiet"])
        parts = await _parts(answer, 3)
        assert parts[1].startswith("event: beat")
        await streams.close()

    streams.heartbeat = timedelta(seconds=1)
    _in_time(story)


def test_forty_pages_listen_through_one_connection(client: redis.Redis, streams: live.Streams):
    async def story() -> None:
        answers = [await live.stream(_request(), streams, [f"test:{number}", "test:all"]) for number in range(40)]
        listening = await asyncio.to_thread(client.client_list, "pubsub")
        assert len(listening) == 1
        await asyncio.to_thread(live.publish, client, "test:all", {"kind": "queues"})
        await asyncio.to_thread(live.publish, client, "test:7", {"kind": "offer"})
        heard = await asyncio.gather(*(_news(answer, 2 if number == 7 else 1) for number, answer in enumerate(answers)))
        told = [[news["kind"] for _, news in each] for each in heard]
        assert told == [["queues", "offer"] if number == 7 else ["queues"] for number in range(40)]
        assert await asyncio.to_thread(client.pubsub_channels, "live:test*") == []  # nobody listens any more
        await streams.close()

    _in_time(story)


def test_pages_that_come_at_once_all_hear(client: redis.Redis, streams: live.Streams):
    """After a restart forty desks come back within a moment, each with a channel of its own."""

    async def story() -> None:
        coming = (live.stream(_request(), streams, [f"test:{number}", "test:all"]) for number in range(40))
        answers = await asyncio.gather(*coming)
        assert len(await asyncio.to_thread(client.client_list, "pubsub")) == 1
        for number in range(40):
            await asyncio.to_thread(live.publish, client, f"test:{number}", {"kind": "own"})
        await asyncio.to_thread(live.publish, client, "test:all", {"kind": "all"})
        heard = await asyncio.gather(*(_news(answer, 2) for answer in answers))
        assert [[news["kind"] for _, news in each] for each in heard] == [["own", "all"]] * 40
        await streams.close()

    _in_time(story)


def test_a_redis_that_stands_still_ends_the_streams(servers: Servers, client: redis.Redis, streams: live.Streams):
    async def story() -> None:
        answer = await live.stream(_request(), streams, ["test:1"])
        os.kill(servers.pids()["redis"], signal.SIGSTOP)
        try:
            assert await _news(answer, 1) == []
        finally:
            os.kill(servers.pids()["redis"], signal.SIGCONT)
        await streams.close()

    streams.look_every, streams.patience = timedelta(seconds=0.2), timedelta(seconds=1)
    _in_time(story)


def test_who_leaves_before_the_stream_began_is_forgotten(client: redis.Redis, streams: live.Streams):
    async def story() -> None:
        answer = await live.stream(_request(), streams, ["test:quiet"])

        async def gone() -> Any:
            return {"type": "http.disconnect"}

        async def closed(message: Any) -> None:
            raise OSError("the browser is gone")

        with contextlib.suppress(OSError, ExceptionGroup, ClientDisconnect):
            await answer({"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}}, gone, closed)
        assert streams.open == 0
        assert await asyncio.to_thread(client.pubsub_channels, "live:test*") == []
        await streams.close()

    _in_time(story)


def test_who_falls_far_behind_is_sent_away_alone(client: redis.Redis, streams: live.Streams):
    async def story() -> None:
        slow = await live.stream(_request(), streams, ["test:1"])
        quick = asyncio.create_task(_news(await live.stream(_request(), streams, ["test:1"]), 300))
        for number in range(300):
            await asyncio.to_thread(live.publish, client, "test:1", {"kind": str(number)})
            await asyncio.sleep(0)
        assert len(await quick) == 300
        assert len(await _news(slow, 300)) == hub.BEHIND  # then its stream ended
        await streams.close()

    _in_time(story)


def test_a_redis_that_goes_ends_every_stream_and_serves_the_next_one(client: redis.Redis, streams: live.Streams):
    async def story() -> None:
        answers = [await live.stream(_request(), streams, ["test:1"]) for _ in range(3)]
        for connection in await asyncio.to_thread(client.client_list, "pubsub"):
            await asyncio.to_thread(client.client_kill, connection["addr"])
        assert await asyncio.gather(*(_news(answer, 1) for answer in answers)) == [[], [], []]
        again = await live.stream(_request(), streams, ["test:1"])
        await asyncio.to_thread(live.publish, client, "test:1", {"kind": "new"})
        assert [news["kind"] for _, news in await _news(again, 1)] == ["new"]
        await streams.close()

    _in_time(story)


def test_without_redis_the_page_is_told_at_once():
    with pytest.raises(Unavailable):
        _in_time(lambda: live.stream(_request(), live.Streams("redis://127.0.0.1:1"), ["test"]))


def test_there_is_a_most_of_connections(streams: live.Streams):
    streams.open = streams.most
    with pytest.raises(Unavailable):
        _in_time(lambda: live.stream(_request(), streams, ["test"]))


def test_old_news_are_forgotten(client: redis.Redis):
    for number in range(3 * live.KEPT):
        live.publish(client, "test:many", {"kind": str(number)})
    assert cast("int", client.xlen("live:test:many")) < 2 * live.KEPT
    assert 0 < cast("int", client.ttl("live:test:many")) <= live.FORGOTTEN_AFTER.total_seconds()


def test_publishing_without_redis_says_so():
    away = redis.Redis(port=1, socket_connect_timeout=1)
    with pytest.raises(redis.RedisError):
        live.publish(away, "test", {"kind": "x"})
