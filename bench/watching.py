"""Boards without browsers: they follow the live news and note when each figure came, by the machine's clock."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LARGEST = 1 << 24  # bytes of one message
_END = b"\n\n\r\n"  # of a piece of news, in the chunked encoding


class Counted(NamedTuple):
    """What has happened since midnight, as a board is told it."""

    offered: int
    answered: int
    abandoned: int


@dataclass(slots=True)
class Seen:
    """All that the boards of one run were told."""

    figures: dict[bytes, Counted] = field(default_factory=dict)  # by the id of the news, from the first whole ones on
    queues: dict[str, Counted] = field(default_factory=dict)
    boards: list[list[tuple[float, bytes]]] = field(default_factory=list)  # when each board had which news
    sizes: list[int] = field(default_factory=list)  # bytes of the figures


def watch(port: int, cookies: Sequence[str], seconds: float) -> Seen:
    """What a board with each of these sessions is told in this time."""
    return asyncio.run(_watch(port, cookies, seconds))


async def _watch(port: int, cookies: Sequence[str], seconds: float) -> Seen:
    seen = Seen()
    boards = [asyncio.create_task(_board(port, cookie, seen)) for cookie in cookies]
    ended, _ = await asyncio.wait(boards, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for board in boards:
        board.cancel()
    for board in ended:
        board.result()  # a board that ended before its time says why
    return seen


async def _board(port: int, cookie: str, seen: Seen) -> None:
    heard: list[tuple[float, bytes]] = []
    seen.boards.append(heard)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LARGEST)
    asked = ["GET /board/live HTTP/1.1", f"Host: localhost:{port}", f"Cookie: {cookie}", "Accept: text/event-stream"]
    writer.write("".join(f"{line}\r\n" for line in [*asked, ""]).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head.partition(b"\r\n")[0]:
        raise ConnectionError(head.decode())
    while True:
        piece = await reader.readuntil(_END)
        at = time.time()
        _, _, news = piece.partition(b"\r\n")
        identity, _, data = news.partition(b"\n")
        if not identity.startswith(b"id: "):
            continue
        if identity not in seen.figures:
            _count(seen, identity, data)
        if identity in seen.figures:
            heard.append((at, identity))


def _count(seen: Seen, identity: bytes, data: bytes) -> None:
    """The figures as they are after this news."""
    told = json.loads(data.removeprefix(b"data: ").strip())
    if told["kind"] == "figures" or (told["kind"] == "changed" and seen.queues):
        for row in told.get("queues", []):
            seen.queues[row["queue"]] = Counted(*(row[name] for name in Counted._fields))
        seen.figures[identity] = Counted(*map(sum, zip(*seen.queues.values(), strict=True)))
        seen.sizes.append(len(data))
