"""What is particular to PostgreSQL: rows held and let go, transactions run again, a server that comes and goes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import errors, sql

from domain.store import (
    Chat,
    Conflict,
    Database,
    DiskFull,
    Locked,
    ReadOnly,
    StoreError,
    Transaction,
    Unavailable,
)
from domain.store.postgresql_errors import from_postgresql
from domain.store.postgresql_gate import PostgresqlGate
from tests.store.conftest import NOW
from tests.support.database import KEY
from tests.support.postgresql import new_postgresql_url, server_url


@pytest.fixture
def url() -> Iterator[str]:
    with new_postgresql_url() as address:
        yield address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with await Database.open(url, master_key=KEY, busy_timeout_ms=300) as opened:
        yield opened


@pytest.fixture
async def chat(database: Database) -> Chat:
    return await database.run(lambda tx: tx.chats.open("web", "a-browser", "zh_CN", NOW))


async def test_a_chat_somebody_else_holds_is_said_to_be_locked_and_heals(
    database: Database, chat: Chat, url: str
) -> None:
    with closing(psycopg.connect(url)) as other:
        other.execute("SELECT 1 FROM chats FOR UPDATE")
        with pytest.raises(Locked):
            await database.run(lambda tx: tx.chats.lock(chat.id))
    assert await database.run(lambda tx: tx.chats.lock(chat.id)) == chat


async def test_two_works_in_each_others_way_both_succeed(url: str) -> None:
    async with await Database.open(url, master_key=KEY, busy_timeout_ms=20_000) as database:
        chats = [
            await database.run(lambda tx: tx.chats.open("web", "one", "en", NOW)),
            await database.run(lambda tx: tx.chats.open("web", "two", "en", NOW)),
        ]
        both_hold_one = threading.Barrier(2)
        tries: list[int] = []

        def work_on(first: Chat, second: Chat) -> Callable[[Transaction], int]:
            def work(tx: Transaction) -> int:
                tries.append(first.id)
                tx.chats.lock(first.id)
                if tries.count(first.id) == 1 and len(tries) <= 2:
                    both_hold_one.wait(20)
                return tx.outbox.put(second.id, f'"from {first.id}"', NOW)

            return work

        await asyncio.gather(
            database.run(work_on(chats[0], chats[1])),
            database.run(work_on(chats[1], chats[0])),
        )
        assert len(tries) == 3
        written = await database.read(lambda tx: [len(tx.outbox.all(chat.id)) for chat in chats])
        assert written == [1, 1]


async def test_a_connection_the_server_cut_is_replaced(database: Database, chat: Chat, url: str) -> None:
    disconnect_all(url)
    assert await database.run(lambda tx: tx.chats.get(chat.id)) == chat


async def test_a_connection_cut_in_the_middle_of_a_work_leaves_nothing(
    database: Database, chat: Chat, url: str
) -> None:
    def work(tx: Transaction) -> None:
        tx.outbox.put(chat.id, "1", NOW)
        disconnect_all(url)
        tx.outbox.put(chat.id, "2", NOW)

    with pytest.raises(Unavailable):
        await database.run(work)
    assert await database.read(lambda tx: tx.outbox.all(chat.id)) == ()


async def test_a_database_that_can_only_be_read_says_so_and_heals(
    database: Database, chat: Chat, url: str
) -> None:
    set_read_only(url, "on")
    with pytest.raises(ReadOnly):
        await database.run(lambda tx: tx.outbox.put(chat.id, "1", NOW))
    with pytest.raises(ReadOnly):
        await database.ready()
    assert await database.read(lambda tx: tx.chats.get(chat.id)) == chat
    set_read_only(url, "off")
    await database.run(lambda tx: tx.outbox.put(chat.id, "2", NOW))
    assert [row.message_json for row in await database.read(lambda tx: tx.outbox.all(chat.id))] == ["2"]


async def test_a_server_that_vanished_without_a_word_is_not_waited_for_long(
    database: Database,
) -> None:
    gate = database._gate
    assert isinstance(gate, PostgresqlGate)

    def given_up_after() -> int:
        with closing(gate._connect()) as connection:
            driver = connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            return int(driver.info.get_parameters()["tcp_user_timeout"])

    assert await asyncio.to_thread(given_up_after) <= 30_000


def test_an_error_of_the_driver_itself_repeats_no_value() -> None:
    assert "a-name" not in str(from_postgresql(psycopg.DataError("a-name cannot be sent")))
    assert "Connection refused" in str(from_postgresql(psycopg.OperationalError("Connection refused\nhint")))


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        (errors.DiskFull(), DiskFull),
        (errors.LockNotAvailable(), Locked),
        (errors.DeadlockDetected(), Locked),
        (errors.ReadOnlySqlTransaction(), ReadOnly),
        (errors.UniqueViolation(), Conflict),
        (errors.AdminShutdown(), Unavailable),
        (errors.UndefinedTable(), Unavailable),
        (psycopg.InterfaceError(), Unavailable),
    ],
)
def test_what_the_server_reports_is_told_as_the_stores_own_error(
    reported: psycopg.Error, expected: type[StoreError]
) -> None:
    assert type(from_postgresql(reported)) is expected


def disconnect_all(url: str) -> None:
    """Cut every connection to a database."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name_of(url)]
        )


def set_read_only(url: str, setting: str) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(
                sql.Identifier(name_of(url)), sql.Literal(setting)
            )
        )
    disconnect_all(url)


def name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
