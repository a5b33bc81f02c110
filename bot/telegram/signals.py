"""Small signs of life beside the messages: a pressed button is released, and who waits long sees that something is written.

They are worth nothing later, so they are in no queue: each is tried once, and nobody minds when it fails.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, TypeAlias

import structlog
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.telegram.calls import Calls
from bot.telegram.updates import Update
from scheduler.hands import Hands

SLOW_SECONDS: Final = 1.2
"""From here on a person wonders whether they were heard."""

AT_ONCE: Final = 200
"""Signs under way at most; more are left out."""

_PATIENCE_SECONDS: Final = 5.0

_Sign: TypeAlias = tuple[str, dict[str, Any]]
"""A method and its parameters."""

_log = structlog.get_logger(__name__)


class Signals:
    """The signs of one bot."""

    def __init__(self, bot: Bot, slow_seconds: float = SLOW_SECONDS) -> None:
        self._calls = Calls(bot)
        self._slow_seconds = slow_seconds
        self._signs: Hands[_Sign] = Hands(self._give, "telegram signs")
        self._waiting: dict[str, float] = {}
        """When each chat will have waited long, by the loop's clock; who began to wait first comes first."""
        self._timer: asyncio.TimerHandle | None = None

    def received(self, update: Update) -> None:
        """An update is safely stored and will be handled now."""
        query = update.callback_query
        if query is not None:
            self._start("answerCallbackQuery", {"callback_query_id": query.id})
        message = update.message or (query.message if query is not None else None)
        if message is not None and message.chat.type == "private":
            self._expect(str(message.chat.id))

    def answered(self, address: str) -> None:
        """Something was sent to this chat."""
        self._waiting.pop(address, None)

    async def close(self) -> None:
        """Give no more signs."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
        await self._signs.let_go()

    def _expect(self, address: str) -> None:
        if address in self._waiting or len(self._waiting) >= AT_ONCE:
            return
        loop = asyncio.get_running_loop()
        self._waiting[address] = loop.time() + self._slow_seconds
        if self._timer is None:
            self._timer = loop.call_later(self._slow_seconds, self._look)

    def _look(self) -> None:
        """Whoever has waited long is told; one timer serves all, because all are told after the same time."""
        loop = asyncio.get_running_loop()
        now, self._timer = loop.time(), None
        for address, slow_at in list(self._waiting.items()):
            if slow_at > now:
                self._timer = loop.call_at(slow_at, self._look)
                return
            del self._waiting[address]
            self._start("sendChatAction", {"chat_id": int(address), "action": ChatAction.TYPING.value})

    def _start(self, method: str, parameters: dict[str, Any]) -> None:
        if len(self._signs) < AT_ONCE:
            self._signs.give((method, parameters))

    async def _give(self, sign: _Sign) -> None:
        method, parameters = sign
        try:
            await self._calls.call(method, parameters, _PATIENCE_SECONDS)
        except TelegramError as error:
            # Mostly that a press is too old: it came while nobody was listening.
            _log.debug("no sign given", method=method, kind=type(error).__name__)
