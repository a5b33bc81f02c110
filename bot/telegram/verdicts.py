"""What an error of the Bot API means for the message that was to be sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Final, Literal

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.telegram.failures import NotSentError, NotTelegramError
from scheduler.sending import Gone, Moved, Receipt, Refused, TryAgain, Unsure, Wait

TOKEN_REFUSED_SECONDS: Final = 60.0
"""How long nothing is sent once Telegram has refused the token; an operator has to act."""

LONGEST_HALT_SECONDS: Final = 30 * 86_400.0
"""A halt that is longer is no instruction any more, and no date could be computed from it."""

_NO_CHAT: Final = (
    "chat not found",
    "peer_id_invalid",
    "user not found",
    "group is deactivated",
    "group chat was deactivated",
    "chat_write_forbidden",
    "not enough rights",
    "have no rights to send",
    "need administrator rights",
    "bot was kicked",
    "user is deactivated",
    "input_user_deactivated",
    "topic_closed",
)
_SAME: Final = ("message is not modified",)
_NOT_EDITABLE: Final = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
    "message_author_required",
    "there is no text in the message to edit",
    "message_edit_time_expired",
)
_FORMAT: Final = ("can't parse entities", "entities_too_long", "entity_bounds_invalid", "can't find end")
_QUOTED: Final = re.compile(r'".*?"|“.*?”', re.DOTALL)

EditVerdict = Literal["same", "not_editable", "other"]


def edit_verdict(error: BadRequest) -> EditVerdict:
    """Why an edit was refused."""
    text = error.message.lower()
    if any(phrase in text for phrase in _SAME):
        return "same"
    return "not_editable" if any(phrase in text for phrase in _NOT_EDITABLE) else "other"


def is_about_format(error: BadRequest) -> bool:
    """Whether the same message may be taken without its formatting."""
    text = error.message.lower()
    return any(phrase in text for phrase in _FORMAT)


class Floods:
    """Which halts are in force. Telegram does not say whether a halt is for one chat or for all.

    One chat at a time is its own; a second one while the first still lasts means all.
    """

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._until: dict[int, float] = {}

    def scope(self, chat: int, seconds: float) -> Literal["chat", "all"]:
        """Note a halt and say what it concerns."""
        now = self._seconds()
        self._until = {other: until for other, until in self._until.items() if until > now}
        others = [other for other in self._until if other != chat]
        self._until[chat] = now + seconds
        return "all" if others else "chat"


def verdict(error: TelegramError, chat: int, floods: Floods, *, harmless: bool = False) -> Receipt:
    """What became of the message. ``harmless``: doing it once more has no second effect."""
    match error:
        case RetryAfter():
            seconds = _seconds(error.retry_after)
            return Wait(seconds, floods.scope(chat, seconds))
        case ChatMigrated(new_chat_id=address):
            return Moved(str(address))
        case Forbidden():
            return Gone(_reason(error))
        case InvalidToken():
            return Wait(TOKEN_REFUSED_SECONDS, "all")
        case BadRequest():
            text = error.message.lower()
            if any(phrase in text for phrase in _NO_CHAT):
                return Gone(_reason(error))
            return Refused(_reason(error))
        case NotSentError() | NotTelegramError():
            return TryAgain(_reason(error))
        case TimedOut():
            return TryAgain(_reason(error)) if harmless else Unsure(_reason(error))
        case NetworkError():
            return TryAgain("Telegram has a problem of its own (5xx)")
        case _:
            reason = "Telegram's answer could not be read"
            return TryAgain(reason) if harmless else Unsure(reason)


def _seconds(halt: int | timedelta) -> float:
    seconds = halt.total_seconds() if isinstance(halt, timedelta) else float(halt)
    return min(max(1.0, seconds), LONGEST_HALT_SECONDS)


def _reason(error: TelegramError) -> str:
    """Telegram's own words without what it quotes, which may be ours."""
    return _QUOTED.sub("…", error.message)[:200]
