"""The gate to SQLite: one writer, whole groups of works at a time, one commit for each group.

While one group commits, the works that arrive wait together and share the next commit. Each work has its
own savepoint: a failing one is undone alone and its neighbours never notice. Nobody hears of a result
before the commit reached the disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from domain.store.errors import StoreError, Unavailable
from domain.store.outcomes import Done, Failed, Outcome
from domain.store.sqlite_connection import OwnedConnection, SqliteSession, connect_reader, connect_writer
from domain.store.sqlite_errors import from_sqlite, is_certain
from domain.store.sqlite_locks import FileLock, writer_lock
from domain.store.statements import SqlSession
from domain.store.visits import Visits

Item = TypeVar("Item")
T = TypeVar("T")
Work = Callable[[SqlSession], T]

_CHECKPOINT_PATIENCE_MS: Final = 200
"""How long a checkpoint after an erasure waits for readers; it is tried again with the next group."""


TOGETHER: Final = 64
"""Items of one `run_each` in one commit at most: as with works, it bounds how long the first waits for the last."""


@dataclass(frozen=True, slots=True)
class Each:
    """Works of one kind, one for each item found; they are counted as one in a group and share its commit."""

    find: Callable[[SqlSession], Sequence[Any]]
    work: Callable[[SqlSession, Any], Any]


_Group = list[tuple[Work[Any] | Each, asyncio.Future[Any]]]
"""Works that share a commit, and who waits for each."""


class SqliteWriter:
    """The one connection that writes; every method but the constructor runs on its thread."""

    def __init__(self, path: Path, busy_timeout_ms: int) -> None:
        self._path = path
        self._busy_timeout_ms = busy_timeout_ms
        self._turn: FileLock = writer_lock(path)
        self._suspect = False
        self._checkpoint_due = False
        self._visits = Visits()
        self.owned = OwnedConnection(self.connect)

    def connect(self) -> sqlite3.Connection:
        """Open the connection. Raises StoreError."""
        self._turn.wait_alone(self._busy_timeout_ms / 1000)
        try:
            return connect_writer(self._path, self._busy_timeout_ms)
        except sqlite3.Error as error:
            raise from_sqlite(error, self._path) from error
        finally:
            self._turn.release()

    def run_group(
        self, works: Sequence[Work[Any] | Each], connection: sqlite3.Connection
    ) -> Sequence[Outcome]:
        """Run every work and commit once."""
        try:
            if self._suspect:
                # What it knew of the writes of others went with the old connection.
                self._visits.forget()
                connection = self.owned.renew()
                self._suspect = False
            self._turn.wait_alone(self._busy_timeout_ms / 1000)
            try:
                return self._run_in_turn(connection, works)
            finally:
                self._turn.release()
        except sqlite3.Error as error:
            self._suspect = self._suspect or not is_certain(error)
            return [Failed(from_sqlite(error, self._path)) for _ in works]
        except StoreError as error:
            return [Failed(type(error)(error.detail)) for _ in works]
        except BaseException as error:  # noqa: BLE001 -- every caller of the group is waiting to hear of it
            self._suspect = True
            return [Failed(Unavailable(f"{type(error).__name__} during a commit")) for _ in works]

    def close(self, connection: sqlite3.Connection) -> None:
        """Close: the last one to close also empties the log, so it must be its turn."""
        self._turn.wait_alone(self._busy_timeout_ms / 1000)
        try:
            connection.close()
        finally:
            self._turn.close()

    def abandon(self) -> None:
        """Let go of what the constructor took; for when the connection could not be opened."""
        self._turn.close()

    def _run_in_turn(
        self, connection: sqlite3.Connection, works: Sequence[Work[Any] | Each]
    ) -> Sequence[Outcome]:
        execute = connection.execute
        session = SqliteSession(connection, self._path, self._visits)
        execute("BEGIN IMMEDIATE")
        try:
            self._visits.others_wrote(execute("PRAGMA data_version").fetchone()[0])
            outcomes = [
                self._run_each(connection, session, work)
                if isinstance(work, Each)
                else self._run_one(connection, session, work)
                for work in works
            ]
            execute("COMMIT")
        except BaseException:
            self._undo(connection)
            raise
        if session.checkpoint_wanted or self._checkpoint_due:
            self._checkpoint_due = not self._checkpoint(connection)
        return outcomes

    def _run_one(self, connection: sqlite3.Connection, session: SqliteSession, work: Work[Any]) -> Outcome:
        execute = connection.execute
        execute("SAVEPOINT work")
        try:
            value = work(session)
            session.write_what_waits()
        except BaseException as error:
            if not connection.in_transaction:
                # SQLite itself gave up the whole transaction (disk full, I/O error): nothing of the group is left.
                raise
            session.undone()
            execute("ROLLBACK TO work")
            execute("RELEASE work")
            return Failed(from_sqlite(error, self._path) if isinstance(error, sqlite3.Error) else error)
        execute("RELEASE work")
        return Done(value)

    def _run_each(self, connection: sqlite3.Connection, session: SqliteSession, each: Each) -> Outcome:
        found = self._run_one(connection, session, each.find)
        if isinstance(found, Failed):
            return found
        return Done(
            [
                (item, self._run_one(connection, session, partial(_on_item, each.work, item)))
                for item in found.value
            ]
        )

    def _undo(self, connection: sqlite3.Connection) -> None:
        self._visits.clear()
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._suspect = True

    def _checkpoint(self, connection: sqlite3.Connection) -> bool:
        """Move the log into the database and empty it. False when readers stood in the way."""
        try:
            connection.execute(f"PRAGMA busy_timeout = {_CHECKPOINT_PATIENCE_MS}")
            try:
                busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                return busy == 0
            finally:
                connection.execute(f"PRAGMA busy_timeout = {self._busy_timeout_ms}")
        except sqlite3.Error as error:
            # The works are committed; emptying the log is tried again with the next group.
            self._suspect = self._suspect or not is_certain(error)
            return False


def _on_item(work: Callable[[SqlSession, Any], Any], item: Any, session: SqlSession) -> Any:
    return work(session, item)


class SqliteGate:
    """`run` and `read` for SQLite."""

    one_writer = True

    def __init__(self, path: Path, *, busy_timeout_ms: int, group_max: int, readers: int) -> None:
        self.path = path
        self._busy_timeout_ms = busy_timeout_ms
        self._group_max = group_max
        self._writer = SqliteWriter(path, busy_timeout_ms)
        self._readers = [OwnedConnection(self._connect_reader) for _ in range(readers)]
        self._free_readers: asyncio.LifoQueue[OwnedConnection] = asyncio.LifoQueue()
        self._waiting: deque[tuple[Work[Any] | Each, asyncio.Future[Any]]] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._closed = False

    async def open(self) -> None:
        """Open the writer and the readers. Raises StoreError; then nothing stays open."""
        opened: list[OwnedConnection] = []
        try:
            for owned in (self._writer.owned, *self._readers):
                await owned
                opened.append(owned)
        except BaseException:
            for owned in opened:
                await owned.close()
            self._writer.abandon()
            raise
        for reader in self._readers:
            self._free_readers.put_nowait(reader)

    async def close(self) -> None:
        """Finish what was handed in, then close. A second time does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._draining is not None:
            await self._draining
        for reader in self._readers:
            await reader.close()
        await self._writer.owned.call(self._writer.close)
        await self._writer.owned.close()

    async def run(self, work: Work[T]) -> T:
        """Run a work in the next group. A caller that stops waiting does not undo what is already under way."""
        value: T = await self._in_next_group(work)
        return value

    async def run_each(
        self, find: Callable[[SqlSession, int], Sequence[Item]], work: Callable[[SqlSession, Item], T]
    ) -> Sequence[tuple[Item, Outcome]]:
        """Find at most `TOGETHER` items and run a work for each: in one commit, each in a savepoint of its own."""
        outcomes: Sequence[tuple[Item, Outcome]] = await self._in_next_group(
            Each(lambda session: find(session, TOGETHER), work)
        )
        return outcomes

    async def _in_next_group(self, work: Work[Any] | Each) -> Any:
        if self._closed:
            raise Unavailable("the database is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((work, future))
        if self._draining is None:
            self._draining = loop.create_task(self._drain(), name="group commit")
        return await future

    async def read(self, work: Work[T]) -> T:
        """Run a work that only reads, beside the writer. A work that writes gets ReadOnly."""
        if self._closed:
            raise Unavailable("the database is closed")
        reader = await self._free_readers.get()
        try:
            return await reader.call(partial(self._read_on_thread, reader, work))
        finally:
            self._free_readers.put_nowait(reader)

    async def _drain(self) -> None:
        try:
            while self._waiting:
                group = self._next_group()
                if not group:
                    continue
                for (_, future), outcome in zip(group, await self._outcomes(group), strict=True):
                    if future.done():  # its caller stopped waiting
                        continue
                    match outcome:
                        case Done(value):
                            future.set_result(value)
                        case Failed(error):
                            future.set_exception(error)
                # Those who have just heard hand in what follows, so that it need not wait for a commit of others.
                await asyncio.sleep(0)
        finally:
            self._draining = None

    async def _outcomes(self, group: _Group) -> Sequence[Outcome]:
        try:
            works = [work for work, _ in group]
            return await self._writer.owned.call(partial(self._writer.run_group, works))
        except Exception as error:  # noqa: BLE001 -- the callers of the group must hear of it, whatever it is
            return [Failed(Unavailable(type(error).__name__)) for _ in group]

    def _next_group(self) -> _Group:
        group: _Group = []
        while self._waiting and len(group) < self._group_max:
            work, future = self._waiting.popleft()
            if not future.done():
                group.append((work, future))
        return group

    def _connect_reader(self) -> sqlite3.Connection:
        try:
            return connect_reader(self.path, self._busy_timeout_ms)
        except sqlite3.Error as error:
            raise from_sqlite(error, self.path) from error

    def _read_on_thread(self, reader: OwnedConnection, work: Work[T], connection: sqlite3.Connection) -> T:
        try:
            connection.execute("BEGIN")
            try:
                return work(SqliteSession(connection, self.path))
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            failure = from_sqlite(error, self.path)
            if isinstance(failure, Unavailable):
                reader.renew()
            raise failure from error
