"""Bringing a database to the schema of this program.

Alembic is loaded where something is migrated, and the PostgreSQL driver where there is a PostgreSQL: a serving process keeps
what it has once loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from domain.store.errors import NewerSchema, Unavailable
from domain.store.locations import Location, PostgresqlLocation, SqliteLocation
from domain.store.sqlite_errors import from_sqlite

_MIGRATING: int = 7_286_094_113
"""The advisory lock under which one process at a time migrates a PostgreSQL database."""

_VERSIONS: Final = "alembic_version"
_FILE: Final = re.compile(r"v(\d{4})_\w+\.py")
_REVISION: Final[sa.Select[Any]] = sa.select(sa.column("version_num")).select_from(sa.table(_VERSIONS))


class SchemaState(Enum):
    """How a database stands to the schema of this program."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"


def head() -> str:
    """The revision this program works with."""
    return max(known_revisions())


def known_revisions() -> frozenset[str]:
    """Every revision this program knows, its own among them; the file of each is named after it."""
    return _revisions(_folder())


def state(connection: sa.Connection) -> SchemaState:
    """How the database stands. Raises NewerSchema, or Unavailable when it is no database of this program."""
    revision = revision_of(connection)
    if revision is None:
        strangers = sa.inspect(connection).get_table_names()
        if strangers and strangers != [_VERSIONS]:
            raise Unavailable("the database holds tables of another program")
        return SchemaState.EMPTY
    if revision == head():
        return SchemaState.CURRENT
    if revision not in known_revisions():
        raise NewerSchema(
            f"the database is at version {revision}, this program knows versions up to {head()}"
        )
    return SchemaState.OLDER


def revision_of(connection: sa.Connection) -> str | None:
    """The revision a database is at, None when it was never migrated."""
    if not sa.inspect(connection).has_table(_VERSIONS):
        return None
    revisions = connection.execute(_REVISION).scalars().all()
    if len(revisions) > 1:
        raise Unavailable("the database is at several versions at once")
    return revisions[0] if revisions else None


def upgrade(connection: sa.Connection) -> None:
    """Run the migrations that are missing, inside the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def migrator(location: Location) -> Iterator[sa.Connection]:
    """A connection, in one transaction, from which a database is looked at and migrated. Raises StoreError."""
    engine = _engine(location)
    try:
        with engine.begin() as connection:
            if isinstance(location, PostgresqlLocation):
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
            yield connection
    except sa.exc.DBAPIError as error:
        match error.orig, location:
            case cause, SqliteLocation(path):
                raise from_sqlite(cause, path) from error  # type: ignore[arg-type]
            case cause, PostgresqlLocation():
                from domain.store.postgresql_errors import from_driver

                raise from_driver(cause) from None
    finally:
        engine.dispose()


def _engine(location: Location) -> sa.Engine:
    if isinstance(location, PostgresqlLocation):
        return sa.create_engine(location.url, poolclass=sa.NullPool)
    engine = sa.create_engine(location.url, poolclass=sa.NullPool)

    # The driver would open a transaction before some statements only; a migration is one transaction or none.
    @sa.event.listens_for(engine, "connect")
    def _no_transactions_of_its_own(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@lru_cache
def _revisions(folder: Path) -> frozenset[str]:
    found = (_FILE.fullmatch(file.name) for file in (folder / "versions").iterdir())
    return frozenset(name[1] for name in found if name)


def _folder() -> Path:
    return Path(str(files("domain.store") / "migrations"))
