"""The intake: handles what was stored in the inbox of one channel.

Updates of one chat are handled in order, those of different chats at once. One transaction claims an update, handles it
and finishes it: whenever the process ends, either all of that happened or nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from domain.clock import Clock
from domain.made_often import made_often
from domain.store import Database, Done, Failed, StoreError, Transaction, UpdateRow
from scheduler.backoff import Backoff
from scheduler.clock_watch import ClockWatch
from scheduler.settling import may_pass
from scheduler.suspicion import Suspicion
from scheduler.tally import IntakeTally

_log = structlog.get_logger(__name__)

_BACKOFF: Final = Backoff(most_seconds=60)

AT_ONCE: Final = 100
"""Updates handled in the commit that stores them at most: bounds how long the first waits for the last."""

_NOT_NOW: Final = Done(value=False)


class Handler(Protocol):
    """What is to be done about an update, inside the transaction that finishes it.

    An instant is until when it waits, first of its line, because something it needs is not there yet.
    """

    def __call__(self, tx: Transaction, update: UpdateRow, /) -> datetime | None: ...


@made_often(frozen=True, slots=True)
class Fresh:
    """What a platform just delivered; nobody has stored it yet."""

    update_id: int
    order_key: str
    payload: Callable[[], str]
    """Writes it as it is kept where it has to wait."""

    turn: Callable[[Transaction], None] | None = None
    """Handles it without its ever having been stored; None: it has to be."""


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
        self._expected = expected or (lambda: self._handled)
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
        self._gathering = threading.Lock()
        self._coming: _Coming | None = None

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
            await self._database.run(self._store(fresh))
            self.wake()
        elif self._stopping or self._rules.max_attempts == 1:
            storing = asyncio.ensure_future(self._database.run(self._store(fresh)))
            # Whoever handles them comes next, in the same commit; the platform hears of nothing before that.
            self.wake()
            await storing
        else:
            await self._with_others(fresh)

    async def _with_others(self, fresh: Sequence[Fresh]) -> None:
        """Take it in together with whatever else comes before the writer begins, so that it is in order."""
        with self._gathering:
            coming = self._coming
            joins = coming is not None and coming.outcome is not None and not coming.outcome.done()
            if coming is None or not joins:
                coming = self._coming = _Coming()
            coming.fresh.extend(fresh)
            if coming.outcome is None:
                coming.outcome = asyncio.ensure_future(self._bring_in(coming))
        # Whoever stops waiting does not stop the others.
        await asyncio.shield(coming.outcome)

    async def _bring_in(self, coming: _Coming) -> None:
        committed = self._expected()
        taken = await self._database.run(lambda tx: self._take_in(tx, self._gathered(coming)))
        for number, error in taken.failed:
            _log.error("turn failed", update_id=number, attempt=1, error=type(error).__name__)
        if taken.handled or taken.failed:
            committed()
        if taken.waiting:
            self.wake()

    def _gathered(self, coming: _Coming) -> Sequence[Fresh]:
        """What has come until now; what comes later is taken in by the next."""
        with self._gathering:
            if self._coming is coming:
                self._coming = None
            return coming.fresh

    def _store(self, fresh: Sequence[Fresh]) -> Callable[[Transaction], int]:
        """What stores them all, to be handled later."""
        rows = [(one.update_id, one.order_key, one.payload()) for one in fresh]
        now = self._clock.now()
        return lambda tx: tx.updates.store(self._channel, rows, now)

    def _take_in(self, tx: Transaction, fresh: Sequence[Fresh]) -> _TakenIn:
        now, ordered = self._clock.now(), sorted(fresh, key=lambda one: one.update_id)
        # Almost always all of them succeed. When one does not, what they did is undone, and each begins anew by itself.
        failing: list[Fresh] = []
        together = tx.alone(lambda part: self._together(part, ordered, now, failing))
        if isinstance(together, Done) and together.value is not None:
            taken: _TakenIn = together.value
            return taken
        if failing and isinstance(together, Failed):
            # That one has been tried.
            failed = replace(failing[0], turn=partial(_fail, together.error))
            ordered = [failed if one is failing[0] else one for one in ordered]
        return self._one_by_one(tx, ordered, now)

    def _together(
        self, tx: Transaction, ordered: Sequence[Fresh], now: datetime, failing: list[Fresh]
    ) -> _TakenIn | None:
        """Take them all in as one part that fails as a whole, and note the one that failed.

        None, having done nothing: too much waits to know of all of it.
        """
        behind = tx.updates.lines(self._channel)
        if behind is None:
            return None
        turns: list[tuple[Fresh, Callable[[Transaction], None]]] = []
        waiting: list[Fresh] = []
        for one in ordered:
            if one.turn is None or one.order_key in behind or len(turns) == AT_ONCE:
                behind.add(one.order_key)
                waiting.append(one)
            else:
                turns.append((one, one.turn))
        tx.updates.note_done(self._channel, [one.update_id for one, _ in turns], now)
        for one, turn in turns:
            try:
                turn(tx)
            except Exception:
                failing.append(one)
                raise
        rows = [(one.update_id, one.order_key, one.payload()) for one in waiting]
        return _TakenIn(len(turns), tx.updates.store(self._channel, rows, now))

    def _one_by_one(self, tx: Transaction, ordered: Sequence[Fresh], now: datetime) -> _TakenIn:
        taken = _TakenIn()
        for one in ordered:
            turn = one.turn if taken.handled < AT_ONCE else None
            outcome = _NOT_NOW if turn is None else tx.alone(partial(self._at_once, one, turn, now))
            if isinstance(outcome, Done) and outcome.value:
                taken.handled += 1
            elif tx.updates.store(self._channel, [(one.update_id, one.order_key, one.payload())], now):
                taken.waiting += 1
                if isinstance(outcome, Failed) and _counts(outcome.error):
                    self._failed_at_once(tx, one, outcome.error, now)
                    taken.failed.append((one.update_id, outcome.error))
        return taken

    def _at_once(
        self, one: Fresh, turn: Callable[[Transaction], None], now: datetime, tx: Transaction
    ) -> bool:
        if not tx.updates.take_at_once(self._channel, one.update_id, one.order_key, now):
            return False
        turn(tx)
        return True

    def _failed_at_once(self, tx: Transaction, one: Fresh, error: BaseException, now: datetime) -> None:
        """The turn was undone; it waits with its failure counted, first of its line."""
        row = tx.updates.numbered(self._channel, one.update_id)
        if row is not None:
            tx.updates.retry(row, 1, now + self._rules.backoff.after(1, self._dice), _told(error))

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
        own = _counts(error) or self._suspicion.is_own(claimed.id, error)
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
        self._tally.set_aside += 1


@dataclass(eq=False, slots=True)
class _Coming:
    """What came in since the writer last began to take something in, and what becomes of it."""

    fresh: list[Fresh] = field(default_factory=list)
    outcome: asyncio.Future[None] | None = None


@dataclass(slots=True)
class _TakenIn:
    """What became of what came in: how many were handled, how many wait, and the numbers and errors of those that failed."""

    handled: int = 0
    waiting: int = 0
    failed: list[tuple[int, BaseException]] = field(default_factory=list)


def _fail(error: BaseException, _tx: Transaction) -> None:
    """The turn of an update that is known to fail."""
    raise error


def _counts(error: BaseException) -> bool:
    """Whether an update has failed; else the database cannot do its work now, and the update simply waits."""
    return isinstance(error, Exception) and not (isinstance(error, StoreError) and may_pass(error))


def _told(error: BaseException) -> str:
    """For the operator: what, and where. It is sealed, because it may repeat what the person said."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
