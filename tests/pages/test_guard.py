"""What stands before every handler and after it: sizes, foreign pages, tokens, headers, problems in words."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from db import EVERY_ORGANISATION, Conflict, NotFound, after_commit, transaction
from tests.centre import Centre
from tests.client import Client
from tests.pages.belongings.everything import asked_for, belongings
from tests.pages.belongings.routes import NAMES_AN_OBJECT
from tests.pages.test_matrix import LOGIN_OF, reader_of
from tests.rules.test_routes import PUBLIC, routes
from web.guard import BODY_LIMIT, UPLOAD_LIMIT, Guard, Policy
from web.problems import TooManyRequests, Unavailable

PERSON = {"name": "x", "login": "x", "roles": "operator", "language": "uk"}
CHANGES = [(name, route) for name, route in routes() if not name.startswith("GET ")]
NO_PAGE = re.compile("live|/audio|/file|sound")
PAGES = [
    (name, route)
    for name, route in routes()
    if name.startswith("GET ")
    and name not in PUBLIC
    and not NO_PAGE.search(name)
    and ("{" not in name or name in NAMES_AN_OBJECT)
]


def test_a_change_needs_the_sessions_token(client: Callable[[str], Client]):
    browser = client("admin.khm")
    token, browser.csrf = browser.csrf, ""
    assert browser.post("/people", data=PERSON).status_code == 403
    assert browser.post("/people", data={**PERSON, "csrf": "wrong"}).status_code == 403
    assert browser.post("/people", data={**PERSON, "csrf": token}).status_code == 422
    assert browser.post("/people", data=PERSON, headers={"X-CSRF-Token": token}).status_code == 422


@pytest.mark.parametrize("number", ["99999999999999999999", "-99999999999999999999", "9_999999999999999999999"])
def test_a_number_that_nothing_can_have_is_not_there_and_nobody_is_asked(
    client: Callable[[str], Client], number: str, monkeypatch: pytest.MonkeyPatch
):
    """The database would note each as an error of its own."""
    browsers = {login: client(login) for login in LOGIN_OF.values()}
    refused = []
    monkeypatch.setattr("web.problems.is_storable", lambda value: refused.append(value) or False)
    for name, route in routes():
        method, _, path = name.partition(" ")
        if "_id}" in path:
            answer = browsers[reader_of(route)].request(method, re.sub(r"\{[^}]+\}", number, path))
            assert answer.status_code == 404, name
    assert not refused


def test_a_foreign_page_changes_nothing(anybody: Client):
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        assert anybody.post("/language", data={"language": "ru"}, headers=headers).status_code == 403
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": "http://holos.test"}, {}):
        assert anybody.post("/language", data={"language": "ru"}, headers=headers).status_code == 303


def test_no_change_is_made_without_the_token_or_from_a_foreign_page(client: Callable[[str], Client], anybody: Client):
    browsers = {login: client(login) for login in LOGIN_OF.values()}
    tokens = {login: browser.csrf for login, browser in browsers.items()}
    let_in = []
    for name, route in CHANGES:
        method, _, path = name.partition(" ")
        address = re.sub(r"\{[^}]+\}", "00000000-0000-0000-0000-000000000000", path)
        login = reader_of(route)
        browser = anybody if name in PUBLIC else browsers[login]
        browser.csrf = "" if name in PUBLIC else tokens[login]
        if browser.request(method, address, headers={"sec-fetch-site": "cross-site"}).status_code != 403:
            let_in.append(f"{name} from a foreign page")
        browser.csrf = ""
        if name not in PUBLIC and browser.request(method, address).status_code != 403:
            let_in.append(f"{name} without the token")
    assert not let_in


def test_every_form_of_every_page_carries_the_token(client: Callable[[str], Client], centre: Centre):
    own = belongings(centre, "khm", caller="+380671112233", surname="Шевченко", appeals=1)
    forms, bare = 0, []
    for name, route in PAGES:
        path = name.removeprefix("GET ")
        address = asked_for(NAMES_AN_OBJECT[name], own)[0] if name in NAMES_AN_OBJECT else path
        browser = client(reader_of(route))
        for form in re.findall(r'<form[^>]*method="post".*?</form>', browser.get(address).text, re.DOTALL):
            forms += 1
            if f'name="csrf" value="{browser.csrf}"' not in form:
                bare.append(f"{address}: {form[:100]}")
    assert not bare
    assert forms > len(PAGES), "beside the way out in each shell there are the pages' own"


def test_too_large_a_body_is_refused_with_words(client: Callable[[str], Client]):
    browser = client("admin.khm")
    page = browser.post("/people", data={**PERSON, "name": "x" * BODY_LIMIT}, headers={"accept-language": "en"})
    assert page.status_code == 413
    assert "problem-words" in page.text

    def endless():
        for _ in range(BODY_LIMIT // 10_000 + 2):
            yield b"x" * 10_000

    form = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/people", content=endless(), headers=form).status_code == 413


def test_too_large_a_file_is_refused_once_it_was_sent(url: str):
    """A browser whose connection is closed while it sends shows an error of its own."""
    server = urlsplit(url)
    with closing(HTTPConnection(server.hostname or "", server.port, timeout=30)) as browser:
        browser.putrequest("POST", "/prompts/upload")
        browser.putheader("Content-Length", str(UPLOAD_LIMIT + 16_000_000))
        browser.endheaders()
        for _ in range((UPLOAD_LIMIT + 16_000_000) // 1_000_000):
            browser.send(bytes(1_000_000))
        answer = browser.getresponse()
        assert (answer.status, b"problem-words" in answer.read()) == (413, True)


def test_headers_of_every_answer(anybody: Client):
    for url in ("/", "/sign-in", "/nothing", "/static/favicon.svg"):
        headers = anybody.get(url).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_pages_name_no_foreign_server_and_hold_no_inline_script(client: Callable[[str], Client]):
    for url in ("/", "/sign-in"):
        page = client("olena").get(url, follow_redirects=True).text
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page)
        assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", page)
        assert not re.findall(r"\son[a-z]+=", page)


def test_static_files_are_kept_by_their_hash(anybody: Client):
    page = anybody.get("/sign-in").text
    for url in re.findall(r'(?:src|href)="(/(?:static|words)/[^"]+)"', page):
        answer = anybody.get(url)
        assert answer.status_code == 200, url
        assert "immutable" in answer.headers["cache-control"], url


def test_the_first_load_is_light(anybody: Client, client: Callable[[str], Client]):
    pages = ((anybody, "/"), (anybody, "/sign-in"), (client("admin.khm"), "/people"), (client("olena"), "/appeals/new"))
    for browser, url in pages:
        browser.headers["accept-encoding"] = "gzip"
        page = browser.get(url)
        weight = int(page.headers.get("content-length", len(page.content)))
        for asset in set(re.findall(r'(?:src|href)="(/(?:static|words)/[^"#]+)', page.text)):
            answer = browser.get(asset)
            assert answer.headers.get("content-encoding") == "gzip" or len(answer.content) < 1000
            weight += int(answer.headers["content-length"]) if "content-length" in answer.headers else _sent(answer)
        assert weight < 200_000, f"{url}: {weight} bytes"


def _sent(answer) -> int:
    return answer.num_bytes_downloaded


@pytest.mark.parametrize("language", ["uk", "uz", "ru", "en"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_problems_are_told_in_the_readers_words(app: FastAPI, anybody: Client, language: str, accept: str):
    titles = set()
    for status, raised in PROBLEMS.items():
        answer = _asked_for(app, anybody, partial(_fails, raised), {"accept-language": language, "accept": accept})
        assert answer.status_code == status
        if accept == "text/html":
            assert f'data-problem="{status}"' in answer.text
            titles.add(re.search(r"<title>(.*?) ·", answer.text)[1])
        else:
            titles.add(answer.json()["title"])
    assert len(titles) == len(PROBLEMS)


PROBLEMS = {
    404: NotFound("nothing"),
    409: Conflict("changed"),
    429: TooManyRequests(timedelta(seconds=29.5)),
    500: RuntimeError("a bug"),
    503: Unavailable("no Redis"),
}


def _fails(error: Exception) -> None:
    raise error


def _asked_for(app: FastAPI, browser: Client, deed: Callable[[], None], headers: dict[str, str] | None = None):
    """The answer of a page that does this."""

    def page(request: Request) -> Response:
        deed()
        return Response()

    app.router.add_api_route("/deed", page)
    try:
        return browser.get("/deed", headers=headers)
    finally:
        app.router.routes.pop()


def test_who_tried_too_often_is_told_how_long_to_wait(app: FastAPI, anybody: Client):
    answer = _asked_for(app, anybody, partial(_fails, PROBLEMS[429]), {"accept-language": "en"})
    assert answer.headers["retry-after"] == "30"
    assert "Try again in 30 s." in answer.text


def _asks_postgresql(statement: str, **values: object) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(text("SET LOCAL statement_timeout = 50"))
        session.execute(text(statement), values)


@pytest.mark.parametrize(
    ("statement", "values", "status"),
    [
        ("SELECT pg_sleep(5)", {}, 500),
        ("SELECT 9223372036854775807 + 1", {}, 500),
        ("SELECT CAST(:sent AS bigint)", {"sent": 10**20}, 422),
        ("SELECT CAST(:sent AS text)", {"sent": "a\x00b"}, 422),
        ("SELECT pg_terminate_backend(pg_backend_pid())", {}, 503),
    ],
)
def test_a_mistake_of_ours_is_neither_the_readers_nor_a_server_away(
    app: FastAPI, anybody: Client, statement: str, values: dict[str, object], status: int
):
    assert _asked_for(app, anybody, partial(_asks_postgresql, statement, **values)).status_code == status


def test_what_follows_a_change_may_fail_and_the_change_is_answered(app: FastAPI, anybody: Client):
    """The commit is done: the next deed is due all the same, and nobody is told to try again."""
    done = []

    def change() -> None:
        with transaction(EVERY_ORGANISATION) as session:
            after_commit(session, partial(_fails, OSError("the disk")))
            after_commit(session, partial(done.append, "the next"))

    with capture_logs() as log:
        assert _asked_for(app, anybody, change).status_code == 200
    assert done == ["the next"]
    assert [entry["event"] for entry in log] == ["after_commit_failed"]


def test_an_answer_that_fails_halfway_is_not_followed_by_a_second_one():
    sent: list[Message] = []

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("a bug")

    async def keep(message: Message) -> None:
        sent.append(message)

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    with ThreadPoolExecutor(1) as thread:  # the browser's tests leave an event loop in this one
        thread.submit(asyncio.run, Guard(failing, Policy())(scope, nothing, keep)).result(10)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[-1]["more_body"], "nobody takes half an answer for a whole one"


def test_what_is_typed_into_addresses_never_breaks_a_page(client: Callable[[str], Client]):
    browser = client("admin.khm")
    for url in (
        "/people/x",
        "/people/-1",
        "/people/99999999999999999999999",
        "/people?off=maybe",
        "/people?q=%00",
        "/people?q=%25_%5C",
        "/people?role=%27%22%3E",
        "/call/%00",
        "/words/xx.js",
        "/static/../run/settings.py",
        "/static/%2e%2e/run/settings.py",
    ):
        assert 200 <= browser.get(url).status_code < 500, url


def test_alive_and_ready(anybody: Client):
    assert anybody.get("/healthz").json()["alive"] is True
    ready = anybody.get("/readyz")
    assert ready.status_code == 200
    state = ready.json()
    assert state.pop("s3") in {True, False}  # other tests start the store
    assert state == {"postgres": True, "redis": True}
