"""The list of calls: filters, order and paging by key, so that page 1000 costs what page 1 costs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    outerjoin,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from calls.tables import CallRow, VisitRow

PAGE: Final = 50
PAGES: Final = (PAGE, 100, 200)  # how many rows a reader may have on a page; the rest is behind its key
COUNTED: Final = 10_000  # beyond it we say "over 10 000"
SELDOM: Final = 3  # digits from which on few numbers end so
SET_BACK: Final = timedelta(hours=1)  # a clock that is set between a call's arrival and its visit to a queue
MANY: Final = 1_000_000  # participants of one call: more than there are
NOW_ON: Final = "now_on"  # as a fate: the call has none yet
NO_RESULT: Final = "-"  # as a result: none was chosen

ORDERS: Final[dict[str, InstrumentedAttribute[Any]]] = {
    "arrived": CallRow.arrived_at,
    "waited": CallRow.waited,
    "talked": CallRow.talked,
}
NEWEST_FIRST: Final = "-arrived"

_Place = tuple[Any, UUID]  # what a call is sorted by, and the call

# One queue has a third of all calls, one end a thousandth: a plan for whatever value comes serves none of them.
# What is done in milliseconds is not divided among processes, which calls need too.
_PLANNED_ANEW: Final = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('max_parallel_workers_per_gather', '0', true)"
)


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
class _Stretch:
    """Where in the order the page lies."""

    order: InstrumentedAttribute[Any]
    key: Key | None  # it begins behind this one
    falling: bool
    most: int  # rows

    def nearest(self, found: Iterable[_Place]) -> list[_Place]:
        """Those at its beginning."""
        return sorted(found, reverse=self.falling)[: self.most]

    def of(self, wanted: Select[Any]) -> Select[Any]:
        """The statement, in this order and cut to this stretch."""
        value, call = wanted.selected_columns
        if self.key is not None:
            wanted = wanted.where(_beyond(value, call, (self.key.value, self.key.call), falling=self.falling))
        ends = (each.desc() if self.falling else each.asc() for each in (value, call))
        return wanted.order_by(*ends).limit(self.most)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the keys of the neighbouring pages where there are any."""

    rows: Sequence[CallRow]
    before: Key | None
    after: Key | None
    count: int  # on all pages together; counting stops just past COUNTED


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
    """At most `rows` calls behind `after`, or those just ahead of `before`; and how many there are in all."""
    session.execute(_PLANNED_ANEW)
    order = ORDERS[sort.lstrip("-")]
    backwards = before is not None
    stretch = _Stretch(order, before or after, sort.startswith("-") != backwards, rows + 1)
    ways = _ways(organisation, filters)
    places, number = _newest(session, ways, stretch) if order is CallRow.arrived_at else _sorted(session, ways, stretch)
    ids = literal([call for _, call in places], ARRAY(CallRow.id.type))
    wanted = session.scalars(select(CallRow).where(CallRow.id == any_(ids))) if places else ()
    found = sorted(wanted, key=lambda row: (getattr(row, order.key), row.id), reverse=stretch.falling)
    more = len(found) > rows
    shown = found[:rows]
    if backwards:
        shown.reverse()
    return Page(
        rows=shown,
        before=_key(shown[0], order) if shown and (more if backwards else after is not None) else None,
        after=_key(shown[-1], order) if shown and (backwards or more) else None,
        count=number,
    )


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


def _newest(session: Session, ways: Sequence[_Way], stretch: _Stretch) -> tuple[list[_Place], int]:
    """Places of the page and the number of all calls: where they are few, both come from one reading of them.

    By arrival every index of the list can tell the place. Of many calls the number is told up to a limit, and the page
    is sought in their order: it is found soon.
    """
    found: list[_Place] = []
    number, many = 0, []
    for way in ways:
        left = COUNTED + 1 - number
        if left > 0:
            counted, nearest = _all_of(session, way, stretch, left)
            number += counted
            if counted < left:
                found = stretch.nearest([*found, *nearest])
                continue
        many.append(way)
    return _next(session, many, stretch, found), number


def _sorted(session: Session, ways: Sequence[_Way], stretch: _Stretch) -> tuple[list[_Place], int]:
    """Places of the page and the number of all calls. What they are sorted by stands in few indexes: counted apart."""
    found = _next(session, ways, stretch, [])
    if stretch.key is None and len(found) < stretch.most:
        return found, len(found)
    number = 0
    for way in ways:
        some = select(literal(1)).select_from(CallRow).where(*way.conditions).limit(COUNTED + 1 - number).subquery()
        number += session.scalar(select(func.count()).select_from(some)) or 0
    return found, number


def _all_of(session: Session, way: _Way, stretch: _Stretch, limit: int) -> tuple[int, list[_Place]]:
    """How many calls, at most `limit`; below it they are all there, and those of the stretch are told too."""
    some = select(stretch.order.label("value"), CallRow.id).where(*way.conditions).limit(limit).cte("some")
    number = select(func.count().label("number")).select_from(some).subquery("counted")
    nearest = stretch.of(select(some.c.value, some.c.id).where(number.c.number < limit)).lateral("nearest")
    told = select(number.c.number, nearest.c.value, nearest.c.id).select_from(outerjoin(number, nearest, true()))
    rows = session.execute(told).all()
    return rows[0].number, [(row.value, row.id) for row in rows if row.id is not None]


def _next(session: Session, ways: Sequence[_Way], stretch: _Stretch, found: list[_Place]) -> list[_Place]:
    """Places of the page. All that is filtered stands in the index, so no row is fetched.

    What is found by the one way bounds the search by the other.
    """
    for way in ways:
        wanted = select(stretch.order, CallRow.id).where(*way.conditions)
        if len(found) == stretch.most:
            wanted = wanted.where(_beyond(stretch.order, CallRow.id, found[-1], falling=not stretch.falling))
        if way.seldom:
            few = wanted.offset(0).subquery()  # which PostgreSQL does not merge into what is around it
            wanted = select(few.c[stretch.order.key], few.c.id)
        found = stretch.nearest([*found, *((row[0], row[1]) for row in session.execute(stretch.of(wanted)))])
    return found


def _beyond(
    value: ColumnElement[Any] | InstrumentedAttribute[Any],
    call: ColumnElement[UUID] | InstrumentedAttribute[UUID],
    place: _Place,
    *,
    falling: bool,
) -> ColumnElement[bool]:
    here = tuple_(value, call)
    there = tuple_(literal(place[0], value.type), literal(place[1], call.type))
    return here < there if falling else here > there


def _ways(organisation: int, filters: Filters) -> list[_Way]:
    """The conditions; several sets of them, without a call in common, where each has an index of its own."""
    conditions = _conditions(organisation, filters)
    return [
        _Way([*conditions, *who.conditions, *number.conditions], who.seldom or number.seldom)
        for number in _matches(filters.text)
        for who in _of_agent(filters.agent, among_few=number.seldom)
    ]


def _of_agent(agent: str, *, among_few: bool) -> list[_Way]:
    """Calls that the agent talked in last, then the few that they passed on or dialled in vain.

    Who took part stands in an array, in the order of their names; its first two places have an index each.
    """
    if not agent:
        return [_Way([])]
    if among_few:
        return [_Way([or_(CallRow.agent == agent, literal(agent) == any_(CallRow.agents))])]
    others = CallRow.agent.is_distinct_from(agent)
    first, second = (literal_column(f"call.agents[{place}]", Text) for place in (1, 2))
    # Without the upper bound PostgreSQL, which has no statistics of this number, expects a third of all calls.
    three_or_more = func.cardinality(CallRow.agents).between(3, MANY)
    further = [three_or_more, literal(agent) == any_(CallRow.agents), first != agent, second != agent]
    return [
        _Way([CallRow.agent == agent]),
        _Way([func.cardinality(CallRow.agents) >= 1, first == agent, others], seldom=True),
        _Way([func.cardinality(CallRow.agents) >= 1, second == agent, others], seldom=True),
        _Way([*further, others], seldom=True),
    ]


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
    ):
        if value:
            wanted.append(column == value)
    if filters.result:
        wanted.append(CallRow.result.is_(None) if filters.result == NO_RESULT else CallRow.result == filters.result)
    if filters.fate:
        wanted.append(CallRow.fate.is_(None) if filters.fate == NOW_ON else CallRow.fate == filters.fate)
    if filters.recorded is not None:
        wanted.append(CallRow.recorded.is_(filters.recorded))
    if filters.visited:
        wanted.append(_visited(organisation, filters))
    return wanted


def _visited(organisation: int, filters: Filters) -> ColumnElement[bool]:
    """A visit begins after its call arrived: so much of the period is true of it too, and there is an index by that."""
    there = exists().where(
        VisitRow.call == CallRow.id, VisitRow.organisation_id == organisation, VisitRow.queue == filters.visited
    )
    if filters.since is not None:
        there = there.where(VisitRow.joined_at >= filters.since - SET_BACK)
    return there.where(VisitRow.outcome == filters.visit) if filters.visit else there


def _matches(written: str) -> list[_Way]:
    """The end of a number, the way people remember them, or a whole short number dialled; or the whole id of a call."""
    if not written:
        return [_Way([])]
    try:
        return [_Way([CallRow.id == UUID(written)], seldom=True)]
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
