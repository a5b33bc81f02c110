"""Waiting until nothing is on its way any more."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bot.settings import Settings
from tests.bot.telegram.faults.looking_back import unfinished


def settings_of(data_dir: Path, database: str = "") -> Settings:
    """What the serving process has been told, as far as its store is concerned."""
    more = {"database_url": database} if database else {}
    return Settings(data_dir=data_dir, _env_file=None, **more)  # type: ignore[arg-type]  # checked by the model


def comes_to_rest(settings: Settings, seconds: float = 60) -> None:
    """Until every update is handled and every message sent."""
    end = time.monotonic() + seconds
    while waiting := asyncio.run(unfinished(settings)):
        assert time.monotonic() < end, f"{waiting} still wait after {seconds:.0f} s"
        time.sleep(0.5)
