"""What comes in is handled in the commit that stores it, and looks afterwards as if it had been stored first."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from domain.store import Database, DiskFull, Transaction, Unavailable, UpdateRow
from scheduler.intake import Intake, IntakeRules, say_nothing
from scheduler.taking_in import AT_ONCE, BRIEF, Fresh
from tests.support.database import open_database
from tests.support.queues import START, DrivenTime


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(tmp_path, busy_timeout_ms=20) as opened:
        yield opened


class Door:
    """An intake that notes what it handled, at once or later, in a chat of its own; it fails as often as it is told to."""

    def __init__(self, database: Database, max_attempts: int = 3) -> None:
        self.database = database
        self.time = DrivenTime()
        self.faults: list[Exception] = []
        self.written: list[int] = []
        self.woken = 0
        self.intake = Intake(
            database,
            "telegram",
            self._later,
            self.time.clock,
            apologise=say_nothing,
            handled=self._was_handled,
            rules=IntakeRules(max_attempts=max_attempts),
            monotonic=self.time.monotonic,
            dice=random.Random(1),  # noqa: S311
        )

    async def bring(self, *numbers: int, chat: str = "a") -> None:
        await self.intake.take_in([self.fresh(number, chat) for number in numbers])

    def fresh(self, number: int, chat: str) -> Fresh:
        def write() -> str:
            self.written.append(number)
            return str(number)

        return Fresh(number, chat, write, self._turn(number, chat))

    async def work(self, seconds: int = 0) -> None:
        for _ in range(seconds + 1):
            while await self.intake.turn():
                pass
            self.time.pass_by(1)

    async def noted(self, chat: str = "a") -> list[str]:
        def look(tx: Transaction) -> list[str]:
            found = tx.chats.find("web", chat)
            return [] if found is None else [row.message_json for row in tx.outbox.all(found.id)]

        return await self.database.read(look)

    async def rows(self, state: str) -> tuple[UpdateRow, ...]:
        return await self.database.read(lambda tx: tx.updates.list(state))  # type: ignore[arg-type]

    def _turn(self, number: int, chat: str) -> Callable[[Transaction], None]:
        def turn(tx: Transaction) -> None:
            there = tx.chats.open("web", chat, "en", START)
            tx.outbox.put(there.id, str(number), START)
            if self.faults:
                raise self.faults.pop()

        return turn

    def _later(self, tx: Transaction, update: UpdateRow, /) -> None:
        self._turn(update.update_id, update.order_key)(tx)

    def _was_handled(self) -> None:
        self.woken += 1


@pytest.fixture
def door(database: Database) -> Door:
    return Door(database)


async def test_what_comes_in_is_handled_and_stored_as_done_in_one_go(door: Door) -> None:
    await door.bring(2, 1, 3)
    assert await door.noted() == ["1", "2", "3"]
    done = await door.rows("done")
    assert [(row.update_id, row.order_key, row.payload_json, row.attempts) for row in done] == [
        (3, "", "", 0),
        (2, "", "", 0),
        (1, "", "", 0),
    ]
    assert (door.written, door.woken) == ([], 1)
    assert not await door.intake.turn()


async def test_a_row_that_was_done_at_once_is_the_same_as_one_that_waited(door: Door) -> None:
    await door.bring(1)
    await door.database.run(lambda tx: tx.updates.store("telegram", [(2, "b", "2")], door.time.clock.now()))
    while await door.intake.turn():
        pass
    at_once, later = sorted(await door.rows("done"), key=lambda row: row.update_id)
    for name in ("channel", "order_key", "payload_json", "received_at", "state", "attempts", "error"):
        assert getattr(at_once, name) == getattr(later, name), name


async def test_what_was_taken_before_is_not_taken_again(door: Door) -> None:
    await door.bring(1, 2)
    await door.bring(2, 1, 2, 3)
    assert await door.noted() == ["1", "2", "3"]
    assert await door.rows("waiting") == ()


async def test_what_comes_in_at_the_same_time_is_handled_in_order_whoever_was_quicker(door: Door) -> None:
    await asyncio.gather(door.bring(3), door.bring(1), door.bring(5, 4), door.bring(2))
    assert await door.noted() == ["1", "2", "3", "4", "5"]
    assert door.woken == 1


async def test_who_stops_waiting_does_not_stop_the_others(door: Door) -> None:
    first, second = asyncio.create_task(door.bring(1)), asyncio.create_task(door.bring(2))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert await door.noted() == ["1", "2"]


async def test_all_who_came_at_the_same_time_hear_that_it_could_not_be_stored(door: Door) -> None:
    await door.database.close()
    heard = await asyncio.gather(door.bring(1), door.bring(2), return_exceptions=True)
    assert [type(one) for one in heard] == [Unavailable, Unavailable]


async def test_whose_chat_waits_joins_the_line_and_others_do_not_wait(door: Door) -> None:
    door.faults = [ValueError("bad")]
    await door.bring(1, 2)
    await door.bring(3)
    await door.bring(4, chat="b")
    assert (await door.noted(), await door.noted("b")) == ([], ["4"])
    assert [row.update_id for row in await door.rows("waiting")] == [1, 2, 3]
    await door.work(5)
    assert await door.noted() == ["1", "2", "3"]


async def test_a_turn_that_fails_leaves_its_update_waiting_with_the_failure_counted(door: Door) -> None:
    door.faults = [ValueError("bad 一百五十万")]
    await door.bring(1)
    assert await door.noted() == []
    (row,) = await door.rows("waiting")
    assert (row.attempts, row.payload_json, row.order_key) == (1, "1", "a")
    assert "ValueError: bad 一百五十万" in row.error
    assert "test_at_once.py" in row.error
    assert not await door.intake.turn()
    await door.work(5)
    assert await door.noted() == ["1"]


async def test_failures_count_on_from_the_first_and_the_update_is_set_aside(door: Door) -> None:
    door.faults = [ValueError("bad")] * 3
    await door.bring(1)
    await door.work(20)
    (aside,) = await door.rows("set_aside")
    assert (aside.attempts, door.faults) == (3, [])


@pytest.mark.parametrize("trouble", [DiskFull("told to"), Unavailable("told to")])
async def test_trouble_of_the_database_counts_as_no_failure(door: Door, trouble: Exception) -> None:
    door.faults = [trouble]
    await door.bring(1)
    (row,) = await door.rows("waiting")
    assert (row.attempts, row.error) == (0, "")
    await door.work()
    assert await door.noted() == ["1"]


async def test_where_one_attempt_is_all_there_is_it_is_stored_first(database: Database) -> None:
    door = Door(database, max_attempts=1)
    await door.bring(1)
    assert [row.update_id for row in await door.rows("waiting")] == [1]
    await door.work()
    assert await door.noted() == ["1"]


async def test_nothing_is_begun_any_more_once_told_to_stop(door: Door) -> None:
    door.intake.stop()
    await door.bring(1)
    assert [row.update_id for row in await door.rows("waiting")] == [1]
    assert await door.noted() == []


async def test_what_has_to_be_stored_first_waits_and_holds_its_chat_back(door: Door) -> None:
    await door.intake.take_in([Fresh(1, "a", lambda: "1"), door.fresh(2, "a"), door.fresh(3, "b")])
    assert (await door.noted(), await door.noted("b")) == ([], ["3"])
    await door.work()
    assert await door.noted() == ["1", "2"]


async def test_a_large_batch_is_handled_in_part_and_the_rest_waits_its_turn(door: Door) -> None:
    await door.bring(*range(1, AT_ONCE + 6))
    assert len(await door.noted()) == AT_ONCE
    await door.work()
    assert await door.noted() == [str(number) for number in range(1, AT_ONCE + 6)]


async def test_when_it_cannot_even_be_stored_nothing_of_the_batch_happened(door: Door) -> None:
    def broken() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await door.intake.take_in([door.fresh(1, "a"), Fresh(2, "b", broken)])
    assert (await door.noted(), await door.rows("done")) == ([], ())
    await door.bring(1)
    assert await door.noted() == ["1"]


async def test_a_chat_that_was_found_in_an_undone_turn_is_not_believed_in(door: Door) -> None:
    door.faults = [ValueError("bad")]
    await door.bring(1, chat="new")
    door.time.pass_by(timedelta(seconds=30).total_seconds())
    await door.bring(2, chat="other")
    await door.work(3)
    assert (await door.noted("new"), await door.noted("other")) == (["1"], ["2"])


async def test_a_few_keep_the_event_loop_and_many_do_not_however_they_come(database: Database) -> None:
    door = Door(database)
    here = threading.current_thread()
    where: list[threading.Thread] = []

    def fresh(number: int) -> Fresh:
        return Fresh(
            number,
            f"chat {number}",
            lambda: str(number),
            lambda _tx: where.append(threading.current_thread()),
        )

    await door.intake.take_in([fresh(number) for number in range(BRIEF)])
    assert where == [here] * BRIEF
    where.clear()
    await door.intake.take_in([fresh(100 + number) for number in range(BRIEF + 1)])
    assert len(where) == BRIEF + 1
    assert here not in where
    # One by one, as over a webhook, while the writer is at work for somebody else.
    where.clear()
    may_end = threading.Event()
    busy = asyncio.create_task(database.run(lambda _: may_end.wait(30)))
    await asyncio.sleep(0)
    coming = [asyncio.create_task(door.intake.take_in([fresh(200 + n)])) for n in range(BRIEF + 1)]
    await asyncio.sleep(0.01)
    may_end.set()
    await asyncio.gather(busy, *coming)
    assert len(where) == BRIEF + 1
    assert here not in where
