"""The list of calls: filters, order and paging by key, so that page 1000 costs what page 1 costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    not_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from calls.tables import CallRow, VisitRow

PAGE: Final = 50
PAGES: Final = (PAGE, 100, 200)  # how many rows a reader may have on a page; the rest is behind its key
COUNTED: Final = 10_000  # beyond it we say "over 10 000"
SELDOM: Final = 3  # digits from which on few numbers end so
NOW_ON: Final = "now_on"  # as a fate: the call has none yet

ORDERS: Final[dict[str, InstrumentedAttribute[Any]]] = {
    "arrived": CallRow.arrived_at,
    "waited": CallRow.waited,
    "talked": CallRow.talked,
}
NEWEST_FIRST: Final = "-arrived"

# One queue has a third of all calls, one end a thousandth: a plan for whatever value comes serves none of them.
_PLANNED_ANEW: Final = text("SET LOCAL plan_cache_mode TO force_custom_plan")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which calls; what is empty narrows nothing."""

    text: str = ""  # the end of a number, or a call's whole id
    since: datetime | None = None
    until: datetime | None = None
    agent: str = ""  # interface of somebody who talked with the caller
    queue: str = ""
    language: str = ""
    topic: str = ""
    result: str = ""
    fate: str = ""
    recorded: bool | None = None
    visited: str = ""  # a queue that the call was in, wherever it went afterwards
    visit: str = ""  # what became of the visit there


@dataclass(frozen=True, slots=True)
class Key:
    """A row's place in the order, as it stands in the address."""

    value: datetime | timedelta
    call: UUID

    def __str__(self) -> str:
        told = self.value.isoformat() if isinstance(self.value, datetime) else str(self.value.total_seconds())
        return f"{told}~{self.call}"

    @classmethod
    def read(cls, written: str, sort: str) -> "Key | None":
        """The key; None for nonsense, which begins at the first page."""
        value, _, call = written.partition("~")
        try:
            if sort.lstrip("-") == "arrived":
                return cls(datetime.fromisoformat(value), UUID(call))
            return cls(timedelta(seconds=float(value)), UUID(call))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class _Way:
    """Calls that one index finds."""

    conditions: Sequence[ColumnElement[bool]]
    seldom: bool = False  # so few that they are found first, then put in order: PostgreSQL cannot guess that


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the keys of the neighbouring pages where there are any."""

    rows: Sequence[CallRow]
    before: Key | None
    after: Key | None
    whole: bool = False  # there are no others


def page(
    session: Session,
    organisation: int,
    filters: Filters,
    *,
    sort: str = NEWEST_FIRST,
    after: Key | None = None,
    before: Key | None = None,
    rows: int = PAGE,
) -> Page:
    """At most `rows` calls behind `after`, or those just ahead of `before`."""
    session.execute(_PLANNED_ANEW)
    order = ORDERS[sort.lstrip("-")]
    backwards = before is not None
    falling = sort.startswith("-") != backwards
    ids = _nearest(session, organisation, filters, order, before or after, falling=falling, most=rows + 1)
    wanted = session.scalars(select(CallRow).where(CallRow.id.in_(ids))) if ids else ()
    found = sorted(wanted, key=lambda row: (getattr(row, order.key), row.id), reverse=falling)
    more = len(found) > rows
    shown = found[:rows]
    if backwards:
        shown.reverse()
    return Page(
        rows=shown,
        before=_key(shown[0], order) if shown and (more if backwards else after is not None) else None,
        after=_key(shown[-1], order) if shown and (backwards or more) else None,
        whole=before is None and after is None and not more,
    )


def count(session: Session, organisation: int, filters: Filters, shown: Page | None = None) -> int:
    """How many calls; counting stops just past COUNTED, and a page that shows them all needs none."""
    if shown is not None and shown.whole:
        return len(shown.rows)
    session.execute(_PLANNED_ANEW)
    found = 0
    for way in _ways(organisation, filters):
        some = select(literal(1)).select_from(CallRow).where(*way.conditions).limit(COUNTED + 1 - found).subquery()
        found += session.scalar(select(func.count()).select_from(some)) or 0
    return found


def queues(session: Session, organisation: int) -> list[str]:
    """Every queue that a call was in, each found by one look into the index."""
    skipping = text(
        """
        WITH RECURSIVE seen AS (
            SELECT min(queue) AS queue FROM call WHERE organisation_id = :organisation
            UNION ALL
            SELECT (SELECT min(queue) FROM call WHERE organisation_id = :organisation AND queue > seen.queue)
            FROM seen WHERE seen.queue IS NOT NULL
        )
        SELECT queue FROM seen WHERE queue IS NOT NULL
        """
    )
    return list(session.scalars(skipping, {"organisation": organisation}))


def _nearest(
    session: Session,
    organisation: int,
    filters: Filters,
    order: InstrumentedAttribute[Any],
    key: Key | None,
    *,
    falling: bool,
    most: int,
) -> list[UUID]:
    """Ids of the calls next to the key, in their order. All that is filtered stands in the index, so no row is fetched.

    What is found by the one way bounds the search by the other.
    """
    found: list[tuple[Any, UUID]] = []
    for way in _ways(organisation, filters):
        wanted = select(order, CallRow.id).where(*way.conditions)
        if key is not None:
            wanted = wanted.where(_beyond(order, key.value, key.call, falling=falling))
        if len(found) == most:
            wanted = wanted.where(_beyond(order, *found[-1], falling=not falling))
        if way.seldom:
            few = wanted.offset(0).subquery()  # which PostgreSQL does not merge into what is around it
            wanted = select(few.c[order.key], few.c.id)
        ends = (each.desc() if falling else each.asc() for each in wanted.selected_columns)
        rows = session.execute(wanted.order_by(*ends).limit(most))
        found = sorted([*found, *((row[0], row[1]) for row in rows)], reverse=falling)[:most]
    return [call for _, call in found]


def _beyond(order: InstrumentedAttribute[Any], value: Any, call: UUID, *, falling: bool) -> ColumnElement[bool]:
    here = tuple_(order, CallRow.id)
    there = tuple_(literal(value, order.type), literal(call, CallRow.id.type))
    return here < there if falling else here > there


def _ways(organisation: int, filters: Filters) -> list[_Way]:
    """The conditions; several sets of them, without a call in common, where each has an index of its own."""
    conditions = _conditions(organisation, filters)
    return [
        _Way([*conditions, *who.conditions, *number.conditions], who.seldom or number.seldom)
        for who in _of_agent(filters.agent)
        for number in _matches(filters.text)
    ]


def _of_agent(agent: str) -> list[_Way]:
    """Calls that the agent talked in last, then the few that they passed on or dialled in vain."""
    if not agent:
        return [_Way([])]
    took_part = literal(agent) == any_(CallRow.agents)
    passed_on = [func.cardinality(CallRow.agents) > 0, took_part, CallRow.agent.is_distinct_from(agent)]
    return [_Way([CallRow.agent == agent]), _Way(passed_on, seldom=True)]


def _key(row: CallRow, order: InstrumentedAttribute[Any]) -> Key:
    return Key(getattr(row, order.key), row.id)


def _conditions(organisation: int, filters: Filters) -> list[ColumnElement[bool]]:
    # Row-level security separates organisations; said again here, PostgreSQL can use it to choose an index.
    wanted: list[ColumnElement[bool]] = [CallRow.organisation_id == organisation]
    if filters.since is not None:
        wanted.append(CallRow.arrived_at >= filters.since)
    if filters.until is not None:
        wanted.append(CallRow.arrived_at < filters.until)
    for column, value in (
        (CallRow.queue, filters.queue),
        (CallRow.language, filters.language),
        (CallRow.topic, filters.topic),
        (CallRow.result, filters.result),
    ):
        if value:
            wanted.append(column == value)
    if filters.fate:
        wanted.append(CallRow.fate.is_(None) if filters.fate == NOW_ON else CallRow.fate == filters.fate)
    if filters.recorded is not None:
        wanted.append(CallRow.recorded.is_(filters.recorded))
    if filters.visited:
        wanted.append(_visited(filters.visited, filters.visit))
    return wanted


def _visited(queue: str, outcome: str) -> ColumnElement[bool]:
    there = exists().where(VisitRow.call == CallRow.id, VisitRow.queue == queue)
    return there.where(VisitRow.outcome == outcome) if outcome else there


def _matches(written: str) -> list[_Way]:
    """The end of a number, the way people remember them, or a whole short number dialled; or the whole id of a call."""
    if not written:
        return [_Way([])]
    try:
        return [_Way([CallRow.id == UUID(written)])]
    except ValueError:
        digits = "".join(letter for letter in written if letter.isascii() and letter.isdigit())
    if not digits:
        return [_Way([false()])]
    ends = _begins(CallRow.caller_end, digits[::-1])
    found = [_Way([ends], seldom=len(digits) >= SELDOM)]
    return [*found, _Way([CallRow.dialled == digits, not_(ends)])] if len(digits) < 7 else found


def _begins(column: InstrumentedAttribute[Any], digits: str) -> ColumnElement[bool]:
    """As LIKE 'digits%'. Under row-level security an index serves only operators that leak nothing; LIKE is none."""
    past = digits[:-1] + chr(ord(digits[-1]) + 1)
    return and_(column.op("~>=~", is_comparison=True)(digits), column.op("~<~", is_comparison=True)(past))
