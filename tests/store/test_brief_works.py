"""Brief works: done where they are asked for when nothing has to be waited for, and never waited for there."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from domain.store import Chat, Database, Transaction
from domain.store.sqlite_gate import SqliteGate
from domain.store.sqlite_locks import writer_lock
from tests.store.conftest import NOW
from tests.support import faults
from tests.support.database import open_database

HERE = threading.current_thread


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(tmp_path, busy_timeout_ms=20_000) as opened:
        yield opened


@pytest.fixture
async def chat(database: Database) -> Chat:
    return await database.run(lambda tx: tx.chats.open("web", "a", "en", NOW))


def put(chat: Chat, text: str, where: list[threading.Thread] | None = None) -> Callable[[Transaction], int]:
    def work(tx: Transaction) -> int:
        if where is not None:
            where.append(HERE())
        return tx.outbox.put(chat.id, text, NOW)

    return work


async def texts(database: Database, chat: Chat) -> list[str]:
    return [row.message_json for row in await database.read(lambda tx: tx.outbox.all(chat.id))]


async def test_brief_works_run_where_they_are_asked_for_and_only_their_commit_elsewhere(
    database: Database, chat: Chat
) -> None:
    gate = database._gate
    assert isinstance(gate, SqliteGate)
    committed: list[threading.Thread] = []

    def note(statement: str) -> None:
        if statement == "COMMIT":
            committed.append(HERE())

    def trace(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(note)

    await gate._writer.owned.call(trace)
    where: list[threading.Thread] = []
    await asyncio.gather(*(database.run(put(chat, str(n), where), brief=True) for n in range(5)))
    assert where == [HERE()] * 5
    assert len(committed) == 1
    assert committed[0] is not HERE()
    assert await texts(database, chat) == ["0", "1", "2", "3", "4"]


async def test_one_that_is_not_brief_takes_those_who_share_its_commit_along(
    database: Database, chat: Chat
) -> None:
    where: list[threading.Thread] = []
    await asyncio.gather(*(database.run(put(chat, str(n), where), brief=n != 2) for n in range(5)))
    assert len(where) == 5
    assert HERE() not in where
    assert await texts(database, chat) == ["0", "1", "2", "3", "4"]


async def test_while_another_process_writes_the_event_loop_goes_on(
    tmp_path: Path, database: Database, chat: Chat
) -> None:
    other = writer_lock(tmp_path / "zhuoyue.sqlite3")
    assert other.try_alone()
    waiting = asyncio.create_task(database.run(put(chat, "a"), brief=True))
    for _ in range(20):
        await asyncio.sleep(0.005)
    assert not waiting.done()
    other.close()
    await waiting
    assert await texts(database, chat) == ["a"]


async def test_while_a_program_that_is_none_of_ours_writes_the_event_loop_goes_on(
    tmp_path: Path, database: Database, chat: Chat
) -> None:
    with faults.locked_by_another_process(tmp_path / "zhuoyue.sqlite3"):
        waiting = asyncio.create_task(database.run(put(chat, "a"), brief=True))
        for _ in range(20):
            await asyncio.sleep(0.005)
        assert not waiting.done()
    await waiting
    assert await texts(database, chat) == ["a"]


async def test_a_commit_whose_caller_was_cancelled_ends_and_the_next_follows(
    database: Database, chat: Chat
) -> None:
    asked = asyncio.create_task(database.run(put(chat, "a"), brief=True))
    await asyncio.sleep(0)
    asked.cancel()
    await database.run(put(chat, "b"), brief=True)
    assert (await texts(database, chat))[-1] == "b"
