"""Our FastAGI server: one thread a caller, each cheap, none able to hold up another.

Asterisk falls back to the static greeting when we close without an answer, so whatever is wrong, the remedy is to
close: too many callers, headers that are slow, long or no headers at all, a script nobody wrote.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from agi.session import HEADERS_WITHIN, NotAsterisk, Session
from ivr.model import CallerGone

log = structlog.get_logger()

STACK = 512 * 1024  # bytes of address space a caller; walking needs a tenth of it
BACKLOG = 512

Script = Callable[[Session], None]


class Server:
    """Listens, and gives each connection to the script it asks for: `agi://host:port/<script>`."""

    def __init__(
        self,
        address: str,
        port: int,
        scripts: Mapping[str, Script],
        *,
        sessions: int,
        headers_within: timedelta = HEADERS_WITHIN,
    ) -> None:
        self._scripts, self._most, self._headers_within = scripts, sessions, headers_within
        self._changed = threading.Condition()
        self._connections: set[socket.socket] = set()
        self._stopping = threading.Event()
        self._listener = socket.create_server((address, port), backlog=BACKLOG)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self.refused = 0  # connections closed because of the cap

    @property
    def sessions(self) -> int:
        """Callers we talk with now."""
        return len(self._connections)

    def serve(self) -> None:
        """Accepts until `stop`."""
        threading.stack_size(STACK)
        log.info("agi_listening", address=self.address[0], port=self.address[1], sessions=self._most)
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError as error:
                if not self._stopping.is_set():
                    log.error("agi_accept_failed", error=str(error))
                    self._stopping.wait(0.1)  # out of descriptors: callers who leave give some back
                continue
            self._admit(connection)

    def stop(self, grace: timedelta) -> None:
        """Takes no more callers, waits for those here, then closes: Asterisk falls back with the rest.

        A second call does nothing.
        """
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        deadline = time.monotonic() + grace.total_seconds()
        with self._changed:
            while self._connections and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            for connection in self._connections:
                with contextlib.suppress(OSError):  # already gone
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._connections, 5)
        log.info("agi_stopped")

    def _admit(self, connection: socket.socket) -> None:
        with self._changed:
            if len(self._connections) >= self._most:
                self.refused += 1
                connection.close()
                log.warning("agi_full", sessions=self._most)
                return
            self._connections.add(connection)
        try:
            threading.Thread(target=self._serve_one, args=(connection,), name="caller", daemon=True).start()
        except RuntimeError as error:  # no thread to be had
            log.error("agi_no_thread", error=str(error))
            self._leave(connection)

    def _serve_one(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            session = Session(connection, headers_within=self._headers_within)
            self._scripts[session.env.get("agi_network_script", "")](session)
        except CallerGone:
            pass
        except KeyError as error:
            log.warning("agi_unknown_script", script=str(error))
        except (NotAsterisk, TimeoutError) as error:
            log.warning("agi_not_understood", error=str(error))
        except OSError as error:
            log.info("agi_connection_lost", error=str(error))
        except Exception:
            log.exception("agi_script_failed")
        finally:
            self._leave(connection)

    def _leave(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.discard(connection)
            self._changed.notify_all()
        connection.close()
