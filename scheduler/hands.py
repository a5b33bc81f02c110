"""Hands: do many small things at once, with no more tasks than there are things that wait for something."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Hands(Generic[T]):
    """Does what it is given, in that order, and never waits with one thing for another to end.

    A hand takes one thing after the other. Before it begins with one that is followed by another, it sees that there is a next
    hand: when the first has to wait, the next goes on. What need not wait is so done by one hand alone.
    """

    def __init__(self, do: Callable[[T], Awaitable[None]], name: str) -> None:
        self._do = do
        self._name = name
        self._given: deque[T] = deque()
        self._at_work: set[asyncio.Task[None]] = set()
        self._coming = False

    def __len__(self) -> int:
        """How many things are neither done nor given up; about as many, while hands come and go."""
        return len(self._given) + len(self._at_work)

    def give(self, thing: T) -> None:
        """Do this soon. Call it in the event loop's own thread."""
        self._given.append(thing)
        if not self._coming:
            self._one_more()

    async def let_go(self) -> None:
        """Give up what is under way, and what was not begun."""
        self._given.clear()
        hands = list(self._at_work)
        for hand in hands:
            hand.cancel()
        await asyncio.gather(*hands, return_exceptions=True)

    def _one_more(self) -> None:
        self._coming = True
        hand = asyncio.get_running_loop().create_task(self._work(), name=self._name)
        self._at_work.add(hand)
        hand.add_done_callback(self._at_work.discard)

    async def _work(self) -> None:
        self._coming = False
        while self._given:
            thing = self._given.popleft()
            if self._given and not self._coming:
                self._one_more()
            try:
                await self._do(thing)
            except Exception as error:  # noqa: BLE001 -- the next thing has nothing to do with it
                _log.error("something was not done", by=self._name, error=type(error).__name__)
