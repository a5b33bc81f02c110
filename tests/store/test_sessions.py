from __future__ import annotations

from datetime import timedelta

import pytest

from domain.privacy import hash_token, new_token
from domain.store import Chat, Conflict, Database, Session, Transaction
from tests.store.conftest import NOW

END = NOW + timedelta(days=7)


async def test_a_session_is_found_by_the_hash_of_its_token(database: Database, chat: Chat) -> None:
    token = new_token()
    await database.run(lambda tx: tx.sessions.create(hash_token(token), chat.id, NOW, END))
    found = await database.read(lambda tx: tx.sessions.find(hash_token(token)))
    assert found == Session(hash_token(token), chat.id, NOW, NOW, END)
    assert await database.read(lambda tx: tx.sessions.find(hash_token(new_token()))) is None


async def test_the_token_itself_cannot_be_stored(database: Database, chat: Chat) -> None:
    with pytest.raises(Conflict):
        await database.run(lambda tx: tx.sessions.create(new_token(), chat.id, NOW, END))


async def test_a_used_session_says_when(database: Database, chat: Chat) -> None:
    later = NOW + timedelta(hours=1)
    await database.run(lambda tx: tx.sessions.create(hash_token("a"), chat.id, NOW, END))
    await database.run(lambda tx: tx.sessions.touch(hash_token("a"), later))
    found = await database.read(lambda tx: tx.sessions.find(hash_token("a")))
    assert found is not None
    assert found.used_at == later


async def test_a_revoked_session_is_gone(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: tx.sessions.create(hash_token("a"), chat.id, NOW, END))
    await database.run(lambda tx: tx.sessions.revoke(hash_token("a")))
    assert await database.read(lambda tx: tx.sessions.find(hash_token("a"))) is None


async def test_sessions_past_their_end_or_long_idle_are_purged(database: Database, chat: Chat) -> None:
    def open_three(tx: Transaction) -> None:
        tx.sessions.create(hash_token("ended"), chat.id, NOW - timedelta(days=8), NOW)
        tx.sessions.create(hash_token("idle"), chat.id, NOW - timedelta(days=2), END)
        tx.sessions.create(hash_token("in use"), chat.id, NOW, END)

    await database.run(open_three)
    assert await database.run(lambda tx: tx.sessions.purge(NOW)) == 1
    assert await database.run(lambda tx: tx.sessions.purge(NOW, NOW - timedelta(hours=12))) == 1
    assert await database.read(lambda tx: tx.sessions.find(hash_token("in use"))) is not None
