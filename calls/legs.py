"""The parts of a call: agents offered or talking, and visits to queues. LookupError: there is no such part."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from calls.model import Interface, LegOutcome, QueueName, VisitOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One agent's part."""

    agent: Interface
    queue: QueueName | None  # None: reached by a transfer, not through a queue
    offered_at: datetime
    answered_at: datetime | None = None
    left_at: datetime | None = None
    talked: timedelta = timedelta(0)
    outcome: LegOutcome = LegOutcome.OFFERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay in a queue."""

    queue: QueueName
    joined_at: datetime
    left_at: datetime | None = None
    agent: Interface | None = None  # who ended the wait
    outcome: VisitOutcome = VisitOutcome.WAITING


Legs = tuple[Leg, ...]


def _changed(legs: Legs, agent: Interface, outcome: LegOutcome, change: Callable[[Leg], Leg]) -> Legs:
    for place in range(len(legs) - 1, -1, -1):
        if legs[place].agent == agent and legs[place].outcome is outcome:
            return (*legs[:place], change(legs[place]), *legs[place + 1 :])
    raise LookupError(f"{agent} is not {outcome}")


def offer(legs: Legs, agent: Interface, queue: QueueName | None, at: datetime) -> Legs:
    """The agent's phone rings."""
    if any(leg.agent == agent and leg.outcome is LegOutcome.OFFERED for leg in legs):
        raise LookupError(f"{agent} rings already")
    return (*legs, Leg(agent=agent, queue=queue, offered_at=at))


def refuse(legs: Legs, agent: Interface, at: datetime) -> Legs:
    """The phone rang in vain, or was declined."""
    return _changed(legs, agent, LegOutcome.OFFERED, lambda leg: replace(leg, left_at=at, outcome=LegOutcome.NO_ANSWER))


def take(legs: Legs, agent: Interface, queue: QueueName | None, at: datetime) -> Legs:
    """The agent talks with the caller from now on, offered before or not."""
    if any(leg.agent == agent and leg.outcome is LegOutcome.TALKING for leg in legs):
        raise LookupError(f"{agent} talks already")
    for before in (LegOutcome.OFFERED, LegOutcome.DIALLING):
        try:
            return _changed(legs, agent, before, lambda leg: replace(leg, answered_at=at, outcome=LegOutcome.TALKING))
        except LookupError:
            continue
    leg = Leg(agent=agent, queue=queue, offered_at=at, answered_at=at, outcome=LegOutcome.TALKING)
    return (*legs, leg)


def leave(legs: Legs, agent: Interface, at: datetime, talked: timedelta, outcome: LegOutcome) -> Legs:
    """The agent talks no longer."""
    return _changed(
        legs, agent, LegOutcome.TALKING, lambda leg: replace(leg, left_at=at, talked=talked, outcome=outcome)
    )


def close_offers(legs: Legs, at: datetime, outcome: LegOutcome) -> Legs:
    """Every phone that still rings stops, the citizen's as well."""
    not_reached = LegOutcome.LOST if outcome is LegOutcome.LOST else LegOutcome.NOT_REACHED
    left = {LegOutcome.OFFERED: outcome, LegOutcome.DIALLING: not_reached}
    return tuple(replace(leg, left_at=at, outcome=left[leg.outcome]) if leg.outcome in left else leg for leg in legs)


def close_visit(
    visits: tuple[Visit, ...], at: datetime, outcome: VisitOutcome, agent: Interface | None
) -> tuple[Visit, ...]:
    """The wait is over."""
    if not visits or visits[-1].outcome is not VisitOutcome.WAITING:
        raise LookupError("waits in no queue")
    return (*visits[:-1], replace(visits[-1], left_at=at, outcome=outcome, agent=agent))
