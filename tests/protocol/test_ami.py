"""The Manager protocol from its bytes up. Each fault of panoramisk that we mend has a test that fails without it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from ami import ActionFailed, Client, Link, LinkBroken, Login, NoAnswer, messages
from ami.stream import LONGEST, Frames, NotManager
from tests.calls.streams import capture, captures
from tests.loop import play

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
STREAM = (
    GREETING
    + (
        "Response: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n"
        "Event: UserEvent\r\nUserEvent: CallArrived\r\nCaller: Хмельницький ʻoʻzbekʼ 😀\r\n"
        "Language: uk\r\nLanguage: uz\r\n\r\n"
        "Event: Hangup\r\nUniqueid: 1.1\r\nEmpty: \r\nCause: 16\r\n\r\n"
    ).encode()
)


def told(chunks: list[bytes]) -> list[dict[str, Any]]:
    return [dict(message) for message in messages(chunks)]


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_a_stream_cut_anywhere_says_the_same(cut: int) -> None:
    assert told([STREAM[:cut], STREAM[cut:]]) == told([STREAM])


def test_a_stream_byte_by_byte_says_the_same() -> None:
    for name in captures()[:3]:
        data = capture(name)
        assert told([bytes([byte]) for byte in data]) == told([data])


def test_letters_of_two_bytes_survive_the_cut() -> None:
    heart = "Хмельницький".encode()
    at = STREAM.index(heart) + 1  # in the middle of the first letter
    assert told([STREAM[:at], STREAM[at:]])[1]["Caller"].startswith("Хмельницький")


def test_a_repeated_header_keeps_every_value() -> None:
    assert told([STREAM])[1]["Language"] == ["uk", "uz"]


def test_what_is_no_manager_is_left() -> None:
    with pytest.raises(NotManager):
        list(Frames().feed(b"SSH-2.0-OpenSSH_9.2\r\n"))


def test_a_message_without_end_is_not_kept_for_ever() -> None:
    frames = Frames()
    list(frames.feed(GREETING + b"x" * LONGEST))
    with pytest.raises(NotManager):
        list(frames.feed(b"x"))


def test_bytes_that_are_no_utf8_are_replaced_and_the_rest_is_read() -> None:
    assert told([GREETING + b"Event: X\r\nName: \xff\xfe\r\n\r\nEvent: Y\r\n\r\n"])[1]["Event"] == "Y"


# --- a connection: a server of ours plays Asterisk ---

Answer = Callable[[dict[str, str]], bytes | None]


class Manager:
    """Accepts connections and answers each action with what `answer` gives; None says nothing."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.actions: list[dict[str, str]] = []
        self.connections: list[asyncio.StreamWriter] = []

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for connection in self.connections:
                connection.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer)
        writer.write(GREETING)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                text = (await reader.readuntil(b"\r\n\r\n")).decode()
                action = dict(line.split(": ", 1) for line in text.strip().split("\r\n"))
                self.actions.append(action)
                if (said := self.answer(action)) is not None:
                    writer.write(said)


def success(action: dict[str, str], *more: str) -> bytes:
    return "\r\n".join(["Response: Success", f"ActionID: {action['ActionID']}", *more, "", ""]).encode()


async def connected(port: int, heard: list[Any] | None = None) -> Link:
    _, link = await asyncio.get_running_loop().create_connection(
        lambda: Link((heard if heard is not None else []).append), "127.0.0.1", port
    )
    return link


def run(scene: Coroutine[Any, Any, None]) -> None:
    play(scene)


def with_manager(answer: Answer, scene: Callable[[Manager, int], Awaitable[None]]) -> None:
    async def play() -> None:
        manager = Manager(answer)
        async with manager.listening() as port:
            await scene(manager, port)

    run(play())


def test_an_action_without_answer_ends_at_its_time() -> None:
    async def scene(manager: Manager, port: int) -> None:
        link = await connected(port)
        with pytest.raises(NoAnswer):
            await link.ask({"Action": "Ping"}, within=0.05)
        assert not link.responses, "nothing is remembered of it"
        link.close()

    with_manager(lambda action: None, scene)


def test_a_refusal_is_an_error_with_asterisks_words() -> None:
    def refuse(action: dict[str, str]) -> bytes:
        return f"Response: Error\r\nActionID: {action['ActionID']}\r\nMessage: No such queue\r\n\r\n".encode()

    async def scene(manager: Manager, port: int) -> None:
        link = await connected(port)
        with pytest.raises(ActionFailed, match="No such queue"):
            await link.ask({"Action": "QueueAdd"})
        with pytest.raises(ActionFailed, match="No such queue"):
            await link.ask_list({"Action": "QueueStatus"}, within=1)
        link.close()

    with_manager(refuse, scene)


def test_a_message_that_panoramisk_takes_for_a_list_answers_at_once() -> None:
    async def scene(manager: Manager, port: int) -> None:
        link = await connected(port)
        answer = await link.ask({"Action": "QueueAdd"}, within=1)
        assert answer.message == "Added interface to queue"
        link.close()

    with_manager(lambda action: success(action, "Message: Added interface to queue"), scene)


def test_a_list_is_gathered_and_other_events_pass_by() -> None:
    def answer(action: dict[str, str]) -> bytes:
        number = action["ActionID"]
        return (
            success(action, "EventList: start")
            + f"Event: Status\r\nActionID: {number}\r\nChannel: a\r\n\r\n".encode()
            + b"Event: Hangup\r\nUniqueid: 1\r\n\r\n"
            + f"Event: StatusComplete\r\nActionID: {number}\r\nEventList: Complete\r\n\r\n".encode()
        )

    async def scene(manager: Manager, port: int) -> None:
        heard: list[Any] = []
        link = await connected(port, heard)
        assert [message.event for message in await link.ask_list({"Action": "Status"})] == ["Status", "StatusComplete"]
        assert [message.event for message in heard] == ["Hangup"]
        link.close()

    with_manager(answer, scene)


@pytest.mark.parametrize("text", ["a\r\nAction: Originate", "a\nb", "a\0b"])
def test_a_line_end_in_a_value_is_not_a_second_action(text: str) -> None:
    async def scene(manager: Manager, port: int) -> None:
        link = await connected(port)
        with pytest.raises(ValueError, match="line end"):
            await link.ask({"Action": "QueueRemove", "Interface": text})
        link.close()
        assert not manager.actions

    with_manager(success, scene)


class Watch:
    """A client and what became of it."""

    def __init__(self, port: int, **times: float) -> None:
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
        watch = Watch(port, ping_every=0.05, pong_within=0.1)
        await watch.lost.wait()
        assert watch.reasons[0] == "no pong within 0.1 s"
        assert sum(action["Action"] == "Ping" for action in manager.actions) == 1
        await watch.end()

    with_manager(lambda action: success(action) if action["Action"] == "Login" else None, scene)


def test_a_link_that_breaks_in_the_middle_of_a_letter_begins_anew() -> None:
    """Half a message is not told, and nothing of it is left when the next link brings it whole."""

    async def scene(manager: Manager, port: int) -> None:
        watch = Watch(port, ping_every=60)
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
        watch = Watch(port, ping_every=60)
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
        watch = Watch(port, ping_every=60)
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
