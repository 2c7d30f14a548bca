"""Every change that the journal makes to views, columns and files; deeds done to many appeals are in `many`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, count

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.journal import queries
from appeals.journal.asking import asked_of
from appeals.journal.model import KEPT, LONGEST_NAME, UNDER_WAY, Asked, ExportState, Format, Shared
from appeals.journal.tables import Export, Taste, View
from db import NotFound
from staff.audit import audit
from staff.rights import has
from staff.tables import Person


def note_search(session: Session, person: Person, names: Sequence[str], *, count: int, shown: Sequence[str]) -> None:
    """Writes down that somebody was looked for, by what, and whose appeals were shown (U-41, U-127)."""
    audit(session, person, "appeals.searched", "appeals", by=", ".join(names), found=str(count), shown=", ".join(shown))


def keep_columns(session: Session, person: Person, columns: Sequence[str]) -> None:
    """The columns a person has chosen, in their order; none is the usual ones again."""
    values = {"columns": list(columns), "organisation_id": person.organisation_id}
    statement = insert(Taste).values(person_id=person.id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))


def keep_view(
    session: Session, person: Person, name: str, asked: Asked, *, columns: Sequence[str], shared: Shared = Shared()
) -> View:
    """A view under a name, for nobody else or shared; the person's own of the same name is replaced."""
    view = queries.find_view(session, person.id, name)
    if view is None:
        view = View(organisation_id=person.organisation_id, person_id=person.id, name=name, query={}, columns=[])
        session.add(view)
    view.query, view.columns = asked.stored(), list(columns)
    view.shared, view.role, view.executor_id = shared.everybody, shared.role, shared.executor
    view.team_id = shared.team
    session.flush()
    whom = {"role": shared.role or "", "executor": str(shared.executor or ""), "team": str(shared.team or "")}
    audit(session, person, "view.kept", f"view:{view.id}", shared=str(shared.everybody), **whom)
    return view


def copy_view(session: Session, view_id: int, *, by: Person) -> View:
    """The same as one's own and nobody else's; with a number where one's own is called so already. NotFound.

    Without what it asks of people, for who may not see that.
    """
    view, taken = queries.view(session, view_id, by), queries.names_of_views(session, by.id)
    names = chain([view.name], (f"{view.name[: LONGEST_NAME - 4]} {number}" for number in count(2)))
    name = next(each for each in names if each not in taken)
    query = asked_of(view.query, personal=has(by, "data.personal")).stored()
    copy = View(organisation_id=by.organisation_id, person_id=by.id, name=name, query=query, columns=view.columns)
    session.add(copy)
    session.flush()
    audit(session, by, "view.kept", f"view:{copy.id}", copied=f"view:{view_id}")
    return copy


def forget_view(session: Session, view_id: int, *, by: Person) -> None:
    """Throws away one's own view, or as who shares views one that is shared. NotFound."""
    view = queries.view(session, view_id, by)
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
