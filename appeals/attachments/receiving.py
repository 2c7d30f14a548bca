"""A file that a browser sends, from the form to the row: looked at, stored, attached; no transaction waits for it."""

from typing import IO
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from appeals import queries as appeals
from appeals.attachments import queries, service, storing
from appeals.attachments.model import Refusal, Refused
from appeals.attachments.tables import Attachment
from db import NotFound, transaction
from db.store import StoreAway
from staff.tables import Person


def receive(
    number: str,
    sent: IO[bytes],
    name: str,
    *,
    kind: int,
    submission: UUID,
    limit: int,
    by: Person,
    assignment: int | None = None,
    note: str = "",
) -> Attachment:
    """The file, attached to the appeal once, however often this form (`submission`) is sent. Refused; NotFound."""
    with transaction(by.organisation_id) as session:
        appeal = appeals.get(session, number)
        already = queries.find_submission(session, submission)
        if already is not None:
            return queries.get(session, appeal.id, already.id)
        service.check_room(session, appeal)
        if kind not in {each.id for each in service.offered(session, by.organisation_id)}:
            raise service.NotOffered(str(kind))
    try:
        stored = storing.store_file(by.organisation_id, sent, name, limit=limit)
    except StoreAway as error:
        raise Refused(Refusal.STORE_AWAY) from error
    try:
        with transaction(by.organisation_id) as session:
            return service.attach(
                session,
                appeals.get(session, number),
                stored,
                kind=kind,
                by=by,
                submission=submission,
                assignment=assignment,
                note=note,
            )
    except IntegrityError as error:  # sent twice at once: the other one was faster
        storing.forget(stored)
        with transaction(by.organisation_id) as session:
            already = queries.find_submission(session, submission)
            if already is None:
                raise
            if already.appeal_id != appeal.id:
                raise NotFound(number) from error
            return already
    except Exception:
        storing.forget(stored)
        raise
