"""Takes updates in as they come, whoever brought them: once this has returned, an update cannot be lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from bot.telegram.polling import payload, update_number
from bot.telegram.reading import order_key, understand
from bot.telegram.signals import Signals
from bot.telegram.updates import Update
from domain.store import Transaction
from scheduler.taking_in import Fresh

TurnOf = Callable[[Update], Callable[[Transaction], None] | None]
"""What handles an update that was not stored yet; None where it has to be stored first."""


class Keeper:
    """Hands updates to whoever stores and handles them."""

    def __init__(
        self, signals: Signals, take_in: Callable[[Sequence[Fresh]], Awaitable[None]], turn_of: TurnOf
    ) -> None:
        self._signals = signals
        self._take_in = take_in
        self._turn_of = turn_of

    async def keep(self, updates: Sequence[Any]) -> None:
        """Take in a batch in one commit. What is no update at all is passed over; Telegram sends no such thing."""
        known: list[Update] = []
        fresh: list[Fresh] = []
        for one in updates:
            write, update = partial(payload, one), understand(one)
            if update is not None:
                known.append(update)
                fresh.append(Fresh(update.update_id, order_key(update), write, self._turn_of(update)))
            elif (number := update_number(one)) is not None:
                # Of a form nobody foresaw: kept, handled as nothing, and there to be looked at.
                fresh.append(Fresh(number, "", write))
        if fresh:
            await self._take_in(fresh)
        for update in known:
            self._signals.received(update)
