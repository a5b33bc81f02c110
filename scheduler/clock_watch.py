"""Notices that the clock on the wall was set back, by looking at one that never jumps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from domain.clock import Clock

TOLERANCE_SECONDS: Final = 5.0
"""Smaller corrections only make what waits a little later."""


class ClockWatch:
    """Compares the two clocks from one look to the next."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._seen: tuple[float, datetime] | None = None

    def was_set_back(self) -> bool:
        """Whether it was set back since the last look; also true at the first, as nobody looked before."""
        steady, wall = self._monotonic(), self._clock.now()
        seen, self._seen = self._seen, (steady, wall)
        if seen is None:
            return True
        return (wall - seen[1]).total_seconds() < steady - seen[0] - TOLERANCE_SECONDS

    def look_again(self) -> None:
        """What was to be done about it failed: say so once more."""
        self._seen = None
