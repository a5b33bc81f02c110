"""Databases for tests: a fresh SQLite file in a moment, and a plain synchronous way to work on one."""

from __future__ import annotations

import asyncio
import atexit
import functools
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from domain.privacy import MasterKey
from domain.store import Database, Transaction

T = TypeVar("T")

KEY = MasterKey(bytes(range(32)))
"""The master key of every database of the tests."""


@functools.cache
def _template() -> Path:
    """A migrated, empty database: copying it is quicker than migrating for every test."""
    folder = tempfile.mkdtemp(prefix="zhuoyue-template-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "template.sqlite3"

    async def make() -> None:
        await (await Database.open(f"sqlite:///{path}", master_key=KEY)).close()

    with asyncio.Runner() as runner:
        runner.run(make())
    return path


def new_database_url(folder: Path, name: str = "zhuoyue.sqlite3") -> str:
    """The URL of a fresh, migrated SQLite database in a folder; of the one that is there already, if any."""
    path = folder / name
    if not path.exists():
        shutil.copyfile(_template(), path)
    return f"sqlite:///{path}"


async def open_database(folder: Path, **settings: int) -> Database:
    """Open the SQLite database of a folder. Close it in the end: `async with await open_database(tmp_path) as …`."""
    # The template is made by a loop of its own, which cannot run inside this one.
    url = await asyncio.to_thread(new_database_url, folder)
    return await Database.open(url, master_key=KEY, **settings)


class SynchronousDatabase:
    """A database for tests without an event loop: `with SynchronousDatabase(tmp_path) as database: database.run(…)`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        self._runner.__enter__()
        self._database = self._runner.run(open_database(self._folder))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._database.close())
        self._runner.close()

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run a work in a transaction and give its result after the commit."""

        return self.awaits(lambda database: database.run(work))

    def awaits(self, work: Callable[[Database], Awaitable[T]]) -> T:
        """Do something with the database that awaits: a chore, for example."""

        async def run() -> T:
            return await work(self._database)

        return self._runner.run(run())
