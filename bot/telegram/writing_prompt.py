"""A line that opens the keyboard of a telephone where something has to be written.

Who comes to a question by pressing a button has no keyboard before them; who has just written something has. So the line
comes after a press alone, and goes away with the next screen. Groups never see it: no question is asked there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from telegram import Bot, ForceReply
from telegram.error import RetryAfter, TelegramError

from bot.telegram.phone_key import LONGEST_HALT, asks_for_phone
from dialogs.engine.screen import Screen
from domain.store import Chat
from locales.words import Words

LONGEST_PLACEHOLDER: Final = 64

_log = structlog.get_logger(__name__)


def asks_for_words(screen: Screen) -> bool:
    """Whether a screen is to be answered by writing. One without an example only asks which of its buttons was meant."""
    expects = screen.expects
    if expects is None or expects.kind != "text" or not expects.example:
        return False
    return not asks_for_phone(screen)


class WritingPrompt:
    """Brings the line and takes it away."""

    def __init__(self, bot: Bot, pause: Callable[[], Awaitable[None]]) -> None:
        self._bot = bot
        self._pause = pause

    async def settle(
        self, chat: Chat, screen: Screen, there: int | None, words: Words, *, pressed: bool
    ) -> tuple[int | None, int]:
        """See that the line is there just when it helps; gives its message, and how many calls that took.

        It is only a convenience: when it fails, the conversation goes on without it.
        """
        wanted = asks_for_words(screen) and pressed and not chat.address.startswith("-")
        if wanted == (there is not None):
            return there, 0
        await self._pause()
        try:
            if there is not None:
                await self._bot.delete_message(int(chat.address), there)
                return None, 1
            sent = await self._bot.send_message(
                int(chat.address),
                words.say("Please write your answer here."),
                reply_markup=ForceReply(input_field_placeholder=_placeholder(screen)),
            )
        except RetryAfter as error:
            # The screen itself has arrived; whatever comes next has to wait as long as Telegram says.
            halt = error.retry_after
            seconds = halt.total_seconds() if isinstance(halt, timedelta) else float(halt)
            await asyncio.sleep(min(seconds, LONGEST_HALT))
            return None, 1
        except TelegramError as error:
            _log.debug("writing prompt unchanged", kind=type(error).__name__)
            return None, 1
        return sent.message_id, 1


def _placeholder(screen: Screen) -> str | None:
    example = screen.expects.example if screen.expects is not None else ""
    return example[:LONGEST_PLACEHOLDER].strip() or None
