from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.store import Database, Locked, NotFound, Transaction, UpdateRow
from scheduler.intake import Handler, Intake, IntakeRules, say_nothing
from tests.support.database import open_database
from tests.support.queues import START, DrivenTime

RULES = IntakeRules(max_attempts=3, trouble=timedelta(seconds=0.02))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(tmp_path, busy_timeout_ms=20) as opened:
        yield opened


@pytest.fixture
def time() -> DrivenTime:
    return DrivenTime()


class Desk:
    """An intake whose handler notes what it handled in a chat of its own, and fails when told to."""

    def __init__(self, database: Database, time: DrivenTime, apologise: Handler | None = None) -> None:
        self.database = database
        self.time = time
        self.failures: Counter[str] = Counter()
        self.fault: Callable[[], Exception] = lambda: ValueError("bad 一百五十万")
        self.intake = Intake(
            database,
            "telegram",
            self._handle,
            time.clock,
            apologise=self._apologise if apologise is None else apologise,
            rules=RULES,
            monotonic=time.monotonic,
            dice=random.Random(1),  # noqa: S311
        )

    async def store(self, *batch: tuple[int, str, str]) -> None:
        await self.database.run(lambda tx: tx.updates.store("telegram", batch, self.time.clock.now()))

    async def work(self, seconds: float = 0) -> None:
        """Handle what is due, for so long by the driven clock."""
        for _ in range(int(seconds) + 1):
            while await self.intake.turn():
                pass
            self.time.pass_by(1)

    async def noted(self, key: str) -> list[str]:
        """What was handled for a chat, and the apologies to it."""

        def look(tx: Transaction) -> list[str]:
            chat = tx.chats.find("web", key)
            return [] if chat is None else [row.message_json for row in tx.outbox.all(chat.id)]

        return await self.database.read(look)

    def _handle(self, tx: Transaction, update: UpdateRow, /) -> None:
        self._note(tx, update, update.payload_json)
        if self.failures[update.payload_json]:
            self.failures[update.payload_json] -= 1
            raise self.fault()

    def _apologise(self, tx: Transaction, update: UpdateRow, /) -> None:
        self._note(tx, update, "sorry")

    @staticmethod
    def _note(tx: Transaction, update: UpdateRow, text: str) -> None:
        chat = tx.chats.open("web", update.order_key, "en", START)
        tx.outbox.put(chat.id, text, START)


@pytest.fixture
def desk(database: Database, time: DrivenTime) -> Desk:
    return Desk(database, time)


async def test_updates_of_a_chat_are_handled_in_order_and_once(desk: Desk) -> None:
    await desk.store((1, "a", "1"), (2, "b", "2"), (3, "a", "3"))
    await desk.work()
    await desk.store((1, "a", "1"), (4, "a", "4"))
    await desk.work()
    assert await desk.noted("a") == ["1", "3", "4"]
    assert await desk.noted("b") == ["2"]


async def test_a_failing_turn_leaves_nothing_behind_and_is_tried_again(desk: Desk) -> None:
    await desk.store((1, "a", "fails once"), (2, "a", "next"), (3, "b", "elsewhere"))
    desk.failures["fails once"] = 1
    await desk.work()
    assert await desk.noted("a") == []
    assert await desk.noted("b") == ["elsewhere"]
    await desk.work(3)
    assert await desk.noted("a") == ["fails once", "next"]


async def test_what_fails_again_and_again_is_set_aside_with_one_apology_and_the_chat_goes_on(
    desk: Desk,
) -> None:
    await desk.store((1, "a", "bad"), (2, "a", "good"))
    desk.failures["bad"] = 99
    await desk.work(20)
    assert await desk.noted("a") == ["sorry", "good"]
    (aside,) = await desk.database.read(lambda tx: tx.updates.list("set_aside"))
    assert (aside.payload_json, aside.attempts) == ("bad", 3)
    assert "ValueError: bad 一百五十万" in aside.error
    assert "test_intake.py" in aside.error
    desk.failures.clear()
    await desk.database.run(lambda tx: tx.updates.again(aside.id))
    await desk.work()
    assert await desk.noted("a") == ["sorry", "good", "bad"]


async def test_an_apology_that_fails_too_does_not_stop_the_chat(database: Database, time: DrivenTime) -> None:
    def break_down(_tx: Transaction, _update: UpdateRow, /) -> None:
        raise RuntimeError

    desk = Desk(database, time, apologise=break_down)
    await desk.store((1, "a", "bad"), (2, "a", "good"))
    desk.failures["bad"] = 99
    await desk.work(20)
    assert await desk.noted("a") == ["good"]
    assert len(await database.read(lambda tx: tx.updates.list("set_aside"))) == 1


async def test_mistakes_of_a_handler_count_even_when_the_store_reports_them(desk: Desk) -> None:
    await desk.store((1, "a", "bad"))
    desk.failures["bad"] = 99
    desk.fault = lambda: NotFound("chat 7")
    await desk.work(20)
    assert await desk.noted("a") == ["sorry"]


async def test_a_database_that_is_busy_is_waited_for_and_nothing_is_counted(desk: Desk) -> None:
    await desk.store((1, "a", "x"))
    desk.failures["x"] = 50
    desk.fault = lambda: Locked("busy")
    with pytest.raises(Locked):
        await desk.intake.turn()
    desk.failures.clear()
    await desk.work()
    assert await desk.noted("a") == ["x"]
    (done,) = await desk.database.read(lambda tx: tx.updates.list("done"))
    assert done.attempts == 0


async def test_the_clock_set_back_a_day_holds_up_nothing(desk: Desk, time: DrivenTime) -> None:
    await desk.store((1, "a", "x"))
    desk.failures["x"] = 1
    running = asyncio.create_task(desk.intake.run())
    await until_it_failed(desk)
    time.jump(timedelta(days=-1))
    time.pass_by(10)
    await until_noted(desk, "a", ["x"])
    desk.intake.stop()
    await running


async def test_a_running_intake_handles_many_chats_and_stops_when_told(desk: Desk) -> None:
    await desk.store(*((number, f"chat {number % 20}", str(number)) for number in range(300)))
    running = asyncio.create_task(desk.intake.run())
    for key in range(20):
        await until_noted(desk, f"chat {key}", [str(number) for number in range(key, 300, 20)])
    await desk.store((1000, "late", "late"))
    desk.intake.wake()
    await until_noted(desk, "late", ["late"])
    desk.intake.stop()
    async with asyncio.timeout(5):
        await running


async def test_a_running_intake_outlives_a_database_that_cannot(desk: Desk, tmp_path: Path) -> None:
    await desk.store((1, "a", "x"))
    thief = sqlite3.connect(tmp_path / "zhuoyue.sqlite3", isolation_level=None)
    try:
        thief.execute("BEGIN IMMEDIATE")
        running = asyncio.create_task(desk.intake.run())
        await asyncio.sleep(0.3)
        assert await desk.noted("a") == []
    finally:
        thief.close()
    await until_noted(desk, "a", ["x"])
    desk.intake.stop()
    await running


async def test_replies_are_announced_after_each_turn(database: Database, time: DrivenTime) -> None:
    rung: list[int] = []
    intake = Intake(
        database, "telegram", say_nothing, time.clock, handled=lambda: rung.append(1), rules=replace(RULES)
    )
    await database.run(lambda tx: tx.updates.store("telegram", [(1, "a", ""), (2, "b", "")], START))
    while await intake.turn():
        pass
    assert len(rung) == 2


async def test_an_update_that_was_tampered_with_ends_on_the_operators_desk(
    desk: Desk, tmp_path: Path
) -> None:
    await desk.store((1, "a", "x"), (2, "a", "good"))
    with sqlite3.connect(tmp_path / "zhuoyue.sqlite3") as connection:
        connection.execute("UPDATE updates SET payload = x'0102' WHERE update_id = 1")
    connection.close()
    desk.failures[""] = 99
    await desk.work(20)
    assert await desk.noted("a") == ["sorry", "good"]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def until_it_failed(desk: Desk) -> None:
    """Until the failure is noted, and the time of the next attempt with it."""
    async with asyncio.timeout(10):
        while not await desk.database.read(_a_failure):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _a_failure(tx: Transaction) -> bool:
    return any(row.attempts for row in tx.updates.list("waiting"))


async def until_noted(desk: Desk, key: str, wanted: list[str]) -> None:
    async with asyncio.timeout(10):
        while await desk.noted(key) != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
