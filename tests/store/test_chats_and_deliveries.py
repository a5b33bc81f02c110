from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from domain.store import Chat, Database, NotFound, Transaction
from tests.store.conftest import NOW


async def test_an_address_is_one_chat(database: Database, chat: Chat) -> None:
    again = await database.run(lambda tx: tx.chats.open("web", "a-browser", "en", NOW + timedelta(days=1)))
    assert again == chat
    assert chat.created_at == NOW
    other = await database.run(lambda tx: tx.chats.open("terminal", "a-browser", "en", NOW))
    assert other.id != chat.id
    assert other.person_id != chat.person_id


async def test_only_the_web_mirrors_what_was_said(database: Database, chat: Chat) -> None:
    other = await database.run(lambda tx: tx.chats.open("terminal", "a-user", "en", NOW))
    assert chat.mirrors
    assert not other.mirrors


async def test_an_address_opened_twice_at_once_is_one_chat(database: Database) -> None:
    opened = await asyncio.gather(
        *(database.run(lambda tx: tx.chats.open("web", "the-same", "en", NOW)) for _ in range(8))
    )
    assert len(set(opened)) == 1


async def test_the_language_of_a_chat_is_kept(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: tx.chats.set_language(chat.id, "en"))
    assert (await database.read(lambda tx: tx.chats.get(chat.id))).language == "en"


async def test_an_unknown_chat_is_said_to_be_unknown(database: Database) -> None:
    for work in (
        lambda tx: tx.chats.get(99),
        lambda tx: tx.chats.lock(99),
        lambda tx: tx.chats.set_language(99, "en"),
        lambda tx: tx.outbox.put(99, "{}", NOW),
    ):
        with pytest.raises(NotFound):
            await database.run(work)


async def test_turns_of_one_chat_follow_each_other(database: Database, chat: Chat) -> None:
    seen: list[int] = []

    async def turn(number: int) -> None:
        def work(tx: Transaction) -> int:
            tx.chats.lock(chat.id)
            return tx.outbox.put(chat.id, f'"{number}"', NOW)

        seen.append(await database.run(work))

    await asyncio.gather(*map(turn, range(20)))
    rows = await database.read(lambda tx: tx.outbox.after(chat.id, 0, 100))
    assert [row.id for row in rows] == sorted(seen)
    assert sorted(row.message_json for row in rows) == sorted(f'"{number}"' for number in range(20))


async def test_an_update_is_accepted_once(database: Database, chat: Chat) -> None:
    other = await database.run(lambda tx: tx.chats.open("web", "another", "en", NOW))
    assert await database.run(lambda tx: tx.inbox.accept(chat.id, "update-1", NOW))
    assert not await database.run(lambda tx: tx.inbox.accept(chat.id, "update-1", NOW))
    assert await database.run(lambda tx: tx.inbox.accept(chat.id, "update-2", NOW))
    assert await database.run(lambda tx: tx.inbox.accept(other.id, "update-1", NOW))


async def test_an_update_delivered_many_times_at_once_is_accepted_once(
    database: Database, chat: Chat
) -> None:
    accepted = await asyncio.gather(
        *(database.run(lambda tx: tx.inbox.accept(chat.id, "the-same", NOW)) for _ in range(10))
    )
    assert sum(accepted) == 1


async def test_messages_come_in_order_after_the_last_one_seen(database: Database, chat: Chat) -> None:
    def put_five(tx: Transaction) -> list[int]:
        return [tx.outbox.put(chat.id, f'{{"第": {number}}}', NOW) for number in range(5)]

    ids = await database.run(put_five)
    assert ids == sorted(set(ids))
    after = await database.read(lambda tx: tx.outbox.after(chat.id, ids[1], 2))
    assert [row.id for row in after] == ids[2:4]
    assert after[0].message_json == '{"第": 2}'
    assert after[0].created_at == NOW
    assert after[0].lane == "reply"
    recent = await database.read(lambda tx: tx.outbox.recent(chat.id, 3))
    assert [row.id for row in recent] == ids[2:]
    assert await database.read(lambda tx: tx.outbox.last_id(chat.id)) == ids[-1]


async def test_the_id_of_a_message_is_never_used_again(database: Database, chat: Chat) -> None:
    first = await database.run(lambda tx: tx.outbox.put(chat.id, "{}", NOW, "reminder"))
    assert await database.run(lambda tx: tx.outbox.purge(NOW + timedelta(seconds=1))) == 1
    assert await database.read(lambda tx: tx.outbox.last_id(chat.id)) == 0
    assert await database.run(lambda tx: tx.outbox.put(chat.id, "{}", NOW)) > first


async def test_purging_keeps_what_is_younger(database: Database, chat: Chat) -> None:
    old = NOW - timedelta(days=30)
    await database.run(lambda tx: (tx.outbox.put(chat.id, "1", old), tx.outbox.put(chat.id, "2", NOW)))
    await database.run(lambda tx: (tx.inbox.accept(chat.id, "a", old), tx.inbox.accept(chat.id, "b", NOW)))
    assert await database.run(lambda tx: (tx.outbox.purge(NOW), tx.inbox.purge(NOW))) == (1, 1)
    assert [row.message_json for row in await database.read(lambda tx: tx.outbox.all(chat.id))] == ["2"]
    assert not await database.run(lambda tx: tx.inbox.accept(chat.id, "b", NOW))
