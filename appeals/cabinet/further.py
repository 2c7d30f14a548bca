"""Further files of an appeal that is not over: each form attaches them once, and no more than so many in all."""

from collections.abc import Sequence
from uuid import UUID, uuid4, uuid5

from sqlalchemy.orm import Session

from appeals.attachments import queries as attachments
from appeals.attachments.storing import Stored
from appeals.cabinet import queries, writing
from appeals.cabinet.model import MOST_FILES_OF_APPEAL
from appeals.cabinet.tables import Cabinet
from appeals.cabinet.writing import Author
from appeals.model import OPEN, State
from appeals.tables import Appeal
from db import Conflict, NotFound


class TooManyFiles(Conflict):
    """The appeal has so many files of its author that these do not fit."""


def takes_files(session: Session, cabinet: Cabinet, appeal: Appeal) -> bool:
    """Whether its author may still send files."""
    return State(appeal.state) in OPEN and writing.file_kind(session, cabinet) is not None


def check(session: Session, author: Author, number: str, count: int) -> Appeal:
    """The author's appeal, which takes so many more files. NotFound, TooManyFiles."""
    appeal = queries.own(session, author.account.id, number)
    if not takes_files(session, author.cabinet, appeal):
        raise NotFound(f"files of appeal {number}")
    if len(queries.files_of(session, appeal, author.cabinet.person_id)) + count > MOST_FILES_OF_APPEAL:
        raise TooManyFiles
    return appeal


def attach(
    session: Session, author: Author, number: str, stored: Sequence[Stored], *, submission: UUID | None
) -> list[Stored]:
    """The files that are in the store become the appeal's; those that this form had attached before come back.

    One form after the other: what was checked before the files were stored is asked again. NotFound, TooManyFiles.
    """
    queries.account_locked(session, author.account.id)
    appeal = check(session, author, number, 0)
    form = uuid5(submission or uuid4(), appeal.number)
    named = {uuid5(form, f"{each.sha256} {each.file_name}"): each for each in stored}
    fresh = {name: each for name, each in named.items() if attachments.find_submission(session, name) is None}
    check(session, author, number, len(fresh))
    writing.attach(session, author.cabinet, appeal, fresh, by=queries.registrar(session, author.cabinet))
    return [each for each in stored if each not in fresh.values()]
