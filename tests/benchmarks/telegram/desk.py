"""Telegram's side of the benchmark: takes the calls of a bot and shows its messages to a crowd. Needs nothing but Python."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from tests.benchmarks.telegram.crowd import Crowd
from tests.benchmarks.telegram.script import ME

SENDING: Final = frozenset({"sendMessage", "sendDocument", "sendPhoto"})
EDITING: Final = frozenset({"editMessageText", "editMessageReplyMarkup", "editMessageCaption"})


class Desk:
    """Answers every call with what Telegram would, and keeps nothing but counts."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.calls = 0
        self.sent: list[float] = []
        """When each message was sent or edited; only where somebody asked for it by `note_times`."""
        self.messages = 0
        self.note_times = False

    def answer(self, called: str, given: Mapping[str, Any]) -> Any:
        """The result of a call; what is JSON in its parameters may come as text or as what it stands for."""
        self.calls += 1
        if called in SENDING or called in EDITING:
            return self._message(called, given)
        if called == "getMe":
            return ME
        if called == "getMyCommands":
            return []
        if called == "getMyDescription":
            return {"description": ""}
        if called == "getMyShortDescription":
            return {"short_description": ""}
        return True

    def _message(self, called: str, given: Mapping[str, Any]) -> dict[str, Any]:
        chat = int(given["chat_id"])
        number = int(given["message_id"]) if called in EDITING else self.crowd.next_message()
        self.messages += 1
        if self.note_times:
            self.sent.append(time.perf_counter())
        markup = given.get("reply_markup")
        if isinstance(markup, str):
            markup = json.loads(markup)
        text = given.get("text", "")
        message = {
            "message_id": number,
            "from": ME,
            "chat": {"id": chat, "type": "private", "first_name": "王芳"},
            "date": 1_700_000_000,
            "text": text,
        }
        rows = (markup or {}).get("inline_keyboard", ())
        if rows:
            message["reply_markup"] = markup
        if called in {"sendMessage", "editMessageText"}:
            self.crowd.hear(chat, number, [key["callback_data"] for row in rows for key in row], text)
        return message
