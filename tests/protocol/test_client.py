"""A client that stays connected: dead links are noticed, nothing is told in halves or sent again."""

import asyncio
import contextlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from ami import Client, Link, LinkBroken, Login
from tests.protocol.manager import GREETING, STREAM, Manager, success, told, with_manager

QUICKLY = {
    "ping_every": timedelta(seconds=0.05),
    "pong_within": timedelta(seconds=0.1),
    "silent_at_most": timedelta(seconds=0.1),
}
NEWS = STREAM[STREAM.index(b"Event: Hangup") :]


class Watch:
    """A client and what became of it."""

    def __init__(self, port: int, **times: timedelta) -> None:
        self.met, self.lost = asyncio.Event(), asyncio.Event()
        self.reasons: list[str] = []
        self.heard: asyncio.Queue[Any] = asyncio.Queue()
        login = Login("127.0.0.1", port, "holos", SecretStr("only-asterisk-may-know"))
        self.client = Client(login, hear=self.heard.put_nowait, met=self._met, parted=self._parted, **times)  # type: ignore[arg-type]
        self.task = asyncio.create_task(self.client.run())

    async def _met(self, link: Link) -> None:
        self.met.set()

    def _parted(self, reason: str) -> None:
        self.reasons.append(reason)
        self.lost.set()

    async def end(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


def test_a_half_open_link_is_noticed() -> None:
    """The connection stays open, nobody answers: a cut cable, a stopped machine."""

    async def scene(manager: Manager, port: int) -> None:
        watch = Watch(port, **QUICKLY)
        await watch.lost.wait()
        assert watch.reasons[0].startswith("no pong within ")
        assert sum(action["Action"] == "Ping" for action in manager.actions) == 1
        await watch.end()

    with_manager(lambda action: success(action) if action["Action"] == "Login" else None, scene)


def test_a_link_that_is_behind_is_kept() -> None:
    """An overloaded Asterisk answers late, behind its events; cutting the link would lose what it has still to tell."""

    async def scene(manager: Manager, port: int) -> None:
        watch = Watch(
            port,
            ping_every=timedelta(seconds=0.05),
            pong_within=timedelta(seconds=0.3),
            silent_at_most=timedelta(seconds=1),
        )
        await watch.met.wait()
        while sum(action["Action"] == "Ping" for action in manager.actions) < 3:
            manager.connections[0].write(NEWS)
            await watch.heard.get()
            await asyncio.sleep(0.01)
        assert not watch.reasons
        assert len(manager.connections) == 1
        await watch.lost.wait()  # and nothing more comes
        [reason] = watch.reasons
        assert reason.startswith("no pong within ")
        await watch.end()

    with_manager(lambda action: success(action) if action["Action"] == "Login" else None, scene)


def test_a_link_that_tells_but_never_answers_begins_anew() -> None:
    async def scene(manager: Manager, port: int) -> None:
        watch = Watch(port, **QUICKLY, behind_at_most=timedelta(seconds=0.4))
        await watch.met.wait()
        while not watch.reasons:
            manager.connections[0].write(NEWS)
            await asyncio.sleep(0.01)
        assert sum(action["Action"] == "Ping" for action in manager.actions) == 3
        await watch.end()

    with_manager(lambda action: success(action) if action["Action"] == "Login" else None, scene)


def test_a_link_that_breaks_in_the_middle_of_a_letter_begins_anew() -> None:
    """Half a message is not told, and nothing of it is left when the next link brings it whole."""

    async def scene(manager: Manager, port: int) -> None:
        watch = Watch(port, ping_every=timedelta(minutes=1))
        await watch.met.wait()
        watch.met.clear()
        begin, letter = STREAM.index(b"Event: UserEvent"), STREAM.index("Хмельницький".encode())
        manager.connections[0].write(STREAM[begin : letter + 1])
        manager.connections[0].close()
        await watch.met.wait()
        manager.connections[1].write(STREAM[begin:])
        arrived, hung_up = [await watch.heard.get() for _ in range(2)]
        assert (arrived["Event"], hung_up["Event"]) == ("UserEvent", "Hangup")
        assert arrived["Caller"] == "Хмельницький ʻoʻzbekʼ 😀"
        await watch.end()

    with_manager(success, scene)


def test_nothing_is_sent_again_after_a_reconnect() -> None:
    async def scene(manager: Manager, port: int) -> None:
        watch = Watch(port, ping_every=timedelta(minutes=1))
        await watch.met.wait()
        assert watch.client.link is not None
        asked = asyncio.create_task(watch.client.link.ask({"Action": "Originate", "Channel": "PJSIP/x"}))
        while not any(action["Action"] == "Originate" for action in manager.actions):
            await asyncio.sleep(0)
        watch.met.clear()
        manager.connections[0].transport.abort()
        with pytest.raises(LinkBroken):
            await asked
        await watch.met.wait()
        assert watch.client.link is not None
        await watch.client.link.ask({"Action": "Ping"})  # what had been sent before would have arrived by now
        assert [action["Action"] for action in manager.actions].count("Originate") == 1
        await watch.end()

    with_manager(lambda action: None if action["Action"] == "Originate" else success(action), scene)


def test_a_wrong_secret_is_tried_again_and_never_logged() -> None:
    def refuse(action: dict[str, str]) -> bytes:
        return f"Response: Error\r\nActionID: {action['ActionID']}\r\nMessage: Authentication failed\r\n\r\n".encode()

    async def scene(manager: Manager, port: int) -> None:
        with structlog.testing.capture_logs() as logged:
            watch = Watch(port)
            while len(manager.actions) < 2:
                await asyncio.sleep(0.01)
            await watch.end()
        assert any(line["event"] == "asterisk_not_reached" for line in logged)
        assert "only-asterisk-may-know" not in json.dumps(logged)
        assert not watch.reasons, "there was no link to lose"

    with_manager(refuse, scene)


def test_a_capture_holds_the_bytes_of_each_connection(tmp_path: Path) -> None:
    async def scene(manager: Manager, port: int) -> None:
        watch = Watch(port, ping_every=timedelta(minutes=1))
        watch.client._capture = tmp_path / "captures"
        await watch.met.wait()
        manager.connections[0].write(STREAM[len(GREETING) :])
        watch.met.clear()
        while b"Cause: 16" not in b"".join(path.read_bytes() for path in (tmp_path / "captures").glob("*.ami")):
            await asyncio.sleep(0.01)
        manager.connections[0].transport.abort()
        await watch.met.wait()
        await watch.end()
        first, *others = sorted((tmp_path / "captures").glob("*.ami"))
        assert others, "the second connection has a file of its own"
        assert told([first.read_bytes()])[-1]["Cause"] == "16"
        assert first.stat().st_mode & 0o077 == 0

    with_manager(success, scene)
