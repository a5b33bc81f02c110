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
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from domain.store.errors import Unavailable
from domain.store.outcomes import Done, Failed, Outcome
from domain.store.sqlite_connection import OwnedConnection, SqliteSession, connect_reader
from domain.store.sqlite_errors import from_sqlite
from domain.store.sqlite_writer import Each, SqliteWriter, Work
from domain.store.statements import Brief, SqlSession

Item = TypeVar("Item")
T = TypeVar("T")

TOGETHER: Final = 64
"""Items of one `run_each` in one commit at most: as with works, it bounds how long the first waits for the last."""


class _Waiting(NamedTuple):
    """A work that waits for the next commit, and who waits for it."""

    work: Work[Any] | Each
    future: asyncio.Future[Any]
    brief: Brief


_Group = list[_Waiting]
"""Works that share a commit."""


def _is_brief(waiting: _Waiting) -> bool:
    return waiting.brief if isinstance(waiting.brief, bool) else waiting.brief()


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
        self._waiting: deque[_Waiting] = deque()
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
            # Whoever does not wait for the end does not stop it.
            await asyncio.shield(self._draining)
        for reader in self._readers:
            await reader.close()
        await self._writer.hand_over(self._writer.close)
        await self._writer.owned.close()

    async def run(self, work: Work[T], *, brief: Brief = False) -> T:
        """Run a work in the next group. A caller that stops waiting does not undo what is already under way.

        Where all works of a group are `brief`, they run in the event loop's own thread, and only the commit on the writer's.
        """
        value: T = await self._in_next_group(work, brief=brief)
        return value

    async def run_each(
        self, find: Callable[[SqlSession, int], Sequence[Item]], work: Callable[[SqlSession, Item], T]
    ) -> Sequence[tuple[Item, Outcome]]:
        """Find at most `TOGETHER` items and run a work for each: in one commit, each in a savepoint of its own."""
        outcomes: Sequence[tuple[Item, Outcome]] = await self._in_next_group(
            Each(lambda session: find(session, TOGETHER), work)
        )
        return outcomes

    async def _in_next_group(self, work: Work[Any] | Each, *, brief: Brief = False) -> Any:
        if self._closed:
            raise Unavailable("the database is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.append(_Waiting(work, future, brief))
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
                for waiting, outcome in zip(group, await self._outcomes(group), strict=True):
                    if waiting.future.done():  # its caller stopped waiting
                        continue
                    match outcome:
                        case Done(value):
                            waiting.future.set_result(value)
                        case Failed(error):
                            waiting.future.set_exception(error)
                # Those who have just heard hand in what follows, so that it need not wait for a commit of others.
                await asyncio.sleep(0)
        finally:
            self._draining = None

    async def _outcomes(self, group: _Group) -> Sequence[Outcome]:
        try:
            writer, works = self._writer, [waiting.work for waiting in group]
            begun = writer.begin_here(works) if all(map(_is_brief, group)) else None
            if begun is not None:
                return await writer.hand_over(partial(writer.commit, begun))
            return await writer.hand_over(partial(writer.run_group, works))
        except Exception as error:  # noqa: BLE001 -- the callers of the group must hear of it, whatever it is
            return [Failed(Unavailable(type(error).__name__)) for _ in group]

    def _next_group(self) -> _Group:
        group: _Group = []
        while self._waiting and len(group) < self._group_max:
            waiting = self._waiting.popleft()
            if not waiting.future.done():
                group.append(waiting)
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
