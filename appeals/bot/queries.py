"""Every SELECT of citizens' talks with bots, and of what they have not been told in their chat."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, cast, exists, extract, func, select
from sqlalchemy.orm import Session

from appeals.bot.tables import BotTalk
from appeals.inbound.tables import InboundLetter
from appeals.model import State
from appeals.tables import Appeal
from appeals.workflow.tables import Filing
from notify.tables import Message


class Answered(NamedTuple):
    """A closed appeal whose author wrote from a chat and has not had the answer there."""

    organisation_id: int
    channel_id: int
    chat: str
    language: str
    number: str
    result: str | None
    answer: str
    key: str


def talk(session: Session, channel: int, chat: int) -> BotTalk | None:
    """The chat's, locked."""
    wanted = select(BotTalk).where(BotTalk.channel_id == channel, BotTalk.chat_id == chat)
    return session.scalar(wanted.with_for_update())


def sent_since(session: Session, channel: int, chat: int, since: datetime) -> int:
    """How many letters came from a chat."""
    mine = (InboundLetter.channel_id == channel, InboundLetter.reply_to == str(chat))
    return session.scalar(select(func.count()).where(*mine, InboundLetter.received_at > since)) or 0


def own(session: Session, channel: int, chat: int, number: str) -> Appeal | None:
    """The appeal of this number, where it was written from this very chat."""
    mine = (InboundLetter.channel_id == channel, InboundLetter.reply_to == str(chat))
    wanted = select(Appeal).join(InboundLetter, InboundLetter.appeal_id == Appeal.id).where(*mine)
    return session.scalar(wanted.where(func.upper(Appeal.number) == number.upper()).limit(1))


def untold(session: Session, since: datetime, *, at_most: int) -> Sequence[Answered]:
    """What was closed with an answer since then, the earliest first. What a chancellery answers it sends itself."""
    closing = cast(extract("epoch", Appeal.closed_at), BigInteger)  # it may be opened and closed again
    key = func.concat("chat:closed:", Appeal.id, ":", closing)
    told = exists().where(Message.organisation_id == Appeal.organisation_id, Message.key == key)
    filed = exists().where(Filing.appeal_id == Appeal.id)
    language = InboundLetter.told["language"].as_string()
    whose = (Appeal.organisation_id, InboundLetter.channel_id, InboundLetter.reply_to, language)
    wanted = (
        select(*whose, Appeal.number, Appeal.result, Appeal.answer, key)
        .join(InboundLetter, InboundLetter.appeal_id == Appeal.id)
        .where(InboundLetter.channel_id.is_not(None), Appeal.state == State.CLOSED, Appeal.closed_at > since)
        .where(~told, ~filed)
    )
    return [Answered(*row) for row in session.execute(wanted.order_by(Appeal.closed_at).limit(at_most))]
