"""Private chats of citizens with the bot, where its channel lets them write; linked staff stay with their panel."""

from typing import Any

from aiogram.types import KeyboardButton, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove

from appeals.bot import service
from appeals.bot.model import Heard, Said
from db import transaction
from notify.tables import Channel
from supervisor.panel import queries
from supervisor.panel.service import COMMANDS

_SILENCE = Said("")


def may_be_one(channel: Channel, message: Message) -> bool:
    """Whether a citizen may have written this: nobody does so in a group, nor with a command or a code of staff."""
    command, _, rest = (message.text or "").strip().partition(" ")
    of_staff = command in {*COMMANDS, "/link"} or (command == "/start" and bool(rest))
    return bool(channel.settings.get("citizens")) and message.chat.type == "private" and not of_staff


def answered(channel: Channel, message: Message, update: int) -> Said | None:
    """What a citizen hears, "" for silence; None for somebody of the staff."""
    user = message.from_user
    assert user is not None
    contact, place = message.contact, message.location
    news = Heard(
        update=update,
        chat=message.chat.id,
        text=message.text or "",
        phone=contact.phone_number if contact is not None else "",
        is_own=contact is not None and contact.user_id == user.id,
        place=(place.latitude, place.longitude) if place is not None else None,
    )
    with transaction(channel.organisation_id) as session:
        if queries.whose(session, channel.organisation_id, user.id) is not None:
            return None
        return service.heard(session, channel, news) or _SILENCE


def markup(said: Said) -> Any:
    """Keys under the place where one writes; those of before go where there are none."""
    rows = [[KeyboardButton(text=said.contact, request_contact=True)]] if said.contact else []
    rows += [[KeyboardButton(text=key)] for key in said.keys]
    if not rows:
        return ReplyKeyboardRemove(remove_keyboard=True)
    return ReplyKeyboardMarkup(keyboard=rows, resize_keyboard=True, one_time_keyboard=True)
