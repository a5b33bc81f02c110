"""Before a database is used: it is there, nobody stands in the way, and its schema is that of this program."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from domain.store import migrating
from domain.store.backup import backup_beside
from domain.store.errors import InUse, OlderSchema
from domain.store.locations import Location, PostgresqlLocation, SqliteLocation, locate
from domain.store.migrating import SchemaState
from domain.store.sqlite_connection import prepare_file
from domain.store.sqlite_locks import FileLock, in_use_lock

BUSY_TIMEOUT_MS: Final = 5000
"""How long a work waits for others that hold the database, in milliseconds."""

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A database ready for use: how it was found, the backup taken before it was migrated, and the lock held."""

    found: SchemaState
    backup: Path | None
    in_use: FileLock | None


def migrate(url: str) -> Prepared:
    """Bring a database to the schema of this program and let go of it. Raises StoreError."""
    prepared = prepare(locate(url))
    if prepared.in_use is not None:
        prepared.in_use.close()
    return prepared


def prepare(location: Location, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Prepared:
    """Migrate a database that needs it, a SQLite one after a backup. Raises StoreError.

    The lock in what comes back says that the database is in use (SQLite); close it in the end.
    """
    if isinstance(location, PostgresqlLocation):
        return Prepared(_prepare_postgresql(location), None, None)
    prepare_file(location.path)
    in_use = in_use_lock(location.path)
    try:
        alone = in_use.try_alone()
        if not alone:
            in_use.wait_shared(busy_timeout_ms / 1000)
        found, backup = _prepare_sqlite(location, alone=alone)
        if alone:
            in_use.let_others_in()
    except BaseException:
        in_use.close()
        raise
    return Prepared(found, backup, in_use)


def _prepare_postgresql(location: PostgresqlLocation) -> SchemaState:
    with migrating.migrator(location) as connection:
        found = migrating.state(connection)
        if found is SchemaState.OLDER:
            LOG.warning("the PostgreSQL database is now migrated: a backup of your own is advised")
        if found is not SchemaState.CURRENT:
            migrating.upgrade(connection)
    return found


def _prepare_sqlite(location: SqliteLocation, *, alone: bool) -> tuple[SchemaState, Path | None]:
    with migrating.migrator(location) as connection:
        found = migrating.state(connection)
    if found is SchemaState.CURRENT:
        return found, None
    if not alone:
        if found is SchemaState.EMPTY:
            raise InUse("another process is just making the database")
        raise OlderSchema("the database has to be migrated, but another process is using it: stop it first")
    backup = None
    if found is SchemaState.OLDER:
        backup = backup_beside(location.path)
        # The log leaves the values of a message out; the copy names itself.
        LOG.warning("the database was copied beside itself (before-migration) and is now migrated")
    with migrating.migrator(location) as connection:
        migrating.upgrade(connection)
    return found, backup
