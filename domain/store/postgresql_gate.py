"""The gate to PostgreSQL: a pool of threads with a connection each, one transaction for each work."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy.pool import PoolProxiedConnection

from domain.store.errors import Unavailable
from domain.store.locations import PostgresqlLocation
from domain.store.outcomes import Done, Failed, Outcome
from domain.store.postgresql_errors import from_postgresql, is_worth_another_try
from domain.store.statements import BackEnd, Brief, Insertion, Row, SqlSession, Statement

Item = TypeVar("Item")
T = TypeVar("T")
Work = Callable[[SqlSession], T]

_TRIES: Final = 6
_FIRST_PAUSE_SECONDS: Final = 0.005

_DEAD_NETWORK: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A server that vanished without a word is given up after about 20 seconds (the last number is milliseconds); without
this the system would wait for a quarter of an hour, and every turn with it."""


class PostgresqlSession(SqlSession):
    """A transaction on PostgreSQL, as repositories see it."""

    __slots__ = ("_cursor",)

    back_end: BackEnd = "postgresql"
    visits = None

    def __init__(self, cursor: psycopg.Cursor[Row]) -> None:
        self._cursor = cursor

    def rows(self, statement: Statement, /, **values: Any) -> list[Row]:
        """Every row of the answer."""
        return self._run(statement, values).fetchall()

    def row(self, statement: Statement, /, **values: Any) -> Row | None:
        """The first row, or None."""
        return self._run(statement, values).fetchone()

    def change(self, statement: Statement, /, **values: Any) -> int:
        """Run it and say how many rows it touched."""
        return self._run(statement, values).rowcount

    def added(self, statement: Insertion, /, **values: Any) -> int:
        """Add a row and give its id."""
        row = self.one(statement, **values)
        return int(row[0])

    def alone(self, work: Callable[[], T]) -> Outcome:
        """Run a part of the transaction that fails alone."""
        self._cursor.execute("SAVEPOINT part")
        try:
            value = work()
        except psycopg.Error:
            # It may be worth another try, or the connection is gone: that is for the whole transaction.
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, the rest goes on
            self._cursor.execute("ROLLBACK TO part")
            self._cursor.execute("RELEASE part")
            return Failed(error)
        self._cursor.execute("RELEASE part")
        return Done(value)

    def takes_long(self) -> None:
        """Nobody else waits for a work."""

    def after_commit_checkpoint(self) -> None:
        """PostgreSQL's own log is archived and recycled by its operator."""

    def _run(self, statement: Statement, values: dict[str, Any]) -> psycopg.Cursor[Row]:
        text, named = statement.named(values)
        return self._cursor.execute(text.encode(), named)


class PostgresqlGate:
    """`run` and `read` for PostgreSQL."""

    one_writer = False

    def __init__(self, location: PostgresqlLocation, *, busy_timeout_ms: int, connections: int) -> None:
        self._engine = sa.create_engine(
            location.url,
            pool_size=connections,
            max_overflow=0,
            # A connection that died in the pool (the server was restarted) is replaced before it is used.
            pool_pre_ping=True,
            connect_args={
                **_DEAD_NETWORK,
                "options": f"-c lock_timeout={busy_timeout_ms} -c synchronous_commit=on",
            },
        )
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="postgresql")
        self._closed = False

    async def open(self) -> None:
        """See that the server answers. Raises StoreError."""
        try:
            await self.read(lambda _: None)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish what was handed in, then close. A second time does nothing."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._threads.shutdown)
            self._engine.dispose()

    async def run(self, work: Work[T], *, brief: Brief = False) -> T:
        """Run a work in a transaction of its own; again when it got in the way of another one."""
        return await self._on_thread(work, read_only=False)

    async def run_each(
        self, find: Callable[[SqlSession, int], Sequence[Item]], work: Callable[[SqlSession, Item], T]
    ) -> Sequence[tuple[Item, Outcome]]:
        """Find one item and run a work for it: what several would lock together, others would wait for."""
        found: list[Item] = []

        def one(session: SqlSession) -> list[T]:
            # Tried once more, it may find another one, or fail before it finds any.
            found.clear()
            found[:] = find(session, 1)
            return [work(session, item) for item in found]

        try:
            values = await self.run(one)
        except Exception as error:
            if not found:
                raise
            return [(item, Failed(error)) for item in found]
        return [(item, Done(value)) for item, value in zip(found, values, strict=True)]

    async def read(self, work: Work[T]) -> T:
        """Run a work that only reads. A work that writes gets ReadOnly."""
        return await self._on_thread(work, read_only=True)

    async def _on_thread(self, work: Work[T], *, read_only: bool) -> T:
        if self._closed:
            raise Unavailable("the database is closed")
        call = partial(self._run, work, read_only=read_only)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _run(self, work: Work[T], *, read_only: bool) -> T:
        tries = 0
        while True:
            tries += 1
            try:
                return self._try(work, read_only=read_only)
            except psycopg.Error as error:
                if not is_worth_another_try(error) or tries == _TRIES:
                    # Not `from error`: its text may repeat values of rows, and tracebacks reach logs.
                    raise from_postgresql(error) from None
                # Those who collided come back at different moments.
                time.sleep(_FIRST_PAUSE_SECONDS * 2**tries * random.uniform(0.5, 1.5))  # noqa: S311 -- no secret

    def _try(self, work: Work[T], *, read_only: bool) -> T:
        connection = self._connect()
        try:
            cursor: psycopg.Cursor[Row] = connection.cursor()  # type: ignore[assignment]
            if read_only:
                cursor.execute(b"SET TRANSACTION READ ONLY")
            value = work(PostgresqlSession(cursor))
            connection.commit()
            return value
        except psycopg.OperationalError:
            if connection.driver_connection is not None and connection.driver_connection.closed:
                connection.invalidate()
            raise
        finally:
            # Given back to the pool, which undoes what was not committed.
            connection.close()

    def _connect(self) -> PoolProxiedConnection:
        try:
            return self._engine.raw_connection()
        except sa.exc.DBAPIError as error:
            if isinstance(error.orig, psycopg.Error):
                raise from_postgresql(error.orig) from None
            raise Unavailable(type(error).__name__) from None
        except psycopg.Error as error:
            raise from_postgresql(error) from None
        except sa.exc.TimeoutError as error:
            raise Unavailable("no connection became free") from error
