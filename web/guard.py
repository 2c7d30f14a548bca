"""What every request passes before it reaches a handler, and every answer on its way out.

One ASGI layer: it limits bodies, refuses changes sent from foreign pages and numbers that nothing can have, chooses the
language, and adds the security headers. Scripts and styles come from our own files only (Content Security Policy,
level 3).
"""

import asyncio
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import languages
from web.pages import TAKEN
from web.problems import problem

log = structlog.get_logger()

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_LIMIT = 1_000_000  # bytes; forms of text
NO_ID = re.compile(r"/[+-]?[\d_]{19,}(\.0*)?(/|$)")  # too long for a bigint: PostgreSQL is not asked for it
UPLOAD_LIMIT = 64_000_000  # bytes; addresses that end in /upload. Forms accept less, and can say so beside the field
SWALLOWED = 4 * UPLOAD_LIMIT  # bytes of what is refused, thrown away as they come
SWALLOWED_WITHIN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Policy:
    """What pages may connect to besides this server."""

    sockets: tuple[str, ...] = ()  # WebSocket of the browser phones
    secure: bool = False  # served over HTTPS

    def content_security(self, nonce: str) -> str:
        """The Content-Security-Policy of one answer."""
        connect = " ".join(("'self'", *self.sockets))
        return (
            f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
            f"img-src 'self' data: blob:; media-src 'self' blob:; connect-src {connect}; font-src 'self'; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )


class Guard:
    """The layer itself."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self.app = app
        self.policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        request.state.nonce = secrets.token_urlsafe(12)
        request.state.came = time.time()
        request.state.viewer = None
        language = languages.chosen(request.cookies.get(languages.COOKIE), request.headers.get("accept-language"))
        with languages.speaking_to(languages.Audience(language)):
            await self._answer(request, receive, self._with_headers(request, send))

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        limit = UPLOAD_LIMIT if request.url.path.endswith("/upload") else BODY_LIMIT
        refused = 0
        if request.method not in SAFE and _is_foreign(request):
            refused = HTTPStatus.FORBIDDEN
        elif _declared_length(request.headers) > limit:
            refused = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        elif NO_ID.search(request.url.path):
            refused = HTTPStatus.NOT_FOUND
        if refused == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            await _swallow(receive)
        if refused:
            await self._refuse(request, refused, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(request.scope, _limited(receive, limit), noted)
        except Exception:
            log.exception("request_failed", path=request.url.path, method=request.method, begun=begun)
            if not begun:  # else the server closes the connection, so that half an answer is not taken for a whole one
                await self._refuse(request, 500, send)

    async def _refuse(self, request: Request, status: int, send: Send) -> None:
        answer = await run_in_threadpool(problem, request, status, headers={"Connection": "close"})
        await answer(request.scope, request.receive, send)

    def _with_headers(self, request: Request, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), geolocation=(self), microphone=(self), payment=()"
                headers.setdefault("Content-Security-Policy", self.policy.content_security(request.state.nonce))
                headers.setdefault("Cache-Control", "no-store")
                headers.add_vary_header("Cookie")
                if request.method == "POST" and message["status"] == HTTPStatus.SEE_OTHER:
                    headers.append("Set-Cookie", _taken(request.url.path, secure=self.policy.secure))
                if self.policy.secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        return send_with_headers


def _is_foreign(request: Request) -> bool:
    """Whether the change was sent by another site's page (Fetch Metadata; Origin where that is missing)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def _taken(path: str, *, secure: bool) -> str:
    """Tells the next page that the change sent to this address was taken."""
    cookie = f"{TAKEN}={quote(path, safe='')}; Max-Age=60; Path=/; HttpOnly; SameSite=lax"
    return f"{cookie}; Secure" if secure else cookie


def _declared_length(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdigit() else 0


async def _swallow(receive: Receive) -> None:
    """Lets a browser finish: it reads no answer while it sends, and a connection that closes tells it nothing."""
    taken = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(SWALLOWED_WITHIN.total_seconds()):
            while taken < SWALLOWED:
                message = await receive()
                taken += len(message.get("body", b""))
                if not message.get("more_body"):
                    return


def _limited(receive: Receive, limit: int) -> Receive:
    """The body, as long as it keeps under the limit, whatever its header promised."""
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413)
        return message

    return receive_limited
