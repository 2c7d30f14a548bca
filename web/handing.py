"""A secret that one page shows once: a password, a key, a code. We keep its hash at most.

The browser of whoever made it carries it to that page in a cookie that goes to no other, and that is gone when it was
shown, or after a minute.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from web.pages import see_other

CARRIED_FOR: Final = timedelta(minutes=1)


def handed(request: Request, secret: str, *, cookie: str, page: str, url: str = "") -> Response:
    """303 to the page that shows the secret; `url` is its address where that has a query as well."""
    response = see_other(url or page)
    response.set_cookie(
        cookie,
        quote(secret, safe=""),
        max_age=int(CARRIED_FOR.total_seconds()),
        path=page,
        httponly=True,
        samesite="strict",
        secure=request.app.state.policy.secure,
    )
    return response


def carried(request: Request, cookie: str) -> str:
    """The secret that this request carries; "" when it was shown already."""
    return unquote(request.cookies.get(cookie, ""))


def shown(response: Response, *, cookie: str, page: str) -> Response:
    """The answer that shows it; nothing carries it any more."""
    response.delete_cookie(cookie, path=page)
    return response
