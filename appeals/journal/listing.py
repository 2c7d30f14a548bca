"""The list of appeals: filters, any order and paging by key, so that page 1000 costs what page 1 costs.

Of few appeals all are read and put in order. Of many the page is sought in the order of an index, where it is found
soon; an order by words goes through their groups, one after the other.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    any_,
    case,
    func,
    literal,
    not_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from appeals.journal import conditions
from appeals.journal.columns import BY_FILTER, BY_KEY, Column
from appeals.journal.conditions import Asker, Condition
from appeals.journal.directories import Directories
from appeals.journal.model import COUNTED, NEVER, PAGE, Asked, By, Key, alphabetical
from appeals.journal.tables import IS_LONG, Line
from appeals.model import OPEN
from appeals.terms.model import Standing, standing

_Attribute = InstrumentedAttribute[Any]
PLANNED_ANEW: Final = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true),"
    " set_config('random_page_cost', '1.1', true)"  # pages are in memory or near it (0130)
)
_GATHERED: Final = 30_000  # read and sorted where an index in the order asked for would lead past all the others first
_NO_TERM: Final = "none"
_URGENCY: Final = (Standing.OVERDUE.value, Standing.ATTENTION.value, Standing.ON_TIME.value)
_Place = tuple[int, tuple[Any, ...]]  # a group, and the values of fields with the line's id


@dataclass(frozen=True, slots=True)
class Page:
    """The appeals of a page in their order, the keys of the neighbouring pages, and how many there are in all."""

    appeals: Sequence[int]
    before: Key | None
    after: Key | None
    count: int  # counting stops just past COUNTED
    nonsense: Sequence[str] = ()  # filters that were not understood


@dataclass(frozen=True, slots=True)
class _Order:
    """How lines are put in order: by fields, or by groups in the order of their words and by a field within them."""

    fields: tuple[_Attribute, ...]  # all but the group; the line's id follows
    falling: bool
    group: _Attribute | None = None  # what the groups are equal in
    groups: Sequence[tuple[Any, Condition]] = ()  # what a key says, and which lines
    said: Callable[[Line], Any] = str  # what a key says of a line's group

    @property
    def rank(self) -> tuple[ColumnElement[Any], ...]:
        """The place of a line's group."""
        if not self.groups:
            return ()
        if self.group is not None:
            codes = literal([code for code, _ in self.groups], ARRAY(self.group.type))
            return (func.array_position(codes, self.group, type_=Integer()),)
        return (case(*((where, place) for place, (_, where) in enumerate(self.groups)), else_=len(self.groups)),)

    @property
    def values(self) -> int:
        """How many a key has."""
        return len(self.fields) + bool(self.groups)

    def place(self, key: Key | None) -> _Place | None:
        """Where the key is; None for one that cannot be."""
        if key is None:
            return None
        values, group = list(key.values), 0
        try:
            if self.groups:
                group = [str(code) for code, _ in self.groups].index(values.pop())
            read = [_read(field, value) for field, value in zip(self.fields, reversed(values), strict=True)]
        except ValueError:
            return None
        return group, (*read, key.appeal)

    def key(self, line: Line) -> Key:
        """The place of a line, as an address has it: the text comes last."""
        values = [_written(getattr(line, field.key)) for field in reversed(self.fields)]
        return Key(line.appeal_id, (*values, *([str(self.said(line))] if self.groups else [])))

    def sorted(self, wanted: Select[Any], by: Sequence[Any]) -> Select[Any]:
        """The statement in this order."""
        return wanted.order_by(*(each.desc() if self.falling else each.asc() for each in by))

    def beyond(self, by: Sequence[Any], values: Sequence[Any]) -> Condition:
        """What stands behind a place."""
        types = [each.type for each in by]
        there = tuple_(*(literal(value, kind) for value, kind in zip(values, types, strict=True)))
        return tuple_(*by) < there if self.falling else tuple_(*by) > there


def page(session: Session, asked: Asked, asker: Asker, *, after: str = "", before: str = "", rows: int = PAGE) -> Page:
    """At most `rows` appeals behind the key `after`, or those just ahead of `before`; and how many there are in all."""
    session.execute(PLANNED_ANEW)
    wanted, nonsense = conditions.read(session, asked, asker)
    backwards = bool(before)
    order = _order(session, asked, asker, backwards=backwards)
    place = order.place(Key.read(before or after, order.values))
    few = _GATHERED if _leads_past(asked, order) else COUNTED
    number, found = _all_of(session, wanted, order, place, most=rows + 1, few=few)
    if number > few:
        found = _next(session, wanted, order, place, rows + 1)
    more, shown = len(found) > rows, found[:rows]
    if backwards:
        shown.reverse()
    ends = _lines(session, [shown[0], shown[-1]]) if shown else {}
    return Page(
        shown,
        before=order.key(ends[shown[0]]) if shown and (more if backwards else place is not None) else None,
        after=order.key(ends[shown[-1]]) if shown and (backwards or more) else None,
        count=min(number, COUNTED + 1),
        nonsense=nonsense,
    )


def count(session: Session, asked: Asked, asker: Asker) -> int:
    """How many there are, counted no further than just past COUNTED: as long as the list that the same filters open."""
    some = select(literal(1)).select_from(Line).where(*conditions.of(session, asked, asker)).limit(COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def every(session: Session, asked: Asked, asker: Asker, *, at_most: int) -> Sequence[int]:
    """All of them in order, for a file: eight bytes an appeal."""
    session.execute(PLANNED_ANEW)
    order = _order(session, asked, asker)
    wanted = select(Line.appeal_id).where(*conditions.of(session, asked, asker))
    told = order.sorted(wanted, (*order.rank, *order.fields, Line.appeal_id)).limit(at_most)
    return array("q", session.scalars(told.execution_options(yield_per=5_000)))


def _order(session: Session, asked: Asked, asker: Asker, *, backwards: bool = False) -> _Order:
    """The order asked for; the newest first for a column that nobody can sort by, or that the asker does not see."""
    column = BY_KEY.get(asked.key)
    if column is None or column.field is None or not column.sorted or (column.personal and not asker.personal):
        return _Order((Line.registered_at,), not backwards)
    falling = asked.falling != backwards
    if column.key == "address":
        return _Order((Line.street, Line.house_number), falling)
    if column.key == "standing":
        groups = [(each, where) for each in _URGENCY if (where := conditions.stands(each, asker.now)) is not None]
        groups.append((_NO_TERM, conditions.has_no_term()))
        return _Order((Line.due_at,), falling, groups=groups, said=lambda line: _standing_of(line, asker.now))
    if isinstance(column.field.type, Boolean):
        both = [(False, not_(IS_LONG)), (True, IS_LONG)]
        return _Order((Line.registered_at,), falling, groups=both, said=lambda line: line.long_control)
    if column.offered is not None:
        return _in_order_of_words(session, asker, column, falling=falling)
    return _Order((column.field,), falling)


def _in_order_of_words(session: Session, asker: Asker, column: Column, *, falling: bool) -> _Order:
    assert column.field is not None
    assert column.offered is not None
    field, words = column.field, column.offered(Directories(session, asker.organisation))
    codes = _codes(session, asker.organisation, field)
    codes.sort(key=lambda code: (alphabetical(words.get(str(code), str(code))), str(code)))
    groups = [(code, field == code) for code in codes]
    return _Order((Line.registered_at,), falling, field, groups, lambda line: getattr(line, field.key))


def _leads_past(asked: Asked, order: _Order) -> bool:
    """Whether what is filtered and what it is sorted by go together, as a month and the terms of that month."""
    filtered = {column for name, value in asked.filters.items() if value and (column := BY_FILTER.get(name))}
    return any(column.field is not order.fields[0] for column in filtered if column.by is By.PERIOD) or any(
        column.key == "standing" for column in filtered
    )


def _codes(session: Session, organisation: int, column: _Attribute) -> list[Any]:
    """Every code that a line has, each found by one look into the index."""
    seen = (
        select(func.min(column).label("code")).where(Line.organisation_id == organisation).cte("seen", recursive=True)
    )
    following = select(func.min(column)).where(Line.organisation_id == organisation, column > seen.c.code)
    seen = seen.union_all(select(following.scalar_subquery()).where(seen.c.code.is_not(None)))
    return list(session.scalars(select(seen.c.code).where(seen.c.code.is_not(None))))


def _all_of(
    session: Session, wanted: Sequence[Condition], order: _Order, place: _Place | None, *, most: int, few: int
) -> tuple[int, list[int]]:
    """How many there are, told up to a limit; below it they were all read, and those of the page are told too."""
    by: list[Any] = [each.label(f"by_{number}") for number, each in enumerate((*order.rank, *order.fields))]
    some = select(*by, Line.appeal_id).where(*wanted).limit(few + 1).cte("some")
    number = select(func.count().label("number")).select_from(some).subquery("counted")
    sought = [*(some.c[each.name] for each in by), some.c.appeal_id]
    nearest = select(*sought).where(number.c.number <= few)
    if place is not None:
        group, values = place
        first = group + 1 if order.group is not None else group  # arrays count from one
        nearest = nearest.where(order.beyond(sought, (first, *values) if order.groups else values))
    found = order.sorted(nearest, sought).limit(most).lateral("nearest")
    told = select(number.c.number, found.c.appeal_id).select_from(number.outerjoin(found, true()))
    rows = session.execute(told).all()
    return rows[0].number, [row.appeal_id for row in rows if row.appeal_id is not None]


def _next(session: Session, wanted: Sequence[Condition], order: _Order, place: _Place | None, most: int) -> list[int]:
    """The page, sought in the order of an index; through groups until it is full."""
    if not order.groups:
        return _in_group(session, wanted, order, place[1] if place else None, most)
    found: list[int] = []
    left = list(range(len(order.groups)))
    if order.falling:
        left.reverse()
    if place is not None:
        left = left[left.index(place[0]) :]
        found = _in_group(session, [*wanted, order.groups[left.pop(0)][1]], order, place[1], most)
    if order.group is not None and len(found) < most:
        return [*found, *_through(session, wanted, order, left, most - len(found))]
    while left and len(found) < most:
        found += _in_group(session, [*wanted, order.groups[left.pop(0)][1]], order, None, most - len(found))
    return found


def _in_group(
    session: Session, wanted: Sequence[Condition], order: _Order, values: tuple[Any, ...] | None, most: int
) -> list[int]:
    by = [*order.fields, Line.appeal_id]
    sought = select(Line.appeal_id).where(*wanted)
    if values is not None:
        sought = sought.where(order.beyond(by, values))
    return list(session.scalars(order.sorted(sought, by).limit(most)))


def _through(
    session: Session, wanted: Sequence[Condition], order: _Order, ranks: Sequence[int], most: int
) -> list[int]:
    """The first lines of one group after the other; PostgreSQL looks into the next group while there is room."""
    if not ranks or order.group is None:
        return []
    codes = literal([order.groups[rank][0] for rank in ranks], ARRAY(order.group.type))
    each = func.unnest(codes).table_valued("code", with_ordinality="place", name="each").render_derived()
    by = [*order.fields, Line.appeal_id]
    code = each.c.code.cast(order.group.type)
    first = order.sorted(select(*by).where(order.group == code, *wanted), by).limit(most).lateral("first")
    ends = [first.c[field.key] for field in by]
    told = select(first.c.appeal_id).select_from(each.join(first, true()))
    falls = [end.desc() if order.falling else end.asc() for end in ends]
    return list(session.scalars(told.order_by(each.c.place.asc(), *falls).limit(most)))


def _lines(session: Session, appeals: Sequence[int]) -> dict[int, Line]:
    ids = literal(list(appeals), ARRAY(BigInteger))
    return {line.appeal_id: line for line in session.scalars(select(Line).where(Line.appeal_id == any_(ids)))}


def _standing_of(line: Line, now: datetime) -> str:
    """As the groups have it."""
    if line.state not in OPEN or line.due_at == NEVER:
        return _NO_TERM
    return standing(line.due_at, line.attention_at, now) or _NO_TERM


def _read(field: _Attribute, value: str) -> Any:
    """A value of an address as the column has it. ValueError."""
    if isinstance(field.type, Text):
        return value
    if isinstance(field.type, BigInteger):
        return int(value)
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
