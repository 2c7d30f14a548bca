"""The robots' desks: what an operator's browser asks of the web process, without the browser.

Each has a session and a shift, follows the live news, asks for its state when there is some, loads the card at each
offer, and gives a result at each wrap-up, as web/frontend/desk.ts does. Whose phone was too slow for an offer is paused
by the product, and presses Ready again. Who is offered to call a citizen back does so where there are telephones for
it (`bench.callbacks`), and gives it back otherwise.
"""

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from acd.model import OwnPause
from bench.callbacks import Dialling

SIGN_OF_LIFE = 20.0  # seconds, as the page
GATHERS = 0.06  # seconds, as the page
SETTLES = 3.0  # seconds until the server has heard of the end of a call, as the page


@dataclass(frozen=True)
class Seat:
    """Somebody who is signed in."""

    login: str
    token: str
    csrf: str


class Desks:
    """All robots' desks, in a thread of their own."""

    def __init__(self, url: str, cookie: str, seats: Sequence[Seat], *, dialling: Dialling | None = None) -> None:
        self._url, self._cookie, self._seats = url, cookie, seats
        self.dialling = dialling
        self.going_home = False
        self.ready = threading.Semaphore(0)
        self.wrapped_up = 0
        self.came_back = 0  # after an offer that a robot's phone did not answer in time
        self.failures: list[str] = []
        self._gone = threading.Semaphore(0)
        self._desks: list[_Desk] = []
        self._trust = ssl.create_default_context()  # read once: four hundred browsers would each read it again
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True, name="desks")
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until every robot takes calls. TimeoutError otherwise."""
        for _ in self._seats:
            if not self.ready.acquire(timeout=seconds):
                raise TimeoutError(f"robots are not ready: {self.failures[:3]}")

    def go_home(self, seconds: float) -> None:
        """Every robot ends the shift after what it does now. TimeoutError otherwise."""
        self.going_home = True
        self._loop.call_soon_threadsafe(lambda: [desk.hurry() for desk in self._desks])
        for _ in self._seats:
            if not self._gone.acquire(timeout=seconds):
                raise TimeoutError(f"robots do not go home: {self.failures[:3]}")

    def left(self) -> None:
        """A robot has ended its shift."""
        self._gone.release()

    def close(self) -> None:
        """All browsers are closed."""
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        tasks = [self._loop.create_task(self._sits(seat, place)) for place, seat in enumerate(self._seats)]
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(asyncio.gather(*tasks))

    def _stop(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    async def _sits(self, seat: Seat, place: int) -> None:
        headers = {"X-CSRF-Token": seat.csrf, "X-Requested-With": "desk", "Accept": "application/json"}
        async with httpx.AsyncClient(
            base_url=self._url,
            cookies={self._cookie: seat.token},
            headers=headers,
            timeout=30,
            verify=self._trust,
        ) as client:
            self._desks.append(_Desk(client, f"bench-{seat.login}", place, self))
            await self._desks[-1].works()


class _Desk:
    """One robot's page."""

    def __init__(self, client: httpx.AsyncClient, seat: str, place: int, all_of_them: Desks) -> None:
        self._client, self._seat, self._place, self._desks = client, seat, place, all_of_them
        self._news = asyncio.Event()
        self._since = ""  # of the state at hand
        self._told_of: str | None = ""  # since when the newest state is that was told of; None: of something else
        self._phone: dict[str, str] = {}
        self._callback: asyncio.Task[None] | None = None  # while it calls a citizen back

    def hurry(self) -> None:
        """Looks now."""
        self._news.set()

    async def works(self) -> None:
        """A shift, until it is cancelled."""
        begun = await self._asks("/desk/shift", seat=self._seat)
        phone = begun.get("phone")
        self._phone = dict(phone) if isinstance(phone, dict) else {}
        await self._asks("/desk/ready")
        self._desks.ready.release()
        await asyncio.gather(self._follows(), self._looks())

    async def _asks(self, path: str, **fields: str) -> dict[str, object]:
        try:
            answer = await self._client.post(path, data=fields)
        except httpx.HTTPError as error:
            self._desks.failures.append(f"{path}: {type(error).__name__}")
            return {}
        if answer.status_code != 200:
            self._desks.failures.append(f"{path}: {answer.status_code} {answer.text[:200]}")
            return {}
        told = dict(answer.json())
        self._since = str(told.get("since", self._since))
        return told

    async def _follows(self) -> None:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                async with self._client.stream("GET", "/desk/live", timeout=None) as news:
                    async for line in news.aiter_lines():
                        if line.startswith("data: {"):
                            await self._hears(json.loads(line[5:]))
            await asyncio.sleep(1)

    async def _hears(self, news: dict[str, str]) -> None:
        if news.get("kind") == "queues":
            return
        if news.get("kind") == "offer":
            parts = {"HX-Request": "true"}
            with contextlib.suppress(httpx.HTTPError):
                await self._client.get(f"/desk/calls/{news['call']}/card", headers=parts)
                await self._client.get("/appeals/card", params={"call": news["call"]}, headers=parts)
        self._told_of = news.get("since") if self._told_of is not None else None
        self._news.set()

    async def _looks(self) -> None:
        """Once for all news of a moment, and now and then without any; until it has gone home."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), 1 if self._desks.going_home else SIGN_OF_LIFE)
                await asyncio.sleep(GATHERS)
            known = self._news.is_set() and self._told_of == self._since
            self._news.clear()
            self._told_of = ""
            if known:
                continue
            state = await self._asks("/desk/seen", seat=self._seat)
            due, now = state.get("wrap_up"), state.get("state")
            if isinstance(due, dict):
                done = await self._asks(f"/desk/wrap-up/{due['call']}", result="explained")
                self._desks.wrapped_up += bool(done)
            elif self._callback is not None and not self._callback.done():
                continue
            elif now == "paused" and state.get("reason") == OwnPause.CALLBACK:
                self._callback = asyncio.create_task(self._calls_back())
                self._callback.add_done_callback(lambda _: self._news.set())
            elif self._desks.going_home and now in ("ready", "paused"):
                if await self._asks("/desk/shift/end"):
                    self._desks.left()
                    return
            elif now == "paused":
                self._desks.came_back += bool(await self._asks("/desk/ready"))

    async def _calls_back(self) -> None:
        """What is offered: accepted and dialled, as web/frontend/desk/callbacks.ts does."""
        owed = await self._owed()
        if owed is None or owed["state"] != "offered":
            return
        if self._desks.dialling is None or self._desks.going_home:
            await self._asks(f"/desk/callback/{owed['id']}/give-back")
            return
        accepted = await self._asks(f"/desk/callback/{owed['id']}/accept")
        if "dial" not in accepted:
            return
        user, secret = self._phone["user"], self._phone["secret"]
        call = self._desks.dialling.dial(str(accepted["dial"]), place=self._place, user=user, secret=secret)
        try:
            looked = 0
            while call.process.poll() is None:
                await asyncio.sleep(1)
                looked += 1
                if looked % SIGN_OF_LIFE == 0:
                    await self._asks(f"/desk/callback/{owed['id']}/seen")
        finally:
            call.stop()
        await asyncio.sleep(SETTLES)
        left = await self._owed()
        if left is not None and left["state"] == "dialling":
            await self._asks(f"/desk/callback/{left['id']}/give-back")

    async def _owed(self) -> dict[str, object] | None:
        try:
            answer = await self._client.get("/desk/callback")
        except httpx.HTTPError as error:
            self._desks.failures.append(f"/desk/callback: {type(error).__name__}")
            return None
        told = answer.json().get("callback") if answer.status_code == 200 else None
        return dict(told) if isinstance(told, dict) else None
