"""What still needs a queue."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from acd.queues.tables import OverflowStep
from acd.tables import Queue
from calls.model import VisitOutcome
from calls.tables import VisitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Why a queue cannot be closed; nothing of it when it can."""

    led_from: Sequence[str] = ()  # parts of the menus, in words
    overflowing: Sequence[Queue] = ()  # their steps lead here
    waiting: int = 0  # callers
    last: bool = False  # who loses the menus would wait nowhere

    def __bool__(self) -> bool:
        return bool(self.led_from or self.overflowing or self.waiting or self.last)


def needs(session: Session, queue: Queue, led_from: Sequence[str]) -> Needs:
    """What would lose its callers with this queue; `led_from` is what the menus say."""
    others = select(func.count()).select_from(Queue).where(Queue.closed_at.is_(None), Queue.id != queue.id)
    waiting = (
        select(func.count())
        .select_from(VisitRow)
        .where(VisitRow.queue == queue.asterisk_name, VisitRow.outcome == VisitOutcome.WAITING)
    )
    leading = select(OverflowStep.queue_id).where(OverflowStep.target_id == queue.id)
    overflowing = select(Queue).where(Queue.id.in_(leading)).order_by(Queue.position, Queue.id)
    return Needs(
        led_from=led_from,
        overflowing=session.scalars(overflowing).all(),
        waiting=session.scalars(waiting).one(),
        last=not session.scalars(others).one(),
    )


def last_position(session: Session) -> int:
    """The place of the last queue on pages; -1 before the first."""
    return session.scalars(select(func.coalesce(func.max(Queue.position), -1))).one()


def closed(session: Session) -> Sequence[Queue]:
    """The queues that are closed, the one closed last first."""
    return session.scalars(select(Queue).where(Queue.closed_at.is_not(None)).order_by(Queue.closed_at.desc())).all()
