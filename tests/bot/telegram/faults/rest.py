"""Waiting until nothing is on its way any more."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from bot.settings import Settings
from tests.bot.telegram.faults.looking_back import unfinished
from tests.support.size import patience

REST_SECONDS: Final = patience(60, 600)


def settings_of(data_dir: Path, database: str = "") -> Settings:
    """What the serving process has been told, as far as its store is concerned."""
    more = {"database_url": database} if database else {}
    return Settings(data_dir=data_dir, _env_file=None, **more)  # type: ignore[arg-type]  # checked by the model


def comes_to_rest(settings: Settings, seconds: float = REST_SECONDS) -> None:
    """Until every update is handled and every message sent."""
    end = time.monotonic() + seconds
    while waiting := asyncio.run(unfinished(settings)):
        assert time.monotonic() < end, f"{waiting} still wait after {seconds:.0f} s"
        time.sleep(0.5)
