"""Private addresses of calendars: one for each chat, known by a hash, and let go for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.privacy import hash_token, new_token
from domain.store import Database, NotFound

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


async def test_an_address_leads_to_its_chat_until_it_is_let_go(database: Database) -> None:
    token = hash_token(new_token())
    chat = await database.run(lambda tx: tx.chats.open("web", "somebody", "zh_CN", NOW).id)
    assert await database.read(lambda tx: tx.feeds.since(chat)) is None
    await database.run(lambda tx: tx.feeds.open(chat, token, NOW))
    assert await database.read(lambda tx: tx.feeds.find(token)) == chat
    assert await database.read(lambda tx: tx.feeds.since(chat)) == NOW
    assert await database.run(lambda tx: tx.feeds.revoke(chat, NOW))
    assert await database.read(lambda tx: tx.feeds.find(token)) is None
    assert await database.read(lambda tx: tx.feeds.since(chat)) is None
    assert not await database.run(lambda tx: tx.feeds.revoke(chat, NOW))


async def test_a_new_address_ends_the_one_before_and_no_other(database: Database) -> None:
    first, second, other = (hash_token(new_token()) for _ in range(3))
    one = await database.run(lambda tx: tx.chats.open("web", "one", "zh_CN", NOW).id)
    two = await database.run(lambda tx: tx.chats.open("web", "two", "en", NOW).id)
    await database.run(lambda tx: tx.feeds.open(one, first, NOW))
    await database.run(lambda tx: tx.feeds.open(two, other, NOW))
    later = NOW + timedelta(days=1)
    await database.run(lambda tx: tx.feeds.open(one, second, later))
    found = await database.read(lambda tx: [tx.feeds.find(it) for it in (first, second, other)])
    assert found == [None, one, two]
    assert await database.read(lambda tx: tx.feeds.since(one)) == later


async def test_an_address_goes_with_the_person(database: Database) -> None:
    token = hash_token(new_token())
    chat = await database.run(lambda tx: tx.chats.open("web", "somebody", "zh_CN", NOW))
    await database.run(lambda tx: tx.feeds.open(chat.id, token, NOW))
    await database.run(lambda tx: tx.privacy.erase(chat.person_id))
    assert await database.read(lambda tx: tx.feeds.find(token)) is None


async def test_a_calendar_that_is_followed_keeps_its_chat_without_consent(database: Database) -> None:
    token = hash_token(new_token())
    chat = await database.run(lambda tx: tx.chats.open("web", "somebody", "zh_CN", NOW).id)
    await database.run(lambda tx: tx.feeds.open(chat, token, NOW))
    month = NOW + timedelta(days=30)
    await database.run(lambda tx: tx.privacy.purge_unconsented(month))
    assert await database.read(lambda tx: tx.feeds.find(token)) == chat
    await database.run(lambda tx: tx.feeds.revoke(chat, month))
    await database.run(lambda tx: tx.privacy.purge_unconsented(month))
    with pytest.raises(NotFound):
        await database.read(lambda tx: tx.chats.get(chat))
