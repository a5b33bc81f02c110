"""The command as a person calls it, in the same process."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot import command_line
from bot.assembly import open_database
from bot.command_line import at_hand, surroundings
from bot.settings import Settings
from domain.store import Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Called:
    """What a call came to."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it wrote, read as JSON."""
        return json.loads(self.out)


def call(*arguments: str | Path, language: str = "en") -> Called:
    """Call ``zhuoyue`` with these arguments."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = command_line.run(["--language", language, *map(str, arguments)])
    return Called(status, out.getvalue(), err.getvalue())


@contextmanager
def own_surroundings(
    monkeypatch: pytest.MonkeyPatch, folder: Path, programmes: Path | None = None
) -> Iterator[None]:
    """A folder to work in, and an operator's programmes beside the built-in ones."""
    monkeypatch.chdir(folder)
    if programmes is not None:
        monkeypatch.setenv("ZHUOYUE_PROGRAMMES_DIR", str(programmes))
    surroundings.settings.cache_clear()
    if programmes is not None:
        at_hand.at_hand.cache_clear()
    yield
    if programmes is not None:
        at_hand.at_hand.cache_clear()


@contextmanager
def own_data(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[None]:
    """The commands keep their data in this folder."""
    monkeypatch.setenv("ZHUOYUE_DATA_DIR", str(folder))
    surroundings.settings.cache_clear()
    yield
    surroundings.settings.cache_clear()


def run(work: Callable[[Transaction], T]) -> T:
    """Do something in the database of the commands."""

    async def once() -> T:
        async with await open_database(Settings.load()) as database:
            return await database.run(work)

    return asyncio.run(once())
