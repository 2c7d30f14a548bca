"""Our FastAGI server among port scanners, drips and crowds."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from agi.server import Server
from agi.session import HEADERS_WITHIN, Session
from tests.town.waiting import wait_for

HEADERS = b"agi_network_script: menu\nagi_request: agi://127.0.0.1/menu\n\n"

Serve = Callable[..., Server]


def asks_one_thing(agi: Session) -> None:
    agi.get_variable("X")


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Server] = []

    def start(
        script: Callable[[Session], None] = asks_one_thing,
        *,
        sessions: int = 50,
        headers_within: timedelta = HEADERS_WITHIN,
    ) -> Server:
        scripts = {"menu": script}
        server = Server("127.0.0.1", 0, scripts, sessions=sessions, headers_within=headers_within)
        threading.Thread(target=server.serve, daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop(grace=timedelta())


def call(server: Server, says: bytes = HEADERS) -> socket.socket:
    connection = socket.create_connection(server.address, timeout=5)
    connection.sendall(says)
    return connection


def is_served(server: Server) -> bool:
    with call(server) as connection:
        asked = connection.recv(100)
        connection.sendall(b"200 result=1 (x)\n")
        return asked == b'GET VARIABLE "X"\n'


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"agi_net",
        HEADERS[:-1],
        b"GET / HTTP/1.0\r\n\r\n",
        os.urandom(5000),
        b"\n" * 100,
        b"agi_network_script: no\nagi_request: x\n\n",
    ],
)
def test_connect_say_something_and_close(serve: Serve, says: bytes) -> None:
    server = serve()
    for _ in range(20):
        with contextlib.suppress(OSError):
            call(server, says).close()
    wait_for("all to be gone", lambda: server.sessions == 0)
    assert is_served(server)


def test_a_reset_connection_is_a_gone_caller(serve: Serve) -> None:
    server = serve()
    connection = call(server)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()
    wait_for("it to be gone", lambda: server.sessions == 0)
    assert is_served(server)


def test_nobody_spins(serve: Serve) -> None:
    server = serve(headers_within=timedelta(seconds=2))
    waiting = [call(server, b"agi_request: half") for _ in range(30)]
    wait_for("all to be admitted", lambda: server.sessions == 30)
    before = time.process_time()
    wait_for("all to be cut off", lambda: server.sessions == 0)
    assert time.process_time() - before < 0.2
    for connection in waiting:
        connection.close()


def test_dripping_headers_are_cut_off(serve: Serve) -> None:
    server = serve(headers_within=timedelta(seconds=0.3))
    connection = call(server, b"agi_")

    def is_cut_off_while_dripping() -> bool:
        with contextlib.suppress(OSError):
            connection.sendall(b"x")
        return server.sessions == 0

    wait_for("the drip to be cut off", is_cut_off_while_dripping, every=0.02)
    connection.close()


def test_past_the_cap_the_connection_is_closed_at_once(serve: Serve) -> None:
    server = serve(sessions=10)
    inside = [call(server) for _ in range(10)]
    for connection in inside:
        assert connection.recv(100)
    begun = time.monotonic()
    with call(server) as outside, contextlib.suppress(ConnectionError):
        assert outside.recv(100) == b""
    assert time.monotonic() - begun < 2
    assert server.refused == 1
    inside.pop().close()
    wait_for("a place", lambda: server.sessions == 9)
    assert is_served(server)
    for connection in inside:
        connection.close()


def test_500_callers_at_once_are_served(serve: Serve) -> None:
    server = serve(sessions=600)
    callers = [call(server) for _ in range(500)]
    for connection in callers:
        assert connection.recv(100) == b'GET VARIABLE "X"\n'
    assert server.sessions == 500
    for connection in callers:
        connection.sendall(b"200 result=0\n")
        connection.close()
    wait_for("all to be gone", lambda: server.sessions == 0, seconds=10)


def test_500_connections_against_a_cap_of_50_leave_it_serving(serve: Serve) -> None:
    server = serve(sessions=50)
    crowd = []
    for _ in range(500):
        with contextlib.suppress(OSError):
            crowd.append(call(server))
    wait_for("the rest to be refused", lambda: server.refused == 450, seconds=10)
    for connection in crowd:
        connection.close()
    wait_for("all to be gone", lambda: server.sessions == 0, seconds=10)
    assert is_served(server)


def test_a_script_that_fails_closes_its_own_caller_only(serve: Serve) -> None:
    def fails(agi: Session) -> None:
        agi.get_variable("X")
        raise ZeroDivisionError

    server = serve(fails)
    with call(server) as one, call(server) as two:
        for connection in (one, two):
            assert connection.recv(100)
        one.sendall(b"200 result=0\n")
        assert one.recv(100) == b""
        assert server.sessions == 1


def test_stopping_waits_for_callers_and_then_lets_asterisk_fall_back(serve: Serve) -> None:
    server = serve()
    polite, stubborn = call(server), call(server)
    for connection in (polite, stubborn):
        assert connection.recv(100)
    stopped = threading.Thread(target=server.stop, args=(timedelta(seconds=0.5),))
    stopped.start()
    wait_for("nobody to be admitted", lambda: _refuses(server))
    polite.sendall(b"200 result=0\n")
    assert polite.recv(100) == b""
    assert stubborn.recv(100) == b""
    stopped.join(5)
    assert not stopped.is_alive()
    assert server.sessions == 0


def _refuses(server: Server) -> bool:
    try:
        socket.create_connection(server.address, timeout=1).close()
    except OSError:
        return True
    return False
