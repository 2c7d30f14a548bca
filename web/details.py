"""What is wrong, told to programs: problem details of RFC 9457, the words in the language they asked for."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.languages import audience

AT: Final = "/api/"  # programs ask below this address
PROBLEM_JSON: Final = "application/problem+json"


def is_for_programs(request: Request) -> bool:
    """Whether a program asks, and not a browser."""
    return request.url.path.startswith(AT)


def problem_details(
    request: Request, status: int, *, title: str, said: str, fields: dict[str, str], headers: dict[str, str] | None
) -> Response:
    """The answer; `errors` names each field that is wrong, by the way to it."""
    told = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": said,
        "instance": request.url.path,
        "errors": [{"field": name, "detail": message} for name, message in fields.items()],
    }
    given = {"Content-Language": audience().language, "Vary": "Accept-Language", **(headers or {})}
    return JSONResponse(told, status_code=status, media_type=PROBLEM_JSON, headers=given)
