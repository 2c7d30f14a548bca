"""Telegram by its Bot API, through aiogram."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.token import TokenValidationError
from aiohttp import ClientConnectorError, ClientTimeout, ConnectionTimeoutError

from notify.model import Later, Letter, Refused, Sent

_NEVER_LEFT = (ClientConnectorError, ConnectionTimeoutError)


class Telegram:
    """One bot."""

    def __init__(self, settings: Mapping[str, Any], secret: str, *, patience: timedelta) -> None:
        base = settings.get("base")
        api = TelegramAPIServer.from_base(str(base)) if base else PRODUCTION
        try:
            session = AiohttpSession(api=api)
            within = patience.total_seconds()
            session.timeout = ClientTimeout(total=within, connect=within / 2)  # type: ignore[assignment]
            self._bot = Bot(secret, session=session)
        except TokenValidationError as error:
            raise ValueError("the token is none of Telegram's") from error

    async def send(self, letter: Letter) -> Sent:
        """Says it in the chat. Later, Refused."""
        chat = int(letter.recipient) if not letter.recipient.startswith("@") else letter.recipient
        try:
            said = await self._bot.send_message(chat, letter.text, reply_markup=_keys(letter.buttons))
        except TelegramRetryAfter as error:
            pause = timedelta(seconds=error.retry_after)
            raise Later("Telegram asks us to be slower", pause=pause, everything=True) from error
        except TelegramMigrateToChat as error:
            raise Refused(f"the group is now the chat {error.migrate_to_chat_id}") from error
        except (TelegramForbiddenError, TelegramBadRequest, TelegramEntityTooLarge) as error:
            raise Refused(error.message) from error
        except AiogramError as error:  # away, broken, or it does not know our token
            why = getattr(error, "message", type(error).__name__)
            silent = isinstance(error, TelegramNetworkError) and not isinstance(error.__cause__, _NEVER_LEFT)
            raise Later(why.replace(self._bot.token, "…"), everything=True, doubtful=silent) from error
        return Sent(str(said.message_id))

    async def close(self) -> None:
        """Lets go of the connection."""
        await self._bot.session.close()


def _keys(buttons: Mapping[str, str] | None) -> InlineKeyboardMarkup | None:
    """One row; what a press says has at most 64 bytes."""
    row = [InlineKeyboardButton(text=text, callback_data=said) for said, text in (buttons or {}).items()]
    return InlineKeyboardMarkup(inline_keyboard=[row]) if row else None
