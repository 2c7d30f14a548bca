"""Every change of rules of priority and of numbers favoured."""

from datetime import date, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from acd.callbacks.numbers import international, ways_to_write
from acd.queues.model import PriorityKind
from acd.queues.priority import queries
from acd.queues.tables import FavouredNumber, PriorityRule
from acd.tables import Queue
from staff.audit import audit, changes
from staff.queries import organisation
from staff.tables import Person


def add_rule(
    session: Session,
    kind: PriorityKind,
    *,
    raises: int,
    queue: Queue | None = None,
    times: int | None = None,
    within: timedelta | None = None,
    by: Person,
) -> PriorityRule:
    """Who stands before others from now on."""
    rule = PriorityRule(
        organisation_id=by.organisation_id,
        kind=kind,
        raises=raises,
        queue_id=queue.id if queue else None,
        times=times if kind is PriorityKind.REPEAT else None,
        within=within if kind is PriorityKind.REPEAT else None,
    )
    session.add(rule)
    session.flush()
    audit(session, by, "priority.rule_added", f"priority_rule:{rule.id}", **_told(rule, queue))
    return rule


def _told(rule: PriorityRule, queue: Queue | None) -> dict[str, str]:
    """A rule for the audit trail: what of it is said at all."""
    hours = f"{rule.within.total_seconds() / 3600:g}" if rule.within else None
    told = {"kind": rule.kind, "raises": rule.raises, "queue": queue.code if queue else None, "times": rule.times}
    return {name: str(value) for name, value in (told | {"hours": hours}).items() if value is not None}


def remove_rule(session: Session, rule: PriorityRule, *, by: Person) -> None:
    """The rule applies to nobody any longer."""
    queue = session.get(Queue, rule.queue_id) if rule.queue_id is not None else None
    audit(session, by, "priority.rule_removed", f"priority_rule:{rule.id}", **_told(rule, queue))
    session.delete(rule)
    session.flush()


def favour(session: Session, person: Person, number: str, reason: str, until: date | None) -> None:
    """Favours a number, however it is written; said again, the reason and the day are replaced."""
    country = organisation(session, person.organisation_id).country
    whole = international(number, country)
    before = queries.favoured(session, whole)
    told = changes(reason=(before.reason if before else None, reason), until=(before.until if before else None, until))
    if told:
        audit(session, person, "priority.number_favoured", f"favoured_number:{whole}", **told)
    others = ways_to_write(number, country) - {whole}
    session.execute(delete(FavouredNumber).where(FavouredNumber.number.in_(others)))
    session.merge(
        FavouredNumber(
            organisation_id=person.organisation_id,
            number=whole,
            reason=reason,
            until=until,
            person_id=person.id,
        )
    )
    session.flush()


def favour_no_longer(session: Session, number: str, *, by: Person) -> None:
    """The number waits as all others do."""
    before = queries.favoured(session, number)
    if before is not None:
        audit(session, by, "priority.number_removed", f"favoured_number:{number}", reason=before.reason)
    session.execute(delete(FavouredNumber).where(FavouredNumber.number == number))
