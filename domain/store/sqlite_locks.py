"""Locks between processes that share one SQLite file.

`<database>.lock` is held, shared, by everyone who works on the database; who must be alone (migrating,
restoring) takes it exclusively. `<database>.writer` is held for the length of one group commit: SQLite
versions before 3.51.3 can corrupt the log when two connections reset it at once, so no two ever write at once.
The system drops both when a process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from domain.store.errors import InUse, Locked
from domain.store.sqlite_errors import from_system

_PAUSE_SECONDS: Final = 0.002


class FileLock:
    """One lock file. Not for two threads at once."""

    def __init__(self, database: Path, suffix: str) -> None:
        self.path = database.with_name(f"{database.name}.{suffix}")
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise from_system(error, self.path) from error

    def close(self) -> None:
        """Let go. The file stays: removing it could split later holders into two camps."""
        os.close(self._descriptor)

    def try_alone(self) -> bool:
        """Take the lock exclusively if nobody holds it."""
        return self._try(fcntl.LOCK_EX)

    def wait_alone(self, seconds: float) -> None:
        """Take the lock exclusively. Raises Locked when others hold it for longer than that."""
        if not self._wait(fcntl.LOCK_EX, seconds):
            raise Locked(f"another process keeps writing ({self.path.name})")

    def wait_shared(self, seconds: float) -> None:
        """Take the lock together with others. Raises InUse when somebody keeps it exclusively for longer."""
        if not self._wait(fcntl.LOCK_SH, seconds):
            raise InUse(f"another process needs the database alone ({self.path.name})")

    def let_others_in(self) -> None:
        """Turn an exclusive lock into a shared one."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def release(self) -> None:
        """Let go, keep the file open."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _wait(self, kind: int, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not self._try(kind):
            if time.monotonic() >= end:
                return False
            time.sleep(_PAUSE_SECONDS)
        return True

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def in_use_lock(database: Path) -> FileLock:
    """The lock everyone who works on the database holds."""
    return FileLock(database, "lock")


def writer_lock(database: Path) -> FileLock:
    """The lock of who writes right now."""
    return FileLock(database, "writer")
