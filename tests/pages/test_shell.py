"""The frame: it is there for whoever is signed in, and strangers see the public page."""

import re
from collections.abc import Callable

from tests.client import Client


def test_strangers_see_the_numbers_and_the_way_in(anybody: Client):
    page = anybody.get("/", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "State Test Center" in page.text
    assert 'href="/sign-in"' in page.text


def test_people_who_work_here_go_to_their_first_place(client: Callable[[str], Client]):
    assert client("olena").get("/").headers["location"] == "/desk"
    for login in ("iryna", "mykola", "admin.khm"):
        browser = client(login)
        first = re.search(r'class="rail-place" href="([^"]+)"', browser.get("/me").text)
        assert first is not None
        assert browser.get("/").headers["location"] == first[1]
