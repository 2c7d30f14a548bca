"""Every change of rules of priority and of numbers favoured."""

from datetime import date, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from acd.callbacks.numbers import international, ways_to_write
from acd.queues.model import PriorityKind
from acd.queues.tables import FavouredNumber, PriorityRule
from acd.tables import Queue
from staff.queries import organisation
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
    """Favours a number, however it is written; said again, the reason and the day are replaced."""
    country = organisation(session, person.organisation_id).country
    others = ways_to_write(number, country) - {international(number, country)}
    session.execute(delete(FavouredNumber).where(FavouredNumber.number.in_(others)))
    session.merge(
        FavouredNumber(
            organisation_id=person.organisation_id,
            number=international(number, country),
            reason=reason,
            until=until,
            person_id=person.id,
        )
    )
    session.flush()


def favour_no_longer(session: Session, number: str) -> None:
    """The number waits as all others do."""
    session.execute(delete(FavouredNumber).where(FavouredNumber.number == number))
