"""Long polling that loses nothing: Telegram forgets an update once the next one is asked for, so that happens only after
the updates are committed."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn, Protocol

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.telegram.api import Api
from bot.telegram.updates import ALLOWED, LARGEST_NUMBER
from domain.store import StoreError

POLL_SECONDS: Final = 50
BATCH: Final = 100
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
OPERATOR_PAUSE: Final = 30.0
"""Between attempts while only an operator can change anything."""

GATHERING: Final = 0.004
"""Seconds from asking to asking again, at least. Where the server is as near as that (a Bot API of one's own), every update would
come alone, with a commit of its own; asked a little less often, it brings several, for a quarter less work."""

EMPTY_AT_ONCE: Final = 1.0
"""An empty answer within so many seconds says that the server does not wait for updates, though it was asked to."""

FIRST_EMPTY_PAUSE: Final = 0.05
LONGEST_EMPTY_PAUSE: Final = 1.0
"""Seconds before such a server is asked again, from one empty answer to the next twice as many."""

_as_it_is: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_in_ascii: Final = json.JSONEncoder(separators=(",", ":")).encode
_HALF: Final = re.compile("[\ud800-\udfff]")

_log = structlog.get_logger(__name__)


class Keeping(Protocol):
    """Whoever stores updates; what it has returned from is safe."""

    async def keep(self, updates: Sequence[Any]) -> None: ...


class Poller:
    """Asks for updates until it is cancelled."""

    def __init__(
        self,
        api: Api,
        keeping: Keeping,
        *,
        seconds: int = POLL_SECONDS,
        pause: float = FIRST_PAUSE,
        gathering: float = GATHERING,
        stirred: Callable[[], None] = lambda: None,
    ) -> None:
        self._api = api
        self._keeping = keeping
        self._seconds = seconds
        self._first_pause = pause
        self._gathering = gathering
        self._stirred = stirred
        self._told = ""

    async def run(self) -> NoReturn:
        """Poll for ever. Whatever goes wrong is told once and tried again."""
        offset: int | None = None
        failures = empty = 0
        now = asyncio.get_running_loop().time
        while True:
            asked = now()
            try:
                updates = await self._api.updates(offset, self._seconds, ALLOWED, BATCH)
                numbers = [number for one in updates if (number := update_number(one)) is not None]
                if updates:
                    await self._keeping.keep(updates)
                failures = 0
                self._told = ""
                self._stirred()
                # After a quiet week Telegram begins with numbers anew. An empty answer says that all is confirmed, and
                # without an offset none of the new ones can be taken for an old one.
                offset = max(numbers) + 1 if numbers else None
                empty = 0 if numbers or now() - asked >= EMPTY_AT_ONCE else empty + 1
                if empty:
                    await asyncio.sleep(min(FIRST_EMPTY_PAUSE * 2 ** min(empty - 1, 10), LONGEST_EMPTY_PAUSE))
                # Who has a hundred to bring may have more; and what is late already is not to wait.
                elif 0 < len(updates) < BATCH and (early := asked + self._gathering - now()) > 0:
                    await asyncio.sleep(early)
            except (TelegramError, StoreError) as error:
                failures += 1
                await asyncio.sleep(self._pause(error, failures))

    def _pause(self, error: TelegramError | StoreError, failures: int) -> float:
        """Tell the operator what is wrong, if it is news, and say how long to wait."""
        backoff: float = min(self._first_pause * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE)
        backoff *= random.uniform(0.9, 1.1)  # noqa: S311 - only so that several processes do not come at once
        match error:
            case InvalidToken():
                self._tell("telegram refuses the token; check ZHUOYUE_TELEGRAM_TOKEN")
                return max(backoff, min(OPERATOR_PAUSE, self._first_pause * OPERATOR_PAUSE))
            case Conflict() if "webhook" in error.message.lower():
                self._tell(
                    "a webhook is set for this bot; delete it with `zhuoyue telegram delete-webhook`, "
                    "or set ZHUOYUE_TELEGRAM_MODE=webhook"
                )
                return max(backoff, min(OPERATOR_PAUSE, self._first_pause * OPERATOR_PAUSE))
            case Conflict():
                # Telegram is there, and updates are taken in.
                self._stirred()
                self._tell("another process polls with this token; stop it, or use a bot of its own")
                return max(backoff, min(OPERATOR_PAUSE, self._first_pause * 5))
            case RetryAfter():
                halt = error.retry_after
                return max(backoff, float(halt) if isinstance(halt, int) else halt.total_seconds())
            case StoreError():
                self._tell("updates cannot be stored; they stay with telegram", code=error.code)
                return backoff
            case _:
                self._tell("no updates from telegram", kind=type(error).__name__)
                return backoff

    def _tell(self, event: str, **values: str) -> None:
        if event != self._told:
            self._told = event
            _log.warning(event, **values)


def update_number(update: Any) -> int | None:
    """The number of an update, if it is one that can be kept."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int and 0 <= number <= LARGEST_NUMBER else None


def payload(update: Any) -> str:
    """An update as it is kept."""
    text = _as_it_is(update)
    # Half a character cannot be written as it is.
    return text if text.isascii() or _HALF.search(text) is None else _in_ascii(update)
