"""Nonsense sent to every route by those who may use it: told so, never a failure of ours, nothing half saved."""

import re
from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from tests.pages.belongings.everything import Belongings, asked_for
from tests.pages.belongings.routes import A_CALL_MAY_BE_UNKNOWN, NAMES_AN_OBJECT
from tests.pages.standing import Standing
from tests.pages.test_matrix import reader_of
from tests.rules.test_routes import field_names, routes

NONSENSE = (
    "",
    "\x00",
    "💥" * 70,
    "-1",
    "99999999999999999999",
    "2026-02-30",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "true",
    "9" * 3000,
)
PLACES = ("0", "x", "00000000-0000-0000-0000-000000000000", "99999999999999999999", "%00", "..%2f", "9" * 3000)
LIVE = re.compile("live|words")
CHANGES = [(name, route) for name, route in routes() if not name.startswith("GET ")]
READS = [(name, route) for name, route in routes() if name.startswith("GET ") and not LIVE.search(name)]
OBJECTS = NAMES_AN_OBJECT | A_CALL_MAY_BE_UNKNOWN
COUNTED = {"sign_in_attempts"}  # a refusal is kept there on purpose
Sent = tuple[str, dict[str, Any]]


def _addresses(name: str, route: APIRoute, of: Belongings) -> tuple[list[str], list[str]]:
    """What there is, to be sent all the nonsense; and places with nothing, where nobody looks at what else is sent."""
    if "{" not in route.path:
        return [route.path], []
    wrong = [re.sub(r"\{[^}]+\}", place, route.path) for place in PLACES]
    if name not in OBJECTS:
        return wrong, []
    return [asked_for(OBJECTS[name], of)[0].partition("?")[0]], wrong


def _sent(name: str, route: APIRoute, of: Belongings, way: str) -> Iterator[Sent]:
    """Addresses, each with nonsense in all fields; one form is enough where there are none."""
    fields = sorted(set(field_names(route.dependant)) - {"csrf"})
    forms = [{way: dict.fromkeys(fields, text)} for text in NONSENSE] if fields else [{way: {}}]
    whole, wrong = _addresses(name, route, of)
    yield from ((address, form) for address in whole for form in forms)
    yield from zip(wrong, cycle(forms), strict=False)
    if way == "data":
        files = dict.fromkeys(fields, ("x.wav", b"RIFF\x00\x00", "audio/wav")) or {"x": ("x", b"", "x/y")}
        for other in ({"json": {field: [{}] for field in fields}}, {"files": files}):
            yield from ((address, other) for address in whole)


def _answers(of: Standing, name: str, route: APIRoute, sent: Iterable[Sent]) -> list[httpx.Response]:
    """The answers; none is a failure of ours, and where all are refusals nothing was saved."""
    browser, method = of.browser(reader_of(route)), name.partition(" ")[0]
    answers = []
    for address, nonsense in sent:
        answers.append(browser.request(method, address, **nonsense))
        assert answers[-1].status_code < 500 or _store_is_away(name, answers[-1]), (address, nonsense)
    if all(answer.is_client_error for answer in answers):
        assert of.full.changed() <= COUNTED
    return answers


def _store_is_away(name: str, answer: httpx.Response) -> bool:
    """No S3 store answers here; where the database did not, who asks would be told to wait for longer."""
    return answer.status_code == 503 and (name == "GET /readyz" or answer.headers["Retry-After"] == "5")


@pytest.mark.parametrize(("name", "route"), CHANGES, ids=[name for name, _ in CHANGES])
def test_a_change_made_of_nonsense_is_refused(everything: Standing, name: str, route):
    assert _answers(everything, name, route, _sent(name, route, everything.own, "data"))


@pytest.mark.parametrize(("name", "route"), READS, ids=[name for name, _ in READS])
def test_a_page_asked_for_with_nonsense_is_still_a_page(everything: Standing, name: str, route):
    assert _answers(everything, name, route, _sent(name, route, everything.own, "params"))
