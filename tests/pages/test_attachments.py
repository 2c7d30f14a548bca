"""Attachments in a real browser: dropped, several at once, refused with words, sent again, photographed; turned."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from db import store
from run.development.pictures import signed_in
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from tests.appeals.attachments import samples
from tests.appeals.attachments.conftest import Matter, kept, kinds, matter
from tests.centre import PASSWORD
from tests.pages.a_call import topic

__all__ = ["kept", "kinds", "matter"]  # fixtures

UPLOAD = "**/attachments/upload"


@pytest.fixture
def page(browser: Browser, url: str, matter: Matter) -> Iterator[Page]:
    """Olena's browser at the page of the appeal."""
    topic(matter.by.organisation_id)
    with signed_in(browser, url, "olena", PASSWORD) as page:
        page.goto(f"/appeals/{matter.number}")
        yield page


def files(*named: tuple[str, bytes]) -> list[dict[str, object]]:
    return [{"name": name, "mimeType": "application/octet-stream", "buffer": sent} for name, sent in named]


def chosen(page: Page, *named: tuple[str, bytes]) -> None:
    page.set_input_files("#field-files", files=files(*named))  # type: ignore[arg-type]


def dropped(page: Page, folder: Path, *named: tuple[str, bytes]) -> None:
    """Files dropped on the field, as a browser tells it."""
    data = page.evaluate_handle("() => new DataTransfer()")
    for name, sent in named:
        page.evaluate(
            "([data, name, bytes]) => data.items.add(new File([new Uint8Array(bytes)], name))", [data, name, list(sent)]
        )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": data})


def test_several_files_are_sent_at_once_and_stand_in_the_page(page: Page, matter: Matter):
    page.select_option("#field-attachment_kind", label="Фото до робіт")
    chosen(page, ("one.jpg", samples.photo()), ("two.jpg", samples.photo()), ("act.pdf", samples.paper()))
    expect(page.locator(".picture img")).to_have_count(2)
    expect(page.locator(".files a", has_text="act.pdf")).to_be_visible()
    expect(page.locator("[data-uploads] li")).to_have_count(0)
    assert len(matter.rows()) == 3


def test_files_are_dropped(page: Page, matter: Matter, tmp_path: Path):
    page.select_option("#field-attachment_kind", label="Акт виконаних робіт")
    dropped(page, tmp_path, ("акт.pdf", samples.paper()))
    expect(page.locator(".files a", has_text="акт.pdf")).to_be_visible()


def test_nothing_goes_before_it_is_said_what_it_is(page: Page, matter: Matter):
    chosen(page, ("one.jpg", samples.photo()))
    expect(page.locator(".upload-words")).to_have_text("Виберіть, що це, і файл буде надіслано.")
    assert matter.rows() == []
    page.select_option("#field-attachment_kind", label="Фото після робіт")
    expect(page.locator(".before-after img")).to_have_count(1)


def test_what_is_wrong_with_a_file_stands_beside_it_and_the_others_go(page: Page, matter: Matter):
    page.select_option("#field-attachment_kind", label="Інше")
    chosen(page, ("photo.jpg", samples.PROGRAM), ("good.jpg", samples.photo()), ("empty.pdf", b""))
    wrong = page.locator(".upload-wrong")
    expect(wrong).to_have_count(2)
    expect(wrong.filter(has_text="photo.jpg")).to_contain_text("програма")
    expect(wrong.filter(has_text="empty.pdf")).to_contain_text("порожній")
    expect(page.locator(".picture img")).to_have_count(1)
    wrong.filter(has_text="empty.pdf").get_by_role("button", name="Прибрати").click()
    expect(wrong).to_have_count(1)


def test_too_large_a_file_is_told_before_it_is_sent(page: Page, matter: Matter):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.select_option("#field-attachment_kind", label="Інше")
    page.evaluate("document.querySelector('[data-upload]').dataset.limit = '1000'")
    chosen(page, ("long.pdf", samples.paper() + b"x" * 2000))
    expect(page.locator(".upload-wrong")).to_contain_text("більший за")
    assert "POST" not in asked


def test_a_file_waits_while_the_store_is_away_and_is_sent_again(
    page: Page, matter: Matter, servers: Servers, settings: Settings
):
    """Nothing is half saved and nothing is lost: the page keeps the file."""
    store.connect("127.0.0.1:1", access_key="", secret_key="", bucket="none")
    page.select_option("#field-attachment_kind", label="Фото до робіт")
    chosen(page, ("one.jpg", samples.photo()))
    expect(page.locator(".upload-resting")).to_contain_text("Сховище файлів не відповідає", timeout=30_000)
    assert matter.rows() == []
    connect_store(settings)
    again = page.get_by_role("button", name="Надіслати знову")
    if again.is_visible():
        again.click()
    expect(page.locator(".picture img")).to_have_count(1, timeout=30_000)
    assert len(matter.rows()) == 1


def test_an_answer_that_is_lost_attaches_nothing_twice(page: Page, matter: Matter):
    lost: list[Route] = []

    def loses(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route)
        route.fetch()  # it arrives and is attached; the answer does not come back
        route.abort("connectionreset")

    page.route(UPLOAD, loses)
    page.select_option("#field-attachment_kind", label="Фото до робіт")
    chosen(page, ("one.jpg", samples.photo()))
    expect(page.locator(".picture img")).to_have_count(1, timeout=30_000)
    expect(page.locator("[data-uploads] li")).to_have_count(0, timeout=30_000)
    assert len(matter.rows()) == 1


def test_before_and_after_are_beside_each_other_and_a_picture_can_be_turned(page: Page, matter: Matter):
    before, after = matter.attached(kind="a1"), matter.attached(samples.photo(colour=(20, 160, 60)), kind="a2")
    page.reload()
    sides = page.locator(".before-after > div")
    left, right = sides.nth(0).bounding_box(), sides.nth(1).bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["y"] - right["y"]) < 1
    stored = [(row.id, row.sha256) for row in matter.rows()]
    sides.nth(1).locator("a").click()
    picture = page.locator(".picture-dialog img")
    expect(picture).to_be_visible()
    page.get_by_role("button", name="Повернути").click()
    expect(picture).to_have_attribute("data-turned", "90")
    page.get_by_role("button", name="Закрити").last.click()
    expect(page.locator(".picture-dialog")).to_have_count(0)
    assert stored == [(row.id, row.sha256) for row in matter.rows()] == [
        (before.id, before.sha256), (after.id, after.sha256)
    ]  # fmt: skip


def test_on_a_telephone_the_camera_is_one_press_away(browser: Browser, url: str, matter: Matter):
    topic(matter.by.organisation_id)
    context = browser.new_context(
        base_url=url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="uk-UA"
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#field-login", "olena")
    page.fill("#field-password", PASSWORD)
    page.press("#field-password", "Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
    page.goto(f"/appeals/{matter.number}")
    camera = page.locator("label[for=field-camera]")
    expect(camera).to_be_visible()
    box = camera.bounding_box()
    assert box
    assert box["height"] >= 44
    expect(page.locator("#field-camera")).to_have_attribute("capture", "environment")
    page.select_option("#field-attachment_kind", label="Фото після робіт")
    page.set_input_files("#field-camera", files=files(("IMG_1.jpg", samples.photo()))[0])  # type: ignore[arg-type]
    expect(page.locator(".before-after img")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    context.close()


def test_without_script_the_form_sends_all_files(
    browser: Browser, url: str, matter: Matter, client: Callable[..., object]
):
    topic(matter.by.organisation_id)
    context = browser.new_context(base_url=url, java_script_enabled=False, locale="uk-UA")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#field-login", "olena")
    page.fill("#field-password", PASSWORD)
    page.press("#field-password", "Enter")
    page.goto(f"/appeals/{matter.number}/attachments")
    page.select_option("#field-attachment_kind", label="Фото до робіт")
    chosen(page, ("one.jpg", samples.photo()), ("two.jpg", samples.photo()))
    page.get_by_role("button", name="Додати", exact=True).click()
    expect(page.locator(".picture img")).to_have_count(2)
    context.close()
