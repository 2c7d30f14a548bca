"""Every change that the journal makes: views, columns, files, and deeds done to many appeals with their undoing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.journal import queries
from appeals.journal.model import KEPT, MOST_AT_ONCE, UNDER_WAY, UNDONE_WITHIN, Asked, ExportState, Format
from appeals.journal.tables import Deed, Export, Taste, View
from appeals.terms import service as terms
from appeals.workflow import queries as of_work
from appeals.workflow import service as work
from appeals.workflow.model import Order, Part, Told
from db import Conflict, NotFound
from staff.audit import audit
from staff.rights import has
from staff.tables import Person
from web.problems import NotAllowed

LONG_ON: Final = "long_on"
LONG_OFF: Final = "long_off"
GIVEN: Final = "given"  # to an executor
DEEDS: Final[dict[str, str]] = {  # and the permission of who does and undoes it
    LONG_ON: "terms.decide",
    LONG_OFF: "terms.decide",
    GIVEN: "appeals.assign",
}


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of the undoing: how many are as before, and which somebody has changed since."""

    back: int
    left: Sequence[str]  # numbers


class TooLate(Conflict):
    """The time for undoing is over, or it is undone already."""


def note_search(session: Session, person: Person, names: Sequence[str], *, count: int, shown: Sequence[str]) -> None:
    """Writes down that somebody was looked for, by what, and whose appeals were shown (U-41, U-127)."""
    audit(session, person, "appeals.searched", "appeals", by=", ".join(names), found=str(count), shown=", ".join(shown))


def keep_columns(session: Session, person: Person, columns: Sequence[str]) -> None:
    """The columns a person has chosen, in their order; none is the usual ones again."""
    values = {"columns": list(columns), "organisation_id": person.organisation_id}
    statement = insert(Taste).values(person_id=person.id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))


def keep_view(
    session: Session, person: Person, name: str, asked: Asked, *, columns: Sequence[str], shared: bool
) -> View:
    """A view under a name; the person's own of the same name is replaced."""
    view = queries.find_view(session, person.id, name)
    if view is None:
        view = View(organisation_id=person.organisation_id, person_id=person.id, name=name, query={}, columns=[])
        session.add(view)
    view.query, view.columns, view.shared = asked.stored(), list(columns), shared
    session.flush()
    audit(session, person, "view.kept", f"view:{view.id}", shared=str(shared))
    return view


def forget_view(session: Session, view_id: int, *, by: Person) -> None:
    """Throws away one's own view, or as who shares views one that is shared. NotFound."""
    view = queries.view(session, view_id, by.id)
    if view.person_id != by.id and not has(by, "appeals.share_views"):
        raise NotFound(f"view {view_id}")
    session.delete(view)
    audit(session, by, "view.forgotten", f"view:{view_id}")


def ask_for_file(
    session: Session,
    person: Person,
    asked: Asked,
    *,
    columns: Sequence[str],
    codes: bool,
    language: str,
    kind: Format = Format.XLSX,
) -> Export:
    """A file that a worker is to make."""
    export = Export(
        organisation_id=person.organisation_id,
        person_id=person.id,
        query=asked.stored(),
        columns=list(columns),
        codes=codes,
        format=kind,
        language=language,
        expires_at=datetime.now(UTC) + KEPT,
    )
    session.add(export)
    session.flush()
    note_file(session, person, asked, rows=None)
    return export


def note_file(session: Session, person: Person, asked: Asked, *, rows: int | None) -> None:
    """Writes down who took along which appeals; `rows` is None while they are not counted yet."""
    told: Mapping[str, str] = {} if rows is None else {"rows": str(rows)}
    audit(session, person, "appeals.exported", "appeals", by=", ".join(asked.filters), **told)


def give_up(session: Session, export_id: int, *, by: Person) -> None:
    """Nobody wants the file any more; who makes it stops at the next rows. NotFound."""
    export = queries.export(session, export_id, by.id)
    session.execute(
        update(Export)
        .where(Export.id == export.id, Export.state.in_(sorted(UNDER_WAY)))
        .values(state=ExportState.CANCELLED)
    )


def ask_again(session: Session, silent: timedelta) -> Sequence[int]:
    """Files that nobody has made or told of for so long, and that are asked for once more now."""
    waiting = queries.to_make(session, silent)
    if waiting:
        session.execute(update(Export).where(Export.id.in_(waiting)).values(told_at=datetime.now(UTC)))
    return waiting


def set_long_control(session: Session, numbers: Sequence[str], *, on: bool, reason: str, by: Person) -> Deed:
    """Puts many under long control or takes them out of it; what they were before is kept for a while. NotMoved."""
    appeals = queries.locked(session, numbers[:MOST_AT_ONCE])
    before = {appeal.number: appeal.long_control for appeal in appeals if appeal.long_control != on}
    for number in before:
        terms.set_long_control(session, number, on=on, reason=reason, by=by)
    return _done(session, Deed(deed=LONG_ON if on else LONG_OFF, reason=reason.strip(), before=before), by=by)


def give(session: Session, numbers: Sequence[str], executor: int, part: Part, *, reason: str, by: Person) -> Deed:
    """Gives many to one executor, each as if it were alone; those that cannot be given stay, with the reason told."""
    given, refused = dict[str, dict[str, int]](), dict[str, str]()
    for appeal in queries.locked(session, numbers[:MOST_AT_ONCE]):
        try:
            with session.begin_nested():
                order = Order(executor=executor, part=part)
                [made] = work.assign(session, appeal.number, [order], Told(reason=reason), by=by)
        except work.NotDone as why:
            refused[appeal.number] = why.why
        else:
            given[appeal.number] = {"assignment": made.id, "deed": _last_deed(session, appeal.id)}
    deed = Deed(deed=GIVEN, reason=reason.strip(), executor_id=executor, before=given, refused=refused)
    return _done(session, deed, by=by)


def _done(session: Session, deed: Deed, *, by: Person) -> Deed:
    deed.organisation_id, deed.person_id = by.organisation_id, by.id
    session.add(deed)
    session.flush()
    audit(session, by, "appeals.changed", "appeals", what=deed.deed, appeals=", ".join(deed.before))
    return deed


def undo(session: Session, deed_id: int, *, reason: str, by: Person) -> Undone:
    """Back to what was before, but for those that somebody has changed since. NotFound; NotAllowed; TooLate."""
    deed = queries.deed(session, deed_id, by.id)
    if not has(by, DEEDS[deed.deed]):
        raise NotAllowed(DEEDS[deed.deed])
    if deed.undone_at is not None or datetime.now(UTC) - deed.done_at > UNDONE_WITHIN:
        raise TooLate(f"deed {deed_id}")
    undone = _take_back if deed.deed == GIVEN else _set_back
    as_left = undone(session, deed, reason=reason, by=by)
    deed.undone_at = datetime.now(UTC)
    audit(session, by, "appeals.change_undone", "appeals", what=deed.deed, appeals=", ".join(as_left))
    return Undone(len(as_left), sorted(set(deed.before) - set(as_left)))


def _set_back(session: Session, deed: Deed, *, reason: str, by: Person) -> list[str]:
    """Long control as it was, where nobody has changed it since."""
    on = deed.deed == LONG_ON
    as_left = [appeal.number for appeal in queries.locked(session, deed.before) if appeal.long_control == on]
    for number in as_left:
        terms.set_long_control(session, number, on=not on, reason=reason, by=by)
    return as_left


def _take_back(session: Session, deed: Deed, *, reason: str, by: Person) -> list[str]:
    """Taken back from the executor, where nothing was done with the appeal since."""
    as_left = []
    for appeal in queries.locked(session, deed.before):
        made = deed.before[appeal.number]
        if _last_deed(session, appeal.id) == made["deed"]:
            work.withdraw(session, made["assignment"], Told(reason=reason), by=by)
            as_left.append(appeal.number)
    return as_left


def _last_deed(session: Session, appeal: int) -> int:
    last = of_work.last_deed(session, appeal)
    return last.id if last is not None else 0
