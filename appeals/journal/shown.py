"""What the page of the journal needs besides its rows: chips, fields of filters, views, the columns' chooser."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from appeals.executors import queries as executors
from appeals.journal import queries, words
from appeals.journal.asking import asked_of
from appeals.journal.columns import BY_FILTER, COLUMNS, HOUSE, SEARCH, Column, allowed
from appeals.journal.directories import Directories
from appeals.journal.further import FURTHER, PERSONAL, STREET, Further
from appeals.journal.model import EVERYBODY, ME, NOTHING, OF_TEAM, TODAY, UNDONE_WITHIN, Asked, By
from appeals.journal.tables import Deed, View
from staff import queries as staff
from staff.model import PERMISSIONS, Role
from staff.rights import has
from staff.tables import Person
from staff.teams import queries as teams
from staff.words import ROLES
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
    whom: str = ""  # for whom it is besides its owner
    owner: str = ""  # "" for one's own


class Done(NamedTuple):
    """What was done to many: to how many, in words; what was refused, by the reason; until when it can be undone."""

    id: int
    number: int
    text: str
    refused: Mapping[str, Sequence[str]]
    until: datetime

    @property
    def can_be_undone(self) -> bool:
        """Whether there is something to undo, and still time."""
        return self.number > 0 and datetime.now(UTC) < self.until


def done(session: Session, deed: Deed) -> Done:
    """A deed in words."""
    [(_deed, told)] = deeds(session, [deed])
    return told


def deeds(session: Session, listed: Sequence[Deed]) -> list[tuple[Deed, Done]]:
    """Deeds, each with its words."""
    whose = executors.names(session, {each.executor_id for each in listed if each.executor_id is not None})
    return [(each, _done(each, whose)) for each in listed]


def _done(deed: Deed, whose: Mapping[int, str]) -> Done:
    text = _(words.DONE[deed.deed]) % {"executor": whose.get(deed.executor_id or 0, "")}
    refused: dict[str, list[str]] = {}
    for number, why in sorted(deed.refused.items()):
        refused.setdefault(_(words.LEFT[why]), []).append(number)
    return Done(deed.id, len(deed.before), text, refused, deed.done_at + UNDONE_WITHIN)


def chips(asked: Asked, directories: Directories) -> list[Chip]:
    """The filters that are on, as a sentence reads them."""
    return [Chip(_chip(name, value, directories), name) for name, value in asked.filters.items() if name != HOUSE]


def _chip(name: str, value: str, directories: Directories) -> str:
    if name == SEARCH:
        return _("holds “%(text)s”") % {"text": value}
    column = _called(name)
    label = _(column.label)
    if isinstance(column, Column) and column.by is By.PERIOD:
        day = _("today") if value == TODAY else value
        told = _("%(column)s from %(day)s") if name == column.bounds[0] else _("%(column)s to %(day)s")
        return told % {"column": label, "day": day}
    if column.by is By.YES:
        return label
    if column.by is By.EXECUTOR:
        value = executor(value, directories)
    elif name == STREET:
        value = directories.street(value)
    elif value == ME:
        value = _("me")
    elif value == NOTHING:
        value = _("none")
    elif column.offered is not None:
        value = column.offered(directories).get(value, value)
    return _("%(column)s: %(value)s") % {"column": label, "value": value}


def _called(name: str) -> Column | Further:
    return FURTHER[name] if name in FURTHER else BY_FILTER[name]


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
    column = _called(name)
    return words.NONSENSE.get(column.key) or words.NONSENSE[column.by or By.CHOICE]


def fields(person: Person, directories: Directories) -> dict[str, list[Any]]:
    """What is filtered, each with what is offered: in sight, folded away, and what only figures of reports ask for."""
    each_offered = [
        (column, column.offered(directories) if column.offered is not None else {}) for column in _filtered(person)
    ]
    first = [each for each in each_offered if each[0].key in FIRST]
    more = [each for each in each_offered if each[0].key not in FIRST]
    kept = [name for name, each in FURTHER.items() if not each.on_page and (name not in PERSONAL or _sees(person))]
    return {"first": first, "more": more, "kept": kept}


def names(person: Person) -> list[str]:
    """The names of the filters that stand on the page."""
    return [name for column in _filtered(person) for name in column.names]


def _filtered(person: Person) -> list[Column | Further]:
    """Who does not read all appeals is not asked for executors."""
    found = [column for column in allowed(personal=_sees(person)) if column.by is not None]
    columns = [column for column in found if column.by is not By.EXECUTOR or has(person, "appeals.read")]
    return [*columns, *(each for each in FURTHER.values() if each.on_page)]


def _sees(person: Person) -> bool:
    return has(person, "data.personal")


def tabs(session: Session, person: Person, asked: Asked, view: int | None) -> list[Tab]:
    """Ready views, then those that people have kept."""
    all_of_them = has(person, "appeals.read")
    both = [words.OVERDUE_OF_MINE] if all_of_them and has(person, "assignments.work") else []
    ready = [
        Tab(_(label), "/appeals" + (f"?{each.query}" if each.query else ""), view is None and each == asked)
        for label, each in (*words.READY, *both, *(words.OF_READERS if all_of_them else ()))
    ]
    return [*ready, *_kept(session, person, view)]


def _kept(session: Session, person: Person, view: int | None) -> Iterator[Tab]:
    """The views that people have kept: one's own, and those that are shared with one."""
    views = queries.views(session, person)
    others = {each.person_id for each in views} - {person.id}
    owners = staff.names(session, others) if others else {}
    whose = executors.names(session, [each.executor_id for each in views if each.executor_id is not None])
    named = teams.names(session) if any(each.team_id is not None for each in views) else {}
    for each in views:
        asked = asked_of(each.query, personal=_sees(person)).stored()  # a name or a house is not told by a link either
        url = f"/appeals?{urlencode({**asked, 'view': each.id})}"
        yield Tab(each.name, url, each.id == view, each.id, _whom(each, whose, named), owners.get(each.person_id, ""))


def _whom(view: View, executors_of: Mapping[int, str], teams_called: Mapping[int, str]) -> str:
    if view.shared:
        return _("everybody here")
    if view.role is not None:
        return _("role: %(role)s") % {"role": _(ROLES[view.role])}
    if view.team_id is not None:
        return _("team: %(team)s") % {"team": teams_called.get(view.team_id, "")}
    return executors_of.get(view.executor_id, "") if view.executor_id is not None else ""


def share_with(session: Session) -> dict[str, str]:
    """With whom a view may be shared: everybody, each role that sees the journal, each team."""
    roles = [role.value for role in Role if role in PERMISSIONS["appeals.find"]]
    return (
        {EVERYBODY: _("everybody here")}
        | {role: _("role: %(role)s") % {"role": _(ROLES[role])} for role in roles}
        | {f"{OF_TEAM}{team}": _("team: %(team)s") % {"team": name} for team, name in teams.names(session).items()}
    )


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
