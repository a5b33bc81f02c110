"""The database as the rest of the program sees it: `run`, `read`, and nothing of SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter
from typing import Final, Protocol, Self, TypeVar

from sqlalchemy import bindparam, column, insert, select, table, update

from domain.privacy.keys import MasterKey
from domain.privacy.sealing import BrokenSeal, DataKey
from domain.store.context import Keys
from domain.store.errors import NewerSchema, OlderSchema, StoreError, WrongKey
from domain.store.locations import PostgresqlLocation, locate
from domain.store.migrating import head, known_revisions
from domain.store.outcomes import Outcome
from domain.store.preparing import BUSY_TIMEOUT_MS, prepare
from domain.store.schema import keyring
from domain.store.sqlite_gate import SqliteGate
from domain.store.sqlite_locks import FileLock
from domain.store.statements import Brief, SqlSession, Statement
from domain.store.tally import StoreTally
from domain.store.transaction import Transaction

Item = TypeVar("Item")
T = TypeVar("T")

GROUP_MAX: Final = 128
"""Works in one commit at most: bounds how long the first of a group waits for the last."""

READERS: Final = 2
"""Connections for reading, on SQLite."""

CONNECTIONS: Final = 8
"""Connections, and threads, on PostgreSQL."""

_CANARY_TEXT = "zhuoyue"
_CANARY_PLACE = "keyring.canary"
_CANARY = Statement(select(keyring.c.canary))
_KEEP_CANARY = Statement(insert(keyring).values(id=1, canary=bindparam("canary")))
_TOUCH = Statement(update(keyring).where(keyring.c.id == 1).values(id=1))
_REVISION = Statement(select(column("version_num")).select_from(table("alembic_version")))


class _Gate(Protocol):
    one_writer: bool

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def run(self, work: Callable[[SqlSession], T], *, brief: Brief = False) -> T: ...
    async def run_each(
        self, find: Callable[[SqlSession, int], Sequence[Item]], work: Callable[[SqlSession, Item], T]
    ) -> Sequence[tuple[Item, Outcome]]: ...
    async def read(self, work: Callable[[SqlSession], T]) -> T: ...


class Database:
    """An open database. Made by `Database.open`, in the event loop it is used in; closed by `close`."""

    def __init__(self, gate: _Gate, keys: Keys, in_use: FileLock | None) -> None:
        self._gate = gate
        self._keys = keys
        self._in_use = in_use
        self.tally = StoreTally()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        master_key: MasterKey,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        group_max: int = GROUP_MAX,
        readers: int = READERS,
        connections: int = CONNECTIONS,
    ) -> Database:
        """Open `sqlite:///path` or `postgresql://…`; first bring it to the schema of this program.

        A database at an older schema is backed up before it is migrated. Raises NewerSchema, WrongKey, InUse
        (a migration needs the database alone) and the other StoreErrors.
        """
        location = locate(url)
        in_use = (await asyncio.to_thread(prepare, location, busy_timeout_ms)).in_use
        try:
            gate: _Gate
            if isinstance(location, PostgresqlLocation):
                # The driver is loaded where it is needed.
                from domain.store.postgresql_gate import PostgresqlGate

                gate = PostgresqlGate(location, busy_timeout_ms=busy_timeout_ms, connections=connections)
            else:
                gate = SqliteGate(
                    location.path, busy_timeout_ms=busy_timeout_ms, group_max=group_max, readers=readers
                )
            await gate.open()
            database = cls(gate, Keys(master_key), in_use)
            try:
                await database._fit_key()
            except BaseException:
                await gate.close()
                raise
        except BaseException:
            if in_use is not None:
                in_use.close()
            raise
        return database

    async def run(self, work: Callable[[Transaction], T], *, brief: Brief = False) -> T:
        """Run a work in a transaction. Its result comes back only after the commit reached the disk.

        When the work raises, what it did is undone and its exception comes back; when the commit fails, a
        StoreError does. Either way nothing half-written stays, and the next `run` is served as usual.

        `brief`: it does so little that the event loop may stand still for it. On SQLite that is less than handing it to a thread
        costs (decision 0020). It may be run twice, as any work may.
        """
        began = perf_counter()
        try:
            return await self._gate.run(partial(self._work, work), brief=brief)
        except StoreError as error:
            self.tally.errors[error.code] += 1
            raise
        finally:
            self.tally.writing.note(perf_counter() - began)

    async def run_each(
        self, find: Callable[[Transaction, int], Sequence[Item]], work: Callable[[Transaction, Item], T]
    ) -> Sequence[tuple[Item, Outcome]]:
        """Find items and run a work for each of them; says what became of each once the commit reached the disk.

        Each work fails alone, as if it had been run by itself. `find` is told how many items are handled at most:
        many in one commit on SQLite, one in a transaction of its own on PostgreSQL. Raises what `find` raises, and
        StoreError when nothing could be committed.
        """
        began = perf_counter()
        try:
            return await self._gate.run_each(
                lambda sql, most: find(Transaction(sql, self._keys), most),
                lambda sql, item: self._work(lambda tx: work(tx, item), sql),
            )
        except StoreError as error:
            self.tally.errors[error.code] += 1
            raise
        finally:
            self.tally.writing.note(perf_counter() - began)

    @property
    def one_writer(self) -> bool:
        """Whether works run one after another anyway, so that asking for several at once gains nothing."""
        return self._gate.one_writer

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run a work that only reads, beside the writer and without waiting for it. Writing gets ReadOnly."""
        began = perf_counter()
        try:
            return await self._gate.read(partial(self._work, work))
        except StoreError as error:
            self.tally.errors[error.code] += 1
            raise
        finally:
            self.tally.reading.note(perf_counter() - began)

    async def ready(self) -> None:
        """See whether the database can be written to right now and is still at our schema. Raises StoreError."""
        await self._gate.run(_see_ready)

    async def close(self) -> None:
        """Finish what was handed in and let go of the database."""
        await self._gate.close()
        if self._in_use is not None:
            self._in_use.close()
            self._in_use = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _work(self, work: Callable[[Transaction], T], sql: SqlSession) -> T:
        try:
            return work(Transaction(sql, self._keys))
        except StopIteration as error:
            # Python lets no future carry it: whoever waits for the work would wait for ever.
            raise RuntimeError("the work raised StopIteration") from error

    async def _fit_key(self) -> None:
        master = self._keys.master
        if await self._gate.read(partial(fits, master=master)) is None:
            await self._gate.run(partial(_keep_canary, master=master))


def _see_ready(sql: SqlSession) -> None:
    sql.change(_TOUCH)
    row = sql.row(_REVISION)
    if row == (head(),):
        return
    if row is None or row[0] in known_revisions():
        raise OlderSchema("the database is at an older version: it was replaced meanwhile")
    raise NewerSchema("another process has migrated the database meanwhile")


def fits(sql: SqlSession, *, master: MasterKey) -> bool | None:
    """Whether the database was sealed with this key: True, or None when nothing is sealed yet. Raises WrongKey."""
    row = sql.row(_CANARY)
    if row is None:
        return None
    try:
        _canary_key(master).open(row[0], _CANARY_PLACE)
    except BrokenSeal as error:
        raise WrongKey("the key file is not the one this database was made with") from error
    return True


def _keep_canary(sql: SqlSession, *, master: MasterKey) -> None:
    if fits(sql, master=master) is None:
        sql.change(_KEEP_CANARY, canary=_canary_key(master).seal(_CANARY_TEXT, _CANARY_PLACE))


def _canary_key(master: MasterKey) -> DataKey:
    return DataKey(master.wrapping, "keyring")
