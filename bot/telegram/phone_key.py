"""The key under the writing field that shares one's own phone number, there while the number is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from telegram import Bot, KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove
from telegram.error import RetryAfter, TelegramError

from dialogs.engine.screen import Screen
from dialogs.organisation import NAME as ORGANISATION
from domain.store import Chat
from locales.words import Words

LONGEST_HALT: Final = 20.0

_STATE: Final = "phone"

_log = structlog.get_logger(__name__)


def asks_for_phone(screen: Screen) -> bool:
    """Whether a screen asks for the person's phone number."""
    return screen.dialog == ORGANISATION and screen.state == _STATE


class PhoneKey:
    """Brings the key and takes it away."""

    def __init__(self, bot: Bot, pause: Callable[[], Awaitable[None]]) -> None:
        self._bot = bot
        self._pause = pause

    async def settle(
        self, chat: Chat, screen: Screen, there: int | None, words: Words
    ) -> tuple[int | None, int]:
        """See that the key is there just when it is wanted; gives its message, and how many calls that took.

        The number can be typed as well: when this fails, the conversation goes on without it.
        """
        wanted = asks_for_phone(screen)
        if wanted == (there is not None):
            return there, 0
        await self._pause()
        try:
            return await (self._bring(chat, words) if wanted else self._take_away(chat, there, words))
        except RetryAfter as error:
            # The screen itself has arrived; whatever comes next has to wait as long as Telegram says.
            halt = error.retry_after
            seconds = halt.total_seconds() if isinstance(halt, timedelta) else float(halt)
            await asyncio.sleep(min(seconds, LONGEST_HALT))
            return there, 1
        except TelegramError as error:
            _log.debug("phone key unchanged", kind=type(error).__name__)
            return there, 1

    async def _bring(self, chat: Chat, words: Words) -> tuple[int, int]:
        key = KeyboardButton(words.say("Share my phone number"), request_contact=True)
        sent = await self._bot.send_message(
            int(chat.address),
            words.say("You can type the number, or share your own with the key below."),
            reply_markup=ReplyKeyboardMarkup([[key]], resize_keyboard=True, one_time_keyboard=True),
        )
        return sent.message_id, 1

    async def _take_away(self, chat: Chat, there: int | None, words: Words) -> tuple[None, int]:
        """A keyboard goes away with a message that says so; neither that nor the one that brought it need stay."""
        address = int(chat.address)
        sent = await self._bot.send_message(
            address, words.say("Thank you."), reply_markup=ReplyKeyboardRemove()
        )
        for trace in (there, sent.message_id):
            try:
                if trace is not None:
                    await self._bot.delete_message(address, trace)
            except TelegramError as error:
                _log.debug("a trace of the phone key stays", kind=type(error).__name__)
        return None, 1
