"""The command as a person calls it, in the same process."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot import command_line
from bot.command_line import at_hand, surroundings


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
