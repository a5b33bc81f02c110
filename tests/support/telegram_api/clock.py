"""The time of the fake: the machine's, until a test moves it or makes it stand still."""

from __future__ import annotations

import time
from threading import Lock


class DrivenTime:
    """Seconds since 1970 that run as the machine's do; `advance` jumps, `stop` makes them stand."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._started_at = time.time()
        self._monotonic = time.monotonic()
        self._jumped = 0.0
        self._stopped_at: float | None = None

    def now(self) -> float:
        """The present instant; not moved by corrections of the machine's clock."""
        with self._lock:
            return self._now()

    def date(self) -> int:
        """The present instant as Telegram writes it: whole seconds."""
        return int(self.now())

    def advance(self, seconds: float) -> None:
        """Jump by a span, back when it is negative."""
        with self._lock:
            if self._stopped_at is None:
                self._jumped += seconds
            else:
                self._stopped_at += seconds

    def stop(self) -> None:
        """Stand still from now on, but for `advance`."""
        with self._lock:
            self._stopped_at = self._now()

    def _now(self) -> float:
        if self._stopped_at is not None:
            return self._stopped_at
        return self._started_at + time.monotonic() - self._monotonic + self._jumped
