"""What programs send besides a body: filters of a list, the state they have seen, the name of a call."""

from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Header
from starlette.requests import Request

from appeals.exchange.shapes import Problem
from appeals.journal.asking import LONGEST, asked_of
from appeals.journal.columns import BY_FILTER, BY_KEY, HOUSE, SEARCH
from appeals.journal.model import NEWEST_FIRST, TODAY, Asked, By
from staff.keys.access import Caller
from web.languages import gettext as _
from web.languages import later
from web.problems import Rejected

ROWS: Final = 50
MOST_ROWS: Final = 200
OTHERS: Final = ("sort", "after", "limit")
IdempotencyKey = Annotated[UUID, Header(description="made by you for each call: sent again, it is done once")]
MaybeIdempotencyKey = Annotated[UUID | None, Header(description="made by you: sent again, it is done once")]
IfMatch = Annotated[str | None, Header(description="the ETag of your last reading, or * for any state")]
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Problem, "description": words}
    for status, words in (
        (401, "no key, or one that opens nothing"),
        (403, "the key does not reach so far"),
        (404, "not there, or not for this key"),
        (409, "not possible in this state"),
        (412, "changed since you read it"),
        (422, "something is wrong with the fields named"),
        (428, "If-Match is missing"),
        (429, "too many calls: see Retry-After"),
        (503, "a part is away: see Retry-After"),
    )
}
_LIMIT: Final = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
_UNKNOWN: Final = later("There is no such field")
_CLOSED: Final = later("This field is not open to your key")


def filters_described() -> dict[str, Any]:
    """The parameters of the list for the description: the journal's own filters, order and paging."""
    told = {
        SEARCH: "a number, a telephone or words of the matter",
        HOUSE: "id of a house: appeals with any address there",
        "sort": f"one of {', '.join(key for key, column in BY_KEY.items() if column.sorted)}; with - before it falling",
        "after": "the key of the place where the page begins, as `next` has it",
        "limit": f"rows of a page, at most {MOST_ROWS}",
    }
    for name, column in BY_FILTER.items():
        of_period = f"day, {column.label.lower()} from" if name == column.bounds[0] else "day, up to its end"
        told[name] = of_period if column.by is By.PERIOD else column.label
    described = [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": words,
            "schema": _LIMIT if name == "limit" else {"type": "string"},
        }
        for name, words in told.items()
    ]
    return {"parameters": described}


def asked(request: Request, caller: Caller) -> Asked:
    """The filters and the order. Rejected, where the page of people would pass over what means nothing: a program that
    errs must not be given everything."""
    given = {name: value for name, value in request.query_params.items() if value}
    personal = caller.may("data.personal")
    found = asked_of(given, personal=personal)
    wrong = {name: _fault(name, value, found) for name, value in given.items() if name not in OTHERS}
    if given.get("sort", NEWEST_FIRST) != found.sort:
        wrong["sort"] = _("Choose one of the values offered")
    wrong = {name: words for name, words in wrong.items() if words}
    if wrong:
        raise Rejected(422, fields=wrong)
    return found


def rows(request: Request) -> int:
    """How many rows a page has. Rejected."""
    written = request.query_params.get("limit") or str(ROWS)
    if not (written.isascii() and written.isdecimal() and 1 <= int(written[:9]) <= MOST_ROWS):
        raise Rejected(422, fields={"limit": _("Write %s or less") % MOST_ROWS})
    return int(written)


def next_page(request: Request, after: object) -> str | None:
    """The address of the page behind this key."""
    if after is None:
        return None
    kept = {name: value for name, value in request.query_params.items() if name != "after"}
    return f"{request.url.path}?{urlencode(kept | {'after': str(after)})}"


def seen(if_match: str | None) -> int | None:
    """The last deed that the caller knows of; None where any state will do. Rejected."""
    if not if_match:
        raise Rejected(428, _("Send the ETag of your last reading as If-Match."))
    written = if_match.strip()
    if written == "*":
        return None
    number = written.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Rejected(412)
    return int(number)


def etag(last: int) -> str:
    """The state of an appeal or of a piece of work: the last thing done with it."""
    return f'"{last}"'


def _fault(name: str, value: str, found: Asked) -> str:
    """What is wrong with a filter; nothing where it says something."""
    if name not in (SEARCH, HOUSE, *BY_FILTER):
        return _(_UNKNOWN)
    if name not in found.filters:
        return _(_CLOSED)
    if len(value) > LONGEST:
        return _("This value is not understood")
    column = BY_FILTER.get(name)
    if column is not None and column.by is By.PERIOD and value != TODAY and not _is_day(value):
        return _("Write a date that exists")
    return ""


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
