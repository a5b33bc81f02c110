"""Taking back what waited too long to be sent: nobody is woken at night because a channel was slow in the evening.

Reminders and announcements are queued with the moment until which they may be sent. What a channel could not send by then
is not handed out any more; this errand takes it back, and what had queued it decides anew when it may be said.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from domain.clock import Clock
from domain.store import Database
from scheduler.clockwork import Errand, for_each

OFTEN: Final = timedelta(seconds=20)
PORTION: Final = 500
"""Messages found at once."""


def taking_back() -> Errand:
    """The errand that takes back."""

    async def take_back(database: Database, clock: Clock) -> int:
        now, taken = clock.now(), set[int]()
        while True:
            found = await database.read(lambda tx: tx.outbox.overdue(now, PORTION))
            messages = [one for one in found if one not in taken]
            if not messages:
                return len(taken)
            taken.update(messages)
            await for_each(messages, partial(_one, database, now))

    return Errand("take_back", OFTEN, take_back)


async def _one(database: Database, now: datetime, message: int) -> None:
    await database.run(lambda tx: tx.outbox.take_back(message, now))
