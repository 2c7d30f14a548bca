"""What the demonstration asks for."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from acd.model import AgentStateName
from acd.tables import AgentState, Queue, QueueMember
from appeals.tables import Appeal
from calls.tables import CallRow
from notify.tables import Channel
from staff.model import Role
from staff.tables import Person
from supervisor.alarms.tables import Alarm

AWAY = (AgentStateName.OFFLINE, AgentStateName.PAUSED)


def fates(session: Session, callers: Collection[str]) -> dict[str, int]:
    """How many calls of these numbers there are in each state, of those that ended with each fate."""
    state = func.coalesce(CallRow.fate, CallRow.state)
    rows = session.execute(select(state, func.count()).where(CallRow.caller.in_(callers)).group_by(state))
    return {str(name): count for name, count in rows}


def unattended(session: Session, queues: Collection[str]) -> Sequence[str]:
    """Those of these queues, by their names in Asterisk, for whose callers nobody is ready or will be after a call."""
    here = (
        select(AgentState.id)
        .join(QueueMember, QueueMember.person_id == AgentState.person_id)
        .where(QueueMember.queue_id == Queue.id, AgentState.until.is_(None), AgentState.state.not_in(AWAY))
    )
    wanted = select(Queue.asterisk_name).where(Queue.asterisk_name.in_(queues), ~here.exists())
    return session.scalars(wanted.order_by(Queue.organisation_id, Queue.position, Queue.id)).all()


def is_untouched(session: Session, organisation: int) -> bool:
    """Whether the organisation has had neither a channel nor an alarm."""
    channel = select(Channel.id).where(Channel.organisation_id == organisation)
    alarm = select(Alarm.id).where(Alarm.organisation_id == organisation)
    return not session.scalar(select(or_(channel.exists(), alarm.exists())))


def people(session: Session, organisation: int) -> dict[str, int]:
    """The organisation's people by their logins."""
    rows = session.execute(select(Person.login, Person.id).where(Person.organisation_id == organisation))
    return {row.login: row.id for row in rows}


def administrator(session: Session, organisation: int) -> Person | None:
    """Somebody who may enter everything there."""
    theirs = select(Person).where(Person.organisation_id == organisation, Person.roles.contains([Role.ADMINISTRATOR]))
    return session.scalars(theirs.order_by(Person.id).limit(1)).one_or_none()


def appeals_count(session: Session, organisation: int) -> int:
    """How many appeals the organisation has."""
    mine = select(func.count()).select_from(Appeal).where(Appeal.organisation_id == organisation)
    return session.scalar(mine) or 0
