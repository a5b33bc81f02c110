"""The disk by itself: what waiting for it takes before anybody does any work.

Whoever waits for the disk before they answer cannot answer sooner than it does; on a shared machine it pauses for others as well.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks._rows import Row
from tests.benchmarks.telegram.crowd import percentile

COMMIT_BYTES: Final = 64_000
"""About what a commit of an open loop over HTTP writes."""

PAUSE_SECONDS: Final = 0.01
"""About as long as there is between two of them."""

_ROOM: Final = 64
"""Commits until the same place is written again, as in a write-ahead log."""

_reach_the_disk: Final[Callable[[int], None]] = getattr(os, "fdatasync", os.fsync)


def waits(folder: Path, seconds: float) -> list[float]:
    """Seconds each of a series of writes took to reach the disk."""
    took: list[float] = []
    # Nothing a disk could find to be nothing.
    content = os.urandom(COMMIT_BYTES)
    ends = time.perf_counter() + seconds
    file = os.open(folder / "disk", os.O_WRONLY | os.O_CREAT)
    try:
        os.write(file, content * _ROOM)
        os.fsync(file)
        while not took or time.perf_counter() < ends:
            os.lseek(file, len(took) % _ROOM * COMMIT_BYTES, os.SEEK_SET)
            os.write(file, content)
            began = time.perf_counter()
            _reach_the_disk(file)
            took.append(time.perf_counter() - began)
            time.sleep(PAUSE_SECONDS)
    finally:
        os.close(file)
    return took


def rows(label: str, folder: Path, seconds: float) -> Iterator[Row]:
    """How long the disk takes, and how long at most."""
    took = waits(folder, seconds)
    for name, value in (
        ("p50", percentile(took, 50)),
        ("p99", percentile(took, 99)),
        ("longest", max(took)),
    ):
        yield Row(f"{label}, {name}", value * 1_000, "ms", "")
