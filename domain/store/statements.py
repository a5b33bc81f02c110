"""Statements: built once with SQLAlchemy Core, compiled once per back end, run on the bare connection.

Running the compiled text directly costs a fraction of going through SQLAlchemy's execution layer. It is
safe because every column has a primitive type (see `schema`), so no value needs converting either way.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.elements import ClauseElement

from domain.store.errors import NotFound
from domain.store.outcomes import Outcome
from domain.store.postponed import ROWS_AT_ONCE, Pile, minds
from domain.store.visits import Upset, Visits, upset_by

T = TypeVar("T")

BackEnd = Literal["sqlite", "postgresql"]

Row: TypeAlias = tuple[Any, ...]
"""A row as the driver gives it; the repository that asked knows its columns."""


class Bound(NamedTuple):
    """A statement as it is run on SQLite."""

    text: str
    pick: Callable[[Mapping[str, Any]], Sequence[Any]]
    """Puts named values, fixed ones among them, in the order of the text. KeyError names one that is missing."""

    fixed: Mapping[str, Any]
    upset: Upset | None
    minds: tuple[Pile, ...]
    """What is to be written before."""


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
    def bound(self) -> Bound:
        """As it is run on SQLite."""
        text, parameters = self.sqlite
        names = [name for name, _, _ in parameters]
        fixed = {name: value for name, is_fixed, value in parameters if is_fixed}
        pick: Callable[[Mapping[str, Any]], Sequence[Any]]
        match names:
            case []:
                pick = lambda _: ()  # noqa: E731 -- as the others
            case [only]:
                pick = lambda values: (values[only],)  # noqa: E731 -- as the others
            case _:
                pick = itemgetter(*names)
        return Bound(text, pick, fixed, self.upset, minds(self._element, text))

    @cached_property
    def of_many(self) -> str:
        """The text for SQLite that adds `ROWS_AT_ONCE` rows. Only for what adds one row of given values."""
        head, values, row = self.bound.text.partition(" VALUES ")
        return f"{head}{values}{', '.join([row] * ROWS_AT_ONCE)}"

    @cached_property
    def upset(self) -> Upset | None:
        """What forgets whatever is known of visits and no longer holds once this has run; None: all of it does."""
        return upset_by(
            self._element, frozenset(name for name, is_fixed, _ in self.sqlite[1] if not is_fixed)
        )

    @cached_property
    def postgresql(self) -> tuple[str, Mapping[str, Any]]:
        """The text with ``%(name)s``, and the fixed values."""
        # Loaded where there is a PostgreSQL: a process keeps what it has once loaded.
        from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

        compiled = self._element.compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
        return str(compiled), _fixed(compiled)

    def named(self, values: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Text and values for PostgreSQL."""
        text, fixed = self.postgresql
        return text, {**fixed, **values} if fixed else values


class Insertion(Statement):
    """A statement that adds one row to a table with an ``id`` of its own; `added` of a `SqlSession` runs it.

    SQLite knows the id without being asked, and asking (RETURNING) costs it a temporary table.
    """

    def __init__(self, statement: Insert) -> None:
        super().__init__(statement)
        self._insert = statement

    @cached_property
    def postgresql(self) -> tuple[str, Mapping[str, Any]]:
        """The text with ``%(name)s``, which returns the id, and the fixed values."""
        return Statement(self._insert.returning(self._insert.table.c.id)).postgresql


def _fixed(compiled: Any) -> dict[str, Any]:
    """The literals inside a statement, which the compiler also turns into parameters."""
    return {name: bind.effective_value for bind, name in compiled.bind_names.items() if not bind.required}


Brief: TypeAlias = "bool | Callable[[], bool]"
"""Whether a work is brief (`Database.run`); asked when it begins, where only that tells."""


class SqlSession(ABC):
    """One transaction on one connection, which nobody else uses meanwhile."""

    __slots__ = ()

    back_end: BackEnd
    visits: Visits | None
    """What is known of visits without asking, where one connection does all the writing."""

    def later(self, pile: Pile, statement: Statement, /, **values: Any) -> None:
        """Run a statement, of which it is certain that it changes one row, together with others of its kind.

        Nobody can tell when it was run; at the latest that is before the work ends.
        """
        self.change(statement, **values)

    def next_message(self) -> int | None:
        """The id of the next message that is put into the outbox; None where the database has to be asked for each.

        It is taken: the message has to be added under it.
        """
        return None

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
    def added(self, statement: Insertion, /, **values: Any) -> int:
        """Add a row and give its id."""

    def add_all(self, statement: Insertion, rows: Iterable[dict[str, Any]], /) -> None:
        """Add many rows of a kind."""
        for values in rows:
            self.added(statement, **values)

    def change_all(self, statement: Statement, rows: Sequence[dict[str, Any]], /) -> int:
        """Run it once for each of these values, and say how many rows were touched."""
        return sum(self.change(statement, **values) for values in rows)

    @abstractmethod
    def alone(self, work: Callable[[], T]) -> Outcome:
        """Run a part of the transaction that fails alone: what it did is undone, and the rest stays.

        An error after which the rest cannot stay either is raised.
        """

    @abstractmethod
    def takes_long(self) -> None:
        """What follows takes so long that a brief work (`Database.run`) was none after all: it is undone and run elsewhere.

        To be said before anything is done; what a work did to itself stays.
        """

    @abstractmethod
    def after_commit_checkpoint(self) -> None:
        """Ask that what this transaction overwrote also leaves the log file, once it is committed."""

    def one(self, statement: Statement, /, **values: Any) -> Row:
        """The first row of an answer that has one. Raises NotFound when the database was tampered with."""
        row = self.row(statement, **values)
        if row is None:
            raise NotFound("a row that has to be there is missing")
        return row
