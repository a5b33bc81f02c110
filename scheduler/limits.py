"""How fast may be sent: overall, to each private chat, to each group, and what a platform asked to hold.

Pure: time is a number of seconds on a clock that never jumps, handed in with every call.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

_ROUNDING: Final = 1e-9

_MARGIN_SECONDS: Final = 0.5
"""Messages may travel at different speeds: what left here a minute apart may arrive there a little closer."""

_MINUTE: Final = 60.0

_TRAVEL_SECONDS: Final = 0.1
"""The same for what may be sent overall: a platform that counts may see what left here so much closer together."""

_HASTE: Final = 0.1
"""What was missed while this process was late is made up for by a tenth more a second, and not all at once."""

_RESERVE_SECONDS: Final = 0.1
"""The part of a second's messages that broadcasts leave to replies, so that these need not wait for their turn."""

_AT_THE_START: Final = 3
"""How many may go at once when a process starts: it does not know what the one before has just sent."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a platform allows; None: no limit. The bursts are what may go out at once after a quiet time.

    `overall_burst`: None takes what a platform that counts by the second has room for, without being precise to the last
    message. So much lateness of this process is made up for.
    """

    overall_per_second: float | None = 30.0
    overall_burst: int | None = None
    private_per_second: float | None = 1.0
    private_burst: int = 3
    group_per_minute: int | None = 20


@dataclass(slots=True)
class Pace:
    """So many a second on the long run, a few at once after a quiet time. Being late is made up for."""

    per_second: float
    burst: int
    _free_at: float = -math.inf
    """When everything that was sent would have gone out at an even pace."""

    def wait(self, now: float, kept: int = 0) -> float:
        """Seconds until the next one may go and so many others with it, 0 when they may now."""
        ahead = self._free_at - now - (self.burst - 1 - kept) / self.per_second
        return ahead if ahead > _ROUNDING else 0.0

    def room(self, now: float) -> int:
        """How many may go now."""
        if self.wait(now) > 0:
            return 0
        credit = (self.burst - 1) / self.per_second - max(self._free_at - now, 0.0)
        return int(credit * self.per_second + _ROUNDING) + 1

    def take(self, now: float) -> None:
        """One goes now."""
        self._free_at = max(self._free_at, now) + 1 / self.per_second

    def leave(self, most: int, now: float) -> None:
        """Be as if so much had just been sent that only so many more may go now."""
        self._free_at = max(self._free_at, now + (self.burst - most) / self.per_second)

    def rested(self, now: float) -> bool:
        """Whether it is as if nothing had ever been sent."""
        return self._free_at <= now


@dataclass(slots=True)
class Window:
    """At most so many within any stretch of time."""

    most: int
    seconds: float
    _times: deque[float] = field(default_factory=deque)

    def wait(self, now: float, kept: int = 0) -> float:
        """Seconds until the next one may go and so many others with it, 0 when they may now."""
        self._forget(now)
        most = self.most - kept
        if len(self._times) < most:
            return 0.0
        return max(0.0, self._times[-most] + self.seconds - now)

    def room(self, now: float) -> int:
        """How many may go now."""
        self._forget(now)
        return max(0, self.most - len(self._times))

    def take(self, now: float) -> None:
        """One goes now."""
        self._times.append(now)

    def rested(self, now: float) -> bool:
        """Whether it is as if nothing had ever been sent."""
        self._forget(now)
        return not self._times

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] + self.seconds <= now:
            self._times.popleft()


@dataclass(slots=True)
class Overall:
    """What may be sent to all chats together: so many a second on the long run, and hardly more in any one second."""

    pace: Pace
    peak: Window
    reserve: int
    """How many at once broadcasts leave to others."""

    _begun: bool = False

    @classmethod
    def of(cls, per_second: float, burst: int | None) -> Overall:
        """For a platform that counts by the second."""
        at_once = burst if burst is not None else int(per_second * (1 - _TRAVEL_SECONDS))
        reserve = max(0, min(int(per_second * _RESERVE_SECONDS), at_once - 1))
        peak = math.ceil(per_second + per_second * _HASTE) + reserve
        return cls(Pace(per_second, max(1, at_once)), Window(peak, 1.0), reserve)

    def wait(self, now: float, *, spare: bool = False) -> float:
        """Seconds until the next one, 0 when it may go now. `spare`: only what need not be kept for others."""
        self._begin(now)
        kept = self.reserve if spare else 0
        return max(self.pace.wait(now, kept), self.peak.wait(now, kept))

    def room(self, now: float, *, spare: bool = False) -> int:
        """How many may go now; `spare` as in `wait`."""
        self._begin(now)
        left = min(self.pace.room(now), self.peak.room(now))
        return max(0, left - self.reserve) if spare else left

    def take(self, now: float) -> None:
        """One goes now."""
        self._begin(now)
        self.pace.take(now)
        self.peak.take(now)

    def _begin(self, now: float) -> None:
        if not self._begun:
            self._begun = True
            self.pace.leave(_AT_THE_START, now)


class Limits:
    """The limits of one channel, in one process."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._overall = (
            None
            if rates.overall_per_second is None
            else Overall.of(rates.overall_per_second, rates.overall_burst)
        )
        self._chats: dict[int, Pace | Window] = {}
        self._held: dict[int | None, float] = {}

    def room(self, now: float, *, spare: bool = False) -> float:
        """How many messages may be sent now, whoever they are for. `spare`: only of those that need not be kept for replies."""
        if self._hold_left(None, now) > 0:
            return 0
        return math.inf if self._overall is None else self._overall.room(now, spare=spare)

    def wait_overall(self, now: float, *, spare: bool = False) -> float:
        """Seconds until anything may be sent, 0 when something may go now; `spare` as in `room`."""
        pace = 0.0 if self._overall is None else self._overall.wait(now, spare=spare)
        return max(pace, self._hold_left(None, now))

    def wait(self, chat_id: int, now: float) -> float:
        """Seconds until something may be sent to this chat, 0 when it may go now."""
        own = self._chats.get(chat_id)
        return max(
            self.wait_overall(now),
            self._hold_left(chat_id, now),
            0.0 if own is None else own.wait(now),
        )

    def resting(self, now: float) -> dict[int, float]:
        """The chats to which nothing may be sent now, with the seconds until something may."""
        for chat_id in [one for one, own in self._chats.items() if own.rested(now)]:
            del self._chats[chat_id]
        waits = {chat_id: own.wait(now) for chat_id, own in self._chats.items()}
        for chat_id in [one for one in self._held if one is not None]:
            waits[chat_id] = max(waits.get(chat_id, 0.0), self._hold_left(chat_id, now))
        return {chat_id: wait for chat_id, wait in waits.items() if wait > 0}

    def take(self, chat_id: int, now: float, *, group: bool = False) -> None:
        """A message goes out to this chat now; also when it goes out though it should have waited."""
        if self._overall is not None:
            self._overall.take(now)
        own = self._chats.get(chat_id) or self._fresh(group=group)
        if own is not None:
            own.take(now)
            self._chats[chat_id] = own

    def hold(self, chat_id: int | None, seconds: float, now: float) -> None:
        """Send nothing for so long, to one chat or (None) at all; a longer hold stays as it is."""
        self._held[chat_id] = max(self._held.get(chat_id, -math.inf), now + seconds)

    def holds(self, now: float) -> dict[int | None, float]:
        """The holds that are not over, with the seconds left."""
        left = {scope: self._hold_left(scope, now) for scope in [*self._held]}
        return {scope: seconds for scope, seconds in left.items() if seconds > 0}

    def _hold_left(self, scope: int | None, now: float) -> float:
        until = self._held.get(scope)
        if until is None:
            return 0.0
        if until <= now:
            del self._held[scope]
            return 0.0
        return until - now

    def _fresh(self, *, group: bool) -> Pace | Window | None:
        rates = self._rates
        if group:
            if rates.group_per_minute is None:
                return None
            return Window(rates.group_per_minute, _MINUTE + _MARGIN_SECONDS)
        if rates.private_per_second is None:
            return None
        return Pace(rates.private_per_second, max(1, rates.private_burst))
