"""What is asked of the rules of calling out."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from acd.outgoing.model import Rules
from acd.tables import OutgoingLine, Queue


def row(session: Session, organisation: int) -> OutgoingLine | None:
    """The organisation's own rules, if it has any."""
    return session.scalar(select(OutgoingLine).where(OutgoingLine.organisation_id == organisation))


def rules(session: Session, organisation: int) -> Rules:
    """How the organisation calls out."""
    line = row(session, organisation)
    if line is None:
        return Rules()
    return Rules(shown=line.shown, allowed=line.prefixes, forbidden=line.forbidden, longest=line.longest)


def has_queue(session: Session) -> bool:
    """Whether there is a queue for somebody who loses their operator: before that nobody is called."""
    return session.scalar(select(Queue.id).limit(1)) is not None
