"""Suspicion: an update whose own turn says again and again that the database cannot do its work, while it can.

A turn that meets what is damaged, or asks for what cannot be had, may fail with the same error as one during an outage. That
the database works is known from a write beside the failed turn; only then does anything speak against the update.
"""

from __future__ import annotations

import random
from collections import OrderedDict
from datetime import timedelta
from typing import Final

from domain.store import Unavailable
from scheduler.backoff import Backoff

OWN_AT: Final = 5
"""With so many failures in a row, between which the database worked, the next are the update's own: after about 15 seconds."""

REMEMBERED: Final = 1_000
"""Updates suspected at a time; those suspected longest are forgotten first."""

_BACKOFF: Final = Backoff(most_seconds=15)


class Suspicion:
    """Which updates are suspected, and for how many failures. Kept in memory: after a restart everybody begins anew."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._failures: OrderedDict[int, int] = OrderedDict()

    def is_own(self, update: int, error: BaseException) -> bool:
        """Note one more failure, and say whether the trouble is the update's own.

        A full disk, a lock and a database that can only be read are never an update's own doing, however long they last.
        """
        failures = self._failures.pop(update, 0) + 1
        self._failures[update] = failures
        if len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)
        return failures >= OWN_AT and isinstance(error, Unavailable)

    def pause(self, update: int) -> timedelta | None:
        """How long a failed update should wait apart from the others; None at first, when the trouble may be everybody's."""
        failures = self._failures.get(update, 0)
        return None if failures < 2 else _BACKOFF.after(failures - 1, self._dice)

    def acquit(self, update: int) -> None:
        """Its turn succeeded."""
        self._failures.pop(update, None)

    def acquit_all(self) -> None:
        """The database cannot do its work: no failure so far says anything about an update."""
        self._failures.clear()
