"""The disk by itself: what waiting for it takes before anybody does any work.

Whoever waits for the disk before they answer cannot answer sooner than it does; on a shared machine it pauses for others as well.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks._rows import Row
from tests.benchmarks.telegram.crowd import percentile

COMMIT_BYTES: Final = 60_000
"""About what a commit of ten turns writes."""

PAUSE_SECONDS: Final = 0.015
"""About as long as there is between two of them."""


def waits(folder: Path, seconds: float) -> list[float]:
    """Seconds each of a series of writes took to reach the disk."""
    took: list[float] = []
    ends = time.perf_counter() + seconds
    file = os.open(folder / "disk", os.O_WRONLY | os.O_CREAT)
    try:
        os.pwrite(file, bytes(64 * COMMIT_BYTES), 0)
        os.fsync(file)
        while not took or time.perf_counter() < ends:
            # Over and over the same place, as a write-ahead log is used.
            os.pwrite(file, bytes(COMMIT_BYTES), len(took) % 64 * COMMIT_BYTES)
            began = time.perf_counter()
            os.fdatasync(file)
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
