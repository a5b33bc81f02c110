"""What SQLite and the file system report, as the store's own errors."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from domain.store.errors import Conflict, DiskFull, Locked, ReadOnly, StoreError, Unavailable

_PRIMARY = 0xFF
"""The low byte of an extended result code is the plain one."""


def from_sqlite(error: sqlite3.Error, path: Path) -> StoreError:
    """The typed error for what SQLite reported about the database at `path`."""
    code = getattr(error, "sqlite_errorcode", None)
    detail = f"{error} ({getattr(error, 'sqlite_errorname', type(error).__name__)})"
    if code is None:
        return Unavailable(detail)
    match code & _PRIMARY:
        case sqlite3.SQLITE_FULL:
            return DiskFull(detail)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Locked(detail)
        case sqlite3.SQLITE_READONLY:
            return ReadOnly(detail)
        case sqlite3.SQLITE_CONSTRAINT | sqlite3.SQLITE_MISMATCH:
            return Conflict(detail)
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return _asked_of_the_system(detail, path)
        case _:
            return Unavailable(detail)


def from_system(error: OSError, path: Path) -> StoreError:
    """The typed error for what the operating system reported about a file beside the database."""
    detail = f"{error.strerror} ({path.name})"
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return DiskFull(detail)
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return ReadOnly(detail)
        case _:
            return Unavailable(detail)


def is_certain(error: sqlite3.Error) -> bool:
    """Whether the connection is surely sound after this error, so that it need not be opened anew."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
    }


def _asked_of_the_system(detail: str, path: Path) -> StoreError:
    """SQLite says only that reading, writing or opening failed: the file system knows why."""
    try:
        file_system = os.statvfs(path.parent)
    except OSError as error:
        return Unavailable(f"{detail}: {error.strerror}")
    if file_system.f_flag & os.ST_RDONLY or not os.access(path.parent, os.W_OK):
        return ReadOnly(detail)
    if path.exists() and not os.access(path, os.W_OK):
        return ReadOnly(detail)
    if file_system.f_bavail == 0:
        return DiskFull(detail)
    return Unavailable(detail)
