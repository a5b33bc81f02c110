"""Faults made real for tests: a full disk, a locked, read-only or failing database."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

BALLAST_BYTES: Final = 512 * 1024

_HOLD: Final = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 2 MB of its own, mounted in a folder, with a ballast that can be thrown off it."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=True, capture_output=True
    )
    try:
        (folder / "ballast").write_bytes(bytes(BALLAST_BYTES))
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def throw_off_ballast(folder: Path) -> None:
    """Make room on a small disk."""
    (folder / "ballast").unlink()


@contextmanager
def locked_by_another_process(database: Path) -> Iterator[None]:
    """While this lasts, another process holds the database for writing."""
    command = [sys.executable, "-c", _HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.stdin.close()


@contextmanager
def immutable(*paths: Path) -> Iterator[None]:
    """While this lasts, the file system refuses every write to these files and folders, also to root."""
    subprocess.run(["chattr", "+i", *map(str, paths)], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *map(str, paths)], check=True)


@functools.cache
def can_mount() -> bool:
    """Whether this user may mount a file system of their own here."""
    failing = contextlib.suppress(OSError, subprocess.CalledProcessError)
    with tempfile.TemporaryDirectory() as folder, failing, small_disk(Path(folder)):
        return True
    return False


@functools.cache
def can_make_immutable() -> bool:
    """Whether this user and file system know immutable files, and these also stop writes to open files."""
    if shutil.which("chattr") is None:
        return False
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(subprocess.CalledProcessError):
        path = Path(folder) / "file"
        with path.open("wb", buffering=0) as file, immutable(path):
            try:
                os.write(file.fileno(), b"x")
            except OSError:
                return True
    return False


class FailingConnection:
    """A SQLite connection whose statements fail as told: by their first word, with a SQLite error code."""

    def __init__(
        self, connection: sqlite3.Connection, failures: dict[str, int], *, gives_up: bool = False
    ) -> None:
        self._connection = connection
        self._failures = failures
        self._gives_up = gives_up

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        """Run a statement, or fail it; one that gives up also undoes the whole transaction, as SQLite may."""
        self._fail(statement)
        return self._connection.execute(statement, *parameters)

    def executemany(self, statement: str, rows: Any) -> sqlite3.Cursor:
        """Run a statement once for each row of values, or fail it."""
        self._fail(statement)
        return self._connection.executemany(statement, rows)

    def _fail(self, statement: str) -> None:
        code = self._failures.get(statement.split(maxsplit=1)[0])
        if code is not None:
            if self._gives_up and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            error = sqlite3.OperationalError("made to fail")
            error.sqlite_errorcode = code
            error.sqlite_errorname = "MADE_TO_FAIL"
            raise error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
