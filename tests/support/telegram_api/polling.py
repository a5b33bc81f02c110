"""Long polling: one waiting call at a time; whoever comes later ends the earlier one with a conflict."""

from __future__ import annotations

import asyncio
from typing import Final

from tests.support.telegram_api.answers import OTHER_POLLER, WEBHOOK_ACTIVE, Granted, Refusal
from tests.support.telegram_api.parameters import Parameters
from tests.support.telegram_api.world import World

LONGEST_WAIT_SECONDS: Final = 50
CONFLICT_PAUSE_SECONDS: Final = 3.0
"""A conflict is answered at once, but further ones of the next seconds only after that pause, as Telegram does."""


class Polling:
    """The waiting call for updates; lives in the server's loop."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[None] | None = None
        self._next_conflict = 0.0
        self.webhook_url = ""
        self.polls = 0
        world.updates.changed = self.ring

    async def get_updates(self, parameters: Parameters) -> Granted:
        """Answer with what waits, or wait for something."""
        if self.webhook_url:
            raise Refusal(409, WEBHOOK_ACTIVE)
        self.polls += 1
        queue = self._world.updates
        limit = parameters.within("limit", 100, 1, 100)
        seconds = parameters.within("timeout", 0, 0, LONGEST_WAIT_SECONDS)
        kinds = parameters.parsed("allowed_updates", "allowed updates")
        with self._world.lock:
            queue.allow(kinds if isinstance(kinds, list) else None)
            queue.confirm(parameters.within("offset", 0, -(2**31), 2**31 - 1))
            batch = queue.batch(limit)
        if not batch and seconds:
            await self._wait(seconds)
            with self._world.lock:
                batch = queue.batch(limit)
        return Granted([update.json() for update in batch])

    def end(self, description: str) -> None:
        """End the waiting call, if there is one, with a conflict."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(Refusal(409, description))
        self._waiting = None

    async def _wait(self, seconds: float) -> None:
        self.end(OTHER_POLLER)
        waiting = self._waiting = self._loop.create_future()
        try:
            if not len(self._world.updates):
                await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            pass
        except Refusal:
            now = self._loop.time()
            if now < self._next_conflict:
                await asyncio.sleep(CONFLICT_PAUSE_SECONDS)
            else:
                self._next_conflict = now + CONFLICT_PAUSE_SECONDS
            raise
        finally:
            if self._waiting is waiting:
                self._waiting = None

    def ring(self) -> None:
        """Called with any thread's hands: something new waits."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
