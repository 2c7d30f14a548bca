"""Every SELECT of files of others."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from appeals.tables import Appeal
from appeals.xml.model import State
from appeals.xml.tables import AppealFile
from db import NotFound

SHOWN = 20


def get(session: Session, file_id: int, person: int, *, lock: bool = False) -> AppealFile:
    """A file that this person sent. NotFound."""
    found = session.get(AppealFile, file_id, with_for_update=lock or None, populate_existing=lock)
    if found is None or found.person_id != person:
        raise NotFound(f"file {file_id}")
    return found


def files_of(session: Session, person: int) -> Sequence[AppealFile]:
    """The newest files of a person."""
    asked = select(AppealFile).where(AppealFile.person_id == person).order_by(AppealFile.id.desc())
    return session.scalars(asked.limit(SHOWN)).all()


def whole(session: Session, file_id: int) -> AppealFile | None:
    """The file with what is in it."""
    asked = select(AppealFile).where(AppealFile.id == file_id).options(undefer(AppealFile.content))
    return session.scalars(asked).one_or_none()


def silent(session: Session, since: datetime) -> Sequence[int]:
    """Files that are being taken in, of which nothing was heard since."""
    wanted = select(AppealFile.id).where(AppealFile.state == State.RUNNING, AppealFile.told_at < since)
    return session.scalars(wanted.order_by(AppealFile.id)).all()


def locked(session: Session, file_id: int) -> AppealFile | None:
    """The file as it is now, for one worker."""
    return session.get(AppealFile, file_id, with_for_update=True, populate_existing=True)


def known(session: Session, names: Collection[UUID]) -> dict[UUID, str]:
    """Those that are registered already, with their numbers."""
    asked = select(Appeal.submission, Appeal.number).where(Appeal.submission.in_(names))
    return {row.submission: row.number for row in session.execute(asked)} if names else {}
