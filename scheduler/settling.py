"""What is stored about each thing that may come of sending a message."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias, assert_never

from domain.clock import Clock
from domain.store import ClaimedDelivery, DiskFull, Locked, ReadOnly, StoreError, Transaction, Unavailable
from scheduler.backoff import Backoff
from scheduler.sending import Delivered, Gone, Moved, Receipt, Refused, TryAgain, Unsure, Wait
from scheduler.tally import SendTally

Work = Callable[[Transaction], bool]
"""Stores it; False when somebody else has taken the message since."""


Arrival: TypeAlias = tuple[ClaimedDelivery, Delivered]
"""A message, and how it arrived."""


def may_pass(error: StoreError) -> bool:
    """Whether the same work may succeed later."""
    return isinstance(error, DiskFull | Locked | ReadOnly | Unavailable)


def arrived(tx: Transaction, batch: Sequence[Arrival]) -> list[ClaimedDelivery]:
    """Store that these arrived; gives those which somebody else has taken since."""
    return tx.deliveries.arrived([(one, receipt.message_ref, receipt.living) for one, receipt in batch])


@dataclass(frozen=True, slots=True)
class Settling:
    """Turns receipts into works for the database."""

    channel: str
    clock: Clock
    backoff: Backoff
    max_attempts: int
    dice: random.Random
    tally: SendTally

    def put_back(self, delivery: ClaimedDelivery, seconds: float) -> Work:
        """It was not tried at all, and may be so many seconds later."""

        def work(tx: Transaction) -> bool:
            later = self.clock.now() + timedelta(seconds=seconds)
            return tx.deliveries.release(delivery.outbox_id, delivery.fence, later)

        return work

    def work(self, delivery: ClaimedDelivery, receipt: Receipt) -> Work:
        """Store a receipt."""
        outbox_id, fence, chat_id = delivery.outbox_id, delivery.fence, delivery.chat.id
        match receipt:
            case Delivered():
                return lambda tx: not arrived(tx, [(delivery, receipt)])
            case Refused(reason):
                return self._dead(delivery, reason)
            case Gone(reason):
                return lambda tx: tx.deliveries.gone(
                    delivery, self.clock.now(), reason or "the chat is closed"
                )
            case Moved(address):
                if delivery.attempt >= self.max_attempts:
                    return self._dead(delivery, "the chat moves again and again")
                return lambda tx: self._moved(tx, delivery, address)
            case Wait(seconds, scope):
                held = chat_id if scope == "chat" else None
                return lambda tx: self._hold(tx, delivery, held, seconds)
            case TryAgain(reason):
                return self._again(delivery, reason)
            case Unsure(reason) if delivery.repeatable:
                return self._again(delivery, reason)
            case Unsure(reason):
                return lambda tx: tx.deliveries.unknown(outbox_id, fence, reason)
            case _:
                assert_never(receipt)

    def _moved(self, tx: Transaction, delivery: ClaimedDelivery, address: str) -> bool:
        if not tx.deliveries.retry(delivery.outbox_id, delivery.fence, self.clock.now(), "the chat moved"):
            return False
        tx.chats.migrate(delivery.chat.id, address)
        return True

    def _hold(self, tx: Transaction, delivery: ClaimedDelivery, held: int | None, seconds: float) -> bool:
        now = self.clock.now()
        until = now + timedelta(seconds=seconds)
        tx.deliveries.hold(self.channel, held, until, now)
        return tx.deliveries.release(delivery.outbox_id, delivery.fence, until, "the platform asked to wait")

    def _dead(self, delivery: ClaimedDelivery, reason: str) -> Work:
        self.tally.dead += 1
        return lambda tx: tx.deliveries.dead(delivery.outbox_id, delivery.fence, reason)

    def _again(self, delivery: ClaimedDelivery, reason: str) -> Work:
        # A reminder that is out of time is taken back and said anew while it matters: an outage of half a day loses none.
        goes_on = delivery.taken_back and delivery.lane == "reminder"
        if delivery.attempt >= self.max_attempts and not goes_on:
            return self._dead(delivery, reason)
        pause = self.backoff.after(delivery.attempt, self.dice)
        return lambda tx: tx.deliveries.retry(
            delivery.outbox_id, delivery.fence, self.clock.now() + pause, reason
        )
