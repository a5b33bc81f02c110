"""Fetching the files people send, outside of any transaction.

The update that brought a file waits at the head of its chat's line until the file is here: the order of the chat is kept, and
whenever the process dies, the update is still there and its file is fetched again. What is here is kept in memory only
until its turn is done.
"""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.house import House
from bot.telegram.failures import TooLargeError
from bot.telegram.reading import SentFile
from domain.store import StoreError, Transaction, UpdateRow
from domain.uploads import Arrived, Fault, Unusable, examine
from scheduler.backoff import Backoff

LEASE: Final = timedelta(seconds=15)
"""How long an update waits for its file before it is looked at anew: no longer, because this process may be the next one."""

PATIENCE: Final = timedelta(hours=1)
"""How long after a file was sent it is tried to fetch it; then its chat goes on. Between two attempts it is never longer."""

AT_LEAST: Final = 3
"""So often it is tried, however late: this process may not have run for hours."""

AT_ONCE: Final = 4
AT_HAND: Final = 8
"""Files kept in memory for turns that are about to take them."""

KEPT: Final = timedelta(minutes=1)
"""So long one is kept in memory; a turn that comes later, if any does, has it fetched once more."""

REFUSALS: Final = 3
"""So often may Telegram say that it has no such file: it says the same of a file it cannot hand out just now."""

_BACKOFF: Final = Backoff(most_seconds=60)

_log = structlog.get_logger(__name__)


class Downloading(Protocol):
    """Whoever gets files from the platform."""

    async def download(self, file_id: str, most: int) -> bytes: ...


class Fetcher:
    """The files of one bot. `wake` is called when an update need not wait any longer.

    A file is known by the platform's number of its update, which stays the same when another update overtakes it in its line.
    """

    def __init__(
        self,
        house: House,
        api: Downloading,
        wake: Callable[[], None],
        pause: float = 1.0,
        kept: timedelta = KEPT,
    ) -> None:
        self._house = house
        self._api = api
        self._wake = wake
        self._pause = pause
        self._kept = kept.total_seconds()
        self._loop = asyncio.get_running_loop()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._at_hand: OrderedDict[int, tuple[Arrived, asyncio.TimerHandle]] = OrderedDict()
        self._dice = random.Random()  # noqa: S311 - no secret
        self._closed = False

    def get(self, sent: SentFile, update: UpdateRow) -> Arrived | datetime:
        """The file an update brought, or until when the update has to wait for it. May be called on any thread."""
        held = self._at_hand.get(update.update_id)
        if held is not None:
            # Should the turn be undone, the file is fetched once more.
            self._loop.call_soon_threadsafe(self._forget, update.update_id)
            return held[0]
        if sent.size > self._most_bytes:
            return Unusable(sent.name, "too_large")
        self._loop.call_soon_threadsafe(self._want, sent, update)
        return self._house.clock.now() + LEASE

    async def close(self) -> None:
        """Fetch no more. The updates go on waiting."""
        self._closed = True
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def _most_bytes(self) -> int:
        return self._house.settings.max_upload_bytes

    def _want(self, sent: SentFile, update: UpdateRow) -> None:
        number = update.update_id
        if self._closed or number in self._under_way:
            return
        task = self._loop.create_task(self._fetch(sent, update), name=f"file of update {number}")
        self._under_way[number] = task
        task.add_done_callback(lambda _: self._under_way.pop(number, None))

    async def _fetch(self, sent: SentFile, update: UpdateRow) -> None:
        attempt, refusals = 0, 0
        found: Arrived | None = None
        while found is None:
            attempt += 1
            try:
                async with self._slots:
                    content = await self._api.download(sent.file_id, self._most_bytes)
                    found = await asyncio.to_thread(examine, sent.name, content, self._house.settings.uploads)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the chat must not wait for ever
                refusals += isinstance(error, BadRequest)
                fault = self._fault(error, refusals, attempt, update.received_at)
                found = None if fault is None else Unusable(sent.name, fault)
                if found is None:
                    # Its text may hold the address of the file, and that the token.
                    _log.info("a file is fetched again later", attempt=attempt, kind=type(error).__name__)
                    await asyncio.sleep(self._before_next(error, attempt))
        self._keep(update.update_id, found)
        await self._let_go(update)

    def _keep(self, number: int, found: Arrived) -> None:
        self._forget(number)
        # Nobody may come for it: the chat may have gone elsewhere, or the update been dropped.
        self._at_hand[number] = found, self._loop.call_later(self._kept, self._forget, number)
        while len(self._at_hand) > AT_HAND:
            self._forget(next(iter(self._at_hand)))

    def _forget(self, number: int) -> None:
        if (held := self._at_hand.pop(number, None)) is not None:
            held[1].cancel()

    def _before_next(self, error: Exception, attempt: int) -> float:
        """Seconds to leave Telegram alone."""
        pause = self._pause * _BACKOFF.after(attempt, self._dice).total_seconds()
        halt = error.retry_after if isinstance(error, RetryAfter) else 0
        asked = halt.total_seconds() if isinstance(halt, timedelta) else float(halt)
        return min(max(pause, asked), PATIENCE.total_seconds())

    def _fault(self, error: Exception, refusals: int, attempt: int, since: datetime) -> Fault | None:
        """What is wrong with a file for good; None when it may still come."""
        if isinstance(error, TooLargeError):
            return "too_large"
        if isinstance(error, TelegramError) and "too big" in error.message.lower():
            return "too_large"
        if refusals >= REFUSALS or (attempt >= AT_LEAST and self._house.clock.now() - since > PATIENCE):
            return "vanished"
        return None

    async def _let_go(self, update: UpdateRow) -> None:
        try:
            await self._house.database.run(lambda tx: _waits_no_longer(tx, update))
        except StoreError as error:
            # It waits until its time is over, and is then looked at anew.
            _log.warning("an update waits on for its file", code=error.code)
        self._wake()


def _waits_no_longer(tx: Transaction, update: UpdateRow) -> None:
    """Whichever row of the inbox it has by now."""
    row = tx.updates.numbered(update.channel, update.update_id)
    if row is not None:
        tx.updates.again(row.id)
