"""The intake: handles what was stored in the inbox of one channel.

Updates of one chat are handled in order, those of different chats at once. One transaction claims an update, handles it
and finishes it: whenever the process ends, either all of that happened or nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from domain.clock import Clock
from domain.store import Database, Failed, StoreError, Transaction, UpdateRow
from scheduler.backoff import Backoff
from scheduler.clock_watch import ClockWatch
from scheduler.failing import for_the_operator, is_of_the_update
from scheduler.settling import may_pass
from scheduler.suspicion import Suspicion
from scheduler.taking_in import Fresh, TakingIn
from scheduler.tally import IntakeTally

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
    commit: replies may be waiting for the courier. `expected` is called in the step of the event loop in which what comes in is
    handed to the only writer, and what it gives is called instead of `handled`.
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
        expected: Callable[[], Callable[[], None]] | None = None,
        rules: IntakeRules | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        dice: random.Random | None = None,
        tally: IntakeTally | None = None,
    ) -> None:
        self._database = database
        self._channel = channel
        self._handler = handler
        self._clock = clock
        self._apologise = apologise
        self._handled = handled
        self._rules = rules or IntakeRules()
        self._dice = dice or random.Random()  # noqa: S311 - no secret
        self._tally = tally or IntakeTally()
        self._watch = ClockWatch(clock, monotonic)
        self._suspicion = Suspicion(self._dice)
        self._workers: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._stopping = False
        self._news = False
        self._running = False
        self._taking_in = TakingIn(
            database,
            channel,
            clock,
            self._rules.backoff,
            self._dice,
            expected=expected or (lambda: self._handled),
            wake=self.wake,
        )

    def wake(self) -> None:
        """Updates are being stored: look at once. Call it in the event loop's own thread.

        Who calls it when the work that stores them was handed in has them handled in the same commit, where there is one
        writer.
        """
        self._news = True
        if self._running:
            self._one_more_worker()

    async def take_in(self, fresh: Sequence[Fresh]) -> None:
        """Store what a platform delivered; once this has returned, none of it can be lost. Raises StoreError.

        Where there is one writer, the first `AT_ONCE` whose chats wait for nothing are handled in the commit that stores
        them, each as part of it that fails alone, and are stored as done. The others wait in the line of their chat.
        """
        self._tally.received += len(fresh)
        if not self._database.one_writer:
            await self._database.run(self._taking_in.storing(fresh))
            self.wake()
        elif self._stopping or self._rules.max_attempts == 1:
            storing = asyncio.ensure_future(self._database.run(self._taking_in.storing(fresh)))
            # Whoever handles them comes next, in the same commit; the platform hears of nothing before that.
            self.wake()
            await storing
        else:
            await self._taking_in.with_others(fresh)

    def stop(self) -> None:
        """Begin nothing any more; `run` ends when what was begun is done."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Handle updates until told to stop."""
        self._running = True
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
        return bool(await self._handle(1))

    async def _handle(self, most: int | None = None) -> Sequence[UpdateRow]:
        """Handle what is due, as many as the database takes together, and say what was. Raises as `turn`."""

        def claim(tx: Transaction, fits: int) -> Sequence[UpdateRow]:
            return tx.updates.claim_some(self._channel, self._clock.now(), min(fits, most or fits))

        claimed = await self._database.run_each(claim, self._take)
        trouble: BaseException | None = None
        for update, outcome in claimed:
            error = outcome.error if isinstance(outcome, Failed) else None
            if error is None:
                self._suspicion.acquit(update.id)
                self._handled()
            elif isinstance(error, Exception):
                try:
                    await self._failed_somehow(update, error)
                except StoreError as second:
                    # What else was handled still has its answers sent.
                    trouble = second
                    continue
                self._handled()
            else:
                trouble = error
        if trouble is not None:
            raise trouble
        return [update for update, _ in claimed]

    def _take(self, tx: Transaction, update: UpdateRow) -> None:
        until = self._handler(tx, update)
        if until is None:
            tx.updates.finish(update)
        else:
            tx.updates.postpone(update.id, until)

    async def _work(self) -> None:
        while not self._stopping:
            try:
                await self._see_clock()
                self._news = False
                handled = await self._handle()
            except Exception as error:  # noqa: BLE001 -- whatever it is, the next attempt may succeed
                _log.warning("updates wait", channel=self._channel, error=type(error).__name__)
                await asyncio.sleep(self._rules.trouble.total_seconds())
                continue
            if not handled and not self._news:
                # From this moment on nobody may count on it any more.
                if (myself := asyncio.current_task()) is not None:
                    self._workers.discard(myself)
                return
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
        most = 1 if self._database.one_writer else self._rules.concurrency
        if self._stopping or len(self._workers) >= most:
            return
        task = asyncio.get_running_loop().create_task(self._work(), name=f"intake {self._channel}")
        self._workers.add(task)
        task.add_done_callback(self._workers.discard)

    async def _failed_somehow(self, claimed: UpdateRow, error: Exception) -> None:
        """See whether the update or the database has failed. Raises StoreError when it was, or may have been, the database."""
        own = is_of_the_update(error) or self._suspicion.is_own(claimed.id, error)
        pause = None if own else self._suspicion.pause(claimed.id)
        if not own and pause is None:
            raise error
        try:
            if pause is None:
                await self._failed(claimed, error)
                return
            # When this is stored the database works, and the others need not wait for this one.
            _log.warning("an update waits apart", update=claimed.id, error=type(error).__name__)
            later = self._clock.now() + pause
            await self._database.run(lambda tx: tx.updates.postpone(claimed.id, later))
        except StoreError:
            self._suspicion.acquit_all()
            raise

    async def _failed(self, claimed: UpdateRow, error: Exception) -> None:
        """The turn was undone. Try again later, or set it aside and let the chat go on."""
        attempt, told = claimed.attempts + 1, for_the_operator(error)
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
        self._tally.set_aside += 1
