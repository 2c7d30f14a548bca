"""The frame: it is there for whoever is signed in, and strangers see the public page."""

import re
from collections.abc import Callable

from staff.model import Role
from tests.client import Client
from tests.pages.test_matrix import NO_HTML, PAGES, PARTS, opens_for


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


def test_from_any_page_it_is_one_press_to_appeals_map_works_and_reports(client: Callable[[str], Client]):
    """U-31: the same places on every page of a role, the present one marked."""
    places = ("/appeals", "/appeals/map", "/works", "/reports")
    iryna, looked_at = client("iryna"), 0
    for url, route in PAGES:
        if url in NO_HTML | PARTS or not opens_for(route, Role.SUPERVISOR):
            continue
        page = iryna.get(url, follow_redirects=True).text
        if "rail-place" not in page:  # a wall display has no frame
            continue
        looked_at += 1
        assert set(places) <= set(re.findall(r'class="rail-place" href="([^"]+)"', page)), url
    assert looked_at > 40
    assert 'class="rail-place" href="/works" aria-current="page"' in iryna.get("/works").text
