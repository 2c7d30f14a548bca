"""The board of appeals: each figure is as long as the list it opens, and a change is told at once (U-04)."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
import redis
from sqlalchemy import text, update

from appeals.journal.board import CHANNEL
from appeals.journal.teller import AppealsTeller
from appeals.model import OPEN, WITH_RESULT, State
from appeals.tables import Appeal
from db import transaction
from run.settings import Settings
from tests.appeals.cards import Browser
from tests.appeals.journal.appeals import written
from tests.centre import Centre
from tests.client import Client
from tests.town.waiting import wait_for
from web.live import PREFIX


@pytest.fixture(autouse=True)
def appeals(centre: Centre) -> None:
    """The city has forty: some due today, some late, some closed today."""
    olena, now = centre.people["olena"], datetime.now(UTC)
    with transaction(olena.organisation_id) as session:
        for number, made in enumerate(written(session, olena, list(range(1, 41)))):
            if made.due_at is not None:
                made.due_at = now + timedelta(hours=number - 10)
                made.attention_at = made.due_at - timedelta(hours=5)
            if made.closed_at is not None:
                made.closed_at = now - timedelta(hours=number)


def figures(browser: Client) -> dict[str, int]:
    """The figures, by the query of the list that each opens."""
    page = browser.get("/appeals/board").text
    found = re.findall(r'data-figure="([^"]*)">.*?<strong>(\d+)</strong>', page, re.S)
    return {html.unescape(query): int(count) for query, count in found}


def test_each_figure_is_as_long_as_its_list(client: Browser) -> None:
    olena = client("olena")
    told = figures(olena)
    assert len(told) >= 11
    assert {told["standing=overdue&sort=due"] > 0, told["state=in_work"] > 0, told["state=closed"] > 0} == {True}
    for query, count in told.items():
        rows = olena.get(f"/appeals?rows=200&{query}").text.count("<tr data-href")
        assert rows == count, query
    states = [count for query, count in told.items() if query.startswith("state=") and "&" not in query]
    assert sum(states) == 40


def test_every_state_of_the_workflow_is_counted_in_exactly_one_place(client: Browser, centre: Centre) -> None:
    """Boards, lists and indexes know the states that the workflow knows, and draw the line of what is over alike."""
    anna = centre.people["anna"]
    with transaction(anna.organisation_id) as session:
        for number, state in enumerate(State, 1):
            ended = {"result": "refused"} if state in WITH_RESULT else {"result": None}
            closed = {"closed_at": None if state in OPEN else datetime.now(UTC), "due_at": datetime.now(UTC)}
            written(session, anna, [number], state=state.value, **ended, **closed)
    told = figures(client("anna"))
    assert {query: count for query, count in told.items() if re.fullmatch("state=[a-z_]+", query)} == {
        f"state={state.value}": 1 for state in State
    }
    page = html.unescape(client("anna").get("/appeals/board/executors").text)
    of_nobody = dict(re.findall(r'data-figure="state=([a-z_]+)&executor=-&sort=due">\s*(\d+)', page))
    assert of_nobody == {state.value: "1" for state in OPEN} | {"open": str(len(OPEN))}
    for query, states in (("state=open", OPEN), ("standing=late", OPEN), ("sort=standing", set(State))):
        rows = client("anna").get(f"/appeals?rows=100&{query}").text.count("<tr data-href")
        assert rows == len(states), query
    with transaction(anna.organisation_id) as session:
        of_open = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename ~ '^appeal' AND indexdef ~ ' ANY '"
        known = {name: set(re.findall("'([a-z_]+)'", told)) for name, told in session.execute(text(of_open))}
    assert set(known) == {"ix_appeal_due_at", "ix_appeal_attention_at", "ix_appeal_line_open_due"}
    assert all(states == {state.value for state in OPEN} for states in known.values())


def test_a_change_of_state_changes_the_figures(client: Browser, centre: Centre) -> None:
    olena = centre.people["olena"]
    before = figures(client("olena"))
    with transaction(olena.organisation_id) as session:
        one = Appeal.number == "26-000001"
        session.execute(update(Appeal).where(one).values(state="to_be_verified"))
    after = figures(client("olena"))
    assert after["state=in_work"] == before["state=in_work"] - 1
    assert after["state=to_be_verified"] == before["state=to_be_verified"] + 1
    assert figures(client("anna"))["state=in_work"] == 0


def test_boards_are_told_of_each_change(centre: Centre, settings: Settings) -> None:
    olena = centre.people["olena"]
    told = redis.Redis.from_url(settings.redis_url.get_secret_value())
    channel = f"{PREFIX}{CHANNEL}{olena.organisation_id}"
    teller = AppealsTeller(told)
    teller.start()
    try:

        def heard() -> bool:
            with transaction(olena.organisation_id) as session:
                session.execute(update(Appeal).where(Appeal.number == "26-000001").values(state="registered"))
                session.execute(update(Appeal).where(Appeal.number == "26-000001").values(state="in_work"))
            return cast(int, told.xlen(channel)) > 0

        wait_for("the change to be told", heard)
        assert told.xlen(f"{PREFIX}{CHANNEL}{centre.people['anna'].organisation_id}") == 0
    finally:
        teller.stop()
        teller.join(5)
        told.delete(channel)
