"""The web's processes, replaced one after the other while they serve: a deployment fails no request.

On SIGHUP uvicorn's parent starts a new process, waits until it serves, and only then ends an old one; all take from one
socket. Two things it lacks are added here: new processes begin from where the release leads now, and one that is to end
first takes no more, lets those who are connected ask on and tells them to come back by another connection.
"""

import asyncio
import os
import socket
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn import Config, Server
from uvicorn.supervisors import multiprocess

log = structlog.get_logger()

DRAINS: Final = timedelta(seconds=1.5)  # for what is connected already
_leaving = threading.Event()  # of this process


class DrainingServer(Server):
    """One process's server, which goes without a refusal."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes nothing more; what is connected is answered for a moment, then as uvicorn does."""
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        _leaving.set()
        await asyncio.sleep(DRAINS.total_seconds())
        await super().shutdown(sockets)


class Worker(multiprocess.Process):
    """A process of the web."""

    @property
    def server(self) -> Server:
        """Its server, of which there is one."""
        if self._server is None:
            self._server = DrainingServer(config=self.config)
        return self._server


class Workers(multiprocess.Multiprocess):
    """The parent of all processes. `release` is a link that may lead elsewhere by the time of SIGHUP."""

    def __init__(self, config: Config, sockets: list[socket.socket], release: Path) -> None:
        super().__init__(config, sockets)
        self._release, self._place = release, Path.cwd().resolve()
        self._follows = release.resolve() == self._place

    def handle_hup(self) -> None:
        """A process after the other, with the code of today."""
        if self._follows:
            self._move(self._release.resolve())
        log.info("web_processes_replaced_one_by_one", release=str(self._place))
        super().handle_hup()

    def _move(self, place: Path) -> None:
        """A new process has its parent's place and path."""
        sys.path[:] = [str(place) if each == str(self._place) else each for each in sys.path]
        os.environ["PYTHONPATH"] = str(place)
        os.chdir(place)
        self._place = place


class Leaving:
    """An ASGI layer: a process that ends asks its clients to connect anew, which brings them to another."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and _leaving.is_set():
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self.app(scope, receive, sent)


def serve(config: Config, release: Path) -> None:
    """Serves until it is told to stop, by as many processes as the configuration says."""
    if config.workers == 1:
        DrainingServer(config).run()
        return
    multiprocess.Process = Worker  # type: ignore[misc]  # the parent names its class nowhere else
    Workers(config, [config.bind_socket()], release).run()
