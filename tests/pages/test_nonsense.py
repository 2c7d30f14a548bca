"""Nonsense sent to every route by those who may use it: told so, never a failure of ours, nothing half saved."""

import re
from collections.abc import Callable

import pytest

from tests.client import Client
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


def _addresses(path: str) -> list[str]:
    if "{" not in path:
        return [path]
    return [re.sub(r"\{[^}]+\}", place, path) for place in PLACES]


@pytest.mark.parametrize(("name", "route"), CHANGES, ids=[name for name, _ in CHANGES])
def test_a_change_made_of_nonsense_is_refused(client: Callable[[str], Client], name: str, route):
    browser = client(reader_of(route))
    fields = sorted(set(field_names(route.dependant)) - {"csrf"})
    for address in _addresses(route.path):
        for text in NONSENSE:
            answer = browser.request(name.split(maxsplit=1)[0], address, data=dict.fromkeys(fields, text))
            assert answer.status_code < 500, (address, text, fields)
        answer = browser.request(name.split(maxsplit=1)[0], address, json={field: [{}] for field in fields})
        assert answer.status_code < 500, (address, "JSON")
        files = dict.fromkeys(fields, ("x.wav", b"RIFF\x00\x00", "audio/wav")) or {"x": ("x", b"", "x/y")}
        assert browser.request(name.split(maxsplit=1)[0], address, files=files).status_code < 500, (address, "files")


@pytest.mark.parametrize(("name", "route"), READS, ids=[name for name, _ in READS])
def test_a_page_asked_for_with_nonsense_is_still_a_page(client: Callable[[str], Client], name: str, route):
    browser = client(reader_of(route))
    fields = sorted(set(field_names(route.dependant)))
    for address in _addresses(route.path):
        for text in NONSENSE:
            answer = browser.get(address, params=dict.fromkeys(fields, text))
            assert answer.status_code < 500 or name == "GET /readyz", (address, text, fields)
