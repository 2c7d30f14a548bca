"""Every change of rules of priority and of numbers favoured."""

from datetime import date, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from acd.queues.model import PriorityKind
from acd.queues.tables import FavouredNumber, PriorityRule
from acd.tables import Queue
from staff.tables import Person


def add_rule(
    session: Session,
    organisation: int,
    kind: PriorityKind,
    *,
    raises: int,
    queue: Queue | None = None,
    times: int | None = None,
    within: timedelta | None = None,
) -> PriorityRule:
    """Who stands before others from now on."""
    rule = PriorityRule(
        organisation_id=organisation,
        kind=kind,
        raises=raises,
        queue_id=queue.id if queue else None,
        times=times if kind is PriorityKind.REPEAT else None,
        within=within if kind is PriorityKind.REPEAT else None,
    )
    session.add(rule)
    session.flush()
    return rule


def remove_rule(session: Session, rule: PriorityRule) -> None:
    """The rule applies to nobody any longer."""
    session.delete(rule)
    session.flush()


def favour(session: Session, person: Person, number: str, reason: str, until: date | None) -> None:
    """Favours a number; said again, the reason and the day are replaced."""
    session.merge(
        FavouredNumber(
            organisation_id=person.organisation_id, number=number, reason=reason, until=until, person_id=person.id
        )
    )
    session.flush()


def favour_no_longer(session: Session, number: str) -> None:
    """The number waits as all others do."""
    session.execute(delete(FavouredNumber).where(FavouredNumber.number == number))
