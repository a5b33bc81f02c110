"""A disk whose power can be cut: an SQLite VFS (apsw) that knows which writes were synced and which were only on their way.

Files are written as ever. Beside that the disk remembers of each file what it surely holds (its content at the last sync) and
the writes since. The power goes at a given operation: from then on every operation fails, and `remains` lays down what another
start finds: what was synced, and of each later write all, a part (torn between sectors) or nothing, as chance will have it.

The product's `sqlite3` cannot use a VFS of apsw, which brings an SQLite of its own: `Wire` makes a connection of apsw look like
one of `sqlite3`, as far as the store uses it.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from unittest import mock

import apsw

from domain.store import sqlite_connection

SECTOR: Final = 512

_names = count(1)


@dataclass
class _File:
    synced: bytes
    since: list[tuple[int, bytes] | int] = field(default_factory=list)
    """Writes (offset and data) and truncations (the size), in their order."""


class Disk(apsw.VFS):
    """The disk. `cut_at` is the number of the operation before which the power goes; None: it stays."""

    def __init__(self, chance: random.Random, cut_at: int | None, checkpoint_pages: int) -> None:
        self.name = f"disk{next(_names)}"
        super().__init__(self.name, base="")
        self.checkpoint_pages = checkpoint_pages
        self.operations = 0
        self.is_cut = False
        self.files: dict[str, _File] = {}
        self._chance = chance
        self._cut_at = cut_at

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 -- apsw's name
        """Open a file; what it holds at first is surely there."""
        self.see_power()
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is not None and path not in self.files:
            there = Path(path)
            self.files[path] = _File(there.read_bytes() if there.exists() else b"")
        return _OpenFile(self, name, flags, None if path is None else self.files[path])

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 -- apsw's own
        """Delete a file, for good."""
        self.operate()
        super().xDelete(filename, syncdir)
        self.files.pop(filename, None)

    def excepthook(self, *_: object) -> bool:
        """SQLite hears of a failed operation by its result."""
        return True

    def operate(self) -> None:
        """Count an operation that changes something; the power may go now."""
        self.see_power()
        self.operations += 1
        if self.operations == self._cut_at:
            self.is_cut = True
        self.see_power()

    def see_power(self) -> None:
        """Fail when there is none."""
        if self.is_cut:
            raise apsw.IOError("no power")

    def remains(self, folder: Path) -> None:
        """Lay down in a folder what is left."""
        for path, file in self.files.items():
            (folder / Path(path).name).write_bytes(self._left(file))

    def _left(self, file: _File) -> bytes:
        content = bytearray(file.synced)
        kept = [change for change in file.since if self._chance.random() < 0.5]
        if self._chance.random() < 0.5:
            # As disks like to do it: without regard to the order.
            self._chance.shuffle(kept)
        for change in kept:
            if isinstance(change, int):
                del content[change:]
                continue
            offset, data = change
            if self._chance.random() < 0.3:
                data = data[: self._chance.randrange(0, len(data) + 1) // SECTOR * SECTOR]
            content.extend(bytes(max(0, offset + len(data) - len(content))))
            content[offset : offset + len(data)] = data
        return bytes(content)


class _OpenFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int], file: _File | None) -> None:
        self._disk = disk
        self._file = file
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.operate()
        super().xWrite(data, offset)
        if self._file is not None:
            self._file.since.append((offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.operate()
        super().xTruncate(newsize)
        if self._file is not None:
            self._file.since.append(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        """From here on it is surely there. The real disk need not be waited for."""
        self._disk.operate()
        if self._file is not None:
            content = bytearray(self._file.synced)
            for change in self._file.since:
                if isinstance(change, int):
                    del content[change:]
                else:
                    offset, data = change
                    content.extend(bytes(max(0, offset + len(data) - len(content))))
                    content[offset : offset + len(data)] = data
            self._file.synced = bytes(content)
            self._file.since.clear()

    def excepthook(self, *_: object) -> bool:
        return True


class Wire:
    """A connection of apsw with the face of one of `sqlite3`."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Any = ()) -> _Rows:
        """Run a statement to its end."""
        try:
            rows = list(self._connection.execute(statement, values))
            return _Rows(rows, self._connection.changes(), self._connection.last_insert_rowid())
        except apsw.Error as error:
            raise _translated(error) from error

    def executemany(self, statement: str, rows: list[Any]) -> _Rows:
        """Run a statement once for each row of values."""
        ran = [self.execute(statement, values) for values in rows]
        return _Rows([], sum(one.rowcount for one in ran), ran[-1].lastrowid)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def close(self) -> None:
        """Let go."""
        try:
            self._connection.close()
        except apsw.Error as error:
            raise _translated(error) from error


@dataclass(frozen=True)
class _Rows:
    rows: list[Any]
    rowcount: int
    lastrowid: int

    def fetchall(self) -> list[Any]:
        return self.rows

    def fetchone(self) -> Any:
        return self.rows[0] if self.rows else None


def _translated(error: apsw.Error) -> sqlite3.Error:
    told = sqlite3.OperationalError(str(error))
    told.sqlite_errorcode = getattr(error, "extendedresult", apsw.SQLITE_ERROR)
    told.sqlite_errorname = type(error).__name__
    return told


@contextmanager
def storing_on(disk: Disk) -> Iterator[None]:
    """While this lasts, the store opens its connections on this disk."""

    def connect(path: Path, busy_timeout_ms: int, *, one_thread: bool = True) -> Any:
        connection = apsw.Connection(str(path.absolute()), flags=apsw.SQLITE_OPEN_READWRITE, vfs=disk.name)
        connection.set_busy_timeout(busy_timeout_ms)
        wire = Wire(connection)
        wire.execute("PRAGMA trusted_schema = OFF")
        wire.execute(f"PRAGMA wal_autocheckpoint = {disk.checkpoint_pages}")
        return wire

    with mock.patch.object(sqlite_connection, "_connect", connect):
        yield
