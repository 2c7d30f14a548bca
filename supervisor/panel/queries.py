"""Linked accounts, and who may be passed an alarm."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from notify.model import ChannelKind
from notify.tables import Channel
from staff.tables import Person
from supervisor.alarms.model import State
from supervisor.alarms.tables import Alarm
from supervisor.panel.tables import TelegramAccount


def of_person(session: Session, person_id: int) -> TelegramAccount | None:
    """The person's account, or the code by which one is being linked."""
    return session.get(TelegramAccount, person_id)


def whose(session: Session, organisation: int, telegram_id: int) -> Person | None:
    """The person of this organisation whose account it is; None for an account nobody linked."""
    return session.scalar(
        select(Person)
        .join(TelegramAccount, TelegramAccount.person_id == Person.id)
        .where(TelegramAccount.organisation_id == organisation, TelegramAccount.telegram_id == telegram_id)
        .where(Person.disabled_at.is_(None))
    )


def with_code(session: Session, organisation: int, code_hash: str, now: datetime) -> TelegramAccount | None:
    """The row that waits for this code, locked."""
    return session.scalar(
        select(TelegramAccount)
        .where(TelegramAccount.organisation_id == organisation, TelegramAccount.code_hash == code_hash)
        .where(TelegramAccount.code_until > now)
        .with_for_update()
    )


def linked(session: Session, organisation: int) -> Sequence[Person]:
    """Everybody of the organisation with a linked account, by name."""
    return session.scalars(
        select(Person)
        .join(TelegramAccount, TelegramAccount.person_id == Person.id)
        .where(TelegramAccount.organisation_id == organisation, TelegramAccount.telegram_id.is_not(None))
        .where(Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
    ).all()


def unfinished(session: Session, organisation: int, *, at_most: int = 10) -> Sequence[Alarm]:
    """Alarms that are not closed, the newest first."""
    return session.scalars(
        select(Alarm)
        .where(Alarm.organisation_id == organisation, Alarm.state != State.CLOSED)
        .order_by(Alarm.id.desc())
        .limit(at_most)
    ).all()


def bots(session: Session) -> Sequence[Channel]:
    """Telegram channels that are on and have a token."""
    return session.scalars(
        select(Channel)
        .where(Channel.kind == ChannelKind.TELEGRAM, Channel.enabled, Channel.secret != "")
        .order_by(Channel.id)
    ).all()
