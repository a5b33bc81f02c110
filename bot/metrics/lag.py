"""Whether the event loop gets round to what is due: while it does not, everybody waits."""

from __future__ import annotations

import asyncio
from typing import Final, NoReturn

from domain.durations import Durations

EVERY_SECONDS: Final = 0.5


async def measure(late: Durations, every: float = EVERY_SECONDS) -> NoReturn:
    """Ask to be woken again and again, and note by how many seconds that came late; until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every
        await asyncio.sleep(every)
        late.note(max(0.0, loop.time() - due))
