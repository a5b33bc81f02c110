"""The connection to SQLite that writes: whole groups of works, one commit for each.

Works of a group run one after the other, each in a savepoint of its own: a failing one is undone alone and its neighbours never
notice. Where nothing has to be waited for they may run in the thread of the event loop; the commit, which waits for the disk,
never does.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from domain.store.errors import StoreError, Unavailable
from domain.store.outcomes import Done, Failed, NotBrief, Outcome
from domain.store.sqlite_connection import OwnedConnection, SqliteSession, connect_writer
from domain.store.sqlite_errors import from_sqlite, is_certain
from domain.store.sqlite_locks import FileLock, writer_lock
from domain.store.statements import SqlSession
from domain.store.visits import Visits

T = TypeVar("T")
Work = Callable[[SqlSession], T]

LOG: Final = logging.getLogger(__name__)

_CHECKPOINT_PATIENCE_MS: Final = 200
"""How long a checkpoint after an erasure waits for readers; it is tried again with the next group."""


@dataclass(frozen=True, slots=True)
class Each:
    """Works of one kind, one for each item found; they are counted as one in a group and share its commit."""

    find: Callable[[SqlSession], Sequence[Any]]
    work: Callable[[SqlSession, Any], Any]


Works = Sequence[Work[Any] | Each]
"""Works that share a commit."""


@dataclass(frozen=True, slots=True, repr=False)
class Begun:
    """Works that were run, and whose commit is to follow."""

    session: SqliteSession
    outcomes: Sequence[Outcome]


class SqliteWriter:
    """The one connection that writes. In the event loop: `begin_here`, `hand_over`, and `abandon`; on its thread: everything else."""

    def __init__(self, path: Path, busy_timeout_ms: int) -> None:
        self._path = path
        self._busy_timeout_ms = busy_timeout_ms
        self._turn: FileLock = writer_lock(path)
        self._suspect = False
        self._checkpoint_due = False
        self._visits = Visits()
        self._handed_over = 0
        self._ended = 0
        self._patient: bool | None = None
        """Whether the connection waits for others and may write before a commit; None: not known."""
        self.owned = OwnedConnection(self.connect)

    def connect(self) -> sqlite3.Connection:
        """Open the connection. Raises StoreError."""
        self._turn.wait_alone(self._busy_timeout_ms / 1000)
        try:
            self._patient = None
            return connect_writer(self._path, self._busy_timeout_ms)
        except sqlite3.Error as error:
            raise from_sqlite(error, self._path) from error
        finally:
            self._turn.release()

    def begin_here(self, works: Works) -> Begun | None:
        """Run works in the event loop's thread, up to their commit: `commit` has to be handed over at once then.

        None, and nothing is done, where another process is writing or anything is in doubt: they are for `run_group` then.
        """
        if self._suspect or self._handed_over != self._ended or not self._turn.try_alone():
            return None
        begun = None
        try:
            begun = self._begin(self.owned.bare, works, patient=False)
        except NotBrief:
            pass
        except Exception as error:  # noqa: BLE001 -- whatever it is, they are run anew where it can be waited out and told
            LOG.info("works are run anew: %s", type(error).__name__)
            if not (isinstance(error, sqlite3.Error) and is_certain(error)):
                self._suspect = True
        finally:
            if begun is None:
                self._turn.release()
        return begun

    async def hand_over(self, step: Callable[[sqlite3.Connection], T]) -> T:
        """Run a step on the writer's own thread. Until it ends nothing begins here, whoever stops waiting for it."""

        def to_its_end(connection: sqlite3.Connection) -> T:
            try:
                return step(connection)
            finally:
                self._ended += 1

        self._handed_over += 1
        return await self.owned.call(to_its_end)

    def commit(self, begun: Begun, connection: sqlite3.Connection) -> Sequence[Outcome]:
        """Commit what was begun."""
        try:
            return self._told_to_all(len(begun.outcomes), lambda: self._commit(connection, begun))
        finally:
            self._turn.release()

    def run_group(self, works: Works, connection: sqlite3.Connection) -> Sequence[Outcome]:
        """Run every work and commit once."""
        return self._told_to_all(len(works), lambda: self._run_group(works, connection))

    def close(self, connection: sqlite3.Connection) -> None:
        """Close: the last one to close also empties the log, so it must be its turn."""
        self._turn.wait_alone(self._busy_timeout_ms / 1000)
        try:
            connection.close()
        finally:
            self._turn.close()

    def abandon(self) -> None:
        """Let go of what the constructor took; for when the connection could not be opened."""
        self._turn.close()

    def _told_to_all(self, works: int, step: Callable[[], Sequence[Outcome]]) -> Sequence[Outcome]:
        """What becomes of works that share a commit: where that is not reached, all of them hear why."""
        try:
            return step()
        except sqlite3.Error as error:
            self._suspect = self._suspect or not is_certain(error)
            return [Failed(from_sqlite(error, self._path)) for _ in range(works)]
        except StoreError as error:
            return [Failed(type(error)(error.detail)) for _ in range(works)]
        except BaseException as error:  # noqa: BLE001 -- every caller of the group is waiting to hear of it
            self._suspect = True
            return [Failed(Unavailable(f"{type(error).__name__} during a commit")) for _ in range(works)]

    def _run_group(self, works: Works, connection: sqlite3.Connection) -> Sequence[Outcome]:
        if self._suspect:
            # What it knew of the writes of others went with the old connection.
            self._visits.forget()
            connection = self.owned.renew()
            self._suspect = False
        self._turn.wait_alone(self._busy_timeout_ms / 1000)
        try:
            return self._commit(connection, self._begin(connection, works, patient=True))
        finally:
            self._turn.release()

    def _begin(self, connection: sqlite3.Connection, works: Works, *, patient: bool) -> Begun:
        """Run works in a transaction; when that is given up, nothing of it is left."""
        session = SqliteSession(connection, self._path, self._visits, brief=not patient)
        self._be_patient(connection, patient=patient)
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._visits.others_wrote(connection.execute("PRAGMA data_version").fetchone()[0])
            return Begun(
                session,
                [
                    self._run_each(connection, session, work)
                    if isinstance(work, Each)
                    else self._run_one(connection, session, work)
                    for work in works
                ],
            )
        except BaseException:
            self._undo(connection)
            raise

    def _be_patient(self, connection: sqlite3.Connection, *, patient: bool) -> None:
        """Wait for programs that are none of ours, and let what does not fit into memory be written before the commit; or not."""
        if self._patient is not patient:
            self._patient = None
            connection.execute(f"PRAGMA busy_timeout = {self._busy_timeout_ms if patient else 0}")
            connection.execute(f"PRAGMA cache_spill = {'ON' if patient else 'OFF'}")
            self._patient = patient

    def _commit(self, connection: sqlite3.Connection, begun: Begun) -> Sequence[Outcome]:
        try:
            connection.execute("COMMIT")
        except BaseException:
            self._undo(connection)
            raise
        if begun.session.checkpoint_wanted or self._checkpoint_due:
            self._checkpoint_due = not self._checkpoint(connection)
        return begun.outcomes

    def _run_one(self, connection: sqlite3.Connection, session: SqliteSession, work: Work[Any]) -> Outcome:
        execute = connection.execute
        execute("SAVEPOINT work")
        try:
            value = work(session)
            session.write_what_waits()
        except NotBrief:
            # It is undone with all of its group.
            raise
        except BaseException as error:
            if not connection.in_transaction:
                # SQLite itself gave up the whole transaction (disk full, I/O error): nothing of the group is left.
                raise
            session.undone()
            execute("ROLLBACK TO work")
            execute("RELEASE work")
            return Failed(from_sqlite(error, self._path) if isinstance(error, sqlite3.Error) else error)
        execute("RELEASE work")
        return Done(value)

    def _run_each(self, connection: sqlite3.Connection, session: SqliteSession, each: Each) -> Outcome:
        found = self._run_one(connection, session, each.find)
        if isinstance(found, Failed):
            return found
        return Done(
            [
                (item, self._run_one(connection, session, partial(_on_item, each.work, item)))
                for item in found.value
            ]
        )

    def _undo(self, connection: sqlite3.Connection) -> None:
        self._visits.clear()
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._suspect = True

    def _checkpoint(self, connection: sqlite3.Connection) -> bool:
        """Move the log into the database and empty it. False when readers stood in the way."""
        self._patient = None
        try:
            connection.execute(f"PRAGMA busy_timeout = {_CHECKPOINT_PATIENCE_MS}")
            busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            return busy == 0
        except sqlite3.Error as error:
            # The works are committed; emptying the log is tried again with the next group.
            self._suspect = self._suspect or not is_certain(error)
            return False


def _on_item(work: Callable[[SqlSession, Any], Any], item: Any, session: SqlSession) -> Any:
    return work(session, item)
