"""Looking a database over without changing it: what `zhuoyue db check` tells."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa

from domain.privacy.keys import MasterKey
from domain.store import migrating
from domain.store.context import Keys
from domain.store.database import fits
from domain.store.errors import NewerSchema, WrongKey
from domain.store.locations import Location, SqliteLocation, locate
from domain.store.migrating import SchemaState
from domain.store.preparing import BUSY_TIMEOUT_MS
from domain.store.schema import keyring
from domain.store.sqlite_connection import SqliteSession, connect_reader
from domain.store.sqlite_errors import from_sqlite
from domain.store.statements import SqlSession
from domain.store.transaction import Transaction

_PATIENCE: Final[dict[str, Any]] = {"connect_timeout": 5}
"""Seconds for a server to answer, unless its address says otherwise."""

Check = Literal["integrity", "foreign keys", "schema", "key", "audit trail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; the detail is for the operator."""

    check: Check
    sound: bool
    detail: str


def look_over(url: str, master_key: MasterKey | None) -> tuple[Finding, ...]:
    """Check a database; without a key its fit and the audit trail are reported as not sound. Raises StoreError.

    PostgreSQL watches over integrity and foreign keys itself, so these are checked on SQLite only.
    """
    location = locate(url)
    findings = [*(_file(location) if isinstance(location, SqliteLocation) else ())]
    schema = _schema(location)
    findings.append(schema)
    if schema.sound:
        with reading(location) as sql:
            findings += _contents(sql, master_key)
    return tuple(findings)


def is_sealed(url: str) -> bool:
    """Whether there is a database that some master key has already sealed something in. Raises StoreError."""
    location = locate(url)
    if isinstance(location, SqliteLocation) and not location.path.is_file():
        return False
    with migrating.migrator(location) as connection:
        if not sa.inspect(connection).has_table(keyring.name):
            return False
        return connection.execute(sa.select(keyring.c.id)).first() is not None


def _file(location: SqliteLocation) -> Iterator[Finding]:
    with reading_file(location) as connection:
        damages = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
        yield Finding("integrity", damages == ["ok"], "; ".join(damages))
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        yield Finding("foreign keys", not broken, ", ".join(sorted({row[0] for row in broken})) or "ok")


def _schema(location: Location) -> Finding:
    try:
        with migrating.migrator(location) as connection:
            state, revision = migrating.state(connection), migrating.revision_of(connection)
    except NewerSchema as error:
        return Finding("schema", sound=False, detail=error.detail)
    detail = f"{revision or state.value}, {migrating.head()} expected"
    return Finding(
        "schema", state is SchemaState.CURRENT, str(revision) if state is SchemaState.CURRENT else detail
    )


def _contents(sql: SqlSession, master_key: MasterKey | None) -> Iterator[Finding]:
    if master_key is None:
        yield Finding("key", sound=False, detail="there is no key file")
        return
    try:
        yield Finding(
            "key", sound=True, detail="ok" if fits(sql, master=master_key) else "nothing is sealed yet"
        )
    except WrongKey as error:
        yield Finding("key", sound=False, detail=error.detail)
        return
    report = Transaction(sql, Keys(master_key)).audit.verify()
    detail = f"{report.entries}" if report.sound else f"broken at {report.broken_at}"
    yield Finding("audit trail", report.sound, detail)


@contextmanager
def reading(location: Location) -> Iterator[SqlSession]:
    """A session that cannot write, on a database that is there. Raises StoreError."""
    if isinstance(location, SqliteLocation):
        with reading_file(location) as connection:
            yield SqliteSession(connection, location.path)
        return
    # The driver is loaded where it is needed: a serving process, too, asks here whether a database is sealed.
    import psycopg
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    from domain.store.postgresql_errors import from_postgresql
    from domain.store.postgresql_gate import PostgresqlSession

    arguments = PGDialect_psycopg().create_connect_args(location.url)  # type: ignore[no-untyped-call]
    try:
        with contextlib.closing(psycopg.connect(*arguments[0], **(_PATIENCE | arguments[1]))) as connection:
            connection.read_only = True
            yield PostgresqlSession(connection.cursor())
    except psycopg.Error as error:
        raise from_postgresql(error) from None


@contextmanager
def reading_file(location: SqliteLocation) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write, on a SQLite file that is there. Raises StoreError."""
    try:
        with contextlib.closing(connect_reader(location.path, BUSY_TIMEOUT_MS)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise from_sqlite(error, location.path) from error
