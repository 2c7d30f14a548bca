"""The store's client: whatever a store, or a proxy before it, answers wrongly is "away", and no mistake of ours."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from db import store

PAGE = b"<html>\n<h1>502 Bad Gateway</h1></html>"


class Proxy(BaseHTTPRequestHandler):
    """Has lost the store behind it, and says so in HTML."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(502)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(PAGE)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 -- the names http.server calls

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process's store is behind a proxy that has lost it."""
    for name in ("client", "bucket", "encrypted"):
        monkeypatch.setattr(store._Connection, name, getattr(store._Connection, name))
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        store.connect(f"127.0.0.1:{server.server_port}", access_key="a", secret_key="b" * 8, bucket="recordings")
        yield
        server.shutdown()


DEEDS: dict[str, Callable[[Path], object]] = {
    "ask": lambda file: store.ask(),
    "put": lambda file: store.put("1/a.webm", file),
    "put_text": lambda file: store.put_text("ledger/1.json", "{}"),
    "checksum": lambda file: store.checksum("1/a.webm"),
    "find": lambda file: store.find("1/a.webm"),
    "listing": lambda file: list(store.listing("1/")),
    "delete": lambda file: store.delete("1/a.webm"),
}


@pytest.mark.usefixtures("behind_a_proxy")
@pytest.mark.parametrize("deed", DEEDS)
def test_a_proxys_page_is_a_store_that_is_away(tmp_path: Path, deed: str) -> None:
    file = tmp_path / "a.webm"
    file.write_bytes(b"sound")
    with pytest.raises(store.StoreAway) as away:
        DEEDS[deed](file)
    assert len(str(away.value).splitlines()) == 1


def test_an_error_without_words_is_told_by_its_name() -> None:
    with pytest.raises(store.StoreAway, match=r"^HTTPError$"), store._answering():
        raise urllib3.exceptions.HTTPError
