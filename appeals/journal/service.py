"""Every change that the journal makes: views, columns, files, and deeds done to many appeals with their undoing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.journal import queries
from appeals.journal.model import KEPT, MOST_AT_ONCE, UNDER_WAY, UNDONE_WITHIN, Asked, ExportState
from appeals.journal.tables import Deed, Export, Taste, View
from appeals.terms import service as terms
from db import Conflict, NotFound
from staff.audit import audit
from staff.rights import has
from staff.tables import Person

LONG_ON: Final = "long_on"
LONG_OFF: Final = "long_off"
DEEDS: Final = (LONG_ON, LONG_OFF)


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
    session: Session, person: Person, asked: Asked, *, columns: Sequence[str], codes: bool, language: str
) -> Export:
    """A file that a worker is to make."""
    export = Export(
        organisation_id=person.organisation_id,
        person_id=person.id,
        query=asked.stored(),
        columns=list(columns),
        codes=codes,
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
    deed = Deed(
        organisation_id=by.organisation_id,
        person_id=by.id,
        deed=LONG_ON if on else LONG_OFF,
        reason=reason.strip(),
        before=before,
    )
    session.add(deed)
    session.flush()
    audit(session, by, "appeals.changed", "appeals", what=deed.deed, appeals=", ".join(before))
    return deed


def undo(session: Session, deed_id: int, *, reason: str, by: Person) -> Undone:
    """Back to what was before, but for those that somebody has changed since. NotFound; TooLate."""
    deed = queries.deed(session, deed_id, by.id)
    if deed.undone_at is not None or datetime.now(UTC) - deed.done_at > UNDONE_WITHIN:
        raise TooLate(f"deed {deed_id}")
    on = deed.deed == LONG_ON
    as_left = [appeal.number for appeal in queries.locked(session, deed.before) if appeal.long_control == on]
    for number in as_left:
        terms.set_long_control(session, number, on=not on, reason=reason, by=by)
    deed.undone_at = datetime.now(UTC)
    audit(session, by, "appeals.change_undone", "appeals", what=deed.deed, appeals=", ".join(as_left))
    return Undone(len(as_left), sorted(set(deed.before) - set(as_left)))
