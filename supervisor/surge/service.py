"""Every change to incidents and their plans: begun by hand or by a threshold, ended, looked after by the scheduler."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from acd.news import tell_board
from acd.tables import Queue
from calls.model import Language
from db import Conflict, notify
from db.notices import FIGURES
from ivr import queries as menus
from ivr import service as ivr
from ivr.tables import Emergency
from staff.audit import audit
from staff.tables import Person
from supervisor.alarms import service as alarms
from supervisor.alarms.model import Trouble
from supervisor.surge import queries
from supervisor.surge.model import End, Measure, Threshold, Turn, Watch, look
from supervisor.surge.tables import Incident, IncidentPlan

log = structlog.get_logger()

Spoken = Mapping[Language, tuple[str, bytes]]  # words and their sound, by language


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an incident says: to people in charge, to operators, and whether callers are offered a call back at once."""

    topic: str
    script: str
    offers_callback: bool
    lasting: timedelta  # at most
    queues: Sequence[str] = ()  # codes; only their callers hear it; none: everybody


class RunsAlready(Conflict):
    """The very same incident is heard just now: beginning it once more would only begin its time anew."""


def begin(session: Session, content: Content, spoken: Spoken, *, by: Person) -> Incident:
    """Callers hear the words from now on, who waits too, desks show the script; it takes the place of a running one.

    RunsAlready where that one says the same.
    """
    heard = _heard(session, by.organisation_id)
    if heard is not None and heard[0].plan_id is None and _says(session, *heard) == (content, _words(spoken)):
        raise RunsAlready(f"incident {heard[0].id}")
    emergency = ivr.announce(
        session,
        by.organisation_id,
        spoken=spoken,
        lasting=content.lasting,
        by=by.id,
        offers_callback=content.offers_callback,
        queues=content.queues,
    )
    return _begin(session, content, emergency, by=by)


def begin_plan(session: Session, plan: IncidentPlan, *, by: Person | None, measured: int | None = None) -> Incident:
    """The same, prepared; nobody begins it when its threshold does. Conflict when it is switched off."""
    heard = _heard(session, plan.organisation_id)
    if heard is not None and heard[0].plan_id == plan.id:
        raise RunsAlready(f"incident {heard[0].id}")
    if plan.off_at is not None:
        raise Conflict(f"incident plan {plan.id} is switched off")
    emergency = ivr.announce_prepared(
        session,
        plan.organisation_id,
        plan.prompt,
        lasting=plan.lasting,
        by=by.id if by else None,
        offers_callback=plan.offers_callback,
        queues=plan.queues,
    )
    content = Content(topic=plan.topic, script=plan.script, offers_callback=plan.offers_callback, lasting=plan.lasting)
    plan.calm_since, plan.rests = None, False
    return _begin(session, content, emergency, by=by, plan=plan, measured=measured)


def _heard(session: Session, organisation: int) -> tuple[Incident, Emergency] | None:
    """The incident of this moment with what callers hear, unless that was ended or replaced on its own page."""
    incident = queries.running(session, organisation, lock=True)
    if incident is None or incident.until_at <= datetime.now(UTC):
        return None
    emergency = menus.emergency(session, incident.emergency_id)
    return (incident, emergency) if emergency.ended_at is None else None


def _says(session: Session, incident: Incident, emergency: Emergency) -> tuple[Content, dict[str, str]]:
    """What it was begun with."""
    content = Content(
        topic=incident.topic,
        script=incident.script,
        offers_callback=emergency.offers_callback,
        lasting=emergency.until_at - emergency.since_at,
        queues=emergency.queues,
    )
    return content, words_of(session, {emergency.prompt}).get(emergency.prompt, {})


def _words(spoken: Spoken) -> dict[str, str]:
    return {language: words for language, (words, _) in spoken.items()}


def _begin(
    session: Session,
    content: Content,
    emergency: Emergency,
    *,
    by: Person | None,
    plan: IncidentPlan | None = None,
    measured: int | None = None,
) -> Incident:
    before = queries.running(session, emergency.organisation_id, lock=True)
    if before is not None:
        _end(session, before, End.REPLACED, by=by)
    incident = Incident(
        organisation_id=emergency.organisation_id,
        plan_id=plan.id if plan else None,
        topic=content.topic,
        script=content.script,
        emergency_id=emergency.id,
        measured=measured,
        began_at=emergency.since_at,
        began_by=by.id if by else None,
        until_at=emergency.until_at,
    )
    session.add(incident)
    session.flush()
    facts = {"at": incident.began_at.isoformat()}
    alarms.raise_trouble(session, incident.organisation_id, Trouble.INCIDENT, incident.topic, facts)
    heard_by = {"queues": ", ".join(emergency.queues)} if emergency.queues else {}
    audit(session, by, "incident.began", f"incident:{incident.id}", topic=incident.topic, **heard_by)
    _tell(session, incident.organisation_id)
    log.info("incident_began", incident=incident.id, by_hand=by is not None, measured=measured)
    return incident


def end(session: Session, incident: Incident, *, by: Person) -> None:
    """It is over; its threshold begins nothing before it was calm once. Conflict when it has ended."""
    running = queries.running(session, incident.organisation_id, lock=True)
    if running is None or running.id != incident.id:
        raise Conflict(f"incident {incident.id} is over")
    plan = session.get(IncidentPlan, running.plan_id) if running.plan_id is not None else None
    if plan is not None:
        plan.rests = True
    _end(session, running, End.BY_HAND, by=by)


def _end(session: Session, incident: Incident, because: End, *, by: Person | None = None) -> None:
    now = datetime.now(UTC)
    incident.ended_at, incident.ended_by, incident.ended_because = now, by.id if by else None, because
    ivr.end_if_heard(session, incident.organisation_id, incident.emergency_id, by=by.id if by else None)
    alarms.end_trouble(session, incident.organisation_id, Trouble.INCIDENT, incident.topic)
    audit(session, by, "incident.ended", f"incident:{incident.id}", topic=incident.topic, because=because)
    session.flush()
    _tell(session, incident.organisation_id)
    log.info("incident_ended", incident=incident.id, because=because)


def look_after(session: Session, organisation: int, now: datetime) -> tuple[int, int]:
    """Looks at every threshold: how many incidents began, how many ended."""
    began = ended = 0
    running = queries.running(session, organisation, lock=True)
    if running is not None and running.until_at <= now:
        _end(session, running, End.TIME)
        running, ended = None, 1
    for plan in queries.watched(session, organisation):
        threshold = threshold_of(plan)
        assert threshold is not None
        value = queries.value(session, organisation, Measure(str(plan.measure)), plan.queue_id, now)
        watch = Watch(high_since=plan.high_since, calm_since=plan.calm_since, rests=plan.rests)
        mine = running is not None and running.plan_id == plan.id
        watch, turn = look(threshold, watch, value=value, running=mine, now=now)
        plan.high_since, plan.calm_since, plan.rests = watch.high_since, watch.calm_since, watch.rests
        if turn is Turn.END and running is not None:
            if running.began_by is None:  # what somebody began by hand ends by hand, or when its time is over
                _end(session, running, End.CALM)
                running, ended = None, ended + 1
        elif turn is Turn.BEGIN and running is None:
            running, began = begin_plan(session, plan, by=None, measured=value), began + 1
    return began, ended


def threshold_of(plan: IncidentPlan) -> Threshold | None:
    """When it begins and ends by itself; None for one that somebody begins."""
    if plan.at_least is None or plan.begins_after is None or plan.below is None or plan.ends_after is None:
        return None
    return Threshold(
        at_least=plan.at_least, begins_after=plan.begins_after, below=plan.below, ends_after=plan.ends_after
    )


def add_plan(
    session: Session,
    content: Content,
    spoken: Spoken,
    *,
    threshold: Threshold | None,
    measure: Measure | None,
    queue_id: int | None,
    by: Person,
) -> IncidentPlan:
    """An incident prepared."""
    plan = IncidentPlan(organisation_id=by.organisation_id, made_by=by.id)
    _write(plan, content, threshold, measure=measure, queue_id=queue_id)
    session.add(plan)
    session.flush()
    plan.prompt = ivr.prepare(session, by.organisation_id, f"plan-{plan.id}", spoken=spoken, by=by.id)
    audit(session, by, "incident.planned", f"incident_plan:{plan.id}", topic=plan.topic)
    return plan


def change_plan(
    session: Session,
    plan: IncidentPlan,
    content: Content,
    spoken: Spoken,
    *,
    threshold: Threshold | None,
    measure: Measure | None,
    queue_id: int | None,
    by: Person,
) -> None:
    """What the next incident of the plan is; one that runs goes on as it began. Nothing spoken: the words stay."""
    now, before = datetime.now(UTC), _told(session, plan)
    _write(plan, content, threshold, measure=measure, queue_id=queue_id)
    if spoken:  # under another name, so that a running incident and those that were keep their words
        plan.prompt = ivr.prepare(
            session, plan.organisation_id, f"plan-{plan.id}-{now:%Y%m%d%H%M%S}", spoken=spoken, by=by.id
        )
    session.flush()
    after = _told(session, plan)
    changes = {name: f"{before[name]} → {after[name]}" for name in after if before[name] != after[name]}
    if changes.keys() & {"measure", "queue", "at_least", "begins_after", "below", "ends_after"}:
        plan.high_since = plan.calm_since = None
    if changes:
        audit(session, by, "incident.plan_changed", f"incident_plan:{plan.id}", **changes)


def switch_plan(session: Session, plan: IncidentPlan, *, on: bool, by: Person) -> None:
    """Off, nobody and no threshold begins it; a running incident of it goes on until it is ended."""
    if on is (plan.off_at is None):
        return
    plan.off_at = None if on else datetime.now(UTC)
    plan.high_since = plan.calm_since = None
    deed = "incident.plan_on" if on else "incident.plan_off"
    audit(session, by, deed, f"incident_plan:{plan.id}", topic=plan.topic)


def _write(
    plan: IncidentPlan, content: Content, threshold: Threshold | None, *, measure: Measure | None, queue_id: int | None
) -> None:
    plan.topic, plan.script = content.topic, content.script
    plan.offers_callback, plan.lasting = content.offers_callback, content.lasting
    plan.queues = list(content.queues)
    plan.measure, plan.queue_id = (measure, queue_id) if threshold else (None, None)
    plan.at_least, plan.below = (threshold.at_least, threshold.below) if threshold else (None, None)
    plan.begins_after = threshold.begins_after if threshold else None
    plan.ends_after = threshold.ends_after if threshold else None


def _told(session: Session, plan: IncidentPlan) -> dict[str, str]:
    """The plan for the audit trail, by the names of its form's fields."""
    queue = session.get(Queue, plan.queue_id) if plan.queue_id is not None else None
    told = {
        "topic": plan.topic,
        "script": plan.script,
        "offers_callback": "yes" if plan.offers_callback else "no",
        "hours": plan.lasting // timedelta(hours=1),
        "queues": ", ".join(plan.queues) or None,
        "measure": plan.measure,
        "queue": queue.code if queue else None,
        "at_least": plan.at_least,
        "begins_after": plan.begins_after // timedelta(seconds=1) if plan.begins_after is not None else None,
        "below": plan.below,
        "ends_after": plan.ends_after // timedelta(minutes=1) if plan.ends_after is not None else None,
    }
    said = words_of(session, {plan.prompt}).get(plan.prompt, {})
    spoken = {language: said.get(language, "") for language in Language}
    return {name: "–" if value is None else str(value) for name, value in (told | spoken).items()}


def remove_plan(session: Session, plan: IncidentPlan, *, by: Person) -> None:
    """It begins no more; a running incident of it goes on until it is ended."""
    plan.removed_at = datetime.now(UTC)
    audit(session, by, "incident.plan_removed", f"incident_plan:{plan.id}", topic=plan.topic)


def words_of(session: Session, prompts: set[str]) -> dict[str, dict[str, str]]:
    """What callers hear, by prompt and language."""
    said: dict[str, dict[str, str]] = {}
    for typed in menus.typed_prompts(session):
        if typed.prompt in prompts:
            said.setdefault(typed.prompt, {})[typed.language] = typed.words
    return said


def _tell(session: Session, organisation: int) -> None:
    """Desks and boards ask again."""
    tell_board(session, organisation, "incident")
    notify(session, FIGURES, str(organisation))
