"""Every change of queues' rules and skills; each is told to Asterisk where it concerns it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from acd.queues import queries
from acd.queues.model import STRANGER, OverflowDeed, SkillKind
from acd.queues.queries import Skilled
from acd.queues.tables import AgentSkill, OfferReason, OverflowStep, QueueSkill, Skill
from acd.tables import Queue, QueueMember
from db import Conflict, notify
from db.notices import ASTERISK_CONFIG, MEMBERS

EVERYBODY = "every"  # told on the channel of members: look at all of them


def add_skill(session: Session, organisation: int, kind: SkillKind, code: str, name: Mapping[str, str]) -> Skill:
    """A skill that nobody has yet. Conflict if there is one of this code."""
    if any(skill.code == code for skill in queries.skills(session, kind)):
        raise Conflict(f"skill {code}")
    skill = Skill(organisation_id=organisation, kind=kind, code=code, name=dict(name))
    session.add(skill)
    session.flush()
    _tell_all(session)
    return skill


def set_levels(session: Session, organisation: int, wanted: Mapping[tuple[int, int], int | None]) -> int:
    """Sets levels by person and skill, None for not at all; how many changed. Others stay as they are."""
    people = {person.id for person in queries.agents(session)}
    known = {skill.id for skill in queries.skills(session)}
    before, changed = queries.levels(session), 0
    for (person, skill), level in wanted.items():
        if person not in people or skill not in known or before.get((person, skill)) == level:
            continue
        session.execute(delete(AgentSkill).where(AgentSkill.person_id == person, AgentSkill.skill_id == skill))
        if level is not None:
            session.add(AgentSkill(organisation_id=organisation, person_id=person, skill_id=skill, level=level))
        notify(session, MEMBERS, str(person))
        changed += 1
    session.flush()
    return changed


def set_members(session: Session, queue: Queue, people: Collection[int]) -> None:
    """Who is in the queue from now on."""
    wanted = {person.id for person in queries.agents(session)} & set(people)
    before = queries.members(session).get(queue.id, set())
    for person in before - wanted:
        session.execute(delete(QueueMember).where(QueueMember.queue_id == queue.id, QueueMember.person_id == person))
    session.add_all(
        QueueMember(organisation_id=queue.organisation_id, queue_id=queue.id, person_id=person)
        for person in sorted(wanted - before)
    )
    session.flush()
    for person in before ^ wanted:
        notify(session, MEMBERS, str(person))


def ask_skills(session: Session, queue: Queue, skills: Collection[int]) -> None:
    """The topics' skills that the queue asks of its agents."""
    known = {skill.id for skill in queries.skills(session, SkillKind.TOPIC)}
    session.execute(delete(QueueSkill).where(QueueSkill.queue_id == queue.id))
    session.add_all(
        QueueSkill(organisation_id=queue.organisation_id, queue_id=queue.id, skill_id=skill)
        for skill in sorted(known & set(skills))
    )
    session.flush()
    notify(session, MEMBERS, EVERYBODY)


def set_times(
    session: Session,
    queue: Queue,
    *,
    ring_timeout: timedelta,
    wrap_up_limit: timedelta,
    service_target: timedelta,
    short_abandon: timedelta,
    weight: int,
    says_wait: bool,
    messages: list[str],
    messages_every: timedelta,
) -> None:
    """What the queue waits for and says."""
    queue.ring_timeout, queue.wrap_up_limit = ring_timeout, wrap_up_limit
    queue.service_target, queue.short_abandon = service_target, short_abandon
    queue.weight, queue.says_wait = weight, says_wait
    queue.messages, queue.messages_every = messages, messages_every
    session.flush()
    notify(session, ASTERISK_CONFIG, queue.asterisk_name)


def add_step(
    session: Session,
    queue: Queue,
    deed: OverflowDeed,
    *,
    after: timedelta | None,
    longer_than: int | None,
    target: Queue | None = None,
    prompt: str | None = None,
) -> OverflowStep:
    """A further step. Conflict if two happen at the same moment, or one would lead the caller round in a circle."""
    others = queries.overflow_steps(session, queue.id)
    if any(other.after == after and other.longer_than is None for other in others if after is not None):
        raise Conflict("a step at the same time")
    if longer_than is not None and any(other.longer_than is not None for other in others):
        raise Conflict("a second step by length")
    if target is not None and queue.id in _reached_from(session, target.id):
        raise Conflict("a circle")
    step = OverflowStep(
        organisation_id=queue.organisation_id,
        queue_id=queue.id,
        deed=deed,
        after=after,
        longer_than=longer_than,
        target_id=target.id if target else None,
        prompt=prompt,
    )
    session.add(step)
    session.flush()
    notify(session, ASTERISK_CONFIG, queue.asterisk_name)
    return step


def _reached_from(session: Session, start: int) -> set[int]:
    ways = {(step.queue_id, step.target_id) for step in queries.overflow_steps(session) if step.target_id is not None}
    reached, edge = set[int](), {start}
    while edge:
        reached |= edge
        edge = {target for source, target in ways if source in edge} - reached
    return reached


def remove_step(session: Session, queue: Queue, step: OverflowStep) -> None:
    """The step is no longer taken."""
    session.delete(step)
    session.flush()
    notify(session, ASTERISK_CONFIG, queue.asterisk_name)


def explain_offer(
    session: Session,
    call: UUID,
    queue: Queue,
    person: int,
    skilled: Skilled,
    *,
    at: datetime,
    language: str,
    waited: timedelta,
) -> None:
    """Keeps why this agent was rung for this call: what was so at that moment. Once, however often it is told."""
    if queries.reason_of(session, call, person, at) is not None:
        return
    organisation = queue.organisation_id
    spoken = language if language in skilled.spoken(organisation) else None
    ready = {rival.person: rival.ready_since for rival in queries.rivals(session, queue, at)}
    since = ready.setdefault(person, at)
    penalties = {each: skilled.penalty(organisation, queue.id, each, spoken) for each in ready}
    own = penalties[person]
    session.add(
        OfferReason(
            organisation_id=organisation,
            call=call,
            person_id=person,
            queue=queue.asterisk_name,
            at=at,
            language=language,
            language_level=skilled.level(organisation, person, spoken) if spoken else None,
            skills={
                skill.code: str(skilled.levels.get((person, skill.id), 0)) for skill in skilled.asked.get(queue.id, ())
            },
            penalty=own,
            free=len(ready),
            better=sum(each < own for each in penalties.values()),
            idle=at - since,
            longer_idle=sum(ready[each] < since for each, its in penalties.items() if its == own),
            waited=waited,
            widened=own >= STRANGER,
        )
    )
    session.flush()


def _tell_all(session: Session) -> None:
    notify(session, ASTERISK_CONFIG, "skills")
    notify(session, MEMBERS, EVERYBODY)
