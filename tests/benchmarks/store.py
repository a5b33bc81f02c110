"""Turns a second through the gate: the same turn as in a chat, at different loads."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from domain.store import Database, StoredAnswer, Transaction
from tests.support.database import KEY, new_database_url

NOW: Final = datetime(2025, 6, 1, tzinfo=UTC)
MESSAGE: Final = (
    '{"kind":"screen","blocks":[' + ",".join(['{"block":"paragraph","text":"请问贵单位"}'] * 12) + "]}"
)
SECONDS: Final = 2.0
"""How long each load is kept up."""


def a_turn(chat_id: int, number: int) -> Callable[[Transaction], int]:
    """One turn: take the update in, read the conversation, save it with an answer more, queue the reply."""

    def turn(tx: Transaction) -> int:
        tx.chats.lock(chat_id)
        if not tx.inbox.accept(chat_id, f"update-{number}", NOW):
            return 0
        conversation = tx.conversations.active(chat_id)
        if conversation is None:
            conversation = tx.conversations.start(chat_id, "self-check", 1, {"programme": "a-programme"}, NOW)
        answer = StoredAnswer(f"state-{number % 12}", True, "是", NOW)
        answers = (*conversation.answers, answer)[-12:]
        tx.conversations.save(replace(conversation, answers=answers), conversation.revision)
        return tx.outbox.put(chat_id, MESSAGE, NOW)

    return turn


async def turns_a_second(url: str, concurrent: int, seconds: float = SECONDS) -> float:
    """Turns a second with so many chats at once, each sending its next update when it got its reply."""
    async with await Database.open(url, master_key=KEY) as database:
        names = [f"{concurrent}-{number}" for number in range(concurrent)]
        chats = await database.run(lambda tx: [tx.chats.open("web", name, "zh_CN", NOW).id for name in names])
        done = 0
        began = time.perf_counter()
        end = began + seconds

        async def one_chat(chat_id: int) -> None:
            nonlocal done
            number = 0
            while time.perf_counter() < end:
                number += 1
                assert await database.run(a_turn(chat_id, number)) > 0
                done += 1

        await asyncio.gather(*map(one_chat, chats))
        return done / (time.perf_counter() - began)


def measure() -> list[tuple[str, float, str]]:
    """Turns a second for 1, 10 and 100 chats at once on SQLite, every turn on the disk before its reply."""
    figures = []
    with tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder:
        for concurrent in (1, 10, 100):
            url = new_database_url(Path(folder), f"{concurrent}.sqlite3")
            value = asyncio.run(turns_a_second(url, concurrent))
            figures.append((f"store: turns, {concurrent} chats at once", value, "turns/s"))
    return figures


if __name__ == "__main__":
    for name, value, unit in measure():
        print(f"{name}: {value:,.0f} {unit}")  # noqa: T201 -- printing is its purpose
