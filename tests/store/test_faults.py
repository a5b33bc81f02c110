"""Disk full, locked, read-only, failing: the error says which, nothing half-written stays, and it heals by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from domain.store import (
    Chat,
    Database,
    DiskFull,
    Locked,
    ReadOnly,
    StoreError,
    Transaction,
    Unavailable,
    sqlite_gate,
    sqlite_writer,
)
from domain.store.sqlite_connection import connect_writer
from tests.store.conftest import NOW
from tests.support import faults
from tests.support.database import KEY, open_database

LARGE: Final = "x" * 30_000


@pytest.fixture(autouse=True, params=[False, True], ids=["handed over", "brief"])
def brief(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Works are handed to the writer's thread, or run where they are asked for."""
    usual = Database.run.__kwdefaults__
    assert usual is not None
    monkeypatch.setitem(usual, "brief", request.param)


def turn(chat: Chat, key: str, text: str = "text") -> Callable[[Transaction], bool]:
    """A work of two writes that belong together."""

    def work(tx: Transaction) -> bool:
        accepted = tx.inbox.accept(chat.id, key, NOW)
        tx.outbox.put(chat.id, f"{key}:{text}", NOW)
        return accepted

    return work


async def new_chat(database: Database) -> Chat:
    return await database.run(lambda tx: tx.chats.open("web", "a-browser", "zh_CN", NOW))


async def write_until_full(database: Database, chat: Chat) -> tuple[list[str], int]:
    """Turns, ten at a time, until the disk is full; gives the keys that were acknowledged, and how many failed."""
    acknowledged: list[str] = []
    for round_number in range(100):
        keys = [f"{round_number}-{number}" for number in range(10)]
        outcomes = await asyncio.gather(
            *(database.run(turn(chat, key, LARGE)) for key in keys), return_exceptions=True
        )
        acknowledged += [key for key, outcome in zip(keys, outcomes, strict=True) if outcome is True]
        failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        if failures:
            assert {type(failure) for failure in failures} == {DiskFull}
            return acknowledged, len(failures)
    raise AssertionError("the disk never became full")


async def kept_by(database: Database, chat: Chat) -> list[str]:
    """The keys of the turns that are in the outbox; each must be in the inbox, too, so none is half there."""
    rows = await database.read(lambda tx: tx.outbox.all(chat.id))
    return [row.message_json.partition(":")[0] for row in rows]


def is_sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        (inbox,) = connection.execute("SELECT count(*) FROM inbox").fetchone()
        (outbox,) = connection.execute("SELECT count(*) FROM outbox").fetchone()
    return bool(verdict == "ok" and inbox == outbox)


@pytest.mark.parametrize("kind", ["limited", *(["mounted"] if faults.can_mount() else [])])
async def test_a_full_disk_is_said_loses_nothing_and_heals_when_there_is_room(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "mounted":
        with faults.small_disk(tmp_path):
            await fill_and_heal(tmp_path, lambda _: faults.throw_off_ballast(tmp_path))
        return
    # Where nobody may mount a disk, SQLite's own bound on the file gives the same error.
    most_pages = 300

    def bound(connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA max_page_count = {most_pages}")

    def bounded(path: Path, busy_timeout_ms: int) -> sqlite3.Connection:
        connection = connect_writer(path, busy_timeout_ms)
        bound(connection)
        return connection

    def heal(connection: sqlite3.Connection) -> None:
        nonlocal most_pages
        most_pages = 100_000
        bound(connection)

    monkeypatch.setattr(sqlite_writer, "connect_writer", bounded)
    await fill_and_heal(tmp_path, heal)


async def fill_and_heal(folder: Path, heal: Callable[[sqlite3.Connection], object]) -> None:
    async with await open_database(folder) as database:
        chat = await new_chat(database)
        gate = database._gate
        assert isinstance(gate, sqlite_gate.SqliteGate)
        acknowledged, failed = await write_until_full(database, chat)
        assert failed > 0
        assert await kept_by(database, chat) == acknowledged
        await gate._writer.owned.call(heal)
        assert await database.run(turn(chat, "after", LARGE)) is True
        assert await kept_by(database, chat) == [*acknowledged, "after"]
    assert is_sound(folder / "zhuoyue.sqlite3")


async def test_a_database_locked_by_another_process_is_said_and_heals_when_it_lets_go(tmp_path: Path) -> None:
    async with await open_database(tmp_path, busy_timeout_ms=50) as database:
        chat = await new_chat(database)
        with faults.locked_by_another_process(tmp_path / "zhuoyue.sqlite3"):
            outcomes = await asyncio.gather(
                *(database.run(turn(chat, str(number))) for number in range(5)), return_exceptions=True
            )
            assert {type(outcome) for outcome in outcomes} == {Locked}
            assert await kept_by(database, chat) == []
            with pytest.raises(Locked):
                await database.ready()
        assert await database.run(turn(chat, "after"))
        assert await kept_by(database, chat) == ["after"]
    assert is_sound(tmp_path / "zhuoyue.sqlite3")


async def test_a_short_lock_is_waited_for(tmp_path: Path) -> None:
    async with await open_database(tmp_path, busy_timeout_ms=20_000) as database:
        chat = await new_chat(database)
        with faults.locked_by_another_process(tmp_path / "zhuoyue.sqlite3"):
            waiting = asyncio.create_task(database.run(turn(chat, "a")))
            await asyncio.sleep(0.1)
            assert not waiting.done()
        assert await waiting


async def test_a_database_that_can_only_be_read_says_so_and_heals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await open_database(tmp_path) as database:
        chat = await new_chat(database)
        gate = database._gate
        assert isinstance(gate, sqlite_gate.SqliteGate)

        def only_to_read(path: Path, busy_timeout_ms: int) -> sqlite3.Connection:
            connection = connect_writer(path, busy_timeout_ms)
            connection.execute("PRAGMA query_only = ON")
            return connection

        with monkeypatch.context() as patch:
            patch.setattr(sqlite_writer, "connect_writer", only_to_read)
            await gate._writer.owned.call(lambda connection: connection.execute("PRAGMA query_only = ON"))
            for number in range(3):
                with pytest.raises(ReadOnly):
                    await database.run(turn(chat, str(number)))
                with pytest.raises(ReadOnly):
                    await database.ready()
            assert await kept_by(database, chat) == []
        # The first call may still meet the old connection; it is opened anew for the next one.
        outcomes = [await outcome_of(database, chat, "a"), await outcome_of(database, chat, "b")]
        assert outcomes[1] is True
        assert await kept_by(database, chat) == ["a", "b"][-outcomes.count(True) :]
    assert is_sound(tmp_path / "zhuoyue.sqlite3")


async def outcome_of(database: Database, chat: Chat, key: str) -> bool | type[StoreError]:
    try:
        return await database.run(turn(chat, key))
    except StoreError as error:
        return type(error)


if faults.can_make_immutable():

    async def test_files_the_system_protects_are_said_to_be_read_only(tmp_path: Path) -> None:
        path = tmp_path / "zhuoyue.sqlite3"
        async with await open_database(tmp_path) as database:
            chat = await new_chat(database)
            with faults.immutable(path, tmp_path / f"{path.name}-wal"):
                assert await outcome_of(database, chat, "a") is ReadOnly
                assert await outcome_of(database, chat, "b") is ReadOnly
                assert await kept_by(database, chat) == []
            assert await outcome_of(database, chat, "c") is True
            assert await kept_by(database, chat) == ["c"]
        with faults.immutable(path, tmp_path), pytest.raises(ReadOnly):
            await open_database(tmp_path)
        async with await open_database(tmp_path) as database:
            assert await database.run(turn(chat, "d"))
        assert is_sound(path)


@pytest.mark.parametrize(
    ("statement", "code", "expected"),
    [
        ("BEGIN", sqlite3.SQLITE_BUSY, Locked),
        ("BEGIN", sqlite3.SQLITE_CANTOPEN, Unavailable),
        ("BEGIN", sqlite3.SQLITE_CORRUPT, Unavailable),
        ("COMMIT", sqlite3.SQLITE_FULL, DiskFull),
        ("COMMIT", sqlite3.SQLITE_BUSY, Locked),
        ("COMMIT", sqlite3.SQLITE_READONLY, ReadOnly),
        ("COMMIT", sqlite3.SQLITE_IOERR_FSYNC, Unavailable),
        ("INSERT", sqlite3.SQLITE_FULL, DiskFull),
        ("INSERT", sqlite3.SQLITE_IOERR_WRITE, Unavailable),
        ("RELEASE", sqlite3.SQLITE_IOERR_WRITE, Unavailable),
        ("SAVEPOINT", sqlite3.SQLITE_NOMEM, Unavailable),
    ],
)
@pytest.mark.parametrize("gives_up", [False, True])
async def test_whatever_step_fails_nothing_stays_and_the_next_turn_works(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    code: int,
    expected: type[StoreError],
    gives_up: bool,
) -> None:
    failures: dict[str, int] = {}

    def failing(path: Path, busy_timeout_ms: int) -> faults.FailingConnection:
        return faults.FailingConnection(connect_writer(path, busy_timeout_ms), failures, gives_up=gives_up)

    monkeypatch.setattr(sqlite_writer, "connect_writer", failing)
    async with await open_database(tmp_path) as database:
        chat = await new_chat(database)
        failures[statement] = code
        outcomes = await asyncio.gather(
            *(database.run(turn(chat, str(number))) for number in range(4)), return_exceptions=True
        )
        assert {type(outcome) for outcome in outcomes} == {expected}
        assert len({id(outcome) for outcome in outcomes}) == 4
        failures.clear()
        assert await kept_by(database, chat) == []
        assert await database.run(turn(chat, "after"))
        assert await kept_by(database, chat) == ["after"]
    assert is_sound(tmp_path / "zhuoyue.sqlite3")


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "zhuoyue.sqlite3").write_bytes(b"not a database, surely" * 1000)
    with pytest.raises(Unavailable):
        await open_database(tmp_path)


async def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "zhuoyue.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(Unavailable, match="another program"):
        await open_database(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "no url at all",
        "mysql://localhost/x",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://someone:a-password@127.0.0.1:port/x",
        "postgresql://someone:a-password@[::1/x",
    ],
)
async def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Unavailable) as caught:
        await Database.open(url, master_key=KEY)
    assert url not in str(caught.value)
    assert "a-password" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


async def test_a_server_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        await Database.open(f"postgresql://someone:a-password@/x?host={tmp_path}", master_key=KEY)
    assert "a-password" not in str(caught.value)
    assert "No such file" in str(caught.value), "an operator has to learn why"
