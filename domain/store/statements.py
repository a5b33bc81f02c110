"""Statements: built once with SQLAlchemy Core, compiled once per back end, run on the bare connection.

Running the compiled text directly costs a fraction of going through SQLAlchemy's execution layer. It is
safe because every column has a primitive type (see `schema`), so no value needs converting either way.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.elements import ClauseElement

from domain.store.errors import NotFound

BackEnd = Literal["sqlite", "postgresql"]

Row: TypeAlias = tuple[Any, ...]
"""A row as the driver gives it; the repository that asked knows its columns."""


class Statement:
    """One SQL statement with named parameters.

    Build it at module level; `rows`, `row` and `change` of a `SqlSession` run it.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._element = statement

    @cached_property
    def sqlite(self) -> tuple[str, tuple[tuple[str, bool, Any], ...]]:
        """The text with ``?``, and for each the parameter's name, whether it is fixed, and its fixed value."""
        compiled = self._element.compile(dialect=SQLiteDialect_pysqlite())
        names: Sequence[str] = compiled.positiontup or ()  # type: ignore[attr-defined]
        fixed = _fixed(compiled)
        return str(compiled), tuple((name, name in fixed, fixed.get(name)) for name in names)

    @cached_property
    def postgresql(self) -> tuple[str, Mapping[str, Any]]:
        """The text with ``%(name)s``, and the fixed values."""
        compiled = self._element.compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
        return str(compiled), _fixed(compiled)

    def positional(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Text and values for SQLite. KeyError names a parameter that is missing."""
        text, parameters = self.sqlite
        return text, [fixed if is_fixed else values[name] for name, is_fixed, fixed in parameters]

    def named(self, values: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Text and values for PostgreSQL."""
        text, fixed = self.postgresql
        return text, {**fixed, **values} if fixed else values


def _fixed(compiled: Any) -> dict[str, Any]:
    """The literals inside a statement, which the compiler also turns into parameters."""
    return {name: bind.effective_value for bind, name in compiled.bind_names.items() if not bind.required}


class SqlSession(ABC):
    """One transaction on one connection, from the thread that owns it."""

    __slots__ = ()

    back_end: BackEnd

    @abstractmethod
    def rows(self, statement: Statement, /, **values: Any) -> list[Row]:
        """Every row of the answer."""

    @abstractmethod
    def row(self, statement: Statement, /, **values: Any) -> Row | None:
        """The first row, or None."""

    @abstractmethod
    def change(self, statement: Statement, /, **values: Any) -> int:
        """Run it and say how many rows it touched."""

    @abstractmethod
    def after_commit_checkpoint(self) -> None:
        """Ask that what this transaction overwrote also leaves the log file, once it is committed."""

    def one(self, statement: Statement, /, **values: Any) -> Row:
        """The first row of an answer that has one. Raises NotFound when the database was tampered with."""
        row = self.row(statement, **values)
        if row is None:
            raise NotFound("a row that has to be there is missing")
        return row
