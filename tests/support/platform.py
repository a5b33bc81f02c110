"""Telegram inside this process: a request layer of python-telegram-bot that answers at once and remembers what was sent."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any, Final

from telegram import Bot
from telegram.request import BaseRequest, RequestData

BOT_ID: Final = 4242
TOKEN: Final = f"{BOT_ID}:an-imaginary-token"
ME: Final = {"id": BOT_ID, "is_bot": True, "first_name": "卓越助手", "username": "zhuoyue_test_bot"}

REMEMBERED: Final = 50
"""Messages of each chat that are kept."""

_SENDING: Final = frozenset({"sendMessage", "sendDocument", "sendPhoto"})
_EDITING: Final = frozenset({"editMessageText", "editMessageReplyMarkup"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it was sent or edited: its text, and the data of its buttons."""

    message_id: int
    text: str
    data: tuple[str, ...]


class Platform(BaseRequest):
    """Takes whatever is sent. With `remember=False` it keeps nothing, for measurements."""

    def __init__(self, *, remember: bool = True) -> None:
        self._remember = remember
        self._last_id = 1_000
        self.calls = 0
        self.shown: defaultdict[int, deque[Shown]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def bot(self) -> Bot:
        """A bot that talks to this platform and to nobody else."""
        return Bot(TOKEN, request=self, get_updates_request=self)

    @property
    def read_timeout(self) -> float | None:
        """No answer takes any time."""
        return 5.0

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        """Answer one call."""
        return await self.answer(
            url.rsplit("/", 1)[1], {} if request_data is None else request_data.parameters
        )

    async def answer(self, called: str, given: dict[str, Any]) -> tuple[int, bytes]:
        """Answer the call of a method."""
        self.calls += 1
        result: Any = True
        if called == "getMe":
            result = ME
        elif called in _SENDING or called in _EDITING:
            result = self._message(called, given)
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _message(self, called: str, given: dict[str, Any]) -> dict[str, Any]:
        chat = int(given["chat_id"])
        if called in _EDITING:
            number = int(given["message_id"])
        else:
            self._last_id += 1
            number = self._last_id
        text = str(given.get("text", given.get("caption", "")))
        if self._remember and called != "editMessageReplyMarkup":
            self.shown[chat].append(Shown(number, text, _data(given.get("reply_markup"))))
        kind = "private" if chat > 0 else "group"
        return {"message_id": number, "date": 1, "chat": {"id": chat, "type": kind}, "text": text}


def _data(markup: Any) -> tuple[str, ...]:
    if not isinstance(markup, dict):
        return ()
    keys = [key for row in markup.get("inline_keyboard", ()) for key in row]
    return tuple(key["callback_data"] for key in keys if "callback_data" in key)
