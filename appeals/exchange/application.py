"""The application that programs talk to: mounted below /api/v1, with a description of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from appeals.exchange import appeal_routes, directory_routes, file_routes, work_routes
from appeals.exchange.asking import PROBLEMS
from appeals.xml.schema import published
from appeals.xml.writing import XML
from staff.keys.access import KeyNeeded
from web.details import PROBLEM_JSON
from web.problems import answer_problems, problem

AT: Final = "/api/v1"
ROUTERS: Final = (appeal_routes.router, work_routes.router, file_routes.router, directory_routes.router)
ABOUT: Final = """\
Appeals of citizens, the work on them, and the telephone calls they came by. Each request carries a key
(`Authorization: Bearer holos_…`) that an administrator made; it sees the rows of its organisation, and of these what
the roles of its account and its own scopes open.

* Lists are paged by key: follow `next` until it is null.
* Registering takes an `Idempotency-Key` (a UUID of yours): sent again, it is done once.
* A reading has an `ETag`; a deed is sent with it as `If-Match`, and refused with 412 where somebody was faster.
* What is wrong is told as problem details (RFC 9457), in the language of `Accept-Language`: uk, uz, ru, en.
* Each call that opens personal data is written into the audit trail.
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One call, as people read it."""

    method: str
    path: str
    words: str  # in English, as programmers know it


class Exchange(FastAPI):
    """As FastAPI, with problems described as what they are."""

    def openapi(self) -> dict[str, Any]:
        """The description of all that is asked and answered."""
        if self.openapi_schema is None:
            told = super().openapi()
            operations = [operation for path in told["paths"].values() for operation in path.values()]
            for status, answer in (pair for each in operations for pair in each["responses"].items()):
                if int(status) >= 400 and "application/json" in answer.get("content", {}):
                    answer["content"] = {PROBLEM_JSON: answer["content"]["application/json"]}
        assert self.openapi_schema is not None
        return self.openapi_schema


def application(state: Any, more: Iterable[APIRouter] = ()) -> Exchange:
    """The application; `state` is that of the whole, which its routes share, `more` the calls of packages above."""
    made = Exchange(
        title="Holos",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        root_path_in_servers=False,
        servers=[{"url": AT}],
        responses=PROBLEMS,
    )
    made.state = state
    answer_problems(made)
    made.add_exception_handler(KeyNeeded, _key_needed)
    made.add_exception_handler(Exception, lambda request, error: problem(request, 500))
    made.add_api_route("/appeals.xsd", _schema, include_in_schema=False)
    for router in (*ROUTERS, *more):
        made.include_router(router)
    return made


def _schema() -> Response:
    """The published schema of files, open to everybody."""
    return Response(published(), media_type=XML)


def _key_needed(request: Request, error: Exception) -> Response:
    return problem(request, 401, headers={"WWW-Authenticate": 'Bearer realm="Holos"'})


@cache
def described(exchange: Exchange) -> list[Operation]:
    """All calls in the order of the description."""
    return [
        Operation(method=method.upper(), path=f"{AT}{path}", words=operation["description"])
        for path, methods in exchange.openapi()["paths"].items()
        for method, operation in methods.items()
    ]
