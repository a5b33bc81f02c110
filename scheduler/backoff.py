"""How long to wait before trying again: twice as long each time, up to a bound, and never all at the same moment."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_JITTER: Final = 0.1


@dataclass(frozen=True, slots=True)
class Backoff:
    """2^n seconds after the n-th failure, `most_seconds` at most, ±10 %."""

    most_seconds: float

    @property
    def longest_seconds(self) -> float:
        """No wait is longer."""
        return self.most_seconds * (1 + _JITTER)

    def after(self, attempt: int, dice: random.Random) -> timedelta:
        """How long to wait after the failure of this attempt, counted from 1."""
        # The exponent is bounded too: 2 to the power of a large number is no number any more.
        seconds = min(self.most_seconds, 2.0 ** min(attempt, 32))
        return timedelta(seconds=seconds * dice.uniform(1 - _JITTER, 1 + _JITTER))
