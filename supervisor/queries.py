"""What the board shows, read from the ledger, the shifts and the recordings; one statement for each kind of figure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, and_, cast, extract, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import Session

from acd.callbacks.tables import OwedCall
from acd.model import IN_TALK, AgentStateName
from acd.queues.model import SkillKind
from acd.queues.tables import AgentSkill, Skill
from acd.tables import AgentState, Queue, QueueMember, Shift, WrapUp
from calls.model import VisitOutcome
from calls.tables import VisitRow
from recordings.model import RecordingState
from recordings.tables import Recording
from staff.tables import Person
from staff.teams.tables import Team, TeamMember
from supervisor.model import PART, Visits


def visits_of_day(session: Session, organisation_id: int, since: datetime) -> dict[str, dict[int, Visits]]:
    """By queue and part of the day, visits that began since then; a queue or part without any is left out."""
    part = cast(func.floor(extract("epoch", VisitRow.joined_at - since) / PART.total_seconds()), Float)
    waited = VisitRow.left_at - VisitRow.joined_at
    in_time = waited <= Queue.service_target

    def number(*conditions: ColumnElement[bool]) -> Any:
        return func.count().filter(and_(*conditions))

    answered, abandoned = (VisitRow.outcome == it for it in (VisitOutcome.ANSWERED, VisitOutcome.ABANDONED))
    rows = session.execute(
        select(
            VisitRow.queue,
            part,
            func.count(),
            number(VisitRow.outcome == VisitOutcome.WAITING),
            number(answered),
            number(abandoned),
            number(VisitRow.outcome == VisitOutcome.FLOWED_OUT),
            number(answered, in_time),
            number(abandoned, in_time),
            number(abandoned, waited <= Queue.short_abandon),
        )
        .join(Queue, Queue.asterisk_name == VisitRow.queue)
        .where(VisitRow.organisation_id == organisation_id, VisitRow.joined_at >= since)
        .group_by(VisitRow.queue, part)
    )
    names = list(Visits.__dataclass_fields__)
    found: dict[str, dict[int, Visits]] = {}
    for queue, number_of_part, *counts in rows:
        found.setdefault(queue, {})[int(number_of_part)] = Visits(**dict(zip(names, counts, strict=True)))
    return found


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody on a shift and what they do now."""

    id: int
    name: str
    state: str
    reason: str | None
    since: datetime
    call: UUID | None
    queue: str | None
    pause_after: str | None
    due_at: datetime | None  # when a pause or a wrap-up should be over
    seen_at: datetime  # the last sign of life of the page
    phone_reachable: bool
    queues_joined: int  # in which Asterisk has them
    queues_wanted: int
    team: str | None
    languages: list[str]  # by skill, the best first; without any, the one they read


_OPEN_PLACES = select(func.count()).join_from(QueueMember, Queue).where(Queue.closed_at.is_(None))


def agents(session: Session) -> Sequence[Agent]:
    """Everybody on a shift, in the order of their names. A closed queue keeps its people, who are missed nowhere."""
    spoken = (
        select(func.array_agg(aggregate_order_by(Skill.code, AgentSkill.level.desc(), Skill.position)))
        .join(AgentSkill, AgentSkill.skill_id == Skill.id)
        .where(Skill.kind == SkillKind.LANGUAGE, AgentSkill.person_id == Person.id)
        .scalar_subquery()
    )
    wanted = _OPEN_PLACES.where(QueueMember.person_id == Person.id).scalar_subquery()
    of_state = and_(
        AgentState.state == AgentStateName.WRAP_UP,
        WrapUp.person_id == AgentState.person_id,
        WrapUp.call == AgentState.call,
        WrapUp.finished_at.is_(None),
    )
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            AgentState.state,
            AgentState.reason,
            AgentState.since,
            AgentState.call,
            AgentState.queue,
            Shift.pause_after,
            func.coalesce(AgentState.due_at, WrapUp.due_at).label("due_at"),
            Shift.seen_at,
            Shift.phone_reachable,
            Shift.queues_joined,
            wanted.label("queues_wanted"),
            Team.name.label("team"),
            func.coalesce(spoken, array([Person.language])).label("languages"),
        )
        .join(Shift, Shift.person_id == Person.id)
        .join(AgentState, AgentState.person_id == Person.id)
        .outerjoin(WrapUp, of_state)
        .outerjoin(TeamMember, TeamMember.person_id == Person.id)
        .outerjoin(Team, Team.id == TeamMember.team_id)
        .where(Shift.ended_at.is_(None), AgentState.until.is_(None))
        .order_by(Person.name, Person.id)
    )
    return [Agent(**row._mapping) for row in rows]


def talks_of_day(session: Session, people: Collection[int], since: datetime) -> dict[int, int]:
    """Calls in which each of these people has talked since then; who had none is left out."""
    rows = session.execute(
        select(AgentState.person_id, func.count(AgentState.call.distinct()).label("calls"))
        .where(AgentState.person_id.in_(people), AgentState.since >= since, AgentState.state.in_(IN_TALK))
        .group_by(AgentState.person_id)
    )
    return {row.person_id: row.calls for row in rows}


def owed(session: Session) -> dict[str, int]:
    """Callers who did not get through and are owed a call, by queue; a queue that owes none is left out."""
    rows = session.execute(
        select(OwedCall.queue, func.count().label("number"))
        .where(OwedCall.closed_at.is_(None))
        .group_by(OwedCall.queue)
    )
    return {row.queue: row.number for row in rows}


@dataclass(frozen=True, slots=True)
class Unstored:
    """Recordings that are not in the store yet, or never will be."""

    waiting: int
    oldest: datetime | None  # when the oldest waiting call ended
    failed: int


def unstored(session: Session, organisation_id: int) -> Unstored:
    """The backlog of recordings; each state by its own index, for there may be millions that are stored."""

    def of(state: RecordingState) -> tuple[ColumnElement[bool], ...]:
        return Recording.organisation_id == organisation_id, Recording.state == state

    waiting, failed = of(RecordingState.SPOOLED), of(RecordingState.FAILED)
    row = session.execute(
        select(
            select(func.count()).select_from(Recording).where(*waiting).scalar_subquery(),
            select(func.min(Recording.ended_at)).where(*waiting).scalar_subquery(),
            select(func.count()).select_from(Recording).where(*failed).scalar_subquery(),
        )
    ).one()
    return Unstored(*row)
