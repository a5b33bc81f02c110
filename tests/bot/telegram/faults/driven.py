"""The courier and the sender against the fake Bot API, with every clock driven by hand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.assembly import open_house
from bot.house import House
from bot.settings import Settings
from bot.telegram.api import open_api
from bot.telegram.notes import Hint
from bot.telegram.reception import CHANNEL
from bot.telegram.sender import TelegramSender
from bot.telegram.signals import Signals
from domain.store import DeliveryRow, Lane, Transaction
from scheduler.courier import Courier
from scheduler.limits import Limits, Rates
from tests.bot.telegram.faults.looking_back import STATES
from tests.support.queues import DrivenTime
from tests.support.size import SEED
from tests.support.telegram_api import TelegramApi

LANES: tuple[Lane, ...] = ("reply", "reminder", "broadcast")
UNLIMITED = Rates(overall_per_second=None, private_per_second=None, group_per_minute=None)


@dataclass
class Driven:
    """A courier with a queue before it."""

    api: TelegramApi
    house: House
    courier: Courier
    time: DrivenTime
    people: list[int]

    async def put(self, each: int) -> int:
        """Put so many messages of all kinds for everybody; gives how many there are."""
        text = Hint(about="edited").model_dump_json()
        for person in self.people:
            for number in range(each):
                lane = LANES[number % len(LANES)]
                await self.house.database.run(
                    lambda tx, person=person, lane=lane: tx.outbox.put(  # type: ignore[misc]  # defaults bind them
                        tx.chats.open(CHANNEL, str(person), "zh_CN", self.time.clock.now()).id,
                        text,
                        self.time.clock.now(),
                        lane,
                    )
                )
        return each * len(self.people)

    async def passes(self, seconds: float, step: float = 30.0) -> None:
        """Work while so much time passes; no step is longer than `step`."""
        end = self.time.monotonic() + seconds
        while True:
            before, pause = -1, 0.0
            while self.courier.claims != before:
                before = self.courier.claims
                pause = await self.courier.round()
                await self.courier.settled()
            left = end - self.time.monotonic()
            if left <= 0:
                return
            self._pass_by(max(min(pause, step, left), 0.01))

    def _pass_by(self, seconds: float) -> None:
        self.time.pass_by(seconds)
        self.api.clock.advance(seconds)

    async def rows(self) -> tuple[DeliveryRow, ...]:
        """How all messages stand."""

        def look(tx: Transaction) -> tuple[DeliveryRow, ...]:
            return tuple(row for state in STATES for row in tx.deliveries.list(state, 1_000_000))

        return await self.house.database.read(look)

    async def states(self) -> Counter[str]:
        """How many stand how."""
        return Counter(row.state for row in await self.rows())


@asynccontextmanager
async def driven(
    folder: Path, api: TelegramApi, people: int, rates: Rates = UNLIMITED
) -> AsyncIterator[Driven]:
    """A courier for so many chats."""
    time = DrivenTime()
    api.clock.stop()
    numbers = []
    for number in range(people):
        person = api.person(f"人{number}")
        person.start()
        numbers.append(person.id)
    settings = Settings(data_dir=folder, telegram_chat_per_second=1_000, _env_file=None)
    async with open_house(settings, time.clock) as house, open_api(api.token, api.url) as wire:
        signals = Signals(wire.bot)
        sender = TelegramSender(house, wire.bot, await wire.identity(), signals)
        courier = Courier(
            house.database,
            CHANNEL,
            sender,
            Limits(rates),
            time.clock,
            monotonic=time.monotonic,
            dice=random.Random(SEED),  # noqa: S311 - repeatable on purpose
        )
        yield Driven(api, house, courier, time, numbers)
        await signals.close()
