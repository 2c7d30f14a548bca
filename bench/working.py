"""Executors at their screens, without browsers: what a page of theirs asks, at the pace of people.

A round is one appeal: the inbox, the assignment, taken up, a photo, the report. `PAUSES` between them make three
minutes of it, which no executor keeps up: one who answers twenty appeals a day does so in an hour here. In each pause
they look at the inbox. It also stays open in a tab of its own and looks again when its live connection says so, a
moment later, as web/frontend/news.ts does; after a photo the page asks for its files and the small picture, as
web/frontend/attachments.ts does.
"""

import asyncio
import random
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import uuid4

import httpx

from staff.access import COOKIE

PATIENCE: Final = 30.0  # seconds for an answer
OPENING: Final = 30.0  # seconds in which all of them open their inboxes
TOGETHER: Final = 0.3  # seconds, as the page: news of one deed come in a bunch
IDLE: Final = 3.0  # seconds a connection is kept: the server keeps five
INBOX: Final = "/assignments"
LIVE: Final = "/assignments/live"
PART: Final = {"HX-Request": "true"}
SUBMISSION: Final = re.compile(r'name="submission" value="([^"]+)"')
SEEN: Final = re.compile(r'name="seen" value="(\d+)"')
KIND: Final = re.compile(r'name="attachment_kind".*?<option value="(\d+)"', re.DOTALL)
SMALL: Final = re.compile(r'src="(/assignments/\d+/attachments/\d+/small)"')


class Asked(StrEnum):
    """Kinds of requests, as the table says them."""

    INBOX = "the inbox"
    NEWS = "the inbox again, after news"
    PAGE = "an assignment"
    DEED = "a deed: taken, done"
    PHOTO = "a photo sent"
    FILES = "the files of an assignment"
    PICTURE = "the small picture"


class Pause(StrEnum):
    """What a person does between two requests."""

    CHOOSES = "chooses"
    READS = "reads"
    PHOTOGRAPHS = "photographs"
    WRITES = "writes"


PAUSES: Final = {  # seconds, from and to
    Pause.CHOOSES: (24.0, 48.0),
    Pause.READS: (24.0, 48.0),
    Pause.PHOTOGRAPHS: (42.0, 78.0),
    Pause.WRITES: (30.0, 66.0),
}
ROUND: Final = sum(sum(each) / 2 for each in PAUSES.values())
BEFORE: Final = OPENING + ROUND  # seconds until all are in the middle of something, each of something else


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who is signed in, and what they have to do."""

    token: str
    csrf: str
    works: tuple[int, ...]


@dataclass(slots=True)
class Worked:
    """What was asked, and how it went."""

    took: list[tuple[float, Asked, float]] = field(default_factory=list)  # when, which, seconds
    failures: list[str] = field(default_factory=list)
    photos: int = 0
    rounds: int = 0
    streams: int = 0  # live connections when the measured time began
    news: int = 0


def work(url: str, seats: Sequence[Seat], photos: Sequence[bytes], begins: float, seconds: float) -> Worked:
    """All of them from a round before that moment on, and so long after it; whoever is in the middle of an appeal then
    finishes it."""
    return asyncio.run(_work(url, seats, photos, begins, seconds))


async def _work(url: str, seats: Sequence[Seat], photos: Sequence[bytes], begins: float, seconds: float) -> Worked:
    worked = Worked()
    screens = [_Screen(url, seat, random.Random(place), worked, photos) for place, seat in enumerate(seats)]
    following = [asyncio.create_task(screen.follows()) for screen in screens]
    looking = [asyncio.create_task(screen.looks_at_news()) for screen in screens]
    await asyncio.sleep(begins - ROUND - time.time())
    working = [asyncio.create_task(screen.works(begins + seconds)) for screen in screens]
    await asyncio.sleep(begins - time.time())
    worked.streams = sum(screen.is_linked for screen in screens)
    await asyncio.gather(*working)
    for task in (*following, *looking):
        task.cancel()
    await asyncio.gather(*following, *looking, return_exceptions=True)
    for screen in screens:
        await screen.close()
    return worked


class _Screen:
    """One executor's browser."""

    def __init__(self, url: str, seat: Seat, drawn: random.Random, worked: Worked, photos: Sequence[bytes]) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            cookies={COOKIE: seat.token},
            headers={"X-CSRF-Token": seat.csrf},
            timeout=PATIENCE,
            verify=False,
            limits=httpx.Limits(keepalive_expiry=IDLE),
        )
        self._seat, self._drawn, self._worked, self._photos = seat, drawn, worked, photos
        self._news = asyncio.Event()
        self.is_linked = False

    async def close(self) -> None:
        """The browser is closed."""
        await self._client.aclose()

    async def follows(self) -> None:
        """The live connection; one that ends is a failure, and is opened again."""
        await asyncio.sleep(self._drawn.uniform(0, OPENING * 0.8))
        while True:
            try:
                now = {"since": str(round(time.time() * 1000))}
                async with self._client.stream("GET", LIVE, params=now, timeout=None) as news:
                    if news.status_code != 200:
                        raise httpx.HTTPError(str(news.status_code))
                    self.is_linked = True
                    async for line in news.aiter_lines():
                        if line.startswith("data: {"):
                            self._worked.news += 1
                            self._news.set()
                    raise httpx.HTTPError("ended")
            except httpx.HTTPError as error:
                self.is_linked = False
                self._worked.failures.append(f"{LIVE}: {type(error).__name__} {error}")
            await asyncio.sleep(2)

    async def looks_at_news(self) -> None:
        """The inbox in its tab, once for all news of a moment."""
        while True:
            await self._news.wait()
            await asyncio.sleep(TOGETHER)
            self._news.clear()
            with suppress(_Failed):
                await self._asks(Asked.NEWS, "GET", INBOX, headers=PART)

    async def works(self, until: float) -> None:
        """One appeal after the other, until the time is over or nothing is left to do."""
        await asyncio.sleep(self._drawn.uniform(0, ROUND))
        for number in self._seat.works:
            if time.time() >= until:
                return
            with suppress(_Failed):
                await self._round(f"{INBOX}/{number}")
                self._worked.rounds += 1

    async def _round(self, place: str) -> None:
        await self._asks(Asked.INBOX, "GET", INBOX)
        await self._pauses(Pause.CHOOSES)
        page = await self._asks(Asked.PAGE, "GET", place)
        await self._pauses(Pause.READS)
        await self._does(page, place, leads=place, deed="take")
        page = await self._asks(Asked.PAGE, "GET", place)
        await self._pauses(Pause.PHOTOGRAPHS)
        await self._sends_photo(page, place)
        await self._pauses(Pause.WRITES)
        await self._does(page, place, leads=INBOX, deed="finish", outcome="done", report="Полагоджено, фото додано.")

    async def _does(self, page: httpx.Response, place: str, *, leads: str, **fields: str) -> None:
        """A deed; whoever did it is shown where it leads."""
        form = {"submission": _found(SUBMISSION, page), "seen": _found(SEEN, page), **fields}
        answer = await self._asks(Asked.DEED, "POST", place, data=form)
        if answer.headers.get("location") != leads:
            self._fails(f"{place}: {fields['deed']} led to {answer.headers.get('location')}")

    async def _sends_photo(self, page: httpx.Response, place: str) -> None:
        form = {"attachment_kind": _found(KIND, page), "attachment_note": "", "submission": str(uuid4())}
        photo = ("photo.jpg", self._drawn.choice(self._photos), "image/jpeg")
        accepts = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}
        at = f"{place}/attachments"
        await self._asks(Asked.PHOTO, "POST", f"{at}/upload", data=form, files={"files": photo}, headers=accepts)
        self._worked.photos += 1
        files = await self._asks(Asked.FILES, "GET", at, headers=PART)
        await self._asks(Asked.PICTURE, "GET", _found(SMALL, files))

    async def _asks(self, kind: Asked, method: str, path: str, **more: object) -> httpx.Response:
        """An answer to its last byte. _Failed for one that is refused or does not come."""
        at, began = time.time(), time.perf_counter()
        try:
            answer = await self._client.request(method, path, **more)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            self._worked.took.append((at, kind, time.perf_counter() - began))
            self._fails(f"{method} {path}: {type(error).__name__}")
        self._worked.took.append((at, kind, time.perf_counter() - began))
        if answer.status_code != (303 if kind is Asked.DEED else 200):
            self._fails(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer

    def _fails(self, why: str) -> None:
        self._worked.failures.append(why)
        raise _Failed(why)

    async def _pauses(self, pause: Pause) -> None:
        """In which they look at the inbox."""
        lasts = self._drawn.uniform(*PAUSES[pause])
        looks = self._drawn.uniform(0, lasts)
        await asyncio.sleep(looks)
        await self._asks(Asked.INBOX, "GET", INBOX)
        await asyncio.sleep(lasts - looks)


class _Failed(Exception):
    """A request that went wrong; it is counted already, and the executor goes on with the next appeal."""


def _found(what: re.Pattern[str], page: httpx.Response) -> str:
    """What the page's form says; "" where it does not, which the server then refuses."""
    found = what.search(page.text)
    return found.group(1) if found else ""
