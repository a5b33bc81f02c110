"""An update whose own turn alone says that the database cannot work holds up nobody, and in an outage nothing is set aside."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.store import Database, DiskFull, Locked, StoreError, Transaction, Unavailable, UpdateRow
from scheduler.intake import Intake, IntakeRules
from scheduler.suspicion import OWN_AT, REMEMBERED, Suspicion
from tests.support.database import open_database
from tests.support.queues import START, DrivenTime

RULES = IntakeRules(max_attempts=3, trouble=timedelta(seconds=0.02))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(tmp_path, busy_timeout_ms=20) as opened:
        yield opened


class Desk:
    """An intake some of whose turns say that the database cannot work; what was handled is noted in order."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.time = DrivenTime()
        self.trouble: dict[str, Callable[[], Exception]] = {}
        self.tried: Counter[str] = Counter()
        self.raised = 0
        self.intake = Intake(
            database,
            "telegram",
            self._handle,
            self.time.clock,
            apologise=lambda tx, update: self._note(tx, f"sorry for {update.payload_json}"),
            rules=RULES,
            monotonic=self.time.monotonic,
            dice=random.Random(1),  # noqa: S311
        )

    async def store(self, number: int, chat: str, text: str) -> None:
        batch = [(number, chat, text)]
        await self.database.run(lambda tx: tx.updates.store("telegram", batch, self.time.clock.now()))

    async def work(self, seconds: int) -> None:
        """As the worker does it, for so long by the driven clock."""
        for _ in range(seconds):
            try:
                while await self.intake.turn():
                    pass
            except StoreError:
                self.raised += 1
            self.time.pass_by(1)

    async def noted(self) -> list[str]:
        def look(tx: Transaction) -> list[str]:
            chat = tx.chats.find("web", "all")
            return [] if chat is None else [row.message_json for row in tx.outbox.all(chat.id)]

        return await self.database.read(look)

    async def rows(self, state: Any) -> list[tuple[str, int]]:
        found = await self.database.read(lambda tx: tx.updates.list(state))
        return [(row.payload_json, row.attempts) for row in found]

    def _handle(self, tx: Transaction, update: UpdateRow, /) -> None:
        text = update.payload_json
        self.tried[text] += 1
        self._note(tx, text)
        trouble = self.trouble.get(text)
        if trouble is not None:
            raise trouble()

    @staticmethod
    def _note(tx: Transaction, text: str) -> None:
        tx.outbox.put(tx.chats.open("web", "all", "en", START).id, text, START)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_what_alone_says_that_the_database_cannot_work_is_set_aside_and_its_chat_goes_on(
    desk: Desk,
) -> None:
    desk.trouble["bad"] = lambda: Unavailable("malformed")
    await desk.store(1, "a", "bad")
    await desk.store(2, "a", "behind it")
    await desk.work(60)
    assert await desk.noted() == ["sorry for bad", "behind it"]
    assert await desk.rows("set_aside") == [("bad", 3)]
    (aside,) = await desk.database.read(lambda tx: tx.updates.list("set_aside"))
    assert "Unavailable: unavailable: malformed" in aside.error
    assert desk.tried["bad"] == OWN_AT - 1 + RULES.max_attempts


async def test_it_troubles_the_worker_once_and_the_others_are_answered_meanwhile(desk: Desk) -> None:
    desk.trouble["bad"] = lambda: Unavailable("malformed")
    await desk.store(1, "a", "bad")
    for number in range(2, 12):
        await desk.store(number, f"chat {number}", str(number))
        await desk.work(1)
    assert await desk.noted() == [str(number) for number in range(2, 12)]
    assert desk.raised == 1


async def test_tried_once_more_by_the_operator_it_is_set_aside_without_another_apology(desk: Desk) -> None:
    desk.trouble["bad"] = lambda: Unavailable("malformed")
    await desk.store(1, "a", "bad")
    await desk.work(60)
    (aside,) = await desk.database.read(lambda tx: tx.updates.list("set_aside"))
    await desk.database.run(lambda tx: tx.updates.again(aside.id))
    await desk.work(60)
    assert await desk.noted() == ["sorry for bad"]
    assert await desk.rows("set_aside") == [("bad", 4)]


@pytest.mark.parametrize("error", [DiskFull("no room"), Locked("somebody holds the chat")])
async def test_a_full_disk_and_a_lock_are_waited_for_however_long_and_hold_up_nobody_else(
    desk: Desk, error: StoreError
) -> None:
    desk.trouble["large"] = lambda: error
    await desk.store(1, "a", "large")
    await desk.store(2, "b", "small")
    await desk.work(100)
    assert await desk.noted() == ["small"]
    assert await desk.rows("waiting") == [("large", 0)]
    assert desk.raised == 1
    assert desk.tried["large"] < 20
    desk.trouble.clear()
    await desk.work(20)
    assert await desk.noted() == ["small", "large"]


async def test_in_an_outage_nothing_is_counted_however_long_it_lasts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.trouble.update({text: lambda: Unavailable("gone") for text in ("x", "y")})
    await desk.store(1, "a", "x")
    await desk.store(2, "b", "y")

    async def gone(_work: object) -> None:
        raise Unavailable("gone")

    with monkeypatch.context() as outage:
        outage.setattr(desk.database, "run", gone)
        await desk.work(100)
    assert desk.raised == 100
    desk.trouble.clear()
    await desk.work(2)
    assert sorted(await desk.noted()) == ["x", "y"]
    assert await desk.rows("set_aside") == []
    assert {attempts for _, attempts in await desk.rows("done")} == {0}


async def test_a_database_that_comes_and_goes_sets_nothing_aside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(3)  # noqa: S311
    run = desk.database.run

    async def now_and_then(work: Callable[[Transaction], Any]) -> Any:
        if chance.random() < 0.5:
            raise Unavailable("gone")
        return await run(work)

    for number in range(20):
        desk.trouble[str(number)] = lambda: Unavailable("gone")
        await desk.store(number, f"chat {number}", str(number))
    with monkeypatch.context() as outage:
        outage.setattr(desk.database, "run", now_and_then)
        await desk.work(120)
    desk.trouble.clear()
    await desk.work(60)
    assert len(await desk.noted()) == 20
    assert await desk.rows("set_aside") == []


async def test_one_bad_update_leaves_a_running_intake_as_quick_as_it_was(desk: Desk) -> None:
    desk.trouble["bad"] = lambda: Unavailable("malformed")
    await desk.store(1, "a", "bad")
    running = asyncio.create_task(desk.intake.run())
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            while desk.tried["bad"] < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await desk.store(2, "b", "good")
    desk.intake.wake()
    async with asyncio.timeout(5):
        while await desk.noted() != ["good"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    desk.intake.stop()
    await running
    assert desk.tried["bad"] == 2, "it waits apart, by a clock that stands still here"


def test_suspects_are_not_remembered_without_end() -> None:
    suspicion = Suspicion(random.Random(1))  # noqa: S311
    for update in range(REMEMBERED + 1):
        for _ in range(2):
            assert not suspicion.is_own(update, Unavailable())
    assert suspicion.pause(0) is None
    assert suspicion.pause(1) is not None
