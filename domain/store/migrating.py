"""Bringing a database to the schema of this program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from domain.store.errors import NewerSchema, Unavailable
from domain.store.locations import Location, PostgresqlLocation, SqliteLocation
from domain.store.postgresql_errors import from_postgresql
from domain.store.sqlite_errors import from_sqlite

_MIGRATING: int = 7_286_094_113
"""The advisory lock under which one process at a time migrates a PostgreSQL database."""


class SchemaState(Enum):
    """How a database stands to the schema of this program."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"


def head() -> str:
    """The revision this program works with."""
    (revision,) = _scripts().get_heads()
    return revision


def known_revisions() -> frozenset[str]:
    """Every revision this program knows, its own among them."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def state(connection: sa.Connection) -> SchemaState:
    """How the database stands. Raises NewerSchema, or Unavailable when it is no database of this program."""
    revision = revision_of(connection)
    if revision is None:
        strangers = sa.inspect(connection).get_table_names()
        if strangers and strangers != ["alembic_version"]:
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
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: sa.Connection) -> None:
    """Run the migrations that are missing, inside the transaction of the connection."""
    config = _config()
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
            case psycopg.Error() as cause, _:
                raise from_postgresql(cause) from None
            case cause, SqliteLocation(path):
                raise from_sqlite(cause, path) from error  # type: ignore[arg-type]
            case _:
                raise Unavailable(type(error).__name__) from error
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


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@lru_cache(1)
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _folder() -> Path:
    return Path(str(files("domain.store") / "migrations"))
