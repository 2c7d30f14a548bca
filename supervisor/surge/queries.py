"""Incidents and their plans, and the values that thresholds look at."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from acd.tables import Queue, QueueMember
from calls.model import Direction, VisitOutcome
from calls.tables import CallRow, VisitRow
from db import NotFound
from ivr.tables import Emergency
from supervisor.surge.model import Measure
from supervisor.surge.tables import Incident, IncidentPlan

ARRIVED_WITHIN = timedelta(minutes=1)
PAGE = 50
_LOCK: Final = 0x5355  # advisory locks of incidents; the second key is the organisation


def running(session: Session, organisation: int, *, lock: bool = False) -> Incident | None:
    """The incident that is not ended; its time may be over. `lock`: nobody else begins or ends one until the commit."""
    if lock:
        session.execute(select(func.pg_advisory_xact_lock(_LOCK, organisation % 2**31)))
    wanted = select(Incident).where(Incident.organisation_id == organisation, Incident.ended_at.is_(None))
    return session.scalar(wanted.with_for_update() if lock else wanted)


def now_on(session: Session, organisation: int, now: datetime) -> Incident | None:
    """The incident of this moment."""
    incident = running(session, organisation)
    return incident if incident is not None and incident.until_at > now else None


def queues_of(session: Session, incidents: Collection[Incident]) -> dict[int, list[str]]:
    """The codes of the queues whose callers hear each incident, by its number; none of one that everybody hears."""
    rows = session.execute(
        select(Incident.id, Emergency.queues)
        .join(Emergency, Emergency.id == Incident.emergency_id)
        .where(Incident.id.in_([incident.id for incident in incidents]))
    )
    return {number: codes for number, codes in rows if codes}


def answers_in(session: Session, person_id: int, codes: Collection[str]) -> bool:
    """Whether the person has a place in one of these queues."""
    place = select(QueueMember.queue_id).join(Queue, Queue.id == QueueMember.queue_id)
    return session.scalar(place.where(QueueMember.person_id == person_id, Queue.code.in_(codes)).limit(1)) is not None


def get(session: Session, incident_id: int) -> Incident:
    """The incident. NotFound, also for another organisation's."""
    found = session.get(Incident, incident_id)
    if found is None:
        raise NotFound(f"incident {incident_id}")
    return found


def past(session: Session) -> Sequence[Incident]:
    """The last incidents that are over, the newest first."""
    ended = select(Incident).where(Incident.ended_at.is_not(None)).order_by(Incident.id.desc()).limit(PAGE)
    return session.scalars(ended).all()


def plan(session: Session, plan_id: int) -> IncidentPlan:
    """The plan. NotFound for a removed one, and for another organisation's."""
    found = session.get(IncidentPlan, plan_id)
    if found is None or found.removed_at is not None:
        raise NotFound(f"incident plan {plan_id}")
    return found


def plans(session: Session, *, ready: bool = False) -> Sequence[IncidentPlan]:
    """The plans that are not removed, the oldest first; `ready`: only those that are not switched off."""
    kept = select(IncidentPlan).where(IncidentPlan.removed_at.is_(None)).order_by(IncidentPlan.id)
    return session.scalars(kept.where(IncidentPlan.off_at.is_(None)) if ready else kept).all()


def watched(session: Session, organisation: int) -> Sequence[IncidentPlan]:
    """The organisation's plans with a threshold that are not switched off, locked until the transaction ends."""
    return session.scalars(
        select(IncidentPlan)
        .where(IncidentPlan.organisation_id == organisation, IncidentPlan.removed_at.is_(None))
        .where(IncidentPlan.measure.is_not(None), IncidentPlan.off_at.is_(None))
        .order_by(IncidentPlan.id)
        .with_for_update()
    ).all()


def to_look_after(session: Session) -> Sequence[int]:
    """The organisations that have a threshold, or an incident."""
    plans = select(IncidentPlan.organisation_id).where(
        IncidentPlan.removed_at.is_(None), IncidentPlan.measure.is_not(None), IncidentPlan.off_at.is_(None)
    )
    incidents = select(Incident.organisation_id).where(Incident.ended_at.is_(None))
    return sorted(session.scalars(plans.union(incidents)))


def value(session: Session, organisation: int, measure: Measure, queue_id: int | None, now: datetime) -> int:
    """What the threshold looks at: of one queue, or of all."""
    if measure is Measure.ARRIVALS:
        return _arrivals(session, organisation, queue_id, now)
    waiting = (
        select(func.count(), func.min(VisitRow.joined_at))
        .join(Queue, Queue.asterisk_name == VisitRow.queue)
        .where(VisitRow.organisation_id == organisation, VisitRow.outcome == VisitOutcome.WAITING)
    )
    number, first = session.execute(waiting.where(Queue.id == queue_id) if queue_id is not None else waiting).one()
    if measure is Measure.WAITING:
        return int(number)
    return max(0, int((now - first).total_seconds())) if first is not None else 0


def _arrivals(session: Session, organisation: int, queue_id: int | None, now: datetime) -> int:
    since = now - ARRIVED_WITHIN
    if queue_id is None:
        came = select(func.count()).where(CallRow.organisation_id == organisation, CallRow.arrived_at > since)
        return session.scalar(came.where(CallRow.direction == Direction.IN)) or 0
    joined = (
        select(func.count())
        .select_from(VisitRow)
        .join(Queue, Queue.asterisk_name == VisitRow.queue)
        .where(VisitRow.organisation_id == organisation, Queue.id == queue_id, VisitRow.joined_at > since)
    )
    return session.scalar(joined) or 0
