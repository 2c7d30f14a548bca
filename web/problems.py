"""Answers when something is wrong, in plain words and the reader's language; a page, a part, or JSON, as was asked."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from db import Conflict, NotFound, is_away, is_storable
from web.details import is_for_programs, problem_details
from web.formats import whole_seconds
from web.forms import field_messages
from web.languages import gettext as _
from web.languages import later
from web.pages import is_part, render
from web.shell import shell_of, viewer_of

log = structlog.get_logger()

SIGN_IN_AGAIN = "X-Holos-Sign-In"  # on a 401 to a script: the page offers to sign in and keeps what was typed


class SignInNeeded(Exception):
    """Nobody is signed in, or no longer."""


class NotAllowed(Exception):
    """The person is signed in and may not do this."""


class TooManyRequests(Exception):
    """Too many tries: `wait` until the next one is looked at."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"try again in {wait}")
        self.wait = wait


class Unavailable(Exception):
    """A server we need is away for now."""


class Rejected(Exception):
    """A program asked for what cannot be done: the status says how, `fields` what is wrong with each."""

    def __init__(self, status: int, said: str = "", *, fields: dict[str, str] | None = None) -> None:
        super().__init__(said)
        self.status, self.said, self.fields = status, said, fields or {}


@dataclass(frozen=True, slots=True)
class Problem:
    """A status in words: what happened, and what to do."""

    title: str
    advice: str


PROBLEMS = {
    400: Problem(later("The request is not understood"), later("Go back and try once more.")),
    401: Problem(later("Sign in again"), later("Your session has ended. What you typed is kept in this browser.")),
    403: Problem(
        later("This is not open to you"), later("Your role does not include it. An administrator can change roles.")
    ),
    404: Problem(later("There is nothing here"), later("The address or the number is not known.")),
    405: Problem(later("The request is not understood"), later("Go back and try once more.")),
    409: Problem(
        later("Somebody was faster"), later("This has changed in the meantime. Look at the new state, then decide.")
    ),
    412: Problem(
        later("Somebody was faster"), later("This has changed in the meantime. Look at the new state, then decide.")
    ),
    413: Problem(later("This is too large"), later("Choose a smaller file or shorten the text.")),
    422: Problem(later("Something is filled in wrongly"), later("Go back; what you typed is still there.")),
    428: Problem(later("Say which state you have seen"), later("Send the ETag of your last reading as If-Match.")),
    429: Problem(later("Too many tries"), later("Wait a little, then try again.")),
    500: Problem(
        later("The mistake is ours"), later("It has been noted. Nothing was half saved; try again in a minute.")
    ),
    503: Problem(
        later("A part of the system is away"), later("Calls go on. Try again in a minute; nothing was half saved.")
    ),
}


def problem(
    request: Request,
    status: int,
    *,
    details: str = "",
    fields: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer for a status."""
    words = PROBLEMS.get(status, PROBLEMS[400 if status < 500 else 500])
    if is_for_programs(request):
        said_of = details or _(words.title)
        return problem_details(
            request, status, title=_(words.title), said=said_of, fields=fields or {}, headers=headers
        )
    if "text/html" not in request.headers.get("accept", "*/*") and "*/*" not in request.headers.get("accept", "*/*"):
        said = {"title": _(words.title), "advice": details or _(words.advice), "fields": fields or {}}
        return JSONResponse(said, status_code=status, headers=headers)
    if viewer_of(request) is None and not is_part(request) and status < 500:
        shell_of(request).recognise(request)
    template = "problems/_problem.html" if is_part(request) else "problems/problem.html"
    return render(
        request,
        template,
        status=status,
        headers=headers,
        problem_status=status,
        problem_title=_(words.title),
        problem_advice=details or _(words.advice),
        problem_fields=fields or {},
    )


def sign_in_needed(request: Request, error: Exception) -> Response:
    """A page goes to the sign-in page and comes back; a script is told with 401."""
    wants_page = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "text/html")
    if wants_page and not request.headers.get("HX-Request") and not request.headers.get("X-Requested-With"):
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(
            "/sign-in" if target == "/" else f"/sign-in?{urlencode({'next': target})}", status_code=303
        )
    return problem(request, 401, headers={SIGN_IN_AGAIN: "1"})


def _of_database(request: Request, error: Exception) -> Response:
    """A server that is away comes back, and what no column holds was typed; anything else is a bug, see `guard`."""
    if isinstance(error, DataError) and not is_storable(error.params):
        return problem(request, 422)
    if is_away(error):
        return _database_away(request, error)
    raise error


def _database_away(request: Request, error: Exception) -> Response:
    log.error("database_away", path=request.url.path, error=type(error).__name__)
    said = _("The database does not answer. Calls go on. Try again in a minute; nothing was half saved.")
    return problem(request, 503, details=said, headers={"Retry-After": "10"})


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if all(each["loc"][0] == "path" for each in error.errors()):
        return problem(request, 404)  # an address that cannot name anything
    return problem(request, 422, fields=field_messages(list(error.errors()), whole=is_for_programs(request)))


def _rejected(request: Request, error: Exception) -> Response:
    assert isinstance(error, Rejected)
    return problem(request, error.status, details=error.said, fields=error.fields)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {phrase.phrase for phrase in HTTPStatus}
    details = "" if error.detail in known else str(error.detail)
    return problem(request, error.status_code, details=details, headers=dict(error.headers or {}))


def _too_many(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooManyRequests)
    seconds = whole_seconds(error.wait)
    return problem(request, 429, details=_("Try again in %d s.") % seconds, headers={"Retry-After": str(seconds)})


def answer_problems(app: FastAPI) -> None:
    """Gives the application an answer for all that may go wrong; what is not named here is a bug, see `guard`."""
    app.add_exception_handler(SignInNeeded, sign_in_needed)
    app.add_exception_handler(NotAllowed, lambda request, error: problem(request, 403))
    app.add_exception_handler(NotFound, lambda request, error: problem(request, 404))
    app.add_exception_handler(Conflict, lambda request, error: problem(request, 409))
    app.add_exception_handler(TooManyRequests, _too_many)
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(Unavailable, lambda request, error: problem(request, 503, headers={"Retry-After": "5"}))
    app.add_exception_handler(DBAPIError, _of_database)
    app.add_exception_handler(PoolTimeout, _database_away)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
