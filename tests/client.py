"""A browser without a screen: keeps cookies, carries the session's token, does not follow redirects by itself."""

from typing import Any
from urllib.parse import unquote
from warnings import catch_warnings, simplefilter

import anyio
import httpx
from fastapi import FastAPI
from starlette.types import Message

from db import EVERY_ORGANISATION, transaction
from staff import sign_in as sessions
from staff.access import COOKIE
from staff.queries import signed_in
from staff.tables import Person

with catch_warnings():
    simplefilter("ignore")  # starlette prefers another client; httpx is what we test with
    from starlette.testclient import TestClient


class Client(TestClient):
    """One browser. Nothing is compressed for it."""

    csrf = ""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(app, base_url="http://holos.test", follow_redirects=False, raise_server_exceptions=False)
        self.headers["accept"] = "text/html"
        self.headers["accept-encoding"] = "identity"
        self._transport = AtOnce(self, self._transport)

    def request(self, method: str, url: Any, **options: Any) -> httpx.Response:  # type: ignore[override]
        if self.csrf and method not in {"GET", "HEAD"}:
            options["headers"] = {"X-CSRF-Token": self.csrf, **(options.get("headers") or {})}
        return super().request(method, url, **options)


class AtOnce(httpx.BaseTransport):
    """A whole answer for one turn of the event loop, where starlette takes ten. Without a loop starlette is asked."""

    def __init__(self, client: Client, instead: httpx.BaseTransport) -> None:
        self._client, self._instead = client, instead

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._client.portal is None:
            return self._instead.handle_request(request)
        return self._client.portal.call(self._answered, request)

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        body, complete = iter([request.read()]), anyio.Event()
        begun: dict[str, Any] = {"status": 500, "headers": []}
        parts: list[bytes] = []

        async def receive() -> Message:
            if (sent := next(body, None)) is not None:
                return {"type": "http.request", "body": sent}
            await complete.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.update(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    complete.set()

        try:
            await self._client.app(self._scope(request), receive, send)
        except Exception:  # noqa: BLE001 - the edge, as a server's: it has been logged, and is a 500
            complete.set()
        answered = httpx.ByteStream(b"" if request.method == "HEAD" else b"".join(parts))
        return httpx.Response(begun["status"], headers=begun["headers"], stream=answered, request=request)

    def _scope(self, request: httpx.Request) -> dict[str, Any]:
        url = request.url
        return {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.partition(b"?")[0],
            "root_path": "",
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": [(key.lower(), value) for key, value in request.headers.raw],
            "client": ("testclient", 50000),
            "server": [url.host, url.port or 80],
            "state": self._client.app_state.copy(),
        }


def sign_in(client: Client, person: Person) -> Client:
    """The browser with a session of that person."""
    with transaction(EVERY_ORGANISATION) as session:
        token = sessions.open_session(session, person)
        found = signed_in(session, sessions.hash_of(token), person.created_at)
        assert found is not None
        client.csrf = found[0].csrf
    client.cookies.set(COOKIE, token)
    return client
