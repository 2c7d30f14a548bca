"""The list of calls as a database gives it: pages in both directions, whatever is filtered, and how many there are."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from calls import listing
from calls.listing import Filters
from calls.tables import CallRow, VisitRow
from db import EVERY_ORGANISATION, transaction
from tests.centre import Centre

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OLENA, ANDRII, IRYNA = "PJSIP/agent1", "PJSIP/agent2", "PJSIP/agent3"


def _call(organisation: int, number: int, agent: str, *passed_on_by: str) -> CallRow:
    """The later a call came, the shorter its wait, but for some that are alike."""
    return CallRow(
        id=uuid4(), organisation_id=organisation, node="node1", channel="1.1", source="trunk",
        caller=f"+38067123{'1580' if number % 3 else '0000'}", dialled="1580" if number % 5 else "1414",
        language="uk", topic="water", menu_path=[], queue="khm-water", agent=agent,
        agents=sorted({agent, *passed_on_by}) if passed_on_by else [], state="ended", fate="answered",
        arrived_at=NOON + timedelta(minutes=number), ended_at=NOON + timedelta(minutes=number + 1),
        waited=timedelta(seconds=(100 - number) // 3), talked=timedelta(0), held=timedelta(0), waits=1, transfers=0,
    )  # fmt: skip


@pytest.fixture(params=[listing.COUNTED, 10, 3])
def counted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """As many calls are counted: all there are, or not so many."""
    monkeypatch.setattr(listing, "COUNTED", request.param)
    return int(request.param)


@pytest.fixture
def city(centre: Centre) -> int:
    """Thirty calls: Olena talked in most, some of them she passed on to Andrii, a few were his alone.

    Two more went through the hands of all three, and ended with the first of them.
    """
    organisation = centre.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        for number in range(30):
            passed_on, others = number % 4 == 1, number % 7 == 3
            agent = ANDRII if passed_on or others else OLENA
            session.add(_call(organisation, number, agent, *([OLENA] if passed_on else [])))
        session.add_all([_call(organisation, number, OLENA, ANDRII, IRYNA) for number in (30, 31)])
        session.add_all([_visit(organisation, row) for row in session.scalars(select(CallRow))])
    return organisation


def _visit(organisation: int, call: CallRow) -> VisitRow:
    """To the call's queue, a moment before its call by a clock that was set back; each third was given up."""
    outcome = "abandoned" if call.caller.endswith("0000") else "answered"
    joined_at = call.arrived_at - timedelta(seconds=2)
    return VisitRow(
        call=call.id, number=1, organisation_id=organisation, queue="khm-water", joined_at=joined_at, outcome=outcome
    )


def _walk(
    session: Session, organisation: int, filters: Filters, sort: str, rows: int
) -> tuple[list[UUID], list[UUID], set[int]]:
    """All calls page by page to the end, all of them page by page back from the end, and each number told meanwhile."""
    page = listing.page(session, organisation, filters, sort=sort, rows=rows)
    there, counts = [row.id for row in page.rows], {page.count}
    while page.after:
        page = listing.page(session, organisation, filters, sort=sort, after=page.after, rows=rows)
        there += [row.id for row in page.rows]
        counts.add(page.count)
    back = [row.id for row in page.rows]
    while page.before:
        page = listing.page(session, organisation, filters, sort=sort, before=page.before, rows=rows)
        back = [row.id for row in page.rows] + back
        counts.add(page.count)
    return there, back, counts


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(agent=OLENA),
        Filters(agent=ANDRII, topic="water"),
        Filters(agent=IRYNA),
        Filters(visited="khm-water", visit="abandoned"),
        Filters(visited="khm-water", since=NOON + timedelta(minutes=7), until=NOON + timedelta(minutes=19)),
        Filters(text="1580"),
        Filters(text="0000"),
        Filters(text="1414", agent=OLENA),
    ],
)
def test_each_call_stands_once_in_the_order_asked_for(city: int, filters: Filters, counted: int) -> None:
    with transaction(city) as session:
        every = session.scalars(select(CallRow)).all()
        taking_part = [it for it in every if _is_among(it, filters)]
        for sort, rows in product(["-arrived", "arrived", "-waited", "waited"], [4, 7, 100]):
            key = listing.ORDERS[sort.lstrip("-")].key
            wanted = sorted(
                taking_part, key=lambda it, key=key: (getattr(it, key), it.id), reverse=sort.startswith("-")
            )
            there, back, counts = _walk(session, city, filters, sort, rows)
            assert there == [it.id for it in wanted] != [], (sort, rows)
            assert back == there, (sort, rows)
            whole = len(wanted) <= rows and sort.lstrip("-") != "arrived"
            assert counts == {len(wanted) if whole else min(len(wanted), counted + 1)}, (sort, rows)


def _is_among(call: CallRow, filters: Filters) -> bool:
    whose = not filters.agent or filters.agent in (call.agent, *call.agents)
    visited = not filters.visit or call.caller.endswith("0000")
    arrived = (not filters.since or filters.since <= call.arrived_at) and (
        not filters.until or call.arrived_at < filters.until
    )
    return whose and visited and arrived and (call.caller.endswith(filters.text) or call.dialled == filters.text)


def test_few_calls_are_read_once_for_their_page_and_their_number(city: int) -> None:
    asked: list[str] = []
    with transaction(city) as session:
        note = lambda *said: asked.append(said[2])  # noqa: E731
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        part = listing.page(session, city, Filters(topic="water"), rows=3)
        far_down = listing.page(session, city, Filters(topic="water"), rows=3, after=listing.Key(NOON, UUID(int=0)))
        whole = listing.page(session, city, Filters(topic="water"), sort="-waited")
        event.remove(engine, "before_cursor_execute", note)
        assert (part.count, far_down.count, whole.count) == (32, 32, 32)
        assert (len(part.rows), len(far_down.rows), len(whole.rows)) == (3, 0, 32)
        assert len([said for said in asked if " WHERE " in said.replace("\n", " ")]) == 2 + 1 + 2
