"""The intake: handles what was stored in the inbox of one channel.

Updates of one chat are handled in order, those of different chats at once. One transaction claims an update, handles it
and finishes it: whenever the process ends, either all of that happened or nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from domain.clock import Clock
from domain.store import Database, StoreError, Transaction, UpdateRow
from scheduler.backoff import Backoff
from scheduler.clock_watch import ClockWatch
from scheduler.settling import may_pass

_log = structlog.get_logger(__name__)

_BACKOFF: Final = Backoff(most_seconds=60)


class Handler(Protocol):
    """What is to be done about an update, inside the transaction that finishes it.

    An instant is until when it waits, first of its line, because something it needs is not there yet.
    """

    def __call__(self, tx: Transaction, update: UpdateRow, /) -> datetime | None: ...


def say_nothing(_tx: Transaction, _update: UpdateRow, /) -> None:
    """The apology of a channel that cannot speak."""


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """How the intake works."""

    concurrency: int = 32
    backoff: Backoff = _BACKOFF
    max_attempts: int = 5
    """A chat waits for its failing update about half a minute before it goes on without it."""

    poll: timedelta = timedelta(seconds=1)
    """How long what another process stored, or what has to be tried again, may go unnoticed."""

    trouble: timedelta = timedelta(seconds=1)
    """How long to leave a database alone that cannot do its work."""


class Intake:
    """Handles the updates of one channel as long as it runs.

    `apologise` is run once for an update that is set aside, in the same transaction. `handled` is called after each
    commit: replies may be waiting for the courier.
    """

    def __init__(
        self,
        database: Database,
        channel: str,
        handler: Handler,
        clock: Clock,
        *,
        apologise: Handler = say_nothing,
        handled: Callable[[], None] = lambda: None,
        rules: IntakeRules | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        dice: random.Random | None = None,
    ) -> None:
        self._database = database
        self._channel = channel
        self._handler = handler
        self._clock = clock
        self._apologise = apologise
        self._handled = handled
        self._rules = rules or IntakeRules()
        self._dice = dice or random.Random()  # noqa: S311 - no secret
        self._watch = ClockWatch(clock, monotonic)
        self._workers: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Updates were stored: look at once. Call it in the event loop's own thread."""
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing any more; `run` ends when what was begun is done."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Handle updates until told to stop."""
        try:
            while not self._stopping:
                self._woken.clear()
                self._one_more_worker()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._rules.poll.total_seconds())
        finally:
            self._stopping = True
            await asyncio.gather(*self._workers, return_exceptions=True)

    async def turn(self) -> bool:
        """Handle one update; False when none is due. Raises StoreError when the database cannot do it now."""
        claimed: UpdateRow | None = None

        def work(tx: Transaction) -> bool:
            nonlocal claimed
            claimed = tx.updates.claim(self._channel, self._clock.now())
            if claimed is None:
                return False
            until = self._handler(tx, claimed)
            if until is None:
                tx.updates.finish(claimed)
            else:
                tx.updates.postpone(claimed.id, until)
            return True

        try:
            handled = await self._database.run(work)
        except Exception as error:
            if claimed is None or (isinstance(error, StoreError) and may_pass(error)):
                raise
            await self._failed(claimed, error)
            handled = True
        if handled:
            self._handled()
        return handled

    async def _work(self) -> None:
        while not self._stopping:
            try:
                await self._see_clock()
                if not await self.turn():
                    return
            except Exception as error:  # noqa: BLE001 -- whatever it is, the next attempt may succeed
                _log.warning("updates wait", channel=self._channel, error=type(error).__name__)
                await asyncio.sleep(self._rules.trouble.total_seconds())
            else:
                # Where one was there may be more: workers double until there is nothing left to do.
                self._one_more_worker()

    async def _see_clock(self) -> None:
        """At the start, and when the clock was set back: let nothing wait until a time that was never meant."""
        if not self._watch.was_set_back():
            return
        longest = timedelta(seconds=self._rules.backoff.longest_seconds)
        try:
            await self._database.run(
                lambda tx: tx.updates.recover(self._channel, self._clock.now(), longest_wait=longest)
            )
        except StoreError:
            self._watch.look_again()
            raise

    def _one_more_worker(self) -> None:
        if self._stopping or len(self._workers) >= self._rules.concurrency:
            return
        task = asyncio.get_running_loop().create_task(self._work(), name=f"intake {self._channel}")
        self._workers.add(task)
        task.add_done_callback(self._workers.discard)

    async def _failed(self, claimed: UpdateRow, error: Exception) -> None:
        """The turn was undone. Try again later, or set it aside and let the chat go on."""
        attempt, told = claimed.attempts + 1, _told(error)
        _log.error("turn failed", update=claimed.id, attempt=attempt, error=type(error).__name__)
        if attempt < self._rules.max_attempts:
            later = self._clock.now() + self._rules.backoff.after(attempt, self._dice)
            await self._database.run(lambda tx: tx.updates.retry(claimed, attempt, later, told))
            return

        def set_aside(tx: Transaction) -> None:
            aside = tx.updates.set_aside(claimed, attempt, told)
            # Not once more when the operator had it tried again.
            if aside and attempt == self._rules.max_attempts:
                self._apologise(tx, claimed)

        try:
            await self._database.run(set_aside)
        except Exception as second:
            if isinstance(second, StoreError) and may_pass(second):
                raise
            _log.error("no apology", update=claimed.id, error=type(second).__name__)
            await self._database.run(lambda tx: tx.updates.set_aside(claimed, attempt, told))


def _told(error: Exception) -> str:
    """For the operator: what, and where. It is sealed, because it may repeat what the person said."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
