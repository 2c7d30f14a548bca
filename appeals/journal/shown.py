"""What the page of the journal needs besides its rows: chips, fields of filters, views, the columns' chooser."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from appeals.executors import queries as executors
from appeals.journal import queries, words
from appeals.journal.columns import BY_FILTER, COLUMNS, HOUSE, SEARCH, Column, allowed
from appeals.journal.directories import Directories
from appeals.journal.model import ME, NOTHING, TODAY, UNDONE_WITHIN, Asked, By
from appeals.journal.tables import Deed
from appeals.workflow import words as work_words
from staff.rights import has
from staff.tables import Person
from web.languages import gettext as _

FIRST = ("registered", "state", "standing", "topic", "executor")  # whose filters are not folded away


class Chip(NamedTuple):
    """A filter that is on: its words and its name."""

    text: str
    name: str


class Tab(NamedTuple):
    """A view to open."""

    label: str
    url: str
    current: bool
    id: int | None = None  # of one that is kept
    shared: bool = False
    own: bool = False


class Done(NamedTuple):
    """What was done to many: to how many, in words; what was refused, by the reason; until when it can be undone."""

    id: int
    number: int
    text: str
    refused: Mapping[str, Sequence[str]]
    until: datetime


def done(session: Session, deed: Deed) -> Done:
    """A deed in words."""
    whose = executors.names(session, [deed.executor_id]) if deed.executor_id is not None else {}
    text = _(words.DONE[deed.deed]) % {"executor": whose.get(deed.executor_id or 0, "")}
    refused: dict[str, list[str]] = {}
    for number, why in sorted(deed.refused.items()):
        refused.setdefault(_(work_words.REFUSALS[why]), []).append(number)
    return Done(deed.id, len(deed.before), text, refused, deed.done_at + UNDONE_WITHIN)


def chips(asked: Asked, directories: Directories) -> list[Chip]:
    """The filters that are on, as a sentence reads them."""
    return [Chip(_chip(name, value, directories), name) for name, value in asked.filters.items() if name != HOUSE]


def _chip(name: str, value: str, directories: Directories) -> str:
    if name == SEARCH:
        return _("holds “%(text)s”") % {"text": value}
    column = BY_FILTER[name]
    label = _(column.label)
    if column.by is By.PERIOD:
        day = _("today") if value == TODAY else value
        told = _("%(column)s from %(day)s") if name == column.bounds[0] else _("%(column)s to %(day)s")
        return told % {"column": label, "day": day}
    if column.by is By.YES:
        return label
    if column.by is By.EXECUTOR:
        value = executor(value, directories)
    elif value == ME:
        value = _("me")
    elif value == NOTHING:
        value = _("none")
    elif column.offered is not None:
        value = column.offered(directories).get(value, value)
    return _("%(column)s: %(value)s") % {"column": label, "value": value}


def executor(value: str, directories: Directories) -> str:
    """What the filter by executors asks for, as its field has it."""
    if value == NOTHING:
        return _("without an executor")
    if value == ME:
        return _("mine")
    return directories.executor(value) if value else ""


def nonsense(asked: Asked, names: Collection[str]) -> dict[str, str]:
    """What is said beside each filter that was not understood; of a house, beside the address."""
    return {"address" if name == HOUSE else name: _(_told(name)) % {"value": asked.filters[name]} for name in names}


def _told(name: str) -> str:
    if name == HOUSE:
        return words.NO_HOUSE
    column = BY_FILTER[name]
    return words.NONSENSE.get(column.key) or words.NONSENSE[column.by or By.CHOICE]


def fields(person: Person, directories: Directories) -> dict[str, list[tuple[Column, Mapping[str, str]]]]:
    """The columns that are filtered, each with what is offered: those in sight and those folded away."""
    of_columns = [
        (column, column.offered(directories) if column.offered is not None else {}) for column in _filtered(person)
    ]
    first = [each for each in of_columns if each[0].key in FIRST]
    return {"first": first, "more": [each for each in of_columns if each[0].key not in FIRST]}


def names(person: Person) -> list[str]:
    """The names of the filters that stand on the page."""
    return [name for column in _filtered(person) for name in column.names]


def _filtered(person: Person) -> list[Column]:
    """Who does not read all appeals is not asked for executors."""
    found = [column for column in allowed(personal=has(person, "data.personal")) if column.by is not None]
    return [column for column in found if column.by is not By.EXECUTOR or has(person, "appeals.read")]


def tabs(session: Session, person: Person, asked: Asked, view: int | None) -> list[Tab]:
    """Ready views, then those that people have kept."""
    all_of_them = has(person, "appeals.read")
    both = [words.OVERDUE_OF_MINE] if all_of_them and has(person, "assignments.work") else []
    ready = [
        Tab(_(label), "/appeals" + (f"?{each.query}" if each.query else ""), view is None and each == asked)
        for label, each in (*words.READY, *both, *(words.OF_READERS if all_of_them else ()))
    ]
    kept = [
        Tab(
            each.name,
            f"/appeals?{urlencode({**each.query, 'view': each.id})}",
            each.id == view,
            each.id,
            each.shared,
            each.person_id == person.id,
        )
        for each in queries.views(session, person.id)
    ]
    return [*ready, *kept]


def chooser(columns: Sequence[Column]) -> list[tuple[Column, bool]]:
    """Every column: the chosen ones in their order, then the others."""
    others = [column for column in COLUMNS if column not in columns]
    return [*((column, True) for column in columns), *((column, False) for column in others)]


def moved(keys: Sequence[str], *, up: str, down: str) -> list[str]:
    """The columns with one of them a place further up or down."""
    order: list[Any] = list(keys)
    for key, by in ((up, -1), (down, 1)):
        if key in order and 0 <= order.index(key) + by < len(order):
            at = order.index(key)
            order[at], order[at + by] = order[at + by], order[at]
    return order
