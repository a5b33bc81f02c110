"""Where a database is: the URLs an operator may write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from domain.store.errors import Unavailable


@dataclass(frozen=True, slots=True)
class SqliteLocation:
    """A file on this computer."""

    path: Path

    @property
    def url(self) -> URL:
        """The URL for SQLAlchemy's own tools (migrations)."""
        return URL.create("sqlite", database=str(self.path))


@dataclass(frozen=True, slots=True)
class PostgresqlLocation:
    """A database on a PostgreSQL server."""

    url: URL

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)


Location = SqliteLocation | PostgresqlLocation


_NO_URL: Final = "the database address is not a URL (@ : / and % in a user name or password are written as %40 %3A %2F %25)"


def locate(url: str) -> Location:
    """Read `sqlite:///path`, `postgresql://…` or `postgresql+psycopg://…`. Raises Unavailable otherwise.

    The address itself is never repeated in an error: it may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # ValueError: a port that is no number. Not `from error`: its text repeats parts of the address.
        raise Unavailable(_NO_URL) from None
    if "@" in (parsed.host or ""):
        # The end of a password that was not escaped: a driver would tell it as the server it does not find.
        raise Unavailable(_NO_URL)
    match parsed.drivername:
        case "sqlite" | "sqlite+aiosqlite" | "sqlite+pysqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise Unavailable("the database address names no file")
            return SqliteLocation(Path(parsed.database))
        case "postgresql" | "postgresql+psycopg" | "postgres":
            return PostgresqlLocation(parsed.set(drivername="postgresql+psycopg"))
        case other:
            raise Unavailable(f"{other} databases are not supported: use sqlite or postgresql")
