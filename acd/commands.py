"""Desks' wishes that need AMI: the listener asks what is open, does it, and says how it went.

Woken by NOTIFY `acd_commands`, and asked again after every reconnection, so that a wish outlives a broken link.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from acd.model import Wish
from acd.tables import AgentCommand

TOO_LATE = {
    Wish.REQUEUE: timedelta(minutes=2),  # a caller who waited longer in silence has hung up
    Wish.STOP_RINGING: timedelta(seconds=10),  # whatever rings now is another offer
    Wish.PAUSE_RECORDING: timedelta(seconds=10),  # the agent was told that it goes on, and goes on as well
    Wish.RESUME_RECORDING: timedelta(hours=12),
    Wish.TELL_CONFERENCE: timedelta(seconds=10),  # the journal says when it was, not when it was told
    Wish.TELL_CONFERENCE_OVER: timedelta(seconds=10),
}


def open_commands(session: Session) -> Sequence[AgentCommand]:
    """Wishes nobody has fulfilled yet, the oldest first; taken by one listener at a time."""
    return session.scalars(
        select(AgentCommand)
        .where(AgentCommand.done_at.is_(None))
        .order_by(AgentCommand.id)
        .with_for_update(skip_locked=True)
    ).all()


def done(command: AgentCommand, outcome: str) -> None:
    """The wish was fulfilled, or will never be: `outcome` is requeued, stopped, not_ringing, paused, resumed,
    not_recorded, told, call_gone, too_late, superseded by a later wish, or Asterisk's words.

    "asked" stands there while Asterisk has not answered, and stays if the listener ended meanwhile.
    """
    command.done_at, command.outcome = datetime.now(UTC), outcome


def reopen(session: Session, command: AgentCommand) -> None:
    """Asterisk could not even be asked: the wish is open as before, unless the same was wished anew meanwhile."""
    anew = select(AgentCommand.id).where(
        AgentCommand.deed == command.deed, AgentCommand.call == command.call, AgentCommand.done_at.is_(None)
    )
    if session.scalar(anew) is None:
        command.done_at = command.outcome = None
    else:
        command.outcome = "superseded"


def too_late(command: AgentCommand) -> bool:
    """Whether fulfilling it now would surprise the caller more than help."""
    return datetime.now(UTC) - command.asked_at > TOO_LATE[Wish(command.deed)]
