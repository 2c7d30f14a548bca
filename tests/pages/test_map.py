"""Maps in a real browser: the journal's selection as marks, the point of a card moved by keys, mouse and finger."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from appeals.maps.tables import AppealPoint
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from tests.appeals.addresses.towns import both_towns
from tests.appeals.maps.places import put_on_the_map, spread
from tests.centre import PASSWORD, Centre
from tests.pages.a_call import topic
from tests.pages.barriers import barriers_on


@pytest.fixture(autouse=True)
def town(centre: Centre) -> None:
    """The city's houses have places; forty appeals are at them, some of them late."""
    both_towns(centre)
    olena, now = centre.people["olena"], datetime.now(UTC)
    topic(olena.organisation_id)
    with transaction(olena.organisation_id) as session:
        houses = put_on_the_map(session, olena.organisation_id)
        for appeal in spread(session, olena, houses[:-1], range(100_001, 100_041)):
            late = appeal.state == "in_work"
            appeal.due_at = now + timedelta(days=-3 if late else 30)
            appeal.attention_at = appeal.due_at - timedelta(days=1)


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """Olena's browser."""
    with signed_in(browser, url, "olena", PASSWORD) as page:
        yield page


def drawn(page: Page) -> Locator:
    """The map of the list, once its marks are drawn."""
    place = page.locator("[data-map=appeals][data-marks]")
    expect(place).to_be_visible()
    return place


def point() -> tuple[float, float] | None:
    """The point that was saved last."""
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(AppealPoint).order_by(AppealPoint.placed_at.desc())).first()
        return (found.latitude, found.longitude) if found is not None else None


def test_the_selection_of_the_journal_on_the_map(page: Page) -> None:
    page.goto("/appeals?state=in_work")
    count = page.locator(".row-count").inner_text()
    page.get_by_role("link", name="Ці звернення на карті").click()
    assert "state=in_work" in page.url
    expect(page.locator(".row-count")).to_have_text(count)
    expect(drawn(page)).to_have_attribute("data-told", re.match(r"\d+", count)[0])  # type: ignore[index]
    expect(page.locator("#map-seen .map-list li")).to_have_count(int(re.match(r"\d+", count)[0]))  # type: ignore[index]
    expect(page.locator(".map-legend .map-mark-late")).to_have_count(1)
    page.locator(".chip a").click()
    expect(drawn(page)).to_have_attribute("data-told", "40")
    assert list(barriers_on(page, "map", "uk")) == []
    page.locator(".leaflet-control-zoom-in").click()
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_url(re.compile(r"#\d+/49\.\d+/26\.\d+"))
    alone = page.locator(".map-click:has(.map-mark)").first
    cluster = page.locator(".map-click:has(.map-cluster)").first
    if alone.count() == 0:
        cluster.focus()
        page.keyboard.press("Enter")
    page.locator("#map-seen a").first.focus()
    mark = page.locator(".map-click[role=link]").first
    number = (mark.get_attribute("aria-label") or "")[:9]
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/appeals/{number}")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/appeals/map")
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_point_of_a_card_is_moved_by_keys_and_saved_with_it(page: Page) -> None:
    page.goto("/appeals/new")
    field = page.get_by_role("combobox", name=re.compile("^Адреса"))
    field.press_sequentially("шевч 1")
    page.locator(".offers:not([hidden]) > [role=option]").first.click()
    pin = page.locator("#map-of-card .map-pin")
    expect(pin).to_be_visible()
    pin.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("[data-nearest]")).to_contain_text("Найближчий будинок: вул. Шевченка, 1,")
    house = page.locator("input[name=house]").input_value()
    carried = page.locator("input[name=point]").input_value()
    assert carried.endswith(f",{house}")
    assert barriers_on(page, "card with map", "uk") is not None
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    expect(page.locator("[data-nearest]")).to_contain_text("вул. Шевченка, 2,")
    page.get_by_role("button", name="Узяти цю адресу").click()
    expect(field).to_have_value("вул. Шевченка, 2")
    expect(page.locator("#map-of-card .hint")).to_contain_text("вручну")
    latitude, longitude, new_house = page.locator("input[name=point]").input_value().split(",")
    assert new_house == page.locator("input[name=house]").input_value() != house
    page.select_option("#field-source", "reception")
    page.fill("#field-surname", "Коваль")
    page.select_option("#field-kind", "complaint")
    page.select_option("#field-topic", "water")
    page.fill("#field-substance", "Яма на дорозі")
    page.locator("[data-register]").click()
    page.wait_for_selector("[data-registered]")
    assert point() == (float(latitude), float(longitude))


def test_the_point_of_an_appeal_is_dragged_with_the_mouse_and_with_a_finger(browser: Browser, url: str) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        number = session.scalars(select(Appeal.number).order_by(Appeal.id)).first()
    with signed_in(browser, url, "olena", PASSWORD) as page:
        kept = page.context.storage_state()
        page.goto(f"/appeals/{number}")
        _drag(page, by_finger=False)
        page.get_by_role("button", name="Зберегти місце").click()
        expect(page.locator("[data-notice]")).to_contain_text("Місце збережено")
    first = point()
    context = browser.new_context(
        base_url=url, storage_state=kept, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"/appeals/{number}")
    before = page.evaluate("scrollY")
    _drag(page, by_finger=True)
    page.get_by_role("button", name="Зберегти місце").tap()
    expect(page.locator("[data-notice]")).to_contain_text("Місце збережено")
    assert before == 0
    second = point()
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 49.43, "longitude": 26.99})
    page.get_by_role("button", name="Тут, де я стою").tap()
    page.get_by_role("button", name="Зберегти місце").tap()
    page.wait_for_load_state()
    expect(page.locator(".map-of-appeal .map-pin").first).to_be_visible()
    here = point()
    context.close()
    assert here == (49.43, 26.99)
    assert first is not None
    assert second not in {None, first}


def _drag(page: Page, *, by_finger: bool) -> None:
    """The pin goes thirty pixels to the right and down."""
    pin = page.locator(".map-of-appeal .map-pin").first
    pin.scroll_into_view_if_needed()
    expect(pin).to_be_visible()
    box = pin.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if by_finger:
        touch = page.context.new_cdp_session(page)
        for kind, far in (("touchStart", 0), ("touchMove", 10), ("touchMove", 30), ("touchEnd", None)):
            points = [{"x": x + far, "y": y + far}] if far is not None else []
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 10, y + 10)
        page.mouse.move(x + 30, y + 30)
        page.mouse.up()
    expect(page.locator("[data-nearest]").first).to_be_visible()
