"""Small signs of life beside the messages: a pressed button is released, and who waits long sees that something is written.

They are worth nothing later, so they are in no queue: each is tried once, and nobody minds when it fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import structlog
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.telegram.updates import Update

SLOW_SECONDS: Final = 1.2
"""From here on a person wonders whether they were heard."""

AT_ONCE: Final = 200
"""Signs under way at most; more are left out."""

_log = structlog.get_logger(__name__)


class Signals:
    """The signs of one bot."""

    def __init__(self, bot: Bot, slow_seconds: float = SLOW_SECONDS) -> None:
        self._bot = bot
        self._slow_seconds = slow_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: dict[str, asyncio.TimerHandle] = {}

    def received(self, update: Update) -> None:
        """An update is safely stored and will be handled now."""
        if (query := update.callback_query) is not None:
            self._start(self._release(query.id))
        message = update.message or (query.message if query is not None else None)
        if message is not None and message.chat.type == "private":
            self._expect(str(message.chat.id))

    def answered(self, address: str) -> None:
        """Something was sent to this chat."""
        if (timer := self._waiting.pop(address, None)) is not None:
            timer.cancel()

    async def close(self) -> None:
        """Give no more signs."""
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _expect(self, address: str) -> None:
        if address not in self._waiting and len(self._waiting) < AT_ONCE:
            loop = asyncio.get_running_loop()
            self._waiting[address] = loop.call_later(self._slow_seconds, self._is_slow, address)

    def _is_slow(self, address: str) -> None:
        if self._waiting.pop(address, None) is not None:
            self._start(self._type(address))

    def _start(self, sign: Coroutine[Any, Any, None]) -> None:
        if len(self._tasks) >= AT_ONCE:
            sign.close()
            return
        task = asyncio.create_task(sign)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _release(self, query_id: str) -> None:
        try:
            await self._bot.answer_callback_query(query_id, read_timeout=5)
        except TelegramError as error:
            # Mostly that the press is too old: it came while nobody was listening.
            _log.debug("press not released", kind=type(error).__name__)

    async def _type(self, address: str) -> None:
        try:
            await self._bot.send_chat_action(int(address), ChatAction.TYPING, read_timeout=5)
        except TelegramError as error:
            _log.debug("no sign of typing", kind=type(error).__name__)
