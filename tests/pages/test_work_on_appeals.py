"""A dispatcher, and an executor with a telephone in one hand: given out, seen at once, done, returned, accepted."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from appeals import service as appeals
from appeals.executors import service as executors
from appeals.executors.model import MemberRole
from appeals.executors.service import Said
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from appeals.workflow import queries
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from run.development.pictures import signed_in
from tests.centre import PASSWORD, Centre

WIDTH, HEIGHT = 390, 844
AT_ONCE = 5_000  # ms: row U-03
FINGER = 44  # pixels


@pytest.fixture
def appeal(centre: Centre) -> Appeal:
    """An appeal that nobody has, and the water works with one person."""
    olena, today = centre.people["olena"], datetime.now(UTC).date()
    with transaction(EVERY_ORGANISATION) as session:
        session.add(Topic(organisation_id=olena.organisation_id, code="water", name={"uk": "Вода"}))
    with transaction(olena.organisation_id) as session:
        by = centre.people["admin.khm"]
        water = executors.add(session, olena.organisation_id, "ВК", Said(name="Водоканал", connected=True), by=by)
        since = today - timedelta(days=1)
        executors.add_member(session, water, centre.people["vasyl"], MemberRole.WORKER, since=since, by=by)
        return appeals.register(
            session,
            Appeal(
                kind=Kind.COMPLAINT, topic="water", substance="У підвалі тече труба", source=Source.RECEPTION,
                address="вул. Прибузька, 12",
            ),
            Applicant(
                surname="Коваль", given_name="Ольга", patronymic="", phone="+380671112233", email="", address=""
            ),
            by=olena,
            submission=uuid4(),
        )  # fmt: skip


@pytest.fixture
def people(browser: Browser, url: str, appeal: Appeal) -> Iterator[tuple[Page, Page]]:
    """The dispatcher's page and the executor's telephone."""
    with signed_in(browser, url, "olena", PASSWORD) as olena, signed_in(browser, url, "vasyl", PASSWORD) as vasyl:
        vasyl.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        yield olena, vasyl


def deed(page: Page, code: str, **typed: str) -> None:
    """Opens the form of a deed, fills it in and sends it."""
    folded = page.locator(f"details:has(input[value={code}])")
    folded.locator("summary").click()
    for name, text in typed.items():
        field = folded.locator(f"[name={name}]").first
        if field.evaluate("it => it.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    folded.locator("button[type=submit]").click()


def reached_by_thumb(page: Page) -> Callable[[Locator], None]:
    """Whether what is to be pressed is large enough, on the screen, and covered by nothing."""

    def check(what: Locator) -> None:
        box = what.bounding_box()
        assert box is not None
        assert box["height"] >= FINGER
        assert box["y"] + box["height"] <= HEIGHT
        assert box["x"] + box["width"] <= WIDTH
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH

    return check


def test_from_the_dispatcher_to_the_field_and_back(people: tuple[Page, Page], appeal: Appeal) -> None:
    olena, vasyl = people
    thumb = reached_by_thumb(vasyl)
    vasyl.goto("/assignments")
    expect(vasyl.locator(".empty")).to_be_visible()
    olena.goto(f"/appeals/{appeal.number}")
    deed(olena, "assign", executor="ВК · Водоканал", task="Перекрити воду")
    card = vasyl.locator(".work-card a", has_text=appeal.number)
    expect(card).to_be_visible(timeout=AT_ONCE)
    thumb(card)
    thumb(vasyl.locator(".work-bar a").first)
    card.click()
    expect(vasyl.locator("a[href^='tel:']")).to_contain_text("67")
    take = vasyl.locator("form:has(input[value=take]) button")
    thumb(take)
    take.click()
    expect(vasyl.locator(".deed-sheet:has(input[value=finish]) > summary")).to_be_visible()
    deed(vasyl, "finish", outcome="done", report="Трубу замінено")
    expect(vasyl).to_have_url(re.compile("assignments$"))
    olena.goto("/appeals/work")
    expect(olena.locator("tbody")).to_contain_text(appeal.number)
    olena.locator("tbody a").first.click()
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    deed(olena, "return", reason="Ще капає", until=tomorrow)
    expect(vasyl.locator(".work-returned", has_text=appeal.number)).to_be_visible(timeout=AT_ONCE)
    vasyl.locator(".work-returned a").click()
    expect(vasyl.get_by_text("Ще капає")).to_be_visible()
    vasyl.locator("form:has(input[value=take]) button").click()
    deed(vasyl, "finish", outcome="done", report="Тепер сухо")
    expect(vasyl).to_have_url(re.compile("assignments$"))
    olena.goto(f"/appeals/{appeal.number}")
    deed(olena, "close", result="satisfied", report="Течу усунено")
    expect(olena.locator(".page-actions")).to_contain_text("закрито")
    with transaction(EVERY_ORGANISATION) as session:
        told = [each.deed for each in queries.history(session, appeal.id)]
        closed = session.scalars(select(Appeal).where(Appeal.id == appeal.id)).one()
        [work] = queries.assignments(session, appeal.id)
    assert told == ["assign", "take", "finish", "return", "take", "finish", "accept", "close"]
    assert (closed.state, closed.answer, work.reworks) == ("closed", "Течу усунено", 1)


def test_what_was_done_meanwhile_is_not_overwritten(people: tuple[Page, Page], appeal: Appeal, centre: Centre) -> None:
    """The dispatcher's page is old: somebody else has it now, and is named."""
    olena, _vasyl = people
    olena.goto(f"/appeals/{appeal.number}")
    second = olena.context.new_page()
    second.goto(f"/appeals/{appeal.number}")
    deed(second, "assign", executor="ВК")
    expect(second.locator(".work-piece")).to_contain_text("Водоканал")
    deed(olena, "forward", body="Облрада", reason="Їхнє")
    expect(olena.locator("[data-error-summary]")).to_contain_text("Olena")
    expect(olena.locator("[name=body]")).to_have_value("Облрада")
