"""Keeps one Manager connection: signs in, notices a dead link by the missing pong, connects again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import structlog
from pydantic import SecretStr

from ami.link import ActionFailed, Link, LinkBroken, Message, NoAnswer

log = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=0.2), timedelta(seconds=2)  # between attempts
CONNECTED_WITHIN = timedelta(seconds=5)
PING_EVERY = PONG_WITHIN = timedelta(seconds=5)
SILENT_AT_MOST = timedelta(seconds=15)  # an overloaded machine lets neither side run for seconds at a time
BEHIND_AT_MOST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Login:
    """Where Asterisk is and who we are there."""

    host: str
    port: int
    user: str
    secret: SecretStr


class Capture:
    """The raw bytes of each connection in a file of its own: `<directory>/<time>.ami`. A full disk only ends it."""

    def __init__(self, directory: Path) -> None:
        self._file: BinaryIO | None = None
        try:
            directory.mkdir(parents=True, exist_ok=True)
            path = directory / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}.ami"
            path.touch(mode=0o600)
            self._file = path.open("wb", buffering=0)
        except OSError:
            log.exception("capture_failed", directory=str(directory))

    def write(self, data: bytes) -> None:
        """Keeps the bytes, if it can."""
        if self._file is not None:
            try:
                self._file.write(data)
            except OSError:
                log.exception("capture_failed")
                self.close()

    def close(self) -> None:
        """Ends the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Client:
    """The connection as long as the process lives.

    `hear` gets events in order and must only enqueue. `met` runs after each sign-in; until it returns, `hear` is
    called all the same. `parted` gets the reason whenever a connection that had signed in ends.
    """

    def __init__(
        self,
        login: Login,
        *,
        hear: Callable[[Message], None],
        met: Callable[[Link], Awaitable[None]],
        parted: Callable[[str], None],
        capture: Path | None = None,
        ping_every: timedelta = PING_EVERY,
        pong_within: timedelta = PONG_WITHIN,
        silent_at_most: timedelta = SILENT_AT_MOST,
        behind_at_most: timedelta = BEHIND_AT_MOST,
    ) -> None:
        self._login, self._hear, self._met, self._parted = login, hear, met, parted
        self._capture, self._ping_every, self._pong_within = capture, ping_every, pong_within
        self._silent_at_most, self._behind_at_most = silent_at_most, behind_at_most
        self.link: Link | None = None  # while signed in

    async def run(self) -> None:
        """Connects and connects again, until cancelled."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._visit()
                pause = FIRST_PAUSE
            except (OSError, TimeoutError, ActionFailed) as error:
                log.warning("asterisk_not_reached", reason=f"{type(error).__name__}: {error}")
                pause = min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause.total_seconds())

    async def _visit(self) -> None:
        """One connection from its beginning to its end."""
        capture = Capture(self._capture) if self._capture else None
        loop = asyncio.get_running_loop()
        try:
            _, link = await asyncio.wait_for(
                loop.create_connection(
                    lambda: Link(self._hear, capture.write if capture else None), self._login.host, self._login.port
                ),
                timeout=CONNECTED_WITHIN.total_seconds(),
            )
            try:
                await self._talk(link)
            finally:
                link.drop("left")
        finally:
            if capture:
                capture.close()

    async def _talk(self, link: Link) -> None:
        secret = self._login.secret.get_secret_value()
        await link.ask({"Action": "Login", "Username": self._login.user, "Secret": secret, "Events": "on"})
        self.link = link
        pinging = asyncio.create_task(self._ping(link))
        meeting = asyncio.ensure_future(self._met(link))
        meeting.add_done_callback(lambda done: _end_if_failed(link, done))
        try:
            reason = await link.lost
        finally:
            self.link = None
            for task in (pinging, meeting):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task
        log.warning("asterisk_link_lost", reason=reason)
        self._parted(reason)

    async def _ping(self, link: Link) -> None:
        """A link that looks open but brings nothing is dead: cut cables and stopped machines say nothing.

        The Manager tells one thing after the other, so under overload a pong stands in line behind thousands of
        events. While they come, cutting the link would only lose them; but who answers nothing for a minute
        (`BEHIND_AT_MOST`) does not carry out commands either.
        """
        unanswered = timedelta()
        while True:
            await asyncio.sleep(self._ping_every.total_seconds())
            try:
                await link.ask({"Action": "Ping"}, within=self._pong_within)
                unanswered = timedelta()
            except NoAnswer:
                unanswered += self._ping_every + self._pong_within
                silent = link.silent_for
                if silent >= self._silent_at_most or unanswered > self._behind_at_most:
                    link.drop(
                        f"no pong within {unanswered.total_seconds():g} s, nothing for {silent.total_seconds():g} s"
                    )
                    return
                log.warning("asterisk_behind", seconds=unanswered.total_seconds())
            except (LinkBroken, ActionFailed):
                link.drop("refused a ping")
                return


def _end_if_failed(link: Link, meeting: "asyncio.Future[None]") -> None:
    """What cannot be compared with Asterisk must not be believed: connect again."""
    if not meeting.cancelled() and (error := meeting.exception()) is not None:
        log.error("resync_failed", exc_info=error)
        link.drop("resync failed")
