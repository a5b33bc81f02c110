"""Patience: things that may each take equally long share one timer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Patience:
    """Waits for each thing at most so many seconds.

    As `asyncio.timeout`, which would make a timer for every one of them, though next to none ever goes off.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: dict[asyncio.Task[object], float] = {}
        """Whose patience ends when, by the clock of the loop; the first to end comes first."""
        self._ended: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def wait_for(self, something: Awaitable[T]) -> T:
        """What it gives. Raises TimeoutError once it took too long; it is cancelled then. In one task one at a time."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- whoever awaits is in a task
        loop = asyncio.get_running_loop()
        self._ends[task] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._look)
        try:
            return await something
        except asyncio.CancelledError:
            # Somebody else may have cancelled it as well, and is not to be kept from that.
            if task in self._ended and task.cancelling() <= 1:
                raise TimeoutError from None
            raise
        finally:
            self._ends.pop(task, None)
            if task in self._ended:
                self._ended.remove(task)
                task.uncancel()

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now, self._timer = loop.time(), None
        for task, ends in list(self._ends.items()):
            if ends > now:
                self._timer = loop.call_at(ends, self._look)
                return
            del self._ends[task]
            self._ended.add(task)
            task.cancel()
