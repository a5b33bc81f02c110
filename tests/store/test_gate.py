"""The gate: what `run` and `read` promise, on both back ends, and what a group commit is on SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.store import Chat, Conflict, Database, Failed, ReadOnly, Transaction, Unavailable
from domain.store.schema import inbox
from domain.store.sqlite_gate import SqliteGate
from domain.store.statements import Statement
from tests.store.conftest import NOW
from tests.support.database import KEY, new_database_url, open_database


@pytest.fixture(autouse=True, params=[False, True], ids=["handed over", "brief"])
def brief(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Works are handed to the writer's thread, or run where they are asked for."""
    usual = Database.run.__kwdefaults__
    assert usual is not None
    monkeypatch.setitem(usual, "brief", request.param)


def put(chat: Chat, text: str) -> Callable[[Transaction], int]:
    return lambda tx: tx.outbox.put(chat.id, text, NOW)


async def messages(database: Database, chat: Chat) -> list[str]:
    return [row.message_json for row in await database.read(lambda tx: tx.outbox.all(chat.id))]


async def test_a_work_that_raises_leaves_nothing_and_its_error_reaches_its_caller(
    database: Database, chat: Chat
) -> None:
    def fails(tx: Transaction) -> None:
        tx.outbox.put(chat.id, "1", NOW)
        tx.chats.set_language(chat.id, "en")
        raise LookupError("of the work itself")

    with pytest.raises(LookupError, match="of the work itself"):
        await database.run(fails)
    assert await messages(database, chat) == []
    assert (await database.read(lambda tx: tx.chats.get(chat.id))).language == "zh_CN"


async def test_a_failing_work_does_not_take_its_neighbours_along(database: Database, chat: Chat) -> None:
    def turn(number: int) -> Callable[[Transaction], int]:
        def work(tx: Transaction) -> int:
            written = tx.outbox.put(chat.id, str(number), NOW)
            if number % 3 == 0:
                raise ValueError(number)
            return written

        return work

    outcomes = await asyncio.gather(
        *(database.run(turn(number)) for number in range(30)), return_exceptions=True
    )
    failed = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, ValueError)]
    assert failed == list(range(0, 30, 3))
    kept = sorted(map(int, await messages(database, chat)))
    assert kept == [number for number in range(30) if number % 3]


async def test_works_on_each_of_several_fail_alone(database: Database, chat: Chat) -> None:
    def work(tx: Transaction, number: int) -> int:
        tx.outbox.put(chat.id, str(number), NOW)
        if number % 3 == 0:
            raise ValueError(number)
        return number

    left = list(range(9))
    while left:
        outcomes = await database.run_each(lambda _, most: left[: min(most, 4)], work)
        assert 1 <= len(outcomes) <= 4
        for number, outcome in outcomes:
            left.remove(number)
            assert isinstance(outcome, Failed) == (number % 3 == 0)
    assert sorted(map(int, await messages(database, chat))) == [1, 2, 4, 5, 7, 8]


async def test_where_nothing_is_found_there_is_nothing_to_work_on(database: Database) -> None:
    def fails(_: Transaction, most: int) -> list[int]:
        raise LookupError(most)

    assert await database.run_each(lambda _tx, _most: [], lambda _tx, _item: None) == []
    with pytest.raises(LookupError):
        await database.run_each(fails, lambda _tx, _item: None)


async def test_a_work_that_raises_stop_iteration_stops_nothing_else(database: Database, chat: Chat) -> None:
    nothing: list[int] = []
    outcomes = await asyncio.gather(
        database.run(lambda _: next(iter(nothing))), database.run(put(chat, "1")), return_exceptions=True
    )
    assert isinstance(outcomes[0], RuntimeError)
    with pytest.raises(RuntimeError):
        await database.read(lambda _: next(iter(nothing)))
    assert await messages(database, chat) == ["1"]


async def test_a_broken_rule_of_the_schema_is_a_conflict_without_the_values(
    database: Database, chat: Chat
) -> None:
    add = Statement(inbox.insert().values(chat_id=chat.id, update_key="a-secret-key", accepted_at=1))
    await database._gate.run(lambda sql: sql.change(add))
    with pytest.raises(Conflict) as caught:
        await database._gate.run(lambda sql: sql.change(add))
    assert "a-secret-key" not in str(caught.value)
    assert await database.run(put(chat, "1")) > 0


async def test_what_was_committed_is_read_at_once(database: Database, chat: Chat) -> None:
    for number in range(20):
        await database.run(put(chat, str(number)))
        assert (await messages(database, chat))[-1] == str(number)


async def test_a_reading_work_cannot_write(database: Database, chat: Chat) -> None:
    with pytest.raises(ReadOnly):
        await database.read(put(chat, "1"))
    assert await messages(database, chat) == []
    await database.run(put(chat, "2"))
    assert await messages(database, chat) == ["2"]


async def test_reading_does_not_wait_for_a_writer(database: Database, chat: Chat) -> None:
    may_end = threading.Event()
    slow = asyncio.create_task(
        database.run(lambda tx: (tx.outbox.put(chat.id, "1", NOW), may_end.wait(30)), brief=False)
    )
    try:
        for _ in range(10):
            assert await asyncio.wait_for(messages(database, chat), 10) == []
    finally:
        may_end.set()
    await slow
    assert await messages(database, chat) == ["1"]


async def test_a_caller_that_stops_waiting_does_not_stop_the_others(database: Database, chat: Chat) -> None:
    tasks = [asyncio.create_task(database.run(put(chat, str(number)))) for number in range(10)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [index for index, one in enumerate(done) if isinstance(one, asyncio.CancelledError)] == [3]
    assert set(map(str, range(10))) - {"3"} <= set(await messages(database, chat))


async def test_a_ready_database_says_so_and_changes_nothing(database: Database) -> None:
    await database.ready()


async def test_a_closed_database_is_unavailable(url: str) -> None:
    database = await Database.open(url, master_key=KEY)
    waiting = [
        asyncio.create_task(database.run(lambda tx: tx.chats.open("web", "a", "en", NOW).id))
        for _ in range(5)
    ]
    await asyncio.sleep(0)
    await database.close()
    assert len(set(await asyncio.gather(*waiting))) == 1
    await database.close()
    for call in (database.run, database.read):
        with pytest.raises(Unavailable):
            await call(lambda tx: tx.chats.get(1))


async def test_works_that_wait_together_share_one_commit(tmp_path: Path) -> None:
    async with await open_database(tmp_path, group_max=10) as database:
        chat = await database.run(lambda tx: tx.chats.open("web", "a", "en", NOW))
        commits = await counted_commits(database)
        await asyncio.gather(*(database.run(put(chat, str(number))) for number in range(50)))
        assert commits == ["COMMIT"] * 5


async def test_nobody_hears_of_a_result_before_the_commit(tmp_path: Path) -> None:
    async with await open_database(tmp_path) as database:
        chat = await database.run(lambda tx: tx.chats.open("web", "a", "en", NOW))
        commits = await counted_commits(database)
        seen_at_return: list[int] = []

        async def turn(number: int) -> None:
            await database.run(put(chat, str(number)))
            seen_at_return.append(len(commits))

        await asyncio.gather(*map(turn, range(5)))
        assert seen_at_return == [1] * 5


async def test_every_commit_waits_for_the_disk(tmp_path: Path) -> None:
    async with await open_database(tmp_path) as database:
        gate = database._gate
        assert isinstance(gate, SqliteGate)
        settings = await gate._writer.owned.call(settings_of)
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
    }


async def test_the_files_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with await Database.open(f"sqlite:///{folder}/zhuoyue.sqlite3", master_key=KEY) as database:
        await database.ready()
        assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}


async def test_two_databases_on_one_file_take_turns(tmp_path: Path) -> None:
    url = await asyncio.to_thread(new_database_url, tmp_path)
    async with (
        await Database.open(url, master_key=KEY) as one,
        await Database.open(url, master_key=KEY) as other,
    ):
        chat = await one.run(lambda tx: tx.chats.open("web", "a", "en", NOW))
        await asyncio.gather(
            *((one if number % 2 else other).run(put(chat, str(number))) for number in range(100))
        )
        assert sorted(map(int, await messages(other, chat))) == list(range(100))


async def counted_commits(database: Database) -> list[str]:
    """A list that grows by one with each commit of the writer."""
    gate = database._gate
    assert isinstance(gate, SqliteGate)
    commits: list[str] = []

    def note(statement: str) -> None:
        if statement == "COMMIT":
            commits.append(statement)

    def trace(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(note)

    await gate._writer.owned.call(trace)
    return commits


def settings_of(connection: sqlite3.Connection) -> dict[str, object]:
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
