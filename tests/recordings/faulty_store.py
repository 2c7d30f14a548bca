"""A proxy before the real store, which does wrong what a test tells it."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PATIENCE = 20.0
_OF_ONE_LINK = ("connection", "content-length", "transfer-encoding")


class FaultyStore:
    """As honest as the store behind it, until it is told otherwise. Requests are named by their method."""

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.endpoint = ""
        self.swallows: set[str] = set()  # answered as if done, and never passed on
        self.garbles = False  # the last byte of an object that is read
        self.before: dict[str, Callable[[str], None]] = {}  # told the path, then the request goes on
        self.after: dict[str, Callable[[str], None]] = {}  # the store has done it, and nobody knows yet


@contextmanager
def faulty(behind: str) -> Iterator[FaultyStore]:
    """The proxy before the store at this endpoint."""
    faults = FaultyStore(behind)
    with ThreadingHTTPServer(("127.0.0.1", 0), _requests(faults)) as server:
        faults.endpoint = f"127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield faults
        server.shutdown()


def _requests(faults: FaultyStore) -> type[BaseHTTPRequestHandler]:
    class Request(BaseHTTPRequestHandler):
        def _do(self) -> None:
            said = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.command in faults.swallows:
                self._answer(200 if self.command == "PUT" else 204, [("ETag", '"0"')], b"")
                return
            faults.before.get(self.command, _nothing)(self.path)
            status, headers, heard = self._asked(said)
            faults.after.get(self.command, _nothing)(self.path)
            if faults.garbles and self.command == "GET" and "?" not in self.path:
                heard = heard[:-1] + bytes([heard[-1] ^ 1])
            self._answer(status, headers, heard)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _do  # noqa: N815 -- the names http.server calls

        def _asked(self, said: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            """What the store answers; the request is signed, so every header stays as it is."""
            link = http.client.HTTPConnection(faults.behind, timeout=_PATIENCE)
            try:
                link.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    link.putheader(name, value)
                link.endheaders(said or None)
                answer = link.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            finally:
                link.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], heard: bytes) -> None:
            self.send_response(status)
            length = next((value for name, value in headers if name.lower() == "content-length"), "0")
            for name, value in headers:
                if name.lower() not in _OF_ONE_LINK:
                    self.send_header(name, value)
            self.send_header("Content-Length", length if self.command == "HEAD" else str(len(heard)))
            self.end_headers()
            self.wfile.write(heard)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Request


def _nothing(path: str) -> None:
    pass
