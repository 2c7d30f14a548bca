"""Rules of terms, days off, escalation, measures; how their pages are asked."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from appeals.escalation.tables import EscalationStep, TermMeasure
from appeals.model import Kind
from appeals.tables import Appeal
from appeals.terms import queries as term_queries
from appeals.terms import rules as terms
from appeals.terms.model import Unit
from appeals.workflow.tables import ReopeningRule
from staff.tables import Person
from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /appeals/{number}/measures": Asked("/appeals/{appeal}/measures"),
    "POST /terms/measures/{measure_id}": Asked("/terms/measures/{measure}", {"note": "бригада"}),
    "POST /terms/measures/{measure_id}/comments": Asked("/terms/measures/{measure}/comments", {"note": "бригада"}),
    "POST /terms/escalation/{step_id}/remove": Asked("/terms/escalation/{told_step}/remove"),
    "GET /appeals/{number}/term": Asked("/appeals/{appeal}/term"),
    "POST /appeals/{number}/term/extension": Asked("/appeals/{appeal}/term/extension", {"until": "2099-01-01"}),
    "POST /appeals/{number}/term/extension/decide": Asked("/appeals/{appeal}/term/extension/decide", {"granted": "no"}),
    "POST /appeals/{number}/term/shorten": Asked("/appeals/{appeal}/term/shorten", {"until": "2027-01-01"}),
    "POST /appeals/{number}/term/variant": Asked("/appeals/{appeal}/term/variant", {"variant": "usual"}),
    "POST /appeals/{number}/term/long-control": Asked("/appeals/{appeal}/term/long-control", {"long": "on"}),
    "POST /terms/rules/{rule_id}/end": Asked("/terms/rules/{term_rule}/end"),
    "POST /terms/rules/{rule_id}/verify": Asked("/terms/rules/{term_rule}/verify"),
    "POST /terms/reopening/{rule_id}/verify": Asked("/terms/reopening/{reopening}/verify"),
    "POST /terms/calendar/days/{day_id}/forget": Asked("/terms/calendar/days/{day_off}/forget"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "GET /appeals/late": "a filter",
    "POST /terms/reopening": "the asker's own organisation",
    "GET /appeals/term": "kind, topic and problem: by one's own rules",
    "POST /terms/escalation": "a new step; channels are looked for among one's own",
    "POST /terms": "the asker's own organisation; topics and problems are looked for among one's own",
    "POST /terms/calendar/week": "the asker's own organisation",
    "POST /terms/calendar/day": "the asker's own organisation",
}


def terms_of(session: Session, by: Person) -> dict[str, int]:
    """A rule of terms and a day off."""
    today = datetime.now(UTC).date()
    wanted = terms.Wanted(kind=Kind.COMPLAINT, amount=15, unit=Unit.DAY, basis="law", valid_from=today)
    rule = terms.set_rule(session, wanted, by=by)
    terms.set_day(session, today, "", by.name, by=by)
    [day] = [each for each in term_queries.days(session, today) if each.organisation_id == by.organisation_id]
    limit = ReopeningRule(organisation_id=rule.organisation_id, days=90, basis="x", valid_from=date(2026, 1, 1))
    session.add(limit)
    session.flush()
    return {"term_rule": rule.id, "day_off": day.id, "reopening": limit.id}


def escalated(session: Session, by: Person, appeal: Appeal, channel: int) -> dict[str, int]:
    """A step of escalation, and a measure for the appeal."""
    whose = {"organisation_id": by.organisation_id}
    step = EscalationStep(**whose, moment="overdue", after=timedelta(0), whom="head", channel_id=channel)
    step.recipient, step.language = by.name, "uk"
    measure = TermMeasure(**whose, appeal_id=appeal.id, due_at=datetime.now(UTC))
    session.add_all([step, measure])
    session.flush()
    return {"told_step": step.id, "measure": measure.id}
