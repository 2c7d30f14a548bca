"""The robots' desks: what an operator's browser asks of the web process, without the browser.

Each has a session and a shift, follows the live news, asks for its state when there is some, loads the card at each
offer, and gives a result at each wrap-up, as web/frontend/desk.ts does. Whose phone was too slow for an offer is paused
by the product, and presses Ready again.
"""

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

SIGN_OF_LIFE = 20.0  # seconds, as the page
GATHERS = 0.06  # seconds, as the page


@dataclass(frozen=True)
class Seat:
    """Somebody who is signed in."""

    login: str
    token: str
    csrf: str


class Desks:
    """All robots' desks, in a thread of their own."""

    def __init__(self, url: str, cookie: str, seats: Sequence[Seat]) -> None:
        self._url, self._cookie, self._seats = url, cookie, seats
        self.ready = threading.Semaphore(0)
        self.wrapped_up = 0
        self.came_back = 0  # after an offer that a robot's phone did not answer in time
        self.failures: list[str] = []
        self._trust = ssl.create_default_context()  # read once: four hundred browsers would each read it again
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True, name="desks")
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until every robot takes calls. TimeoutError otherwise."""
        for _ in self._seats:
            if not self.ready.acquire(timeout=seconds):
                raise TimeoutError(f"robots are not ready: {self.failures[:3]}")

    def close(self) -> None:
        """All browsers are closed."""
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        tasks = [self._loop.create_task(self._sits(seat)) for seat in self._seats]
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(asyncio.gather(*tasks))

    def _stop(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    async def _sits(self, seat: Seat) -> None:
        headers = {"X-CSRF-Token": seat.csrf, "X-Requested-With": "desk", "Accept": "application/json"}
        async with httpx.AsyncClient(
            base_url=self._url,
            cookies={self._cookie: seat.token},
            headers=headers,
            timeout=30,
            verify=self._trust,
        ) as client:
            await _Desk(client, f"bench-{seat.login}", self).works()


class _Desk:
    """One robot's page."""

    def __init__(self, client: httpx.AsyncClient, place: str, all_of_them: Desks) -> None:
        self._client, self._place, self._desks = client, place, all_of_them
        self._news = asyncio.Event()

    async def works(self) -> None:
        """A shift, until it is cancelled."""
        await self._asks("/desk/shift", seat=self._place)
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
        return dict(answer.json())

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
        self._news.set()

    async def _looks(self) -> None:
        """Once for all news of a moment, and now and then without any."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), SIGN_OF_LIFE)
                await asyncio.sleep(GATHERS)
            self._news.clear()
            state = await self._asks("/desk/seen", seat=self._place)
            due = state.get("wrap_up")
            if isinstance(due, dict):
                done = await self._asks(f"/desk/wrap-up/{due['call']}", result="explained")
                self._desks.wrapped_up += bool(done)
            elif state.get("state") == "paused":
                self._desks.came_back += bool(await self._asks("/desk/ready"))
