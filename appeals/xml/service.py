"""Every change to files of others: kept, thrown away, taken in row by row."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from appeals.xml import importing, queries
from appeals.xml.importing import FaultyRow
from appeals.xml.model import UNDECIDED, State
from appeals.xml.reading import File
from appeals.xml.tables import AppealFile
from db import Conflict
from staff.audit import audit
from staff.tables import Person
from web.problems import Rejected


def keep(session: Session, file_name: str, content: bytes, rows: int, *, language: str, by: Person) -> AppealFile:
    """A file that waits to be decided."""
    file = AppealFile(
        organisation_id=by.organisation_id,
        person_id=by.id,
        file_name=file_name,
        content=content,
        rows=rows,
        language=language,
    )
    session.add(file)
    session.flush()
    return file


def throw_away(session: Session, file: AppealFile) -> None:
    """Nobody wants it, or it was taken in. Conflict while it is being taken in."""
    if file.state == State.RUNNING:
        raise Conflict(f"file {file.id} is being taken in")
    session.delete(file)


def begin(session: Session, file: AppealFile, *, by: Person) -> None:
    """It is to be taken in; done once, whoever asks again."""
    if file.state == State.KEPT:
        file.state, file.told_at = State.RUNNING, datetime.now(UTC)
        audit(session, by, "appeals.imported", "appeals", file=file.file_name, rows=str(file.rows))


def ask_again(session: Session, silent: timedelta) -> Sequence[int]:
    """Files that nobody has taken rows of for so long, and that are asked for once more now."""
    waiting = queries.silent(session, datetime.now(UTC) - silent)
    if waiting:
        session.execute(update(AppealFile).where(AppealFile.id.in_(waiting)).values(told_at=datetime.now(UTC)))
    return waiting


def forget_undecided(session: Session) -> None:
    """Files about which nobody decided for long are gone, with what they say of people."""
    old = (AppealFile.state == State.KEPT, AppealFile.created_at < datetime.now(UTC) - UNDECIDED)
    session.execute(delete(AppealFile).where(*old))


def next_row(session: Session, file_id: int) -> AppealFile | None:
    """The file, locked, while rows of it are left; None where it is done, or nobody's."""
    file = queries.locked(session, file_id)
    if file is None or file.state != State.RUNNING:
        return None
    file.told_at = datetime.now(UTC)
    if file.done >= file.rows:
        file.state, file.content = State.DONE, b""
        return None
    return file


def take_in_next(session: Session, kept: AppealFile, file: File, *, by: Person) -> Sequence[FaultyRow]:
    """The next appeal of a locked file; one that has become faulty since it was looked at is left out and listed."""
    read = file.appeals[kept.done]
    faults: Sequence[FaultyRow] = ()
    try:
        with session.begin_nested():
            kept.registered += importing.take_in(session, file, read, by=by)
    except (Rejected, ValidationError) as error:
        faults = importing.faults_of(read, error)
        told = [{"line": each.line, "number": each.number, "place": each.place, "told": each.told} for each in faults]
        kept.faults = [*kept.faults, *told]
    kept.done += 1
    return faults
