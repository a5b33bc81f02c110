"""Backups of a SQLite database: taken while it is in use, checked, and put back only when they are sound."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from domain.store import migrating
from domain.store.errors import BadBackup, InUse, NewerSchema, StoreError
from domain.store.locations import SqliteLocation
from domain.store.sqlite_connection import connect_reader
from domain.store.sqlite_errors import from_sqlite, from_system
from domain.store.sqlite_locks import in_use_lock

_BUSY_TIMEOUT_MS: Final = 5000


def backup(database: Path, target: Path) -> None:
    """Copy a database, also one in use, to a file of its own, and check the copy before it gets its name.

    The copy needs the same master key, which is not in it. Raises StoreError, and FileExistsError when there
    is already a file at the target.
    """
    if target.exists():
        raise FileExistsError(target)
    try:
        source = connect_reader(database, _BUSY_TIMEOUT_MS)
    except sqlite3.Error as error:
        raise from_sqlite(error, database) from error
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with contextlib.closing(source):
            _copy(source, draft)
        _check(draft)
        _put_in_place(draft, target)
    except sqlite3.Error as error:
        raise from_sqlite(error, target) from error
    except OSError as error:
        raise from_system(error, target) from error
    finally:
        draft.unlink(missing_ok=True)


def backup_beside(database: Path) -> Path:
    """Copy a database next to itself, with the time in its name. Raises StoreError."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = database.with_name(f"{database.stem}.before-migration.{moment}{database.suffix}")
    backup(database, target)
    return target


def restore(database: Path, copy: Path) -> Path | None:
    """Put a copy in the place of the database and give the path under which the replaced one is kept.

    Raises BadBackup when the copy is damaged or of another program, NewerSchema when it is of a newer
    version, and InUse while any process works on the database; then nothing was changed.
    """
    if not copy.is_file():
        raise BadBackup(f"there is no file {copy}")
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = in_use_lock(database)
        try:
            if not lock.try_alone():
                raise InUse("a process is working on the database: stop it first")
            return _replace(database, copy)
        finally:
            lock.close()
    except OSError as error:
        raise from_system(error, database) from error


def _replace(database: Path, copy: Path) -> Path | None:
    draft = database.with_name(f".{database.name}.{secrets.token_hex(4)}")
    try:
        try:
            # Looking at the file must not change it, and it may lie on a medium that cannot be written to.
            source = sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)
            with contextlib.closing(source):
                _copy(source, draft)
        except sqlite3.Error as error:
            raise BadBackup(f"{copy.name}: {error}") from error
        _check(draft)
        _give_away(draft, database)
        kept = _set_aside(database)
        _put_in_place(draft, database)
    finally:
        draft.unlink(missing_ok=True)
    return kept


def _give_away(draft: Path, database: Path) -> None:
    """Where an administrator restores, the file is for whoever has the one it replaces, or the folder."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = (database if database.exists() else database.parent).stat()
        os.chown(draft, owner.st_uid, owner.st_gid)


def _set_aside(database: Path) -> Path | None:
    if not database.exists():
        return None
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    kept = database.with_name(f"{database.stem}.replaced.{moment}{database.suffix}")
    # A server that was killed leaves its last commits in the log: they belong to what is set aside, and
    # must not be played into what takes its place.
    _empty_log(database)
    for suffix in ("-wal", "-shm"):
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + suffix))
    try:
        # Its name is never free: a start after a crash just here must not make an empty database.
        os.link(database, kept)
    except OSError:
        database.rename(kept)
    return kept


def _empty_log(database: Path) -> None:
    """Move what is in the log into the database, so that the file is complete in itself.

    A damaged database, perhaps the reason for the restore, cannot do that: it is set aside with its log.
    """
    try:
        with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        return


def _copy(source: sqlite3.Connection, target: Path) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        source.backup(copy)
        # One file, complete in itself, without a log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


def _check(copy: Path) -> None:
    """Raises BadBackup or NewerSchema."""
    try:
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise BadBackup(f"{copy.name}: {error}") from error
    if verdict != "ok" or broken is not None:
        raise BadBackup(f"{copy.name} is damaged")
    try:
        with migrating.migrator(SqliteLocation(copy)) as connection:
            if migrating.state(connection) is migrating.SchemaState.EMPTY:
                raise BadBackup(f"{copy.name} is not a database of this program")
    except (BadBackup, NewerSchema):
        raise
    except StoreError as error:
        raise BadBackup(f"{copy.name}: {error.detail}") from error


def _put_in_place(draft: Path, target: Path) -> None:
    """Give a complete file its name, so that it survives a power cut."""
    _sync(draft)
    draft.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
