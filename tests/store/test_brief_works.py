"""Brief works: done where they are asked for when nothing has to be waited for, and never waited for there."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from domain.store import Chat, Database, Outcome, Transaction, sqlite_writer
from domain.store.sqlite_connection import connect_writer
from domain.store.sqlite_gate import SqliteGate
from domain.store.sqlite_locks import writer_lock
from domain.store.sqlite_writer import Begun, SqliteWriter
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


async def test_who_stops_waiting_in_the_middle_of_a_commit_opens_no_gap_in_it(
    tmp_path: Path, database: Database, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = database._gate
    assert isinstance(gate, SqliteGate)
    begun, may_end = threading.Event(), threading.Event()
    commit = SqliteWriter.commit

    def slow(self: SqliteWriter, works: Begun, connection: sqlite3.Connection) -> Sequence[Outcome]:
        begun.set()
        assert may_end.wait(30)
        return commit(self, works, connection)

    monkeypatch.setattr(SqliteWriter, "commit", slow)
    asked = asyncio.create_task(database.run(put(chat, "a"), brief=True))
    await asyncio.to_thread(begun.wait, 30)
    asked.cancel()
    assert gate._draining is not None
    gate._draining.cancel()
    await asyncio.gather(asked, gate._draining, return_exceptions=True)
    where: list[threading.Thread] = []
    following = asyncio.create_task(database.run(put(chat, "b", where), brief=True))
    await asyncio.sleep(0.05)
    other = writer_lock(tmp_path / "zhuoyue.sqlite3")
    assert where == []
    assert not other.try_alone()
    may_end.set()
    await following
    assert where != [HERE()]
    assert await texts(database, chat) == ["a", "b"]
    assert other.try_alone()
    other.close()


async def test_works_that_fail_together_are_run_anew_elsewhere_and_leave_the_way_free(
    tmp_path: Path, database: Database, chat: Chat
) -> None:
    where: list[threading.Thread] = []

    def gives_up_once(tx: Transaction) -> int:
        where.append(HERE())
        gate = database._gate
        assert isinstance(gate, SqliteGate)
        if len(where) == 1:
            gate._writer.owned.bare.execute("ROLLBACK")
            raise sqlite3.OperationalError("the whole transaction is undone")
        return tx.outbox.put(chat.id, "a", NOW)

    await asyncio.gather(
        database.run(gives_up_once, brief=True), database.run(put(chat, "b", where), brief=True)
    )
    assert where[0] is HERE()
    assert len(where) == 3
    assert HERE() not in where[1:]
    assert await texts(database, chat) == ["a", "b"]
    other = writer_lock(tmp_path / "zhuoyue.sqlite3")
    assert other.try_alone()
    other.close()


async def test_what_could_not_be_undone_is_left_behind_with_its_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: dict[str, int] = {}

    def failing_until_opened_anew(path: Path, busy_timeout_ms: int) -> faults.FailingConnection:
        failures.clear()
        return faults.FailingConnection(connect_writer(path, busy_timeout_ms), failures)

    monkeypatch.setattr(sqlite_writer, "connect_writer", failing_until_opened_anew)
    async with await open_database(tmp_path) as database:
        chat = await database.run(lambda tx: tx.chats.open("web", "a", "en", NOW))
        failures["SAVEPOINT"] = sqlite3.SQLITE_BUSY
        failures["ROLLBACK"] = sqlite3.SQLITE_IOERR
        await database.run(put(chat, "a"), brief=True)
        assert await texts(database, chat) == ["a"]


async def test_erasing_somebody_is_never_brief(database: Database, chat: Chat) -> None:
    where: list[threading.Thread] = []

    def forget(tx: Transaction) -> None:
        where.append(HERE())
        tx.outbox.put(chat.id, "before", NOW)
        tx.privacy.erase(chat.person_id)

    neighbour = await database.run(lambda tx: tx.chats.open("web", "b", "en", NOW))
    await asyncio.gather(
        database.run(forget, brief=True), database.run(put(neighbour, "b", where), brief=True)
    )
    # Begun, undone, and done with its neighbour elsewhere.
    assert where[0] is HERE()
    assert len(where) == 3
    assert HERE() not in where[1:]
    assert await texts(database, chat) == []
    assert await texts(database, neighbour) == ["b"]
    where.clear()
    await database.run(put(neighbour, "c", where), brief=True)
    assert where == [HERE()]


async def test_whether_a_work_is_brief_is_asked_when_it_begins(database: Database, chat: Chat) -> None:
    few = True
    where: list[threading.Thread] = []
    first = asyncio.create_task(database.run(put(chat, "a", where), brief=lambda: few))
    await asyncio.sleep(0)
    few = False
    await first
    assert where != [HERE()]
    few = True
    await database.run(put(chat, "b", where), brief=lambda: few)
    assert where[1] is HERE()
