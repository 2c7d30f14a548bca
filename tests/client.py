"""A browser without a screen: keeps cookies, carries the session's token, does not follow redirects by itself."""

from typing import Any
from warnings import catch_warnings, simplefilter

import httpx
from fastapi import FastAPI

from db import EVERY_ORGANISATION, transaction
from staff import sign_in as sessions
from staff.access import COOKIE
from staff.queries import signed_in
from staff.tables import Person

with catch_warnings():
    simplefilter("ignore")  # starlette prefers another client; httpx is what we test with
    from starlette.testclient import TestClient


class Client(TestClient):
    """One browser."""

    csrf = ""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(app, base_url="http://holos.test", follow_redirects=False, raise_server_exceptions=False)
        self.headers["accept"] = "text/html"

    def request(self, method: str, url: Any, **options: Any) -> httpx.Response:  # type: ignore[override]
        if self.csrf and method not in {"GET", "HEAD"}:
            options["headers"] = {"X-CSRF-Token": self.csrf, **(options.get("headers") or {})}
        return super().request(method, url, **options)


def sign_in(client: Client, person: Person) -> Client:
    """The browser with a session of that person."""
    with transaction(EVERY_ORGANISATION) as session:
        token = sessions.open_session(session, person)
        found = signed_in(session, sessions.hash_of(token), person.created_at)
        assert found is not None
        client.csrf = found[0].csrf
    client.cookies.set(COOKIE, token)
    return client
