"""The settler: sees that what came of each message is stored, however long the database cannot.

What arrived while the last commit was running is stored together in the next; everything else that may come of a message is
rare, and stored by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import structlog

from domain.store import ClaimedDelivery, Database, Locked, StoreError, Transaction
from scheduler.hands import Hands
from scheduler.sending import Delivered
from scheduler.settling import Arrival, Work, arrived, may_pass

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Settler:
    """Settles for one courier. `ended` is called for each message once there is nothing more to do about it."""

    def __init__(
        self,
        database: Database,
        pauses: tuple[float, ...],
        gather: float,
        ended: Callable[[ClaimedDelivery], None],
    ) -> None:
        """`pauses`: seconds between attempts to store something; the last one again and again. `gather`: seconds from one
        lot of messages that arrived to the next.
        """
        self._database = database
        self._pauses = pauses
        self._gather = gather
        self._ended = ended
        self._stored_at = 0.0
        self._arrived: list[Arrival] = []
        self._together: asyncio.Task[None] | None = None
        self._alone: Hands[tuple[ClaimedDelivery, Work]] = Hands(self._settle, "settle")

    def arrived(self, delivery: ClaimedDelivery, receipt: Delivered) -> None:
        """The message has arrived."""
        self._arrived.append((delivery, receipt))
        if self._together is None:
            self._together = asyncio.get_running_loop().create_task(self._settle_arrived(), name="settle")

    def settle(self, delivery: ClaimedDelivery, work: Work) -> None:
        """Something else came of the message, and this work stores it."""
        self._alone.give((delivery, work))

    async def let_go(self) -> None:
        """Give up what is not stored yet."""
        self._arrived.clear()
        if self._together is not None:
            self._together.cancel()
            await asyncio.gather(self._together, return_exceptions=True)
        await self._alone.let_go()

    async def _settle_arrived(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            while self._arrived:
                early = self._stored_at + self._gather - loop.time()
                if early > 0:
                    await asyncio.sleep(early)
                self._stored_at = loop.time()
                batch, self._arrived = self._arrived, []
                await self._settle_batch(batch)
        finally:
            self._together = None

    async def _settle_batch(self, batch: list[Arrival]) -> None:
        try:
            lost = await self._store(lambda tx: arrived(tx, batch), batch[0][0], apart=len(batch) > 1)
        except Exception as error:  # noqa: BLE001 -- one of them cannot be stored, and only that one is to wait or be left
            _log.warning("not settled together", error=type(error).__name__)
            for one in batch:
                self.settle(one[0], lambda tx, one=one: not arrived(tx, [one]))  # type: ignore[misc]
            return
        for delivery in lost:
            _taken_over(delivery)
        for delivery, _ in batch:
            self._ended(delivery)

    async def _settle(self, given: tuple[ClaimedDelivery, Work]) -> None:
        delivery, work = given
        try:
            if not await self._store(work, delivery):
                _taken_over(delivery)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the lease ends
            _log.error("left to its lease", outbox_id=delivery.outbox_id, error=type(error).__name__)
        self._ended(delivery)

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
