"""What arrived is stored together, and nothing that is in the way of one message is in the way of the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.store import ClaimedDelivery, Database, Living, Locked, Transaction
from domain.store.repositories.chats import Chats
from domain.store.repositories.deliveries import Deliveries
from scheduler.sending import Delivered
from scheduler.settler import Settler
from tests.support.database import open_database
from tests.support.queues import DrivenTime

PAUSES = (0.01,)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(tmp_path, busy_timeout_ms=50) as opened:
        yield opened


async def claimed(database: Database, count: int) -> tuple[ClaimedDelivery, ...]:
    """Messages to so many chats, taken to be sent; those to the later chats first."""
    now = DrivenTime().clock.now()

    def put(tx: Transaction) -> None:
        chats = [tx.chats.open("telegram", str(number), "en", now) for number in range(count)]
        for chat in reversed(chats):
            tx.outbox.put(chat.id, "hello", now)

    await database.run(put)
    taken = await database.run(
        lambda tx: tx.deliveries.claim("telegram", now, timedelta(seconds=15), {"reply": count})
    )
    assert len(taken.deliveries) == count
    return taken.deliveries


async def states(database: Database, deliveries: tuple[ClaimedDelivery, ...]) -> list[str]:
    def look(tx: Transaction) -> list[str]:
        rows = [tx.deliveries.get(one.outbox_id) for one in deliveries]
        return ["" if row is None else row.state for row in rows]

    return await database.read(look)


async def until(ended: list[int], count: int) -> None:
    async with asyncio.timeout(10):
        while len(ended) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_message_whose_chat_is_locked_waits_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = await claimed(database, 5)
    ended: list[int] = []
    settler = Settler(database, PAUSES, lambda one: ended.append(one.outbox_id), lambda: None)
    sent, held = Deliveries.sent, {deliveries[2].outbox_id}

    def holding(self: Deliveries, outbox_id: int, *rest: Any) -> bool:
        if outbox_id in held:
            raise Locked("somebody else holds this chat")
        return sent(self, outbox_id, *rest)

    monkeypatch.setattr(Deliveries, "_alone_here", lambda _: False)
    monkeypatch.setattr(Deliveries, "sent", holding)
    for delivery in deliveries:
        settler.arrived(delivery, Delivered("7"))
    settler.store(settler.lot())
    await until(ended, 4)
    assert await states(database, deliveries) == ["sent", "sent", "sending", "sent", "sent"]
    held.clear()
    await until(ended, 5)
    assert await states(database, deliveries) == ["sent"] * 5


async def test_chats_are_held_in_one_order_whatever_is_noted_of_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = await claimed(database, 6)
    chat_of = {one.outbox_id: one.chat.id for one in deliveries}
    held: list[int] = []
    set_living, sent = Chats.set_living, Deliveries.sent

    def noted(self: Chats, chat_id: int, living: Living | None) -> None:
        held.append(chat_id)
        set_living(self, chat_id, living)

    def told(self: Deliveries, outbox_id: int, *rest: Any) -> bool:
        held.append(chat_of[outbox_id])
        return sent(self, outbox_id, *rest)

    monkeypatch.setattr(Deliveries, "_alone_here", lambda _: False)
    monkeypatch.setattr(Chats, "set_living", noted)
    monkeypatch.setattr(Deliveries, "sent", told)
    ended: list[int] = []
    settler = Settler(database, PAUSES, lambda one: ended.append(one.outbox_id), lambda: None)
    for place, delivery in enumerate(deliveries):
        settler.arrived(delivery, Delivered("7", Living(1, "7@1") if place % 2 else None))
    settler.store(settler.lot())
    await until(ended, 6)
    assert len(held) == 9
    assert held == sorted(held)
