"""What tables are made of: names of constraints, kinds of columns, and the tables' common form."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata: Final = MetaData(naming_convention=NAMING)

Whole = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both (SQLite's STRICT tables know INTEGER only)."""


def table(name: str, *columns: Any, growing_ids: bool = False) -> Table:
    """A table, STRICT on SQLite; `growing_ids`: an id is never used again."""
    return Table(name, metadata, *columns, sqlite_strict=True, sqlite_autoincrement=growing_ids)


def own_id() -> Column[int]:
    """The primary key ``id``."""
    return Column("id", Whole, primary_key=True)


def to(name: str, target: str, *, nullable: bool = False, index: bool = True) -> Column[int]:
    """A reference to the row of another table."""
    return Column(name, Whole, ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def required(name: str, kind: Any = Text) -> Column[Any]:
    """A column that is never NULL."""
    return Column(name, kind, nullable=False)


def one_of(column: str, *values: str) -> CheckConstraint:
    """A column with a closed set of words."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


def partial(name: str, where: str, *columns: str, unique: bool = False) -> Index:
    """An index over some of the rows. It serves queries that repeat its condition word for word.

    The condition is told SQLAlchemy for SQLite alone: for PostgreSQL it would load the whole dialect, and makes no table anyway.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where))
