"""How often a bot may speak: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from tests.support.telegram_api.answers import too_many_requests
from tests.support.telegram_api.clock import DrivenTime
from tests.support.telegram_api.model import Chat
from tests.support.telegram_api.record import Request

LIMITED: Final = frozenset(
    {
        "sendmessage",
        "senddocument",
        "sendphoto",
        "editmessagetext",
        "editmessagecaption",
        "editmessagereplymarkup",
    }
)


@dataclass(slots=True)
class _Bucket:
    """Permissions that come back with time."""

    capacity: float
    per_second: float
    left: float
    at: float

    def refill(self, now: float) -> None:
        self.left = min(self.capacity, self.left + max(now - self.at, 0.0) * self.per_second)
        self.at = now

    def wait(self) -> float:
        """Seconds until the next permission."""
        return 0.0 if self.left >= 1 - 1e-9 else (1 - self.left) / self.per_second


@dataclass(slots=True)
class Limits:
    """The limits in force; off until a test switches them on."""

    on: bool = False
    overall_per_second: float = 30
    per_chat_per_second: float = 1
    chat_burst: float = 3
    group_per_minute: float = 20
    _overall: _Bucket | None = None
    _chats: dict[int, _Bucket] = field(default_factory=dict)
    _told_to_wait: dict[int | None, float] = field(default_factory=dict)

    def told_to_wait(self, scope: int | None, until: float) -> None:
        """Remember that the bot was told to keep quiet, in one chat or (None) everywhere."""
        self._told_to_wait[scope] = max(until, self._told_to_wait.get(scope, 0.0))

    def note(self, request: Request, now: float) -> None:
        """Mark a request that comes too early after a 429."""
        if request.method.lower() in LIMITED:
            request.early = any(now < self._told_to_wait.get(scope, 0.0) for scope in (None, request.chat_id))

    def check(self, method: str, chat: Chat, clock: DrivenTime) -> None:
        """Count a request, or refuse it with the seconds to wait."""
        if not self.on or method.lower() not in LIMITED:
            return
        now = clock.now()
        if self._overall is None:
            self._overall = _Bucket(
                self.overall_per_second, self.overall_per_second, self.overall_per_second, now
            )
        bucket = self._chats.get(chat.id)
        if bucket is None:
            bucket = self._chats[chat.id] = self._fresh(chat, now)
        self._overall.refill(now)
        bucket.refill(now)
        for wait, scope in ((bucket.wait(), chat.id), (self._overall.wait(), None)):
            if wait > 0:
                seconds = max(1, math.ceil(wait))
                self.told_to_wait(scope, now + wait)
                raise too_many_requests(seconds)
        self._overall.left -= 1
        bucket.left -= 1

    def _fresh(self, chat: Chat, now: float) -> _Bucket:
        if chat.kind == "private":
            return _Bucket(self.chat_burst, self.per_chat_per_second, self.chat_burst, now)
        return _Bucket(self.group_per_minute, self.group_per_minute / 60, self.group_per_minute, now)
