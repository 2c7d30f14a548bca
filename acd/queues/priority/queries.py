"""Whom the rules raise, and by how much."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from acd.callbacks.numbers import ways_to_write
from acd.queues.model import PriorityKind, Range
from acd.queues.queries import wait_now
from acd.queues.tables import FavouredNumber, PriorityRule
from acd.tables import Queue
from calls.model import Direction, Fate
from calls.tables import CallRow
from db import NotFound
from staff.queries import organisation


def priority(session: Session, queue: Queue, number: str, today: date) -> int:
    """The highest priority that a rule gives this caller; 0 by none."""
    if not number:
        return 0
    rules = session.scalars(
        select(PriorityRule)
        .where((PriorityRule.queue_id == queue.id) | PriorityRule.queue_id.is_(None))
        .order_by(PriorityRule.raises.desc(), PriorityRule.id)
    )
    written = ways_to_write(number, organisation(session, queue.organisation_id).country)
    return next((rule.raises for rule in rules if _applies(session, rule, written, today)), 0)


def _applies(session: Session, rule: PriorityRule, written: Collection[str], today: date) -> bool:
    """`written`: each way to write the caller's number, for trunks write it as they like."""
    if rule.kind == PriorityKind.BENEFIT:
        found = session.scalars(select(FavouredNumber).where(FavouredNumber.number.in_(written)))
        return any(each.until is None or each.until >= today for each in found)
    assert rule.within is not None, "the database holds it"
    assert rule.times is not None, "the database holds it"
    in_vain = session.scalar(
        select(func.count())
        .select_from(CallRow)
        .where(CallRow.caller.in_(written), CallRow.direction == Direction.IN)
        .where(CallRow.arrived_at >= datetime.now(UTC) - rule.within)
        .where(CallRow.fate.in_((Fate.ABANDONED_IN_QUEUE, Fate.REFUSED, Fate.LOST)))
    )
    return (in_vain or 0) >= rule.times


def entering(session: Session, code: str, number: str, zone: str) -> tuple[int, Range | None]:
    """The priority of who enters this queue now, and the expected wait if the queue says one."""
    found = session.scalar(select(Queue).where(Queue.code == code))
    if found is None:
        return 0, None
    rank = priority(session, found, number, datetime.now(ZoneInfo(zone)).date())
    return rank, wait_now(session, found) if found.says_wait and not rank else None


def priority_rules(session: Session) -> Sequence[PriorityRule]:
    """The rules, the highest first."""
    return session.scalars(select(PriorityRule).order_by(PriorityRule.raises.desc(), PriorityRule.id)).all()


def rule(session: Session, rule_id: int) -> PriorityRule:
    """The rule. NotFound."""
    found = session.get(PriorityRule, rule_id)
    if found is None:
        raise NotFound(f"rule {rule_id}")
    return found


def favoured_numbers(session: Session, *, limit: int = 500) -> Sequence[FavouredNumber]:
    """Numbers of people with a benefit, the newest first."""
    return session.scalars(select(FavouredNumber).order_by(FavouredNumber.created_at.desc()).limit(limit)).all()


def favoured(session: Session, number: str) -> FavouredNumber | None:
    """The number, if it is favoured or was until some day."""
    return session.scalar(select(FavouredNumber).where(FavouredNumber.number == number))
