"""The proof that a change was asked for by one of our own pages: the session's token, in the form or in a header."""

import secrets

from starlette.requests import Request

HEADER = "X-CSRF-Token"
FIELD = "csrf"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


async def sent_token(request: Request) -> str:
    """The token the request carries; empty if none. Awaits: a form's field is in the body."""
    if HEADER in request.headers:
        return request.headers[HEADER]
    if request.headers.get("content-type", "").startswith(FORM_TYPES):
        value = (await request.form()).get(FIELD, "")
        return value if isinstance(value, str) else ""
    return ""


def matches(sent: str, expected: str) -> bool:
    """Compared in constant time."""
    return secrets.compare_digest(sent.encode(), expected.encode())
