"""Taking in: what a platform delivered is stored together with whatever else came meanwhile, and handled in the commit that does.

Where there is one writer it takes in what has come when it begins, so that nothing waits for two commits. What cannot be handled
at once waits in the line of its chat for the intake.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from domain.clock import Clock
from domain.made_often import made_often
from domain.store import Database, Done, Failed, Transaction
from scheduler.backoff import Backoff
from scheduler.failing import for_the_operator, is_of_the_update

_log = structlog.get_logger(__name__)

AT_ONCE: Final = 100
"""Updates handled in the commit that stores them at most: bounds how long the first waits for the last."""

BRIEF: Final = 32
"""So many are handled so quickly that the event loop may stand still for them; more are handed to the database's thread."""

_NOT_NOW: Final = Done(value=False)


@made_often(frozen=True, slots=True)
class Fresh:
    """What a platform just delivered; nobody has stored it yet."""

    update_id: int
    order_key: str
    payload: Callable[[], str]
    """Writes it as it is kept where it has to wait."""

    turn: Callable[[Transaction], None] | None = None
    """Handles it without its ever having been stored; None: it has to be."""


class TakingIn:
    """Takes in for one channel.

    `expected` as of the intake; `wake` is called when something waits in a line.
    """

    def __init__(
        self,
        database: Database,
        channel: str,
        clock: Clock,
        backoff: Backoff,
        dice: random.Random,
        *,
        expected: Callable[[], Callable[[], None]],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock
        self._backoff = backoff
        self._dice = dice
        self._expected = expected
        self._wake = wake
        self._gathering = threading.Lock()
        self._coming: _Coming | None = None

    async def with_others(self, fresh: Sequence[Fresh]) -> None:
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
        taken = await self._database.run(
            lambda tx: self._take_in(tx, self._gathered(coming)), brief=lambda: len(coming.fresh) <= BRIEF
        )
        for number, error in taken.failed:
            _log.error("turn failed", update_id=number, attempt=1, error=type(error).__name__)
        if taken.handled or taken.failed:
            committed()
        if taken.waiting:
            self._wake()

    def _gathered(self, coming: _Coming) -> Sequence[Fresh]:
        """What has come until now; what comes later is taken in by the next."""
        with self._gathering:
            if self._coming is coming:
                self._coming = None
            return coming.fresh

    def storing(self, fresh: Sequence[Fresh]) -> Callable[[Transaction], int]:
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
                if isinstance(outcome, Failed) and is_of_the_update(outcome.error):
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
            tx.updates.retry(row, 1, now + self._backoff.after(1, self._dice), for_the_operator(error))


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
