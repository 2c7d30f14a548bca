"""Every SELECT of mailboxes and letters."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appeals.inbound.model import State
from appeals.inbound.tables import InboundLetter, Mailbox
from db import NotFound

PAGE = 50


def mailboxes(session: Session) -> Sequence[Mailbox]:
    """All, by name."""
    return session.scalars(select(Mailbox).order_by(Mailbox.name, Mailbox.id)).all()


def mailbox(session: Session, mailbox_id: int) -> Mailbox:
    """The mailbox. NotFound, also for another organisation's."""
    found = session.get(Mailbox, mailbox_id)
    if found is None:
        raise NotFound(f"mailbox {mailbox_id}")
    return found


def due(session: Session, at: datetime) -> Sequence[Mailbox]:
    """Mailboxes to be looked into now, locked; one that another process looks into is passed over."""
    wanted = select(Mailbox).where(Mailbox.enabled, Mailbox.due_at <= at).order_by(Mailbox.due_at)
    return session.scalars(wanted.with_for_update(skip_locked=True)).all()


def own_addresses(session: Session, organisation: int) -> set[str]:
    """Addresses of the organisation's mailboxes."""
    return set(session.scalars(select(Mailbox.address).where(Mailbox.organisation_id == organisation)))


def is_known(session: Session, organisation: int, message_id: str) -> bool:
    """Whether this mail came before."""
    mine = (InboundLetter.organisation_id == organisation, InboundLetter.message_id == message_id)
    return session.scalar(select(InboundLetter.id).where(*mine)) is not None


def named(session: Session, organisation: int, message_id: str) -> int:
    """The letter under this name."""
    mine = (InboundLetter.organisation_id == organisation, InboundLetter.message_id == message_id)
    return session.scalars(select(InboundLetter.id).where(*mine)).one()


def letter(session: Session, letter_id: int) -> InboundLetter:
    """The letter. NotFound, also for another organisation's."""
    found = session.get(InboundLetter, letter_id)
    if found is None:
        raise NotFound(f"letter {letter_id}")
    return found


def letter_locked(session: Session, letter_id: int) -> InboundLetter:
    """The letter as it is now, locked. NotFound."""
    found = session.get(InboundLetter, letter_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(f"letter {letter_id}")
    return found


def letters(session: Session, state: State, *, before: int | None = None) -> Sequence[InboundLetter]:
    """Those in a state, `PAGE` + 1 at most: what waits the longest first, all others the newest first."""
    wanted = select(InboundLetter).where(InboundLetter.state == state).limit(PAGE + 1)
    if state is State.WAITING:
        wanted = wanted if before is None else wanted.where(InboundLetter.id > before)
        return session.scalars(wanted.order_by(InboundLetter.id)).all()
    wanted = wanted if before is None else wanted.where(InboundLetter.id < before)
    return session.scalars(wanted.order_by(InboundLetter.id.desc())).all()


def counts(session: Session) -> dict[str, int]:
    """How many letters are in each state."""
    rows = session.execute(select(InboundLetter.state, func.count()).group_by(InboundLetter.state))
    return {row[0]: row[1] for row in rows}


def waiting(session: Session) -> int:
    """How many letters wait for an operator."""
    return session.scalar(select(func.count()).where(InboundLetter.state == State.WAITING)) or 0


def of_appeal(session: Session, appeal: int) -> InboundLetter | None:
    """The letter that an appeal was made of."""
    return session.scalars(select(InboundLetter).where(InboundLetter.appeal_id == appeal)).first()


def to_hand_over(session: Session, *, at_most: int) -> Sequence[tuple[int, int]]:
    """Letters that have become appeals, and whose files have not, with their organisations."""
    mine = (InboundLetter.state == State.REGISTERED, InboundLetter.handed_over.is_(False))
    wanted = select(InboundLetter.id, InboundLetter.organisation_id).where(*mine).order_by(InboundLetter.id)
    return [(row[0], row[1]) for row in session.execute(wanted.limit(at_most))]
