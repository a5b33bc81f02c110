"""Two clocks that are driven by hand, and a sender that does what it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.clock import FixedClock
from scheduler.sending import Delivered, Parcel, Receipt

START = datetime(2025, 6, 1, 8, 30, tzinfo=UTC)


class DrivenTime:
    """The clock on the wall and the one that never jumps."""

    def __init__(self) -> None:
        self.clock = FixedClock(START)
        self._steady = 1000.0

    def monotonic(self) -> float:
        """The clock that never jumps."""
        return self._steady

    def pass_by(self, seconds: float) -> None:
        """Time goes by on both."""
        self._steady += seconds
        self.clock.advance(timedelta(seconds=seconds))

    def jump(self, by: timedelta) -> None:
        """Somebody sets the clock on the wall."""
        self.clock.advance(by)


class ScriptedSender:
    """Remembers what it was asked to send; says what the script says, or that it was delivered."""

    def __init__(self) -> None:
        self.script: list[Receipt | BaseException] = []
        self.parcels: list[Parcel] = []

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one message."""
        self.parcels.append(parcel)
        answer = self.script.pop(0) if self.script else Delivered(f"m{parcel.outbox_id}")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    @property
    def said(self) -> list[str]:
        """The messages in the order in which they went out."""
        return [parcel.message_json for parcel in self.parcels]
