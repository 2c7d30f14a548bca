"""Every change of queues' rules and skills; each is told to Asterisk where it concerns it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from acd.queues import queries
from acd.queues.model import STRANGER, OverflowDeed, SkillKind
from acd.queues.queries import Skilled
from acd.queues.tables import AgentSkill, OfferReason, OverflowStep, QueueSkill, Skill
from acd.tables import Queue, QueueMember
from db import Conflict, NotFound, notify
from db.notices import ASTERISK_CONFIG, MEMBERS
from staff.audit import audit, changes, moved
from staff.tables import Person

EVERYBODY = "every"  # told on the channel of members: look at all of them

Levels = Mapping[tuple[int, int], int | None]  # by person and skill; None, or left out: not at all


class LevelsChanged(Conflict):
    """Somebody else has set these cells otherwise since they were shown; nothing was saved."""

    def __init__(self, cells: Collection[tuple[int, int]]) -> None:
        super().__init__("levels changed meanwhile")
        self.cells = cells


def add_skill(session: Session, kind: SkillKind, code: str, name: Mapping[str, str], *, by: Person) -> Skill:
    """A skill that nobody has yet. Conflict if there is one of this code."""
    if any(skill.code == code for skill in queries.skills(session, kind)):
        raise Conflict(f"skill {code}")
    skill = Skill(organisation_id=by.organisation_id, kind=kind, code=code, name=dict(name))
    session.add(skill)
    session.flush()
    audit(session, by, "skill.added", f"skill:{code}", kind=kind)
    _tell_all(session)
    return skill


def rename_skill(session: Session, skill: Skill, name: Mapping[str, str], *, by: Person) -> None:
    """What a topic's skill is called from now on, also where it is read about calls of before."""
    languages = skill.name.keys() | name.keys()
    told = changes(**{code: (skill.name.get(code), name.get(code)) for code in languages})
    skill.name = dict(name)
    session.flush()
    if told:
        audit(session, by, "skill.renamed", f"skill:{skill.code}", **told)


def remove_skill(session: Session, skill: Skill, *, by: Person) -> None:
    """Nobody has it and no queue asks for it any more; why somebody was rung before stays written by its code."""
    audit(session, by, "skill.removed", f"skill:{skill.code}", kind=skill.kind)
    session.delete(skill)
    session.flush()
    _tell_all(session)


def set_levels(session: Session, wanted: Levels, *, by: Person, shown: Levels | None = None) -> int:
    """Sets levels by person and skill, None for not at all; how many changed. Others stay as they are.

    With what was `shown` only the cells that differ from it are set: LevelsChanged where somebody else was faster.
    """
    people = {person.id for person in queries.agents(session)}
    known = {skill.id: skill.code for skill in queries.skills(session, lock=True)}
    before, changed = queries.levels(session), 0
    cells = [cell for cell, level in wanted.items() if shown is None or shown.get(cell) != level]
    cells = [cell for cell in cells if cell[0] in people and cell[1] in known and before.get(cell) != wanted[cell]]
    if shown is not None and (others := [cell for cell in cells if before.get(cell) != shown.get(cell)]):
        raise LevelsChanged(others)
    for person, skill in cells:
        level = wanted[person, skill]
        session.execute(delete(AgentSkill).where(AgentSkill.person_id == person, AgentSkill.skill_id == skill))
        if level is not None:
            of = by.organisation_id
            session.add(AgentSkill(organisation_id=of, person_id=person, skill_id=skill, level=level))
        levels = changes(level=(before.get((person, skill)), level))
        audit(session, by, "skill.level", f"person:{person}", skill=known[skill], **levels)
        notify(session, MEMBERS, str(person))
        changed += 1
    session.flush()
    return changed


def set_members(
    session: Session, queue: Queue, people: Collection[int], *, by: Person, shown: Collection[int] | None = None
) -> None:
    """Who is in the queue from now on; with who was `shown` in it, whoever else came or went meanwhile stays so."""
    names = {person.id: person.name for person in queries.agents(session)}
    before = queries.members(session).get(queue.id, set())
    wanted = names.keys() & _merged(people, shown, before)
    for person in before - wanted:
        session.execute(delete(QueueMember).where(QueueMember.queue_id == queue.id, QueueMember.person_id == person))
    session.add_all(
        QueueMember(organisation_id=queue.organisation_id, queue_id=queue.id, person_id=person)
        for person in sorted(wanted - before)
    )
    session.flush()
    for person in before ^ wanted:
        notify(session, MEMBERS, str(person))
    if told := moved(*([names.get(person, f"person:{person}") for person in group] for group in (before, wanted))):
        audit(session, by, "queue.people", f"queue:{queue.code}", **told)


def leave(session: Session, queue: Queue, person_id: int, *, by: Person) -> None:
    """One person is in this one queue no more; whoever else was arranged meanwhile stays. NotFound who is not in it."""
    gone = delete(QueueMember).where(QueueMember.queue_id == queue.id, QueueMember.person_id == person_id)
    if session.scalar(gone.returning(QueueMember.person_id)) is None:
        raise NotFound(f"person {person_id} in {queue.code}")
    notify(session, MEMBERS, str(person_id))
    names = {person.id: person.name for person in queries.agents(session)}
    audit(
        session, by, "queue.people", f"queue:{queue.code}", **moved([names.get(person_id, f"person:{person_id}")], [])
    )


def ask_skills(
    session: Session, queue: Queue, skills: Collection[int], *, by: Person, shown: Collection[int] | None = None
) -> None:
    """The topics' skills that the queue asks of its agents; `shown` as for its people."""
    known = {skill.id: skill.code for skill in queries.skills(session, SkillKind.TOPIC)}
    before = {skill.id: skill.code for skill in queries.asked_of(session).get(queue.id, [])}
    wanted = known.keys() & _merged(skills, shown, before.keys())
    session.execute(delete(QueueSkill).where(QueueSkill.queue_id == queue.id))
    session.add_all(
        QueueSkill(organisation_id=queue.organisation_id, queue_id=queue.id, skill_id=skill) for skill in sorted(wanted)
    )
    session.flush()
    notify(session, MEMBERS, EVERYBODY)
    if told := moved(before.values(), [known[skill] for skill in wanted]):
        audit(session, by, "queue.skills", f"queue:{queue.code}", **told)


def _merged(ticked: Collection[int], shown: Collection[int] | None, now: Collection[int]) -> set[int]:
    """What was ticked and unticked against what was shown, done to what is now."""
    if shown is None:
        return set(ticked)
    return set(now) - (set(shown) - set(ticked)) | (set(ticked) - set(shown))


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
    by: Person,
) -> None:
    """What the queue waits for and says."""
    told = changes(
        ring_timeout=(queue.ring_timeout, ring_timeout),
        wrap_up_limit=(queue.wrap_up_limit, wrap_up_limit),
        service_target=(queue.service_target, service_target),
        short_abandon=(queue.short_abandon, short_abandon),
        weight=(queue.weight, weight),
        says_wait=(queue.says_wait, says_wait),
        messages=(", ".join(queue.messages), ", ".join(messages)),
        messages_every=(queue.messages_every, messages_every),
    )
    if told:
        audit(session, by, "queue.changed", f"queue:{queue.code}", **told)
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
    by: Person,
) -> OverflowStep:
    """A further step. Conflict if two happen at the same moment, or one would lead the caller round in a circle."""
    _fits(session, queue, queries.overflow_steps(session, queue.id), after, longer_than, target=target)
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
    audit(session, by, "queue.step_added", f"queue:{queue.code}", **_step(step, target))
    return step


def change_step(
    session: Session,
    queue: Queue,
    step: OverflowStep,
    deed: OverflowDeed,
    *,
    after: timedelta | None,
    longer_than: int | None,
    target: Queue | None = None,
    prompt: str | None = None,
    by: Person,
) -> None:
    """The step is another from the next caller on. Conflict as for a further one."""
    others = [each for each in queries.overflow_steps(session, queue.id) if each.id != step.id]
    _fits(session, queue, others, after, longer_than, target=target)
    before = _step(step, session.get(Queue, step.target_id) if step.target_id is not None else None)
    step.deed, step.after, step.longer_than, step.prompt = deed, after, longer_than, prompt
    step.target_id = target.id if target else None
    session.flush()
    told = _step(step, target)
    names = before.keys() | told.keys()
    changed = changes(**{name: (before.get(name), told.get(name)) for name in sorted(names)})
    if changed:
        notify(session, ASTERISK_CONFIG, queue.asterisk_name)
        audit(session, by, "queue.step_changed", f"queue:{queue.code}", **changed)


def _fits(
    session: Session,
    queue: Queue,
    others: Sequence[OverflowStep],
    after: timedelta | None,
    longer_than: int | None,
    *,
    target: Queue | None,
) -> None:
    """Conflict where a step does not go with the others."""
    if any(other.after == after and other.longer_than is None for other in others if after is not None):
        raise Conflict("a step at the same time")
    if longer_than is not None and any(other.longer_than is not None for other in others):
        raise Conflict("a second step by length")
    if target is not None and queue.id in _reached_from(session, target.id):
        raise Conflict("a circle")


def _step(step: OverflowStep, target: Queue | None) -> dict[str, str]:
    """A step for the audit trail: what of it is said at all."""
    told = {
        "step": step.deed,
        "after": f"{step.after.total_seconds():g} s" if step.after else None,
        "longer_than": step.longer_than,
        "target": target.code if target else None,
        "prompt": step.prompt,
    }
    return {name: str(value) for name, value in told.items() if value is not None}


def _reached_from(session: Session, start: int) -> set[int]:
    ways = {(step.queue_id, step.target_id) for step in queries.overflow_steps(session) if step.target_id is not None}
    reached, edge = set[int](), {start}
    while edge:
        reached |= edge
        edge = {target for source, target in ways if source in edge} - reached
    return reached


def remove_step(session: Session, queue: Queue, step: OverflowStep, *, by: Person) -> None:
    """The step is no longer taken."""
    target = session.get(Queue, step.target_id) if step.target_id is not None else None
    audit(session, by, "queue.step_removed", f"queue:{queue.code}", **_step(step, target))
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
