"""The condition a database is in, looked at piece by piece without changing anything: what `zhuoyue doctor` asks.

`zhuoyue db check` (`checking`) proves a database sound and takes its time; these questions are answered in a moment. None
needs the master key but `opens_with`, and none unseals what people said.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, literal_column, select, text

from domain.privacy.keys import MasterKey
from domain.privacy.sealing import BrokenSeal, unwrap
from domain.store.checking import reading, reading_file
from domain.store.context import Keys
from domain.store.database import fits
from domain.store.errors import NewerSchema, Unavailable, WrongKey
from domain.store.instants import from_stored
from domain.store.locations import SqliteLocation, locate
from domain.store.migrating import head, known_revisions
from domain.store.records import PUSHED, Depth
from domain.store.repositories.replanning import CLOCK
from domain.store.schema import TO_SAY, inbox, outbox, people, planned_reminders, planned_with, updates
from domain.store.statements import BackEnd, SqlSession, Statement
from domain.store.transaction import Transaction

_STEPS: Final = 10_000
"""Steps of SQLite's own machine between two looks at the time."""

_ENGINE: Final = {
    "sqlite": Statement(text("SELECT sqlite_version(), encoding FROM pragma_encoding")),
    "postgresql": Statement(
        text("SELECT current_setting('server_version'), current_setting('server_encoding')")
    ),
}
_TABLES: Final = {
    "sqlite": Statement(text("SELECT count(*), sum(name = 'alembic_version') FROM sqlite_schema")),
    "postgresql": Statement(
        text(
            "SELECT count(*), sum(CASE WHEN tablename = 'alembic_version' THEN 1 ELSE 0 END) FROM pg_tables "
            "WHERE schemaname = current_schema()"
        )
    ),
}
_REVISIONS: Final = Statement(text("SELECT version_num FROM alembic_version"))
_REFUSES_WRITING: Final = Statement(
    text(
        "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' "
        "OR NOT has_table_privilege('keyring', 'UPDATE')"
    )
)
_NEWEST_PERSON: Final = Statement(
    select(people.c.id, people.c.data_key).order_by(people.c.id.desc()).limit(1)
)
_SET_ASIDE: Final = Statement(
    select(func.count()).select_from(updates).where(text("updates.state = 'set_aside'"))
)
_UNSAID: Final = Statement(
    select(func.count()).select_from(planned_reminders).where(text("planned_reminders.state = 'set_aside'"))
)
_NEWEST: Final = tuple(
    Statement(select(func.max(column)))
    for column in (outbox.c.created_at, updates.c.received_at, inbox.c.accepted_at)
)
_CLOCK_SEEN: Final = Statement(
    select(planned_with.c.digest).where(planned_with.c.name == literal_column(f"'{CLOCK}'"))
)
_YEARS_TO_SAY: Final = Statement(
    select(func.substr(planned_reminders.c.due, 1, 4).label("year"), func.count())
    .where(text(f"({TO_SAY})"))
    .group_by("year")
)


@dataclass(frozen=True, slots=True)
class Engine:
    """What holds the data: `encoding` is that of texts."""

    back_end: BackEnd
    version: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Schema:
    """The revision a database is at (None: nobody migrated it yet) and those it still has to be brought to."""

    revision: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits and what was given up, on the channels messages are carried to."""

    update_since: datetime | None
    reply_since: datetime | None
    updates_set_aside: int
    dead: int
    unknown: int
    reminders_set_aside: int


def is_there(url: str) -> bool:
    """Whether there is a database to look at. A server has to be asked. Raises StoreError for an address of nothing."""
    location = locate(url)
    return not isinstance(location, SqliteLocation) or location.path.is_file()


def engine(url: str) -> Engine:
    """Open the database. Raises StoreError."""
    with reading(locate(url)) as sql:
        _tables(sql)
        version, encoding = sql.one(_ENGINE[sql.back_end])
        return Engine(sql.back_end, str(version), str(encoding))


def schema(url: str) -> Schema:
    """How far the database was migrated. Raises NewerSchema, or Unavailable for the tables of another program."""
    with reading(locate(url)) as sql:
        count, ours = _tables(sql)
        revisions = [str(row[0]) for row in sql.rows(_REVISIONS)] if ours else []
    if count and not revisions:
        raise Unavailable("the database holds tables of another program")
    revision = revisions[0] if revisions else None
    if revision is not None and revision not in known_revisions():
        raise NewerSchema(
            f"the database is at version {revision}, this program knows versions up to {head()}"
        )
    return Schema(
        revision, tuple(sorted(one for one in known_revisions() if revision is None or one > revision))
    )


def damages(url: str, seconds: float) -> tuple[str, ...] | None:
    """What SQLite finds wrong with its file; None when it could not finish in time. Raises StoreError.

    PostgreSQL sees to that itself: nothing is ever found.
    """
    location = locate(url)
    if not isinstance(location, SqliteLocation):
        return ()
    end = time.monotonic() + seconds
    with reading_file(location) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return None
            raise
    return () if found == ["ok"] else tuple(found)


def refuses_writing(url: str) -> bool:
    """Whether a PostgreSQL takes no changes. For SQLite: begins a change and gives it up; raises StoreError instead."""
    location = locate(url)
    if isinstance(location, SqliteLocation):
        with reading_file(location) as connection:
            connection.execute("PRAGMA query_only = OFF")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        return False
    with reading(location) as sql:
        return bool(sql.one(_REFUSES_WRITING)[0])


def opens_with(url: str, master: MasterKey) -> bool | None:
    """Whether the key opens what is stored: True, or None when nothing is sealed yet. Raises WrongKey."""
    with reading(locate(url)) as sql:
        if fits(sql, master=master) is None:
            return None
        newest = sql.row(_NEWEST_PERSON)
    if newest is not None:
        try:
            unwrap(master, newest[1], "person", newest[0])
        except BrokenSeal as error:
            raise WrongKey("the key opens the database but not the person stored last") from error
    return True


def waiting(url: str, now: datetime) -> Waiting:
    """What waits to be handled or sent, and what needs an operator. Raises StoreError."""
    with reading(locate(url)) as sql:
        # Counted, not opened: any key does.
        tx = Transaction(sql, Keys(MasterKey.new()))
        depths = [depth for channel in sorted(PUSHED) for depth in tx.deliveries.depths(channel, now)]
        return Waiting(
            update_since=_earliest(tx.updates.oldest_waiting(channel) for channel in PUSHED),
            reply_since=_earliest(tx.deliveries.oldest_reply(channel) for channel in PUSHED),
            updates_set_aside=int(sql.one(_SET_ASIDE)[0]),
            dead=_in_state(depths, "dead"),
            unknown=_in_state(depths, "unknown"),
            reminders_set_aside=int(sql.one(_UNSAID)[0]),
        )


def seen_last(url: str) -> datetime | None:
    """The latest time anything in the database was written at; None where nothing was. Raises StoreError."""
    with reading(locate(url)) as sql:
        noted = sql.row(_CLOCK_SEEN)
        times = [sql.one(statement)[0] for statement in _NEWEST]
    seen = [int(time) for time in (*times, noted[0] if noted else None) if time is not None]
    return from_stored(max(seen)) if seen else None


def years_in_use(url: str, day: date) -> Mapping[int, int]:
    """The years that days of rounds and reminders to come lie in, and how many of these days. Raises StoreError."""
    with reading(locate(url)) as sql:
        found = Counter({int(year): int(count) for year, count in sql.rows(_YEARS_TO_SAY)})
        rounds = Transaction(sql, Keys(MasterKey.new())).rounds.public()
    for one in rounds:
        if not one.is_over(day):
            days = (one.opens, one.closes_safe, one.closes_outer, one.decision_due)
            found.update(year for year in {day.year for day in days if day is not None})
    return found


def _tables(sql: SqlSession) -> tuple[int, bool]:
    count, ours = sql.one(_TABLES[sql.back_end])
    return int(count), bool(ours)


def _in_state(depths: list[Depth], state: str) -> int:
    return sum(depth.count for depth in depths if depth.state == state)


def _earliest(instants: Iterator[datetime | None]) -> datetime | None:
    return min((one for one in instants if one is not None), default=None)
