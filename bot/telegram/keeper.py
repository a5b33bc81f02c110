"""Stores updates as they come in, whoever brought them: once this has returned, an update cannot be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from bot.house import House
from bot.telegram.polling import payload, update_number
from bot.telegram.reading import order_key, parse
from bot.telegram.reception import CHANNEL
from bot.telegram.signals import Signals
from bot.telegram.updates import Update


class Keeper:
    """Stores updates and says that there are some."""

    def __init__(self, house: House, signals: Signals, wake: Callable[[], None]) -> None:
        self._house = house
        self._signals = signals
        self._wake = wake

    async def keep(self, updates: Sequence[Any]) -> None:
        """Store a batch in one commit. What is no update at all is passed over; Telegram sends no such thing."""
        known: list[Update] = []
        rows: list[tuple[int, str, str]] = []
        for one in updates:
            text = payload(one)
            update = parse(text)
            if update is not None:
                known.append(update)
                rows.append((update.update_id, order_key(update), text))
            elif (number := update_number(one)) is not None:
                # Of a form nobody foresaw: kept, handled as nothing, and there to be looked at.
                rows.append((number, "", text))
        if not rows:
            return
        now = self._house.clock.now()
        database = self._house.database
        storing = asyncio.ensure_future(database.run(lambda tx: tx.updates.store(CHANNEL, rows, now)))
        if database.one_writer:
            # Whoever handles them comes next, in the same commit; the platform hears of nothing before that.
            self._wake()
        await storing
        for update in known:
            self._signals.received(update)
        if not database.one_writer:
            self._wake()
