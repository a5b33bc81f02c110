"""How the chores of the clockwork fare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic


@dataclass(slots=True)
class Tick:
    """One chore, in this process since it began."""

    every_seconds: float
    last_done: datetime
    """When it was done last; before that, since when it is expected to be."""

    last_seconds: float = 0.0
    """How long it took then."""

    done: int = 0
    put_off: int = 0
    """How often the database could not do it."""

    failed: int = 0
    """How often it failed for any other reason."""

    missed: int = 0
    """How many times it should have begun and did not: the process stood still, or the time before took too long."""

    seconds: Callable[[], float] = monotonic
    _begun: float | None = None

    def begin(self) -> None:
        """It begins now."""
        now = self.seconds()
        if self._begun is not None:
            self.missed += max(0, round((now - self._begun) / self.every_seconds) - 1)
        self._begun = now

    def end(self, at: datetime) -> None:
        """It is done."""
        self.done += 1
        self.last_done = at
        self.last_seconds = 0.0 if self._begun is None else self.seconds() - self._begun
