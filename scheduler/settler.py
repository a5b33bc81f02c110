"""The settler: sees that what came of each message is stored, however long the database cannot.

What arrived is stored together; everything else that may come of a message is rare, and stored by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias, TypeVar

import structlog

from domain.store import ClaimedDelivery, Database, Done, Failed, Locked, Outcome, StoreError, Transaction
from scheduler.hands import Hands
from scheduler.sending import Delivered
from scheduler.settling import Arrival, Work, arrived, may_pass

T = TypeVar("T")

_log = structlog.get_logger(__name__)


Lot: TypeAlias = list[Arrival]
"""What arrived and is stored together."""


class Settler:
    """Settles for one courier, who takes what arrived along to the database when it looks for more to send."""

    def __init__(
        self,
        database: Database,
        pauses: tuple[float, ...],
        ended: Callable[[ClaimedDelivery], None],
        stirred: Callable[[], None],
    ) -> None:
        """`pauses`: seconds between attempts to store something; the last one again and again. `ended` is called for each
        message once there is nothing more to do about it, `stirred` when the courier should look before long.
        """
        self._database = database
        self._pauses = pauses
        self._ended = ended
        self._stirred = stirred
        self._arrived: Lot = []
        self._together: Hands[Lot] = Hands(self._settle_together, "settle together")
        self._alone: Hands[tuple[ClaimedDelivery, Work]] = Hands(self._settle, "settle")

    def arrived(self, delivery: ClaimedDelivery, receipt: Delivered) -> None:
        """The message has arrived."""
        self._arrived.append((delivery, receipt))
        self._stirred()

    def lot(self) -> Lot:
        """What has arrived since it was asked for last. Whoever takes it says what became of it, or has it stored."""
        lot, self._arrived = self._arrived, []
        return lot

    def settled(self, lot: Lot, outcome: Outcome) -> None:
        """What became of a lot in a commit of the courier's; what could not be stored there is stored one by one."""
        match outcome:
            case Done(lost):
                for delivery in lost:
                    _taken_over(delivery)
                for delivery, _ in lot:
                    self._ended(delivery)
            case Failed(error):
                _log.warning("not settled together", error=type(error).__name__)
                self._take_apart(lot)

    def store(self, lot: Lot) -> None:
        """Store a lot in a commit of its own."""
        if lot:
            self._together.give(lot)

    def settle(self, delivery: ClaimedDelivery, work: Work) -> None:
        """Something else came of the message, and this work stores it."""
        self._alone.give((delivery, work))

    async def let_go(self) -> None:
        """Give up what is not stored yet."""
        self._arrived.clear()
        await self._together.let_go()
        await self._alone.let_go()

    async def _settle_together(self, lot: Lot) -> None:
        outcome: Outcome
        try:
            outcome = Done(await self._store(lambda tx: arrived(tx, lot), lot[0][0], apart=len(lot) > 1))
        except Exception as error:  # noqa: BLE001 -- one of them cannot be stored, and only that one is to wait or be left
            outcome = Failed(error)
        self.settled(lot, outcome)
        self._stirred()

    def _take_apart(self, lot: Lot) -> None:
        for one in lot:
            self.settle(one[0], lambda tx, one=one: not arrived(tx, [one]))  # type: ignore[misc]

    async def _settle(self, given: tuple[ClaimedDelivery, Work]) -> None:
        delivery, work = given
        try:
            if not await self._store(work, delivery):
                _taken_over(delivery)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the lease ends
            _log.error("left to its lease", outbox_id=delivery.outbox_id, error=type(error).__name__)
        self._ended(delivery)
        self._stirred()

    async def _store(
        self, work: Callable[[Transaction], T], delivery: ClaimedDelivery, *, apart: bool = False
    ) -> T:
        """Meanwhile the chat stays taken. `apart`: it can be taken apart, so that only what is locked waits for that."""
        pauses = iter(self._pauses)
        while True:
            try:
                return await self._database.run(work)
            except StoreError as error:
                if not may_pass(error) or (apart and isinstance(error, Locked)):
                    raise
                _log.warning("not settled yet", outbox_id=delivery.outbox_id, code=error.code)
            await asyncio.sleep(next(pauses, self._pauses[-1]))


def _taken_over(delivery: ClaimedDelivery) -> None:
    _log.warning("taken over meanwhile", outbox_id=delivery.outbox_id)
