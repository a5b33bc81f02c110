"""The world around the queues: a platform that answers when it likes, people's phones, workers that die.

It watches every message that goes out and notes whatever must never happen.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from domain.store import Database, Locked, Transaction, Unavailable, UpdateRow
from domain.store.outcomes import Outcome
from domain.store.statements import Brief
from scheduler.courier import Courier
from scheduler.courier_rules import CourierRules
from scheduler.intake import Intake, IntakeRules
from scheduler.limits import Limits, Rates
from scheduler.sending import Parcel, Receipt
from tests.support.queues import DrivenTime

Item = TypeVar("Item")
T = TypeVar("T")

COURIER_RULES = CourierRules(concurrency=1000, max_attempts=4, gather=timedelta(0), settle_pauses=(0.0,))
INTAKE_RULES = IntakeRules(max_attempts=3)
RATES = Rates(overall_per_second=5, overall_burst=3, private_per_second=1, private_burst=3)

Trouble = Literal["before", "after"]


class TroubledDatabase(Database):
    """Fails when told to: before anything was done, or after all of it was committed."""

    troubles: list[Trouble]

    async def run(self, work: Callable[[Transaction], T], *, brief: Brief = False) -> T:
        """Run a work, or say that it cannot be done."""
        trouble = self.troubles.pop() if self.troubles else None
        if trouble == "before":
            raise Locked("told to")
        result = await super().run(work, brief=brief)
        if trouble == "after":
            raise Unavailable("told to, after the commit")
        return result

    async def run_each(
        self, find: Callable[[Transaction, int], Sequence[Item]], work: Callable[[Transaction, Item], T]
    ) -> Sequence[tuple[Item, Outcome]]:
        """The same for works on each of several."""
        trouble = self.troubles.pop() if self.troubles else None
        if trouble == "before":
            raise Locked("told to")
        result = await super().run_each(find, work)
        if trouble == "after":
            raise Unavailable("told to, after the commit")
        return result

    async def calmly(self, work: Callable[[Transaction], T]) -> T:
        """Run a work without trouble."""
        return await super().run(work)


@dataclass(eq=False)
class Send:
    """One attempt to send one message."""

    parcel: Parcel
    worker: Worker
    fence: int
    latest: int
    """The latest message of the chat when this one went out."""

    began: float
    lease_ends: datetime
    answer: asyncio.Future[Receipt]
    ended: str = ""
    """What the store knows about it; empty while nobody knows what became of it."""


@dataclass(eq=False)
class Held:
    """The platform asked to wait."""

    chat_id: int | None
    asked: float
    until: float
    known_to: frozenset[Worker] | None = None
    """Once the clock on the wall jumped over its end, those who had heard of it; before, None: everybody hears of it."""

    def binds(self, worker: Worker, chat_id: int, now: float) -> bool:
        """Whether the worker must not send to the chat."""
        mine = self.known_to is None or worker in self.known_to
        return mine and now < self.until - 1e-6 and self.chat_id in {None, chat_id}


@dataclass(eq=False)
class Worker:
    """A process: a courier and an intake."""

    world: World
    dead: bool = False

    def __post_init__(self) -> None:
        world, dice = self.world, random.Random(1)  # noqa: S311
        steady, clock, database = world.time.monotonic, world.time.clock, world.database
        self.limits = Limits(RATES)
        self.courier = Courier(
            database,
            "telegram",
            self,
            self.limits,
            clock,
            rules=COURIER_RULES,
            monotonic=steady,
            dice=dice,
        )
        self.intake = Intake(
            database,
            "telegram",
            world.handle,
            clock,
            apologise=world.apologise,
            rules=INTAKE_RULES,
            monotonic=steady,
            dice=dice,
        )

    async def send(self, parcel: Parcel) -> Receipt:
        """The platform answers when it likes."""
        world = self.world
        attempt = Send(
            parcel,
            self,
            *world.look(parcel.outbox_id),
            world.time.monotonic(),
            world.time.clock.now() + COURIER_RULES.lease,
            asyncio.get_running_loop().create_future(),
        )
        world.begins(attempt)
        return await attempt.answer

    @property
    def quiet(self) -> bool:
        """Whether everything under way waits for the platform."""
        waiting = sum(one.worker is self and not one.answer.done() for one in self.world.live)
        return waiting == self.courier.under_way


class World:
    """Platform, phones and workers. `look` gives the fence of a message, and the latest message of its chat."""

    def __init__(
        self, database: TroubledDatabase, time: DrivenTime, look: Callable[[int], tuple[int, int]]
    ) -> None:
        self.database = database
        self.time = time
        self.look = look
        self.workers = [Worker(self) for _ in range(2)]
        self.live: list[Send] = []
        """The attempts the platform has not answered; also those of the dead, which may arrive all the same."""

        self.last: dict[int, Send] = {}
        """The latest attempt of each message, by outbox id."""

        self.arrived: Counter[int] = Counter()
        self.windows: Counter[int] = Counter()
        """How often a message was sent again because nobody knew what had become of it."""

        self.once_more: set[int] = set()
        """What the operator asked to be sent again."""

        self.holds: list[Held] = []
        self.addresses: dict[int, str] = {}
        self.wrong: list[str] = []
        """What happened though it must never happen."""

    def begins(self, attempt: Send) -> None:
        """A message goes out: whatever must not be is noted."""
        parcel, now = attempt.parcel, self.time.monotonic()
        chat_id = parcel.chat.id
        if any(hold.binds(attempt.worker, chat_id, now) for hold in self.holds):
            self.wrong.append(f"{parcel.outbox_id} went out inside a hold")
        self._check_repeat(attempt)
        if any(other.parcel.chat.id == chat_id and not self._lost(other) for other in self.live):
            self.wrong.append(f"two at once in chat {chat_id}")
        if parcel.chat.address != self.addresses.get(chat_id, parcel.chat.address):
            self.wrong.append(f"{parcel.outbox_id} went to an address the chat has left")
        self.live.append(attempt)
        self.last[parcel.outbox_id] = attempt

    def _check_repeat(self, attempt: Send) -> None:
        outbox_id = attempt.parcel.outbox_id
        before, asked_for = self.last.get(outbox_id), outbox_id in self.once_more
        self.once_more.discard(outbox_id)
        if before is None:
            return
        if before.ended in {"delivered", "refused"} and not asked_for:
            self.wrong.append(f"{outbox_id} was sent again though that was {before.ended}")
        if before.ended in {"", "unsure"}:
            self.windows[outbox_id] += 1
            if not before.ended and not self._lost(before):
                self.wrong.append(f"{outbox_id} was sent again while it was under way")
            if not attempt.parcel.repeatable and not asked_for:
                self.wrong.append(f"{outbox_id} was repeated though it must not be")

    def _lost(self, attempt: Send) -> bool:
        """Whether others may think that this attempt died."""
        return (
            attempt.worker.dead
            or self.time.clock.now() >= attempt.lease_ends
            or self.time.monotonic() >= attempt.began + COURIER_RULES.lease.total_seconds()
        )

    def handle(self, tx: Transaction, update: UpdateRow, /) -> None:
        """What a turn does: one reply to each update."""
        number, failures = map(int, update.payload_json.split())
        chat = tx.chats.open("telegram", update.order_key, "en", self.time.clock.now())
        tx.chats.revive(chat.id)
        tx.outbox.put(chat.id, f"answer {number}", self.time.clock.now())
        if update.attempts < failures:
            raise ValueError(number)

    def turn_of(self, number: int, key: str, text: str) -> Callable[[Transaction], None]:
        """The same for an update that was not stored before."""
        update = UpdateRow(0, "telegram", number, key, text, self.time.clock.now(), "waiting", 0, "")
        return lambda tx: self.handle(tx, update)

    def apologise(self, tx: Transaction, update: UpdateRow, /) -> None:
        """One apology for an update that is set aside."""
        number = update.payload_json.split()[0]
        chat = tx.chats.open("telegram", update.order_key, "en", self.time.clock.now())
        tx.outbox.put(chat.id, f"sorry {number}", self.time.clock.now())

    async def calm_down(self) -> None:
        """Let everything go on until it waits for the platform."""
        await asyncio.sleep(0)
        while not all(worker.quiet for worker in self.workers):  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def dies(self, index: int) -> None:
        """A process is killed; another one takes its place."""
        worker = self.workers[index]
        worker.dead = True
        await worker.courier.let_go()
        self.workers[index] = Worker(self)

    def jump(self, by: timedelta) -> None:
        """Somebody sets the clock on the wall."""
        now = self.time.monotonic()
        if by > timedelta(0):
            for (
                send
            ) in self.live:  # To other processes its lease is over, even if the clock was set back before.
                send.lease_ends = self.time.clock.now()
            for hold in self.holds:
                if hold.known_to is None:
                    hold.known_to = frozenset(
                        worker
                        for worker in self.workers
                        if worker.limits.holds(now).get(hold.chat_id, 0) >= hold.until - now - 1e-6
                    )
        self.time.jump(by)
