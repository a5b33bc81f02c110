"""What comes in, what is sent because of it and what arrived share commits, and none of them waits for the others."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.store import Chat, Database, NotFound, Transaction
from domain.store.repositories.delivery_claims import DeliveryClaims
from domain.store.sqlite_writer import Begun, SqliteWriter
from scheduler.courier import Courier
from scheduler.courier_rules import CourierRules
from scheduler.intake import Intake, say_nothing
from scheduler.limits import Limits, Rates
from scheduler.taking_in import Fresh
from tests.support.database import open_database
from tests.support.queues import DrivenTime, ScriptedSender

RATES = Rates(overall_per_second=None, private_per_second=None, group_per_minute=None)
RULES = CourierRules(poll=timedelta(seconds=60), gather=timedelta(milliseconds=500))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(tmp_path, busy_timeout_ms=50) as opened:
        yield opened


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many works each commit has held."""
    counted: list[int] = []
    run = SqliteWriter._commit

    def counting(self: SqliteWriter, connection: Any, begun: Begun) -> Any:
        counted.append(len(begun.outcomes))
        return run(self, connection, begun)

    monkeypatch.setattr(SqliteWriter, "_commit", counting)
    return counted


class Office:
    """An intake and a courier; whoever writes gets an answer with the same number."""

    def __init__(self, database: Database, rates: Rates = RATES) -> None:
        self.database = database
        self.time = DrivenTime()
        self.sender = ScriptedSender()
        self.courier = Courier(
            database,
            "telegram",
            self.sender,
            Limits(rates),
            self.time.clock,
            rules=RULES,
            monotonic=self.time.monotonic,
            dice=random.Random(1),  # noqa: S311
        )
        self.intake = Intake(
            database,
            "telegram",
            say_nothing,
            self.time.clock,
            handled=self.courier.wake,
            expected=self.courier.expect,
        )

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        running = asyncio.create_task(self.courier.run())
        # What a start takes is done, and nothing is due before a minute has passed.
        await asyncio.sleep(0.1)
        try:
            yield
        finally:
            self.courier.stop()
            await running

    async def chat(self, address: str = "1") -> Chat:
        return await self.database.run(
            lambda tx: tx.chats.open("telegram", address, "en", self.time.clock.now())
        )

    async def put(self, chat: Chat, text: str) -> int:
        return await self.database.run(lambda tx: tx.outbox.put(chat.id, text, self.time.clock.now()))

    async def bring(self, number: int, chat: Chat) -> None:
        def turn(tx: Transaction) -> None:
            tx.outbox.put(chat.id, str(number), self.time.clock.now())

        await self.intake.take_in([Fresh(number, chat.address, lambda: str(number), turn)])

    async def states(self, *messages: int) -> list[str]:
        def look(tx: Transaction) -> list[str]:
            rows = [tx.deliveries.get(message) for message in messages]
            return ["" if row is None else row.state for row in rows]

        return await self.database.read(look)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


async def until_said(office: Office, *texts: str) -> None:
    async with asyncio.timeout(5):
        while office.sender.said != [*texts]:  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def test_an_answer_is_claimed_in_the_commit_that_puts_it(office: Office, commits: list[int]) -> None:
    chat = await office.chat()
    async with office.at_work():
        commits.clear()
        await office.bring(7, chat)
        await until_said(office, "7")
        assert commits == [2]
        await office.courier.settled()
        # One more settles it, and looks again in it.
        assert commits == [2, 1]


async def test_whoever_answers_at_once_has_the_last_message_settled_on_the_way(
    office: Office, commits: list[int]
) -> None:
    chat = await office.chat()
    async with office.at_work():
        commits.clear()
        for number in range(1, 6):
            # Long before what arrived would be settled by itself.
            await office.bring(number, chat)
            await until_said(office, *map(str, range(1, number + 1)))
        assert commits == [2] * 5


async def test_an_answer_goes_out_at_once_also_when_the_claim_beside_it_found_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await office.chat()
    monkeypatch.setattr(office.database._gate, "one_writer", False)
    async with office.at_work():
        await office.intake._taking_in.with_others([Fresh(7, "1", str, lambda tx: _say(tx, office, chat))])
        await until_said(office, "7")


def _say(tx: Transaction, office: Office, chat: Chat) -> None:
    tx.outbox.put(chat.id, "7", office.time.clock.now())


async def test_the_next_message_of_a_chat_is_claimed_in_the_commit_that_settles_the_last(
    office: Office, commits: list[int]
) -> None:
    chat = await office.chat()

    def turn(tx: Transaction) -> None:
        for text in ("first", "second"):
            tx.outbox.put(chat.id, text, office.time.clock.now())

    async with office.at_work():
        commits.clear()
        await office.intake.take_in([Fresh(1, "1", str, turn)])
        await until_said(office, "first", "second")
        assert commits == [2, 1]
        await office.courier.settled()
        assert commits == [2, 1, 1]


async def test_what_arrived_is_stored_though_nothing_can_be_claimed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await office.put(await office.chat(), "hello")
    await office.courier.round()
    await until_said(office, "hello")

    def broken(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr(DeliveryClaims, "claim", broken)
    with pytest.raises(ValueError):  # noqa: PT011 -- it is the one above
        await office.courier.round()
    await office.courier.settled()
    assert await office.states(message) == ["sent"]


async def test_a_chat_that_has_to_rest_takes_no_place_when_what_it_waited_for_is_settled(
    database: Database,
) -> None:
    office = Office(database, replace(RATES, private_per_second=1.0, private_burst=1))
    chat = await office.chat()
    messages = [await office.put(chat, text) for text in ("first", "second", "third")]
    for count in (1, 2, 3):
        for _ in range(3):
            await office.courier.round()
            await asyncio.sleep(0)
        await office.courier.settled()
        assert office.sender.said == ["first", "second", "third"][:count]
        assert office.courier.claims == count, "nothing was taken to be put back"
        office.time.pass_by(1.1)
    assert await office.states(*messages) == ["sent"] * 3


async def test_what_could_not_be_settled_is_not_sent_again_though_the_clock_says_its_lease_is_over(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await office.chat()
    tried = asyncio.Event()

    def fails(*_: object) -> None:
        loop.call_soon_threadsafe(tried.set)
        raise NotFound("once")

    loop = asyncio.get_running_loop()
    async with office.at_work():
        await office.bring(7, chat)
        await until_said(office, "7")
        monkeypatch.setattr("scheduler.courier.arrived", fails)
        # A computer that was asleep: the clock that never jumps did not go on.
        office.time.jump(timedelta(hours=1))
        office.courier.wake()
        await asyncio.wait_for(tried.wait(), 5)
        await office.courier.settled()
    assert office.sender.said == ["7"]


async def test_what_arrived_as_it_was_told_to_stop_is_stored(office: Office) -> None:
    message = await office.put(await office.chat(), "hello")
    async with office.at_work():
        office.courier.stop()
        office.courier.wake()
    assert await office.states(message) == ["sent"]
