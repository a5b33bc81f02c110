"""How long things took: counted by length, so that keeping it costs the same however much happens."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

EDGES: Final = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip
"""Seconds. From what one look-up takes to what nobody waits for."""


class Durations:
    """Counts of durations up to each of some lengths, and their sum; all in seconds.

    For one thread at a time: two that note at the same moment might lose one of the two.
    """

    __slots__ = ("_counts", "edges", "total")

    def __init__(self, edges: tuple[float, ...] = EDGES) -> None:
        """`edges` are lengths in growing order."""
        self.edges = edges
        self.total = 0.0
        self._counts = [0] * (len(edges) + 1)

    def note(self, seconds: float) -> None:
        """Something took so long."""
        self._counts[bisect_left(self.edges, seconds)] += 1
        self.total += seconds

    @property
    def count(self) -> int:
        """How many were noted."""
        return sum(self._counts)

    def up_to(self) -> Iterator[tuple[float, int]]:
        """Each length with how many took no longer; the last is infinite."""
        return zip((*self.edges, float("inf")), accumulate(self._counts), strict=True)
