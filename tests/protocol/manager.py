"""A server of ours plays Asterisk's Manager: its greeting, a stream of bytes, answers to actions."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from ami import Link, messages
from tests.loop import play

Answer = Callable[[dict[str, str]], bytes | None]

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


def with_manager(answer: Answer, scene: Callable[[Manager, int], Awaitable[None]]) -> None:
    async def serve() -> None:
        manager = Manager(answer)
        async with manager.listening() as port:
            await scene(manager, port)

    play(serve())
