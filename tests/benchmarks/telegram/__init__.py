"""Telegram: the same ten questions asked by this product and by others, at the same pace and on the same machine."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from tests.benchmarks._rows import Row
from tests.benchmarks.telegram.sizes import FULL, Sizes

PARTS: Final = ("stub", "http", "aiogram", "stored", "memory", "broadcast")


def measure(parts: tuple[str, ...] = PARTS, sizes: Sizes = FULL) -> Iterator[Row]:
    """The parts named, one after the other."""
    for part in parts:
        yield from import_module(f"{__name__}.{part}").measure(sizes)
