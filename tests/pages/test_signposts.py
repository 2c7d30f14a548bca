"""The route of a request is the one that would be found without signposts; no path is out of their reach."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from web.signposts import Signposts


def answering(path: str, method: str = "GET") -> Route:
    """A route that answers with its own template and what stood in the path."""

    def told(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{method} {path} {request.path_params.get('number', '')}".strip())

    return Route(path, told, methods=[method])


ROUTES = [
    answering("/"), answering("/appeals"), answering("/appeals/new"), answering("/appeals/{number}"),
    answering("/appeals/{number}", "POST"), answering("/calls/{number}"),
]  # fmt: skip

PATHS = ["/", "/appeals", "/appeals/new", "/appeals/7", "/calls/7", "/calls", "/x", "/appeals/"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize("path", PATHS)
def test_the_same_route_is_found(path: str, method: str) -> None:
    plain, signposted = TestClient(Starlette(routes=ROUTES)), TestClient(Starlette(routes=[Signposts(ROUTES)]))
    expected, answer = plain.request(method, path), signposted.request(method, path)
    assert (answer.status_code, answer.text) == (expected.status_code, expected.text)
    assert answer.headers.get("allow") == expected.headers.get("allow")


def test_a_path_that_begins_with_a_parameter_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with a parameter"):
        Signposts([answering("/{number}")])
