"""Connections to a SQLite file: how each is set up, and the one that owns its thread."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import aiosqlite

from domain.store.errors import NotFound, StaleRevision, Unavailable
from domain.store.outcomes import Done, Failed, NotBrief, Outcome
from domain.store.postponed import ROWS_AT_ONCE, Pile
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
    """The connection that writes and checkpoints: what it committed is on the disk, not on its way there.

    Threads may use it in turn.
    """
    connection = _connect(path, busy_timeout_ms, one_thread=False)
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


def _connect(path: Path, busy_timeout_ms: int, *, one_thread: bool = True) -> sqlite3.Connection:
    # `mode=rw`: a file that vanished is an error to be told, not an empty database to be made in its place.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=busy_timeout_ms / 1000,
        isolation_level=None,
        cached_statements=_CACHED_STATEMENTS,
        check_same_thread=one_thread,
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


class SqliteSession(SqlSession):
    """A transaction on SQLite, as repositories see it."""

    __slots__ = (
        "_brief",
        "_connection",
        "_execute",
        "_last_message",
        "_later",
        "_path",
        "checkpoint_wanted",
        "visits",
    )

    back_end: BackEnd = "sqlite"

    def __init__(
        self, connection: sqlite3.Connection, path: Path, visits: Visits | None = None, *, brief: bool = False
    ) -> None:
        self._connection = connection
        self._path = path
        self._execute = connection.execute
        self._brief = brief
        self.checkpoint_wanted = False
        self.visits = visits
        self._later: dict[Pile, dict[Statement, list[Sequence[Any]]]] = {}
        self._last_message: int | None = None

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
        text, pick, fixed, upset, minds = statement.bound
        if minds:
            self._write_before(minds)
        if fixed:
            values.update(fixed)
        if upset is not None and self.visits is not None:
            upset(self.visits, values)
        return self._execute(text, pick(values))

    def later(self, pile: Pile, statement: Statement, /, **values: Any) -> None:
        """Run it together with others of its kind."""
        if self.visits is None:
            # Nobody writes here.
            self._run(statement, values)
            return
        _, pick, fixed, upset, _ = statement.bound
        if fixed:
            values.update(fixed)
        if upset is not None:
            upset(self.visits, values)
        try:
            self._later[pile][statement].append(pick(values))
        except KeyError:
            self._later.setdefault(pile, {})[statement] = [pick(values)]

    def add_all(self, statement: Insertion, rows: Iterable[dict[str, Any]], /) -> None:
        """Add many rows of a kind."""
        _, pick, fixed, _, _ = statement.bound
        self._write_many(statement, [pick({**values, **fixed} if fixed else values) for values in rows])

    def change_all(self, statement: Statement, rows: Sequence[dict[str, Any]], /) -> int:
        """Run it once for each of these values, and say how many rows were touched."""
        if len(rows) < 2:
            return super().change_all(statement, rows)
        text, pick, fixed, upset, minds = statement.bound
        self._write_before(minds)
        if upset is not None and self.visits is not None:
            for values in rows:
                upset(self.visits, values)
        given = [pick({**values, **fixed}) for values in rows] if fixed else [pick(values) for values in rows]
        return self._connection.executemany(text, given).rowcount

    def write_what_waits(self) -> None:
        """Run whatever was left for later."""
        for pile in tuple(self._later):
            self._write(pile)
        self._last_message = None

    def undone(self) -> None:
        """What was done is undone: nothing of it waits, and nothing that was read while it was done is to be believed."""
        self._later.clear()
        self._last_message = None
        if self.visits is not None:
            self.visits.clear()

    def next_message(self) -> int | None:
        """The id of the next message that is put into the outbox; None where the database has to be asked for each.

        It is taken: the message has to be added under it.
        """
        if self.visits is None:
            return None
        if self._last_message is None:
            self._write("messages")
            row = self._execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
            self._last_message = 0 if row is None else row[0]
        self._last_message += 1
        return self._last_message

    def _write_before(self, minds: tuple[Pile, ...]) -> None:
        for pile in minds:
            if pile in self._later:
                self._write(pile)
            if pile == "messages":
                # Whatever it is, it may add messages of its own.
                self._last_message = None

    def _write(self, pile: Pile) -> None:
        waiting = self._later.pop(pile, None)
        if waiting is None:
            return
        for statement, rows in waiting.items():
            if len(rows) == 1:
                changed = self._execute(statement.bound.text, rows[0]).rowcount
            else:
                changed = self._write_many(statement, rows)
            if changed != len(rows):
                raise StaleRevision("something was changed meanwhile that nobody else can have changed")

    def _write_many(self, statement: Statement, rows: list[Sequence[Any]]) -> int:
        whole = 0
        if isinstance(statement, Insertion):
            whole = len(rows) - len(rows) % ROWS_AT_ONCE
            for first in range(0, whole, ROWS_AT_ONCE):
                lot = rows[first : first + ROWS_AT_ONCE]
                self._execute(statement.of_many, [value for row in lot for value in row])
        rest = rows[whole:]
        return whole + (self._connection.executemany(statement.bound.text, rest).rowcount if rest else 0)

    def alone(self, work: Callable[[], T]) -> Outcome:
        """Run a part of the transaction that fails alone."""
        execute = self._execute
        self.write_what_waits()
        execute("SAVEPOINT part")
        try:
            value = work()
            self.write_what_waits()
        except Exception as error:
            if not self._connection.in_transaction:
                # SQLite itself gave up the whole transaction (disk full, I/O error): nothing is left of the rest.
                raise
            self.undone()
            execute("ROLLBACK TO part")
            execute("RELEASE part")
            return Failed(from_sqlite(error, self._path) if isinstance(error, sqlite3.Error) else error)
        execute("RELEASE part")
        return Done(value)

    def takes_long(self) -> None:
        """Stop, where works have to be brief."""
        if self._brief:
            raise NotBrief

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

    @property
    def bare(self) -> sqlite3.Connection:
        """The connection itself, for who knows that its thread is not at work with it."""
        return self._conn

    def renew(self) -> sqlite3.Connection:
        """Close the connection and open it anew; on its own thread."""
        with contextlib.suppress(sqlite3.Error):
            self._conn.close()
        self._connection = self._connector()
        return self._connection

    def _on_thread(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return function(self._conn)
