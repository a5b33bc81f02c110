"""The one source of time.

Rules never call the wall clock: they take a day, and whoever calls them takes it from a clock.
Instants are UTC; days are counted in Asia/Shanghai, where every programme lives.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""The zone in which days, deadlines and working days are counted."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """The present day in Asia/Shanghai."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The present day in Asia/Shanghai."""
        return day_in_shanghai(self.now())


class FixedClock:
    """A clock that stands still until it is moved; for tests and for looking at another day."""

    def __init__(self, at: datetime | date) -> None:
        self._now = _instant(at)

    def now(self) -> datetime:
        """The instant the clock was set to, in UTC."""
        return self._now

    def today(self) -> date:
        """The day the clock was set to, in Asia/Shanghai."""
        return day_in_shanghai(self._now)

    def set(self, at: datetime | date) -> None:
        """Move to an aware instant, or to noon in Shanghai of a day."""
        self._now = _instant(at)

    def advance(self, by: timedelta) -> None:
        """Move by a span of time, back when it is negative."""
        self._now += by


def day_in_shanghai(instant: datetime) -> date:
    """The day it is in Asia/Shanghai at an aware instant; ``ValueError`` for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(SHANGHAI).date()


def _instant(at: datetime | date) -> datetime:
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return at.astimezone(UTC)
    return datetime(at.year, at.month, at.day, 12, tzinfo=SHANGHAI).astimezone(UTC)
