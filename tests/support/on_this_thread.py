"""The store on the thread of whoever asks it: for tests that do so a million times and would mostly wait for threads.

Everything else of it is the real thing: repositories, statements, groups and savepoints, transactions, pragmas and errors.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest import mock

from domain.store import sqlite_connection

IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - Linux's file system in memory


def folder_in_memory(prefix: str) -> Path:
    """A folder in memory, where this system has such; else on the disk."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=IN_MEMORY if IN_MEMORY.is_dir() else None))


@contextmanager
def store_on_this_thread() -> Iterator[None]:
    """While this lasts, nothing is handed to another thread; others get their turn all the same."""

    real = sqlite_connection._connect

    def connect(path: Path, busy_timeout_ms: int, *, one_thread: bool = True) -> sqlite3.Connection:
        return real(path, busy_timeout_ms, one_thread=False)

    async def call(
        owned: sqlite_connection.OwnedConnection, function: Callable[[sqlite3.Connection], Any]
    ) -> Any:
        await asyncio.sleep(0)
        return function(owned._conn)

    with (
        mock.patch.object(sqlite_connection, "_connect", connect),
        mock.patch.object(sqlite_connection.OwnedConnection, "call", call),
    ):
        yield
