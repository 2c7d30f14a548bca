"""What is asked of the rules of calling out."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from acd.callbacks.tables import CallbackAttempt, OwedCall
from acd.outgoing.model import LIMITED_WITHIN, NumberRefused, Refusal, Rules
from acd.outgoing.numbers import is_emergency
from acd.tables import OutgoingLine, Queue
from calls.model import Direction, interface_of
from calls.tables import CallRow, LegRow
from staff import queries as staff


def row(session: Session, organisation: int) -> OutgoingLine | None:
    """The organisation's own rules, if it has any."""
    return session.scalar(select(OutgoingLine).where(OutgoingLine.organisation_id == organisation))


def rules(session: Session, organisation: int) -> Rules:
    """How the organisation calls out."""
    line = row(session, organisation)
    if line is None:
        return Rules()
    return Rules(
        shown=line.shown,
        allowed=line.prefixes,
        forbidden=line.forbidden,
        longest=line.longest,
        most_an_hour=line.most_an_hour,
        most_of_person=line.most_of_person,
    )


def has_queue(session: Session) -> bool:
    """Whether there is a queue for somebody who loses their operator: before that nobody is called."""
    return session.scalar(select(Queue.id).where(Queue.closed_at.is_(None)).limit(1)) is not None


def limit_reached(
    session: Session, organisation: int, person: int, *, number: str, now: datetime
) -> NumberRefused | None:
    """Why the person calls this number no more within the hour; None while they may.

    An owed call is neither refused nor counted: whom we call back has called us, and its own rules say how often.
    Police, fire brigade and ambulance are never refused.
    """
    own = rules(session, organisation)
    limits = (
        (Refusal.TOO_MANY_OF_PERSON, own.most_of_person, _placed_by(organisation, person)),
        (Refusal.TOO_MANY, own.most_an_hour, _placed(organisation)),
    )
    if all(most is None for _, most, _ in limits) or _is_free(session, organisation, person, number):
        return None
    reached = {}
    for why, most, placed in limits:
        if most is not None:
            recent = placed.where(CallRow.arrived_at > now - LIMITED_WITHIN).order_by(CallRow.arrived_at.desc())
            last_to_fit = session.scalar(recent.offset(most - 1).limit(1))
            if last_to_fit is not None:
                reached[why] = last_to_fit + LIMITED_WITHIN
    longest = max(reached, key=lambda why: reached[why], default=None)
    return NumberRefused(longest, until=reached[longest]) if longest is not None else None


def _is_free(session: Session, organisation: int, person: int, number: str) -> bool:
    """Whether the call counts for no limit."""
    owed = (
        select(CallbackAttempt.id)
        .join(OwedCall, OwedCall.id == CallbackAttempt.owed_call_id)
        .where(CallbackAttempt.person_id == person, OwedCall.number == number)
        .where(CallbackAttempt.outcome.is_(None), CallbackAttempt.call.is_(None))
    )
    return (
        is_emergency(number, staff.organisation(session, organisation).country)
        or session.scalar(owed.limit(1)) is not None
    )


def _placed(organisation: int) -> Select[datetime]:
    """When the organisation's agents have called somebody outside, owed calls apart."""
    called_back = select(CallbackAttempt.id).where(CallbackAttempt.call == CallRow.id).exists()
    return select(CallRow.arrived_at).where(
        CallRow.organisation_id == organisation, CallRow.direction == Direction.OUT, ~called_back
    )


def _placed_by(organisation: int, person: int) -> Select[datetime]:
    """The same by one person: a call's first part is of whoever placed it, whoever talks later."""
    placed = _placed(organisation).join(LegRow, (LegRow.call == CallRow.id) & (LegRow.number == 1))
    return placed.where(LegRow.agent == interface_of(person))
