"""Signs of life of the parts of this process, for whoever asks whether it can serve."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pulse:
    """When each part that is expected to stir did so last, on a clock that never jumps."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last: dict[str, float] = {}

    def see(self, part: str) -> None:
        """The part stirred, or begins to be expected to."""
        self._last[part] = self._monotonic()

    def forget(self, part: str) -> None:
        """Nothing is expected of the part any more."""
        self._last.pop(part, None)

    def silence(self, part: str) -> float | None:
        """Seconds since the part stirred; None when nothing is expected of it."""
        last = self._last.get(part)
        return None if last is None else self._monotonic() - last
