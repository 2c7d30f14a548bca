"""The frame: it is there for whoever is signed in, and strangers see the public page."""

from collections.abc import Callable

from tests.client import Client


def test_strangers_see_the_numbers_and_the_way_in(anybody: Client):
    page = anybody.get("/", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "State Test Center" in page.text
    assert 'href="/sign-in"' in page.text


def test_people_who_work_here_go_to_their_first_place(client: Callable[[str], Client]):
    assert client("olena").get("/").headers["location"] == "/desk"
    assert client("admin.khm").get("/").headers["location"] == "/people"
