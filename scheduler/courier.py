"""The courier: carries what is in the outbox to the chats of one channel.

It claims what is due under a lease, hands it to the channel's sender, and settles what came of it: of each chat one
message at a time and in order, of many chats at once, within the limits. Whatever happens to this process, the
next one finds in the store where things stand.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

import structlog

from domain.clock import Clock
from domain.store import (
    Chat,
    Claimed,
    ClaimedDelivery,
    Database,
    Failed,
    Lane,
    Outcome,
    StoreError,
    Transaction,
)
from scheduler.clock_watch import ClockWatch
from scheduler.courier_rules import CourierRules
from scheduler.hands import Hands
from scheduler.limits import Limits
from scheduler.patience import Patience
from scheduler.sending import Delivered, Parcel, Receipt, Sender, Unsure, Wait
from scheduler.settler import Lot, Settler
from scheduler.settling import Settling, arrived
from scheduler.tally import SendTally

_log = structlog.get_logger(__name__)


class Courier:
    """Sends for one channel as long as it runs. Everything but what happens in the database is in one event loop."""

    def __init__(
        self,
        database: Database,
        channel: str,
        sender: Sender,
        limits: Limits,
        clock: Clock,
        *,
        is_group: Callable[[Chat], bool] = lambda _: False,
        rules: CourierRules | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        dice: random.Random | None = None,
        tally: SendTally | None = None,
    ) -> None:
        self._database = database
        self._channel = channel
        self._sender = sender
        self._limits = limits
        self._clock = clock
        self._is_group = is_group
        self._rules = rules or CourierRules()
        self._monotonic = monotonic
        self._tally = tally or SendTally()
        self._settling = Settling(
            channel,
            clock,
            self._rules.backoff,
            self._rules.max_attempts,
            dice or random.Random(),  # noqa: S311 - no secret
            self._tally,
        )
        self._under_way: dict[int, tuple[ClaimedDelivery, float]] = {}
        """What is being sent or settled by its chat, and when its lease began."""
        self._gather = self._rules.gather.total_seconds()
        self._looked_at = 0.0
        """When it was last seen what there is to send, by the clock of the loop."""
        self._look_soon: asyncio.TimerHandle | None = None
        self._running = False
        self._claiming = 0
        """How many claims were handed to the database so far."""
        self._sending: Hands[ClaimedDelivery] = Hands(self._deliver, f"deliver {channel}")
        self._settler = Settler(database, self._rules.settle_pauses, self._done, self._look_in_a_moment)
        self._patience = Patience(self._rules.send_timeout.total_seconds())
        self._woken = asyncio.Event()
        self._less = asyncio.Event()
        self._stopping = False
        self.claims = 0
        """How many messages were claimed so far."""
        self._watch = ClockWatch(clock, monotonic)

    def wake(self) -> None:
        """Something was put into the outbox: look at once. Call it in the event loop's own thread."""
        self._woken.set()

    def expect(self) -> Callable[[], None]:
        """Something is put by a work that is handed to the database in this step of the event loop.

        Where there is one writer, who does works in the order in which they come, it is claimed in the same commit. Call what
        this gives once it is committed: it is looked for then unless that has been done.
        """
        before = self._claiming
        self.wake()

        def committed() -> None:
            if self._claiming == before or not self._database.one_writer:
                self.wake()

        return committed

    def stop(self) -> None:
        """Claim nothing any more; `run` ends when what is under way is settled."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Send until told to stop."""
        self._running = True
        try:
            while not self._stopping:
                self._woken.clear()
                self._looked_at = asyncio.get_running_loop().time()
                pause = await self.round()
                if self._under_way:
                    pause = min(pause, self._lease_third)
                if pause > 0:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(pause):
                            await self._woken.wait()
        finally:
            self._running = False
            await self._end()

    @property
    def under_way(self) -> int:
        """How many messages are being sent."""
        return len(self._under_way)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            self._less.clear()
            await self._less.wait()

    async def let_go(self) -> None:
        """Stop in the middle, as if the process had died: what is under way is left to its lease."""
        await self._sending.let_go()
        await self._settler.let_go()
        self._under_way.clear()
        if self._look_soon is not None:
            self._look_soon.cancel()

    async def round(self) -> float:
        """Start sending what may be sent now; gives the seconds after which another round is worth while."""
        try:
            await self._see_clock()
            await self._keep_leases()
            return await self._claim_and_start()
        except StoreError as error:
            _log.warning("nothing claimed", channel=self._channel, code=error.code)
            return self._rules.poll.total_seconds()

    @property
    def _lease_third(self) -> float:
        return self._rules.lease.total_seconds() / 3

    async def _keep_leases(self) -> None:
        """Nobody else is to send what is being sent here, however long that takes."""
        now = self._monotonic()
        ageing = [one for one, since in self._under_way.values() if now - since >= self._lease_third]
        if not ageing:
            return
        until = self._clock.now() + self._rules.lease
        await self._database.run(lambda tx: tx.deliveries.extend(ageing, until))
        for one in ageing:
            if self._under_way.get(one.chat.id, (None,))[0] is one:
                self._under_way[one.chat.id] = one, now

    async def _claim_and_start(self) -> float:
        now, lot = self._monotonic(), self._settler.lot()
        if lot and not self._database.one_writer:
            # Claims there hold each other up, and are not to wait for chats that somebody else is at.
            self._settler.store(lot)
            lot = []
        room = self._room(now, len(lot))
        if not any(room.values()):
            # When all places are taken, the first to be free wakes us.
            self._settler.store(lot)
            return self._limits.wait_overall(now) or self._rules.poll.total_seconds()
        resting = self._limits.resting(now)
        claimed = await self._settle_and_claim(lot, room, resting)
        self.claims += len(claimed.deliveries)
        self._learn_holds(claimed)
        for delivery in claimed.deliveries:
            self._start(delivery)
        return self._pause(claimed, room, resting)

    async def _settle_and_claim(
        self, lot: Lot, room: Mapping[Lane, int], resting: Collection[int]
    ) -> Claimed:
        """Settle what arrived, and take what may be sent then, in one commit: chats that were waited for can go on in it."""
        under_way = {*self._under_way}
        waited_for = under_way.difference(delivery.chat.id for delivery, _ in lot)
        self._claiming += 1

        def work(tx: Transaction) -> tuple[Outcome | None, Claimed]:
            settled = tx.alone(lambda part: arrived(part, lot)) if lot else None
            # What could not be settled is still ours, even if its lease should be over.
            busy = {*(under_way if isinstance(settled, Failed) else waited_for), *resting}
            now, lease = self._clock.now(), self._rules.lease
            return settled, tx.deliveries.claim(self._channel, now, lease, room, busy)

        try:
            settled, claimed = await self._database.run(work, brief=True)
        except BaseException:
            self._settler.store(lot)
            raise
        if settled is not None:
            self._settler.settled(lot, settled)
        return claimed

    def _room(self, now: float, leaving: int) -> dict[Lane, int]:
        """Of each lane, how many may be sent now; so many of those under way are being settled."""
        allowed, spare = self._limits.room(now), self._limits.room(now, spare=True)
        places = self._rules.concurrency
        return {
            lane: max(
                0,
                int(
                    min(
                        allowed if lane == "reply" else spare,
                        max(1, int(places * share)) - len(self._under_way) + leaving,
                    )
                ),
            )
            for lane, share in self._rules.shares.items()
        }

    def _pause(self, claimed: Claimed, room: Mapping[Lane, int], resting: Mapping[int, float]) -> float:
        now = self._monotonic()
        if len(claimed.deliveries) == room["reply"]:
            return self._limits.wait_overall(now)
        # What was left is not due, or is of a chat that rests; a chat that is under way wakes us when it is done.
        waits = [self._rules.poll.total_seconds(), *resting.values()]
        if len(claimed.deliveries) >= room["broadcast"]:
            # Or it leaves its turn to replies.
            waits.append(self._limits.wait_overall(now, spare=True) or waits[0])
        if claimed.next_due is not None:
            waits.append((claimed.next_due - self._clock.now()).total_seconds())
        return max(min(waits), 0.001)

    def _learn_holds(self, claimed: Claimed) -> None:
        """What another process, or this one before it was started anew, was asked to wait for."""
        for hold in claimed.holds:
            left = (hold.until - self._clock.now()).total_seconds()
            self._limits.hold(hold.chat_id, left, self._monotonic())

    def _start(self, delivery: ClaimedDelivery) -> None:
        now = self._monotonic()
        self._under_way[delivery.chat.id] = delivery, now
        wait = self._limits.wait(delivery.chat.id, now)
        if wait == 0:
            self._limits.take(delivery.chat.id, now, group=self._is_group(delivery.chat))
            self._sending.give(delivery)
        else:  # a hold began while it was being claimed
            self._settler.settle(delivery, self._settling.put_back(delivery, wait))

    def _done(self, delivery: ClaimedDelivery) -> None:
        del self._under_way[delivery.chat.id]
        self._less.set()

    def _look_in_a_moment(self) -> None:
        if self._look_soon is None:
            loop = asyncio.get_running_loop()
            self._look_soon = loop.call_at(self._looked_at + self._gather, self._look)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        self._look_soon = None
        if self._running and self._looked_at + self._gather > loop.time():
            # Looked at meanwhile for another reason: what has arrived since may well be taken along by the next again.
            self._look_in_a_moment()
        elif self._running:
            self._woken.set()
        else:  # nothing is claimed any more
            self._settler.store(self._settler.lot())

    async def _deliver(self, delivery: ClaimedDelivery) -> None:
        receipt = await self._send(delivery)
        self._tally.outcomes[type(receipt)] += 1
        if isinstance(receipt, Delivered):
            for _ in range(receipt.calls - 1):
                self._limits.take(delivery.chat.id, self._monotonic(), group=self._is_group(delivery.chat))
            self._settler.arrived(delivery, receipt)
            return
        if isinstance(receipt, Wait):
            held = delivery.chat.id if receipt.scope == "chat" else None
            self._limits.hold(held, receipt.seconds, self._monotonic())
        self._settler.settle(delivery, self._settling.work(delivery, receipt))

    async def _send(self, delivery: ClaimedDelivery) -> Receipt:
        parcel = Parcel(
            delivery.outbox_id,
            delivery.chat,
            delivery.message_json,
            delivery.attempt,
            delivery.lane,
            delivery.repeatable,
        )
        try:
            return await self._patience.wait_for(self._sender.send(parcel))
        except TimeoutError:
            return Unsure("no answer in time")
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Something on the way was cancelled, not we: the chat must not wait for ever.
            return Unsure("cancelled")
        except Exception as error:  # noqa: BLE001 -- whatever it is, the message may have arrived
            # Its text may hold what the message says, or the token.
            _log.error("sender failed", outbox_id=delivery.outbox_id, error=type(error).__name__)
            return Unsure(type(error).__name__)

    async def _see_clock(self) -> None:
        """At the start, and when the clock was set back: let nothing wait until a time that was never meant."""
        if not self._watch.was_set_back():
            return
        rules, wall = self._rules, self._clock.now()
        longest = timedelta(seconds=rules.backoff.longest_seconds)

        def recover(tx: Transaction) -> None:
            tx.deliveries.recover(self._channel, wall, longest_wait=longest, lease=rules.lease)

        try:
            await self._database.run(recover)
        except StoreError:
            self._watch.look_again()
            raise

    async def _end(self) -> None:
        self._settler.store(self._settler.lot())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._rules.grace.total_seconds()):
                await self.settled()
        await self.let_go()
