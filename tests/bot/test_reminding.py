"""The product put together: its clockwork plans, renders and queues reminders without anybody asking."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

from bot.assembly import clockwork, open_house
from bot.house import House
from bot.settings import Settings
from dialogs.engine.screen import Card, message_from_json
from dialogs.incoming import Command, Incoming
from domain.clock import FixedClock
from domain.store import Transaction
from tests.support.reminding import ZHENGZHOU

BEFORE = date(2026, 11, 21)
A_MONTH_AHEAD = date(2026, 12, 10)
"""A working day, thirty days before the Zhengzhou text can no longer be relied on."""


MOST_LOOKS = 300


async def ticked(house: House, chat: int, cards: int) -> list[Card]:
    """Let the clockwork run until so many cards wait for the chat, and say which."""
    ticking = clockwork(house)
    ticking.start()
    try:
        for _ in range(MOST_LOOKS):
            await asyncio.sleep(0.1)
            if len(found := await cards_of(house, chat)) >= cards:
                return found
    finally:
        ticking.stop()
    raise AssertionError(f"not {cards} cards in time")


async def cards_of(house: House, chat: int) -> list[Card]:
    rows = await house.database.read(lambda tx: tx.outbox.all(chat))
    messages = [message_from_json(row.message_json) for row in rows if row.lane == "reminder"]
    return [message for message in messages if isinstance(message, Card)]


async def test_who_asked_to_be_reminded_is_reminded_in_their_language_of_then(tmp_path: Path) -> None:
    clock = FixedClock(BEFORE)
    settings = Settings(data_dir=tmp_path, session_idle_hours=720, _env_file=None)
    async with open_house(settings, clock) as house:

        def asks(tx: Transaction) -> int:
            chat = tx.chats.open("web", "somebody", "zh_CN", clock.now()).id
            house.assistant.handle(tx, Incoming(chat, "first-words", Command("start")))
            tx.reminder_preferences.subscribe(chat, ZHENGZHOU, True, clock.now())
            tx.sessions.create("0" * 64, chat, clock.now(), clock.now() + timedelta(days=90))
            return chat

        chat = await house.database.run(asks)
        await ticked(house, chat, 0)
        assert await cards_of(house, chat) == []
        clock.set(A_MONTH_AHEAD)
        await house.database.run(lambda tx: tx.chats.set_language(chat, "en"))
        (card,) = await ticked(house, chat, 1)
        assert card.language == "en"
        assert card.title.endswith("the text is about to lapse – in 30 days")
        assert [choice.key for choice in card.choices] == ["open", "done", "in:3", "later", "stop"]
    # Whoever starts again, a day later: it was said, and is not said again.
    clock.advance(timedelta(days=1))
    async with open_house(settings, clock) as house:
        assert len(await ticked(house, chat, 1)) == 1
        assert len(await ticked(house, chat, 1)) == 1
