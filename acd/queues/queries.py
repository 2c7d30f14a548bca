"""What queues' rules read: skills and levels, steps of overflow, waits of late, and why an agent."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from acd.model import AgentStateName
from acd.queues.model import SAMPLE, Range, SkillKind, expected_wait, penalty
from acd.queues.tables import AgentSkill, OfferReason, OverflowStep, QueueSkill, Skill
from acd.tables import AgentState, Queue, QueueMember, Shift
from calls.model import VisitOutcome
from calls.tables import VisitRow
from db import NotFound
from staff.model import Role
from staff.tables import Person

IS_AGENT = and_(Person.roles.overlap([Role.OPERATOR, Role.SUPERVISOR]), Person.disabled_at.is_(None))
OF_LATE = timedelta(hours=1)  # waits that were answered before that say nothing about now


def skills(session: Session, kind: SkillKind | None = None, *, lock: bool = False) -> Sequence[Skill]:
    """The skills there are, languages first. `lock` keeps others who set levels waiting until the commit."""
    wanted = select(Skill).order_by(Skill.kind, Skill.position, Skill.id)
    wanted = wanted.with_for_update(key_share=True) if lock else wanted
    return session.scalars(wanted.where(Skill.kind == kind) if kind else wanted).all()


def languages(session: Session) -> dict[int, list[str]]:
    """Codes of the languages that are skills, by organisation."""
    found: dict[int, list[str]] = defaultdict(list)
    for skill in skills(session, SkillKind.LANGUAGE):
        found[skill.organisation_id].append(skill.code)
    return dict(found)


def levels(session: Session) -> dict[tuple[int, int], int]:
    """Everybody's levels, by person and skill."""
    return {(row.person_id, row.skill_id): row.level for row in session.scalars(select(AgentSkill))}


def asked_of(session: Session) -> dict[int, list[Skill]]:
    """The skills that each queue asks for, by queue."""
    rows = session.execute(
        select(QueueSkill.queue_id, Skill)
        .join(Skill, Skill.id == QueueSkill.skill_id)
        .order_by(Skill.position, Skill.id)
    )
    found: dict[int, list[Skill]] = defaultdict(list)
    for queue_id, skill in rows:
        found[queue_id].append(skill)
    return dict(found)


class Skilled(NamedTuple):
    """Who can do what, as a whole: read once for all the members it is asked about."""

    languages: dict[int, dict[str, int]]  # skill ids by language, by organisation
    levels: dict[tuple[int, int], int]
    asked: dict[int, list[Skill]]

    def spoken(self, organisation: int) -> list[str]:
        """The languages by which the organisation's queues are divided."""
        return list(self.languages.get(organisation, {}))

    def level(self, organisation: int, person: int, language: str) -> int | None:
        """How well the person speaks it; None for not at all. Who has no language at all noted speaks every one."""
        known = self.languages.get(organisation, {})
        noted = any((person, skill) in self.levels for skill in known.values())
        return self.levels.get((person, known[language])) if noted and language in known else 1

    def penalty(self, organisation: int, queue: int, person: int, language: str | None) -> int:
        """The person's penalty in the queue for callers of this language; None is everybody's."""
        wanted = [self.levels.get((person, skill.id)) for skill in self.asked.get(queue, ())]
        return penalty([self.level(organisation, person, language), *wanted] if language else wanted)


def skilled(session: Session) -> Skilled:
    """As it is now."""
    by_language: dict[int, dict[str, int]] = defaultdict(dict)
    for skill in skills(session, SkillKind.LANGUAGE):
        by_language[skill.organisation_id][skill.code] = skill.id
    return Skilled(dict(by_language), levels(session), asked_of(session))


def overflow_steps(session: Session, queue_id: int | None = None) -> Sequence[OverflowStep]:
    """The steps of one queue, or of all, in the order in which they come."""
    wanted = select(OverflowStep).order_by(OverflowStep.queue_id, OverflowStep.after, OverflowStep.id)
    return session.scalars(wanted.where(OverflowStep.queue_id == queue_id) if queue_id else wanted).all()


def skill(session: Session, skill_id: int) -> Skill:
    """The skill. NotFound."""
    found = session.get(Skill, skill_id)
    if found is None:
        raise NotFound(f"skill {skill_id}")
    return found


def step(session: Session, queue_id: int, step_id: int) -> OverflowStep:
    """The step of this queue. NotFound."""
    found = session.get(OverflowStep, step_id)
    if found is None or found.queue_id != queue_id:
        raise NotFound(f"step {step_id}")
    return found


def queue(session: Session, code: str, *, lock: bool = False) -> Queue:
    """The queue with this code. NotFound. `lock` keeps others who do the same with it waiting until the commit."""
    wanted = select(Queue).where(Queue.code == code)
    found = session.scalar(wanted.with_for_update(key_share=True) if lock else wanted)
    if found is None:
        raise NotFound(f"queue {code}")
    return found


def queue_in_asterisk(session: Session, asterisk_name: str) -> Queue | None:
    """The queue of this name in Asterisk, if it is ours."""
    return session.scalar(select(Queue).where(Queue.asterisk_name == asterisk_name))


def agents(session: Session) -> Sequence[Person]:
    """Everybody who may be in a queue, by name."""
    return session.scalars(select(Person).where(IS_AGENT).order_by(Person.name)).all()


def is_known(session: Session, person_id: int) -> bool:
    """Whether there is such a person."""
    return session.get(Person, person_id) is not None


def members(session: Session) -> dict[int, set[int]]:
    """Who is in each queue, by queue."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in session.scalars(select(QueueMember)):
        found[row.queue_id].add(row.person_id)
    return dict(found)


def manned(session: Session) -> dict[int, set[str]]:
    """Codes of the queues in which somebody is a member, by organisation."""
    rows = session.execute(
        select(Queue.organisation_id, Queue.code)
        .join(QueueMember, QueueMember.queue_id == Queue.id)
        .join(Person, Person.id == QueueMember.person_id)
        .where(Queue.closed_at.is_(None), IS_AGENT)
        .distinct()
    )
    found: dict[int, set[str]] = defaultdict(set)
    for organisation, code in rows:
        found[organisation].add(code)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Ready:
    """How many of a queue's members are on a shift, and ready."""

    on_shift: int = 0
    ready: int = 0


def ready(session: Session) -> dict[int, Ready]:
    """Members on a shift, by queue."""
    rows = session.execute(
        select(QueueMember.queue_id, func.count(), func.count().filter(AgentState.state == AgentStateName.READY))
        .join(Shift, and_(Shift.person_id == QueueMember.person_id, Shift.ended_at.is_(None)))
        .join(AgentState, and_(AgentState.person_id == QueueMember.person_id, AgentState.until.is_(None)))
        .group_by(QueueMember.queue_id)
    )
    return {queue_id: Ready(on_shift, free) for queue_id, on_shift, free in rows}


def waits_of_late(session: Session, queues: Collection[str]) -> dict[str, list[timedelta]]:
    """The latest waits in each of these queues, by their names in Asterisk, that were answered, the newest first."""
    newest = func.row_number().over(partition_by=VisitRow.queue, order_by=VisitRow.joined_at.desc())
    answered = (
        select(VisitRow.queue, VisitRow.joined_at, VisitRow.left_at, newest.label("number"))
        .where(VisitRow.queue.in_(queues), VisitRow.joined_at >= datetime.now(UTC) - OF_LATE)
        .where(VisitRow.outcome == VisitOutcome.ANSWERED, VisitRow.left_at.is_not(None))
        .subquery()
    )
    found: dict[str, list[timedelta]] = defaultdict(list)
    for row in session.execute(select(answered).where(answered.c.number <= SAMPLE).order_by(answered.c.number)):
        found[row.queue].append(row.left_at - row.joined_at)
    return dict(found)


def waits_now(session: Session, queues: Collection[Queue]) -> dict[int, Range | None]:
    """The expected wait of who joins each of these queues now.

    None, or left out, when it cannot be known: with too few waits of late, and with nobody on a shift to end it. Also
    left out while somebody is ready, for then it is over before it was said.
    """
    members = ready(session)
    busy = [queue for queue in queues if queue.id in members and not members[queue.id].ready]
    waits = waits_of_late(session, [queue.asterisk_name for queue in busy]) if busy else {}
    return {queue.id: expected_wait(waits.get(queue.asterisk_name, [])) for queue in busy}


def wait_now(session: Session, queue: Queue) -> Range | None:
    """The expected wait of who joins this queue now, as far as it is known."""
    return waits_now(session, [queue]).get(queue.id)


class Rival(NamedTuple):
    """A ready member of a queue at the moment of an offer."""

    person: int
    ready_since: datetime


def rivals(session: Session, queue: Queue, at: datetime) -> list[Rival]:
    """The members of the queue who were ready at that moment, as far as it is known."""
    rows = session.execute(
        select(AgentState.person_id, AgentState.since)
        .join(QueueMember, QueueMember.person_id == AgentState.person_id)
        .where(QueueMember.queue_id == queue.id, AgentState.state == AgentStateName.READY)
        .where(AgentState.since <= at, (AgentState.until >= at) | AgentState.until.is_(None))
    )
    return [Rival(*row) for row in rows]


def reason_of(session: Session, call: UUID, person: int, at: datetime) -> OfferReason | None:
    """The reason kept for this very offer."""
    return session.scalar(
        select(OfferReason).where(OfferReason.call == call, OfferReason.person_id == person, OfferReason.at == at)
    )


def reasons_of(session: Session, call: UUID) -> list[tuple[OfferReason, str]]:
    """Why each agent was rung for this call, in order, with their names."""
    rows = session.execute(
        select(OfferReason, Person.name)
        .join(Person, Person.id == OfferReason.person_id)
        .where(OfferReason.call == call)
        .order_by(OfferReason.at, OfferReason.id)
    )
    return [(row, name) for row, name in rows]


def names_of(session: Session, codes: Collection[str]) -> dict[str, dict[str, str]]:
    """Names of skills by their codes."""
    return {row.code: row.name for row in session.scalars(select(Skill).where(Skill.code.in_(codes)))}
