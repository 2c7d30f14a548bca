"""Every change of escalation: steps, what they tell, measures."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.classifier import queries as classifier
from appeals.classifier.model import Section
from appeals.escalation import queries
from appeals.escalation.model import Moment, digest_day
from appeals.escalation.tables import EscalationStep, EscalationTold, MeasureComment, TermMeasure
from appeals.escalation.words import DIGEST, LATE, SOON
from appeals.tables import Appeal
from calls import queries as calls
from db import Conflict
from notify import queries as channels
from notify import service as outbox
from notify.model import Template
from staff import queries as staff
from staff.audit import audit
from staff.tables import Person
from web.formats import day, moment
from web.languages import speaking_to

AT_ONCE: Final = 200  # appeals told of in one transaction
LISTED: Final = 50  # numbers in one digest


class NoCause(Conflict):
    """A measure is closed, and commented on, with a cause of the classifier."""


class NoText(Conflict):
    """A comment without words."""


def add_step(session: Session, step: EscalationStep, *, by: Person) -> None:
    """One step more; it tells what reaches it from now on."""
    session.add(step)
    session.flush()
    audit(session, by, "escalation.step_added", f"escalation_step:{step.id}", recipient=step.recipient)


def remove_step(session: Session, step: EscalationStep, *, by: Person) -> None:
    """One step less."""
    audit(session, by, "escalation.step_removed", f"escalation_step:{step.id}", recipient=step.recipient)
    session.delete(step)
    session.flush()


def tell(session: Session, step: EscalationStep, site: str, now: datetime) -> int:
    """What has reached the step: each appeal and term once, whoever else tells at the same time; how many."""
    if step.digest:
        return _digest(session, step, site, now)
    count = 0
    topics = {row.code: row.name for row in calls.topics(session)}
    for appeal in queries.reached(session, step, now, at_most=AT_ONCE):
        values = {"organisation_id": step.organisation_id, "step_id": step.id, "appeal_id": appeal.id}
        new = insert(EscalationTold).values(**values, due_at=appeal.due_at).on_conflict_do_nothing()
        if session.scalar(new.returning(EscalationTold.step_id)) is not None:
            template = SOON if step.moment == Moment.ATTENTION else LATE
            assert appeal.due_at is not None
            key = f"escalation:{step.id}:{appeal.id}:{appeal.due_at.timestamp():.0f}"
            _put(session, step, key, template, _about(session, step, appeal, topics.get(appeal.topic, {}), site))
            count += 1
    return count


def open_measures(session: Session, organisation: int, now: datetime) -> int:
    """A measure for each appeal that has become overdue; how many."""
    late = queries.without_measure(session, organisation, now, at_most=AT_ONCE)
    session.add_all(TermMeasure(organisation_id=organisation, appeal_id=each, due_at=due) for each, due in late)
    session.flush()
    return len(late)


def comment(session: Session, measure_id: int, cause: int | None, text: str, *, by: Person) -> MeasureComment:
    """What is being done, and the cause as it seems (U-113). NoCause, NoText; Conflict for a measure that is closed."""
    measure = queries.measure_locked(session, measure_id)
    if measure.closed_at is not None:
        raise Conflict(f"measure {measure_id} is closed")
    if not text.strip():
        raise NoText(f"a comment on measure {measure_id} says something")
    whose = {"organisation_id": measure.organisation_id, "measure_id": measure_id, "person_id": by.id}
    said = MeasureComment(**whose, cause_id=_cause(session, measure, cause), text=text.strip())
    session.add(said)
    session.flush()
    audit(session, by, "term.measure_commented", f"measure:{measure_id}", cause=str(said.cause_id))
    return said


def close_measure(session: Session, measure_id: int, cause: int | None, note: str, *, by: Person) -> TermMeasure:
    """What was found and done. NoCause without a cause of the classifier; Conflict for one that is closed."""
    measure = queries.measure_locked(session, measure_id)
    if measure.closed_at is not None:
        raise Conflict(f"measure {measure_id} is closed")
    measure.cause_id, measure.note = _cause(session, measure, cause), note.strip()
    measure.closed_by, measure.closed_at = by.id, datetime.now(UTC)
    session.flush()
    audit(session, by, "term.measure_closed", f"measure:{measure_id}", cause=str(cause))
    return measure


def _cause(session: Session, measure: TermMeasure, cause: int | None) -> int:
    today = staff.organisation(session, measure.organisation_id).today()
    offered = classifier.in_force(session, Section.CAUSE, today)
    if cause is None or cause not in {entry.id for entry in offered}:
        raise NoCause(f"measure {measure.id} needs a cause")
    return cause


def _digest(session: Session, step: EscalationStep, site: str, now: datetime) -> int:
    """Once a day what is overdue in the step's area; nothing where nothing is."""
    organisation = staff.organisation(session, step.organisation_id)
    today = digest_day(now, organisation.zone, step.digest_on)
    if today is None:
        return 0
    step.digest_on = today
    late = queries.overdue(session, step, now, at_most=LISTED + 1)
    if not late:
        return 0
    numbers = ", ".join(appeal.number for appeal in late[:LISTED]) + (" …" if len(late) > LISTED else "")
    count = str(len(late)) if len(late) <= LISTED else f"{LISTED}+"
    with speaking_to(organisation.audience(step.language)):
        told = {"day": day(today), "count": count, "listed": numbers, "link": f"{site}/appeals/late"}
    _put(session, step, f"escalation:{step.id}:digest:{today}", DIGEST, told)
    return 1


def _about(
    session: Session, step: EscalationStep, appeal: Appeal, topic: Mapping[str, str], site: str
) -> dict[str, str]:
    organisation = staff.organisation(session, step.organisation_id)
    assert appeal.due_at is not None
    with speaking_to(organisation.audience(step.language)):
        until = moment(appeal.due_at)
    return {
        "number": appeal.number,
        "topic": topic.get(step.language) or next(iter(topic.values()), appeal.topic),
        "until": until,
        "link": f"{site}/appeals/{appeal.number}",
    }


def _put(session: Session, step: EscalationStep, key: str, template: Template, told: Mapping[str, str]) -> None:
    channel = channels.channel(session, step.channel_id)
    outbox.put(session, channel, step.recipient, template, language=step.language, key=key, parameters=told)
