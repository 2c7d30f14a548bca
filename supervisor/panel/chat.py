"""A bot's conversation with Telegram: it is asked for news, and says what `service` makes of them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from aiogram.types import CallbackQuery, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from aiogram.utils.token import TokenValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db import transaction
from notify.tables import Channel
from staff.queries import organisation
from supervisor.panel import citizens, service
from supervisor.panel.model import Reply

log = structlog.get_logger()

_LONG_POLL = 20  # seconds, as Telegram wants it
Said = TypeVar("Said", bound=Reply | None)

_LONGEST_ALERT = 200  # characters: Telegram shows no more of an answer to a press


async def talk(channel: Channel, pause: timedelta) -> None:
    """One bot's conversation, for ever; a pause after each failure."""
    base = channel.settings.get("base")
    api = TelegramAPIServer.from_base(str(base)) if base else PRODUCTION
    try:
        bot = Bot(channel.secret, session=AiohttpSession(api=api, timeout=_LONG_POLL + 10))
    except TokenValidationError:
        log.error("bot_without_token", channel=channel.id)
        return
    offset = 0
    try:
        while True:
            try:
                for update in await bot.get_updates(offset=offset, timeout=_LONG_POLL, request_timeout=_LONG_POLL + 10):
                    await _heard(bot, channel, update)
                    offset = update.update_id + 1
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except (AiogramError, SQLAlchemyError) as error:  # what was not confirmed is told again
                log.warning("bot_not_reached", channel=channel.id, error=type(error).__name__)
                await asyncio.sleep(pause.total_seconds())
    finally:
        await bot.session.close()


async def _heard(bot: Bot, channel: Channel, update: Update) -> None:
    """One piece of news. One that we cannot make anything of is passed over, for it would come again for ever."""
    try:
        if update.callback_query is not None:
            await _pressed(bot, channel, update.callback_query)
        elif update.message is not None and update.message.from_user is not None:
            await _said(bot, channel, update.message, update.update_id)
    except (AiogramError, SQLAlchemyError) as error:
        if isinstance(error, SQLAlchemyError | TelegramRetryAfter):
            raise
        log.warning("bot_not_answered", channel=channel.id, error=type(error).__name__)
    except Exception:  # the edge: the next piece of news must be heard
        log.exception("bot_failed", channel=channel.id)


async def _pressed(bot: Bot, channel: Channel, query: CallbackQuery) -> None:
    private = query.message is not None and query.message.chat.type == "private"
    reply = await asyncio.to_thread(
        _in_transaction,
        channel,
        lambda session: service.press(
            session, channel.organisation_id, query.from_user.id, query.data or "", private=private
        ),
    )
    await bot.answer_callback_query(query.id, text=reply.text[:_LONGEST_ALERT], show_alert=reply.alone)
    if reply.alone or query.message is None:
        return
    if reply.keys and isinstance(query.message, Message) and not (query.data or "").startswith(("pass", "wpass")):
        await bot.edit_message_reply_markup(chat_id=query.message.chat.id, message_id=query.message.message_id)
    await _say(bot, query.message.chat.id, reply, to=query.message.message_id)


async def _said(bot: Bot, channel: Channel, message: Message, update: int) -> None:
    if citizens.may_be_one(channel, message):
        said = await asyncio.to_thread(citizens.answered, channel, message, update)
        if said is not None and said.text:
            await bot.send_message(message.chat.id, said.text, reply_markup=citizens.markup(said))
        if said is not None:
            return
    reply = await asyncio.to_thread(_in_transaction, channel, lambda session: _answered(session, channel, message))
    if reply is not None:
        await _say(bot, message.chat.id, reply, to=message.message_id)


def _answered(session: Session, channel: Channel, message: Message) -> Reply | None:
    """A code is taken in a talk of two only: whoever reads along in a group could be faster."""
    assert message.from_user is not None
    text, user = message.text or "", message.from_user
    command, _, rest = text.partition(" ")
    if command in {"/start", "/link"}:
        if message.chat.type != "private" or not rest.strip():
            return None
        own = organisation(session, channel.organisation_id)
        called = next(iter(own.name.values()))
        return service.link(
            session, channel.organisation_id, rest, telegram_id=user.id, name=user.full_name, called=called
        )
    before = message.reply_to_message
    ours = before is not None and before.from_user is not None and before.from_user.is_bot
    reply_to = (before.text or "") if before is not None and ours else ""
    private = message.chat.type == "private"
    return service.said(session, channel.organisation_id, user.id, text, reply_to=reply_to, private=private)


async def _say(bot: Bot, chat: int, reply: Reply, *, to: int) -> None:
    markup: Any = None
    if reply.asks:
        markup = ForceReply(selective=True)
    elif reply.keys:
        rows = [[InlineKeyboardButton(text=text, callback_data=said)] for said, text in reply.keys]
        markup = InlineKeyboardMarkup(inline_keyboard=rows)
    await bot.send_message(chat, reply.text, reply_markup=markup, reply_to_message_id=to)


def _in_transaction(channel: Channel, deed: Callable[[Session], Said]) -> Said:
    with transaction(channel.organisation_id) as session:
        return deed(session)
