"""What Asterisk's configuration is made of, of every organisation, in an order that does not change."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from acd.tables import OutgoingLine, Queue, Shift, VisitorPhone
from ivr.tables import DialledNumber
from staff.tables import Person


def queues(session: Session) -> Sequence[Queue]:
    """Every queue that is not closed; those with the code "general" first, then in their order on pages."""
    in_order = select(Queue).order_by(Queue.code != "general", Queue.position, Queue.id)
    return session.scalars(in_order.where(Queue.closed_at.is_(None))).all()


def numbers(session: Session) -> Sequence[DialledNumber]:
    """The numbers citizens dial."""
    return session.scalars(select(DialledNumber).order_by(DialledNumber.number)).all()


def outgoing_lines(session: Session) -> dict[int, OutgoingLine]:
    """How calls to citizens leave, by organisation."""
    return {line.organisation_id: line for line in session.scalars(select(OutgoingLine))}


def running_shifts(session: Session) -> list[tuple[Shift, Person]]:
    """The shifts of people who may still come in: each has a telephone."""
    rows = session.execute(
        select(Shift, Person)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ended_at.is_(None), Person.disabled_at.is_(None))
        .order_by(Shift.person_id)
    )
    return [(shift, person) for shift, person in rows]


def visitor_phones(session: Session) -> Sequence[VisitorPhone]:
    """The telephones lent to citizens' browsers."""
    return session.scalars(select(VisitorPhone).order_by(VisitorPhone.name)).all()
