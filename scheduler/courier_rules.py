"""How a courier works: how much at once, how long, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from domain.store import Lane
from scheduler.backoff import Backoff

_BACKOFF: Final = Backoff(most_seconds=300)


@dataclass(frozen=True, slots=True)
class CourierRules:
    """How the courier works."""

    concurrency: int = 192
    """Messages under way at most. Limits of a platform keep it to a few; without them, so many hide how long each is on its way."""

    shares: Mapping[Lane, float] = field(
        default_factory=lambda: {"reply": 1.0, "reminder": 0.75, "broadcast": 0.5}
    )
    """The part of the places each lane may fill, so that slow broadcasts always leave some to replies."""

    lease: timedelta = timedelta(seconds=15)
    """How long a chat waits after a process died in the middle of sending to it. What takes longer is extended in time."""

    send_timeout: timedelta = timedelta(seconds=60)
    backoff: Backoff = _BACKOFF
    max_attempts: int = 30
    """With the pauses above: given up after about two hours of failures."""

    poll: timedelta = timedelta(seconds=1)
    """How long what another process put may go unnoticed."""

    gather: timedelta = timedelta(milliseconds=10)
    """How long places that became free, and messages that arrived, wait for others to be looked after together with them,
    counted from when that was done last."""

    settle_pauses: tuple[float, ...] = (0.05, 0.2, 1.0, 5.0)
    """Seconds between attempts to store what came of a message; the last one again and again."""

    grace: timedelta = timedelta(seconds=5)
    """How long what is under way may take once the courier is told to stop."""
