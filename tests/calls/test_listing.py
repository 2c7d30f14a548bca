"""The list of calls as a database gives it: pages in both directions, whatever is filtered, and how many there are."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from calls import listing
from calls.listing import Filters
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from tests.centre import Centre

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OLENA, ANDRII = "PJSIP/agent1", "PJSIP/agent2"


def _call(organisation: int, number: int, agent: str, passed_on_by: str | None) -> CallRow:
    """The later a call came, the shorter its wait, but for some that are alike."""
    return CallRow(
        id=uuid4(), organisation_id=organisation, node="node1", channel="1.1", source="trunk",
        caller=f"+38067123{'1580' if number % 3 else '0000'}", dialled="1580" if number % 5 else "1414",
        language="uk", topic="water", menu_path=[], queue="khm-water", agent=agent,
        agents=sorted({agent, passed_on_by}) if passed_on_by else [], state="ended", fate="answered",
        arrived_at=NOON + timedelta(minutes=number), ended_at=NOON + timedelta(minutes=number + 1),
        waited=timedelta(seconds=(100 - number) // 3), talked=timedelta(0), held=timedelta(0), waits=1, transfers=0,
    )  # fmt: skip


@pytest.fixture
def city(centre: Centre) -> int:
    """Thirty calls: Olena talked in most, some of them she passed on to Andrii, a few were his alone."""
    organisation = centre.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        for number in range(30):
            passed_on, others = number % 4 == 1, number % 7 == 3
            agent = ANDRII if passed_on or others else OLENA
            session.add(_call(organisation, number, agent, OLENA if passed_on else None))
    return organisation


def _walk(session: Session, organisation: int, filters: Filters, sort: str, rows: int) -> tuple[list[UUID], list[UUID]]:
    """All calls page by page to the end, and all of them page by page back from the end."""
    page = listing.page(session, organisation, filters, sort=sort, rows=rows)
    there = [row.id for row in page.rows]
    while page.after:
        page = listing.page(session, organisation, filters, sort=sort, after=page.after, rows=rows)
        there += [row.id for row in page.rows]
    back = [row.id for row in page.rows]
    while page.before:
        page = listing.page(session, organisation, filters, sort=sort, before=page.before, rows=rows)
        back = [row.id for row in page.rows] + back
    return there, back


@pytest.mark.parametrize("sort", ["-arrived", "arrived", "-waited", "waited"])
@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(agent=OLENA),
        Filters(agent=ANDRII, topic="water"),
        Filters(text="1580"),
        Filters(text="0000"),
        Filters(text="1414", agent=OLENA),
    ],
)
@pytest.mark.parametrize("rows", [4, 7, 100])
def test_each_call_stands_once_in_the_order_asked_for(city: int, filters: Filters, sort: str, rows: int) -> None:
    with transaction(city) as session:
        every = session.scalars(select(CallRow)).all()
        taking_part = [it for it in every if _is_among(it, filters)]
        key = listing.ORDERS[sort.lstrip("-")].key
        wanted = sorted(taking_part, key=lambda it: (getattr(it, key), it.id), reverse=sort.startswith("-"))
        there, back = _walk(session, city, filters, sort, rows)
        assert there == [it.id for it in wanted]
        assert back == there
        assert listing.count(session, city, filters) == len(wanted)


def _is_among(call: CallRow, filters: Filters) -> bool:
    whose = not filters.agent or filters.agent in (call.agent, *call.agents)
    return whose and (call.caller.endswith(filters.text) or call.dialled == filters.text)


def test_a_page_that_has_them_all_needs_no_counting(city: int) -> None:
    asked: list[str] = []
    with transaction(city) as session:
        whole = listing.page(session, city, Filters(agent=ANDRII))
        part = listing.page(session, city, Filters(agent=ANDRII), rows=3)
        nobody = listing.page(session, city, Filters(agent="PJSIP/agent9"))
        past_the_end = listing.page(session, city, Filters(agent=ANDRII), after=listing.Key(NOON, UUID(int=0)))
        note = lambda *said: asked.append(said[2])  # noqa: E731
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        assert listing.count(session, city, Filters(agent=ANDRII), whole) == len(whole.rows) > 3
        assert listing.count(session, city, Filters(agent="PJSIP/agent9"), nobody) == 0
        assert asked == []
        assert listing.count(session, city, Filters(agent=ANDRII), part) == len(whole.rows)
        assert listing.count(session, city, Filters(agent=ANDRII), past_the_end) == len(whole.rows)
        event.remove(engine, "before_cursor_execute", note)
