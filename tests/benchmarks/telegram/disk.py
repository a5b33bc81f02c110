"""The disk by itself: what waiting for it takes before anybody does any work.

Whoever waits for the disk before they answer cannot answer sooner than it does; on a shared machine it pauses for others as well.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tests.benchmarks._rows import Row
from tests.benchmarks.telegram.crowd import percentile

COMMIT_BYTES: Final = 64_000
"""About what a commit of an open loop over HTTP writes."""

PAUSE_SECONDS: Final = 0.01
"""About as long as there is between two of them."""

_ROOM: Final = 64
"""Commits until the same place is written again, as in a write-ahead log."""

_EXACT_SECONDS: Final = 0.00001

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


def kept_waiting(took: list[float], percent: float) -> float:
    """Seconds the disk alone keeps waiting who comes at any moment of a series of writes, so many percent of them no longer.

    Who comes between two waits for the next; who comes during one for its end, and then for the next.
    """
    cycles = list(itertools.pairwise([*took, took[-1]]))
    allowed = (sum(took) + len(took) * PAUSE_SECONDS) * (1 - percent / 100)
    least, most = 0.0, 2 * max(took)
    while most - least > _EXACT_SECONDS:
        middle = (least + most) / 2
        longer = sum(
            (PAUSE_SECONDS if this > middle else 0.0) + min(max(this + after - middle, 0.0), this)
            for this, after in cycles
        )
        if longer > allowed:
            least = middle
        else:
            most = middle
    return most


@dataclass(frozen=True, slots=True)
class Condition:
    """How a disk was for a while, in seconds."""

    p50: float
    p99: float
    longest: float
    answers_p99: float
    """How long who comes at any moment waits for a write of their own."""


def condition(folder: Path, seconds: float) -> Condition:
    """Watch the disk of a folder for so long."""
    took = waits(folder, seconds)
    return Condition(percentile(took, 50), percentile(took, 99), max(took), kept_waiting(took, 99))


def rows(label: str, conditions: Sequence[Condition]) -> Iterator[Row]:
    """How the disk was: the middle one of several looks at it, and of the longest waits the longest."""
    yield Row(f"{label}: a commit, p50", median(one.p50 for one in conditions) * 1_000, "ms", "")
    yield Row(f"{label}: a commit, p99", median(one.p99 for one in conditions) * 1_000, "ms", "")
    yield Row(f"{label}: a commit, longest", max(one.longest for one in conditions) * 1_000, "ms", "")
    each = sorted(one.answers_p99 * 1_000 for one in conditions)
    yield Row(
        f"{label}: who comes at any moment waits, p99",
        median(each),
        "ms",
        f"each {each[0]:,.1f} to {each[-1]:,.1f} ms",
    )
