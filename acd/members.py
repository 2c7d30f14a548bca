"""Who is in which queue, and whether paused: PostgreSQL says, Asterisk is told.

`desired` is what PostgreSQL wants, `actual` what Asterisk's QueueStatus reported, `difference` the steps between.
Asserted after every (re)connection, and for one agent at each NOTIFY `acd_members`. Where only the pause may differ,
which it does twice a call, no more than that is looked at (NOTIFY `acd_paused`). Steps are idempotent: Asterisk refuses
to add a member twice and to remove one twice, and both refusals mean that the member is as wanted.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from acd.model import AgentStateName, pause_in_queues
from acd.news import tell_desk
from acd.queues import queries as queues
from acd.tables import AgentState, Queue, QueueMember, Shift
from calls.model import Interface, QueueName, interface_of, lane, queue_of
from staff.tables import Person

Place = tuple[QueueName, Interface]


@dataclass(frozen=True, slots=True)
class Member:
    """A place in a queue as it is or should be."""

    queue: QueueName
    agent: Interface
    name: str  # as Asterisk's queue_log calls the member: the interface again, never a person's name
    penalty: int
    paused: bool
    reason: str  # of the pause; "" when not paused

    @property
    def place(self) -> Place:
        """What identifies a member in Asterisk."""
        return self.queue, self.agent


@dataclass(frozen=True, slots=True)
class AddMember:
    """QueueAdd."""

    member: Member


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """QueueRemove."""

    queue: QueueName
    agent: Interface


@dataclass(frozen=True, slots=True)
class PauseMember:
    """QueuePause, on or off; `queue` None means every queue of the agent at once."""

    queue: QueueName | None
    agent: Interface
    paused: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ChangePenalty:
    """QueuePenalty."""

    queue: QueueName
    agent: Interface
    penalty: int


Step = AddMember | RemoveMember | PauseMember | ChangePenalty


def desired(session: Session, people: Collection[int] | None = None) -> dict[Place, Member]:
    """The members there should be: agents on a shift, paused unless ready. All agents, or only `people`.

    A queue of an organisation with languages among its skills has a lane for each (`calls.model.lane`).
    """
    chosen = (
        select(Queue, QueueMember.penalty, Person.id, AgentState.state, AgentState.reason)
        .join(QueueMember, QueueMember.queue_id == Queue.id)
        .join(Person, Person.id == QueueMember.person_id)
        .join(Shift, Shift.person_id == Person.id)
        .join(AgentState, AgentState.person_id == Person.id)
        .where(Shift.ended_at.is_(None), AgentState.until.is_(None), Person.disabled_at.is_(None))
        .where(Queue.closed_at.is_(None))
    )
    if people is not None:
        chosen = chosen.where(Person.id.in_(people))
    members, skilled = {}, queues.skilled(session)
    for queue, rank, person_id, state, reason in session.execute(chosen):
        pause, agent = pause_in_queues(AgentStateName(state), reason), interface_of(person_id)
        for language in (None, *skilled.spoken(queue.organisation_id)):
            penalty = rank + skilled.penalty(queue.organisation_id, queue.id, person_id, language)
            name = lane(queue.asterisk_name, language)
            member = Member(name, agent, agent, penalty, bool(pause), pause)
            members[member.place] = member
    return members


def pauses(session: Session, people: Collection[int]) -> dict[Interface, str]:
    """Why queues should pass each of these agents over, "" where they should not; only who is on a shift."""
    chosen = (
        select(AgentState.person_id, AgentState.state, AgentState.reason)
        .join(Shift, Shift.person_id == AgentState.person_id)
        .where(Shift.ended_at.is_(None), AgentState.until.is_(None), AgentState.person_id.in_(people))
    )
    return {
        interface_of(person): pause_in_queues(AgentStateName(state), reason)
        for person, state, reason in session.execute(chosen)
    }


def paused_as(wanted: Mapping[Interface, str], actual: Mapping[Place, Member]) -> dict[Place, Member]:
    """These agents' places in Asterisk, paused as they should be."""
    return {
        place: replace(member, paused=bool(wanted[place[1]]), reason=wanted[place[1]])
        for place, member in actual.items()
        if place[1] in wanted
    }


def difference(
    wanted: dict[Place, Member], actual: dict[Place, Member], agents: Collection[Interface] | None = None
) -> list[Step]:
    """The steps that turn `actual` into `wanted`; only for `agents`, if given. Removals come first.

    An agent who only changes pause, the same in every queue, gets one step for all queues: that is the frequent case.
    """
    ours = {place: it for place, it in actual.items() if agents is None or place[1] in agents}
    steps: list[Step] = [RemoveMember(*place) for place in ours if place not in wanted]
    pauses: list[PauseMember] = []
    for place, member in wanted.items():
        found = ours.get(place)
        if found is None:
            steps.append(AddMember(member))
            continue
        if found.penalty != member.penalty:
            steps.append(ChangePenalty(*place, member.penalty))
        if found.paused != member.paused or (member.paused and found.reason != member.reason):
            pauses.append(PauseMember(*place, member.paused, member.reason))
    return steps + _gathered(pauses, wanted)


def note_joined(session: Session, actual: dict[Place, Member], people: Collection[int] | None = None) -> None:
    """Keeps in how many queues Asterisk has each agent on a shift: one of the desk's three signs of life."""
    joined: dict[Interface, set[QueueName]] = {}
    for queue, agent in actual:
        joined.setdefault(agent, set()).add(queue_of(queue))
    shifts = select(Shift).where(Shift.ended_at.is_(None)).order_by(Shift.id)
    for shift in session.scalars(shifts if people is None else shifts.where(Shift.person_id.in_(people))):
        count = len(joined.get(interface_of(shift.person_id), ()))
        if shift.queues_joined != count:
            shift.queues_joined = count
            tell_desk(session, shift.person_id, "state")


def _gathered(pauses: list[PauseMember], wanted: dict[Place, Member]) -> list[Step]:
    gathered: list[Step] = []
    for agent in dict.fromkeys(pause.agent for pause in pauses):
        own = [pause for pause in pauses if pause.agent == agent]
        alike = len({(pause.paused, pause.reason) for pause in own}) == 1
        if alike and len(own) == sum(place[1] == agent for place in wanted):
            gathered.append(PauseMember(None, agent, own[0].paused, own[0].reason))
        else:
            gathered.extend(own)
    return gathered


def after(actual: dict[Place, Member], step: Step) -> dict[Place, Member]:
    """What Asterisk's members are once the step was done; spares a QueueStatus after each change."""
    changed = dict(actual)
    match step:
        case AddMember(member):
            changed[member.place] = member
        case RemoveMember(queue, agent):
            changed.pop((queue, agent), None)
        case ChangePenalty(queue, agent, penalty):
            if (queue, agent) in changed:
                changed[queue, agent] = replace(changed[queue, agent], penalty=penalty)
        case PauseMember(queue, agent, paused, reason):
            for place, member in actual.items():
                if place[1] == agent and queue in {None, place[0]}:
                    changed[place] = replace(member, paused=paused, reason=reason if paused else "")
    return changed
