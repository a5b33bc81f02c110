"""Faults on demand: what networks and servers do to a bot, when and to whom a test says."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import Enum
from threading import Lock


class Fault(Enum):
    """What goes wrong."""

    DELAY = "carried out and answered, but late"
    DROP_BEFORE = "the connection breaks before anything is done"
    DROP_AFTER = "carried out, but the connection breaks before the answer"
    HANG_BEFORE = "nothing is done and no answer comes"
    HANG_AFTER = "carried out, but no answer comes"
    SERVER_ERROR = "5xx before anything is done, with a page instead of JSON"
    SERVER_ERROR_JSON = "5xx before anything is done, in the form of the Bot API"
    GARBAGE = "carried out, but the answer is no JSON"
    TOO_MANY_REQUESTS = "429 with a time to wait"


EFFECTIVE = frozenset({Fault.DELAY, Fault.DROP_AFTER, Fault.HANG_AFTER, Fault.GARBAGE})
"""Faults after which the method has taken effect all the same."""


@dataclass(slots=True)
class Planned:
    """A fault and where it strikes: at methods (names apart by spaces) and in a chat, or else everywhere."""

    fault: Fault
    method: str | None = None
    chat_id: int | None = None
    times: int | None = 1
    chance: float = 1.0
    seconds: float = 1.0
    """How long a delay or a hanging lasts, or how long 429 says to wait."""

    status: int = 502
    struck: int = 0

    def meets(self, method: str, chat_id: int | None) -> bool:
        """Whether a request is one this fault is meant for."""
        if self.times is not None and self.struck >= self.times:
            return False
        meant = self.method is None or method.lower() in self.method.lower().split()
        return meant and self.chat_id in {None, chat_id}


@dataclass(slots=True)
class Faults:
    """The faults that are planned; the first that meets a request strikes."""

    seed: int = 1
    planned: list[Planned] = field(default_factory=list)
    _dice: random.Random = field(init=False)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def plan(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = 1,
        chance: float = 1.0,
        seconds: float = 1.0,
        status: int = 502,
    ) -> Planned:
        """Plan a fault: so many `times` (None: always), each time with a `chance`."""
        planned = Planned(fault, method, chat_id, times, chance, seconds, status)
        with self._lock:
            self.planned.append(planned)
        return planned

    def clear(self) -> None:
        """Plan nothing any more."""
        with self._lock:
            self.planned.clear()

    def strike(self, method: str, chat_id: int | None) -> Planned | None:
        """The fault a request meets, if any."""
        with self._lock:
            for planned in self.planned:
                if planned.meets(method, chat_id) and (
                    planned.chance >= 1 or self._dice.random() < planned.chance
                ):
                    planned.struck += 1
                    return planned
        return None
