"""Connections to a SQLite file: how each is set up, and the one that owns its thread."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import aiosqlite

from domain.store.errors import NotFound, Unavailable
from domain.store.outcomes import Done, Failed, Outcome
from domain.store.sqlite_errors import from_sqlite, from_system
from domain.store.statements import BackEnd, Insertion, Row, SqlSession, Statement
from domain.store.visits import Visits

T = TypeVar("T")

OLDEST_SQLITE: Final = (3, 37, 0)
"""The first version with STRICT tables (RETURNING came with 3.35)."""

_CACHED_STATEMENTS: Final = 256
_CACHE_KIB: Final = 2 * 1024
"""Pages the connection that writes keeps in memory; the system keeps the rest of the file in its own cache."""

_LOG_BYTES: Final = 64 * 1024 * 1024


def prepare_file(path: Path) -> None:
    """Make folder and file, readable by their owner only, when they are not there yet."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise Unavailable(f"SQLite {sqlite3.sqlite_version} is too old, {needed} or later is needed")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise from_system(error, path) from error


def connect_writer(path: Path, busy_timeout_ms: int) -> sqlite3.Connection:
    """The connection that writes and checkpoints: what it committed is on the disk, not on its way there."""
    connection = _connect(path, busy_timeout_ms)
    try:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise Unavailable(f"this file system cannot hold a write-ahead log (journal mode is {mode})")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is erased is overwritten, not just unlinked.
        connection.execute("PRAGMA secure_delete = ON")
        # What has to be set aside within a transaction stays in memory: it is little, and must not lie about in files.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path, busy_timeout_ms: int) -> sqlite3.Connection:
    """A connection that cannot write and leaves checkpoints to the writer."""
    connection = _connect(path, busy_timeout_ms)
    try:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path, busy_timeout_ms: int) -> sqlite3.Connection:
    # `mode=rw`: a file that vanished is an error to be told, not an empty database to be made in its place.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=busy_timeout_ms / 1000,
        isolation_level=None,
        cached_statements=_CACHED_STATEMENTS,
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


class SqliteSession(SqlSession):
    """A transaction on SQLite, as repositories see it."""

    __slots__ = ("_connection", "_execute", "_path", "checkpoint_wanted", "visits")

    back_end: BackEnd = "sqlite"

    def __init__(self, connection: sqlite3.Connection, path: Path, visits: Visits | None = None) -> None:
        self._connection = connection
        self._path = path
        self._execute = connection.execute
        self.checkpoint_wanted = False
        self.visits = visits

    def rows(self, statement: Statement, /, **values: Any) -> list[Row]:
        """Every row of the answer."""
        return self._run(statement, values).fetchall()

    def row(self, statement: Statement, /, **values: Any) -> Row | None:
        """The first row, or None. The rest is fetched too: an open RETURNING would keep the commit waiting."""
        rows = self._run(statement, values).fetchall()
        return rows[0] if rows else None

    def change(self, statement: Statement, /, **values: Any) -> int:
        """Run it and say how many rows it touched."""
        return self._run(statement, values).rowcount

    def added(self, statement: Insertion, /, **values: Any) -> int:
        """Add a row and give its id."""
        added = self._run(statement, values).lastrowid
        if added is None:
            raise NotFound("a row that was added has no id")
        return added

    def _run(self, statement: Statement, values: dict[str, Any]) -> sqlite3.Cursor:
        text, bind = statement.bound
        if statement.upset is not None and self.visits is not None:
            statement.upset(self.visits, values)
        return self._execute(text, bind(values))

    def alone(self, work: Callable[[], T]) -> Outcome:
        """Run a part of the transaction that fails alone."""
        execute = self._execute
        execute("SAVEPOINT part")
        try:
            value = work()
        except Exception as error:
            if not self._connection.in_transaction:
                # SQLite itself gave up the whole transaction (disk full, I/O error): nothing is left of the rest.
                raise
            if self.visits is not None:
                self.visits.clear()
            execute("ROLLBACK TO part")
            execute("RELEASE part")
            return Failed(from_sqlite(error, self._path) if isinstance(error, sqlite3.Error) else error)
        execute("RELEASE part")
        return Done(value)

    def after_commit_checkpoint(self) -> None:
        """Ask that what this transaction overwrote also leaves the log file, once it is committed."""
        self.checkpoint_wanted = True
        if self.visits is not None:
            self.visits.clear()


class OwnedConnection(aiosqlite.Connection):
    """An aiosqlite connection (its thread, its life cycle) that runs whole functions on its thread in one hop."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        # Work is acknowledged after its commit only, so a process may end without waiting for this thread.
        self._thread.daemon = True

    async def call(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function with the bare connection on the thread that owns it."""
        result: T = await self._execute(partial(self._on_thread, function))  # type: ignore[no-untyped-call]
        return result

    def renew(self) -> sqlite3.Connection:
        """Close the connection and open it anew; on its own thread."""
        with contextlib.suppress(sqlite3.Error):
            self._conn.close()
        self._connection = self._connector()
        return self._connection

    def _on_thread(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return function(self._conn)
