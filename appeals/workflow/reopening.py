"""Within which time a closed appeal may be reopened: the organisation's own rule, versioned like those of terms."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from appeals.tables import Appeal
from appeals.terms.calendar import end_of_day
from appeals.workflow import queries
from appeals.workflow.tables import ReopeningRule
from db import Conflict
from staff import queries as staff
from staff.audit import audit
from staff.tables import Person


class BeginsThen(Conflict):
    """Another rule begins that very day."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Until when an appeal may be reopened, None being for ever, and the rule that says so."""

    until: datetime | None
    rule: ReopeningRule

    def is_past(self, now: datetime) -> bool:
        """Whether it is too late."""
        return self.until is not None and now > self.until


def limit(session: Session, appeal: Appeal) -> Limit | None:
    """What the rule of the day of its closing says; None where there was none, or it is not closed."""
    if appeal.closed_at is None:
        return None
    zone = staff.organisation(session, appeal.organisation_id).zone
    closed = appeal.closed_at.astimezone(zone).date()
    rule = queries.reopening(session, appeal.organisation_id, closed)
    if rule is None:
        return None
    if rule.days is None:
        return Limit(None, rule)
    return Limit(end_of_day(closed + timedelta(days=rule.days), zone), rule)


def set_rule(
    session: Session, days: int | None, basis: str, *, verified: bool, valid_from: date, by: Person
) -> ReopeningRule:
    """Another limit for what is closed from a day on; no days is no limit. BeginsThen."""
    if any(rule.valid_from == valid_from for rule in queries.reopenings(session, by.organisation_id)):
        raise BeginsThen(str(valid_from))
    rule = ReopeningRule(
        organisation_id=by.organisation_id,
        days=days,
        basis=basis.strip(),
        verified=verified,
        valid_from=valid_from,
        made_by=by.id,
    )
    session.add(rule)
    session.flush()
    told = {"term": str(days) if days is not None else "–", "basis": rule.basis}
    audit(session, by, "reopening.rule_set", f"reopening_rule:{rule.id}", **told)
    return rule


def verify(session: Session, rule: ReopeningRule, *, by: Person) -> None:
    """Somebody has compared the rule with what it rests on."""
    rule.verified = True
    audit(session, by, "reopening.rule_verified", f"reopening_rule:{rule.id}", basis=rule.basis)
