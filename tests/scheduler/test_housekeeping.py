"""What the clockwork throws away, and that it comes back to what it missed."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal, get_args

import pytest

from domain.clock import FixedClock
from domain.organisations import Organisation
from domain.privacy import MasterKey, hash_token
from domain.store import Chat, Database, NotFound, StoredAnswer, Transaction
from scheduler.clockwork import Chore, Clockwork
from scheduler.housekeeping import Retention, housekeeping

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
RETENTION = Retention(
    session_idle=timedelta(hours=12), unconsented=timedelta(hours=24), consented=timedelta(days=1095)
)

Sign = Literal["consent", "session", "update", "conversation", "result", "fact"]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(
        f"sqlite:///{tmp_path / 'test.sqlite3'}", master_key=MasterKey.new(), busy_timeout_ms=50
    ) as opened:
        yield opened


async def sweep(database: Database, now: datetime) -> dict[str, int]:
    """Do every chore once; how many things each did."""
    return {chore.id: await database.run(partial(chore.work, now=now)) for chore in housekeeping(RETENTION)}


def begin(tx: Transaction, *, consent: bool) -> Chat:
    """A chat that said something at noon."""
    chat = tx.chats.open("web", f"address-{consent}", "en", NOON)
    if consent:
        tx.people.set_consent(chat.person_id, "given", NOON)
    tx.inbox.accept(chat.id, "first", NOON)
    tx.outbox.put(chat.id, '{"message": "said", "text": "secret"}', NOON)
    conversation = tx.conversations.start(chat.id, "script", 1, {}, NOON)
    tx.conversations.save(replace(conversation, answers=(StoredAnswer("1", "secret", "secret", NOON),)), 0)
    tx.sessions.create(hash_token(f"token-{consent}"), chat.id, NOON, NOON + timedelta(days=7))
    return chat


async def test_a_session_is_removed_when_it_was_idle_or_reached_its_end(database: Database) -> None:
    await database.run(lambda tx: begin(tx, consent=True))
    assert (await sweep(database, NOON + timedelta(hours=11)))["end_sessions"] == 0
    await database.run(lambda tx: tx.sessions.touch(hash_token("token-True"), NOON + timedelta(hours=11)))
    assert (await sweep(database, NOON + timedelta(hours=22)))["end_sessions"] == 0
    assert (await sweep(database, NOON + timedelta(hours=24)))["end_sessions"] == 1
    assert await database.read(lambda tx: tx.sessions.find(hash_token("token-True"))) is None


async def test_what_nobody_agreed_to_keep_is_gone_after_a_day(database: Database) -> None:
    chat = await database.run(lambda tx: begin(tx, consent=False))
    await sweep(database, NOON + timedelta(hours=23))
    assert await database.read(lambda tx: tx.conversations.active(chat.id)) is not None
    swept = await sweep(database, NOON + timedelta(hours=25))
    assert swept["forget_unconsented"] > 0
    left = await database.read(lambda tx: (tx.conversations.of_chat(chat.id), tx.outbox.recent(chat.id, 9)))
    assert left == ((), ())


async def test_what_somebody_agreed_to_keep_stays(database: Database) -> None:
    chat = await database.run(lambda tx: begin(tx, consent=True))
    await sweep(database, NOON + timedelta(days=20))
    assert len(await database.read(lambda tx: tx.conversations.of_chat(chat.id))) == 1
    assert len(await database.read(lambda tx: tx.outbox.recent(chat.id, 9))) == 1


def sign_of_life(tx: Transaction, chat: Chat, kind: Sign, at: datetime) -> None:
    """Something that shows that a person was here."""
    match kind:
        case "consent":
            tx.people.set_consent(chat.person_id, "given", at)
        case "session":
            tx.sessions.create(hash_token("later"), chat.id, at, at + timedelta(days=3))
        case "update":
            tx.inbox.accept(chat.id, "later", at)
        case "conversation":
            tx.conversations.touch(chat.id, at)
        case "result":
            tx.receipts.add(
                chat_id=chat.id,
                organisation_id=None,
                programme="imaginary-programme",
                version="1",
                content_hash="0" * 64,
                as_of=at.date(),
                verdict="no_obstacle_found",
                receipt_json="{}",
                created_at=at,
            )
        case "fact":
            organisation = tx.organisations.create(Organisation(name="青禾精密"))
            tx.people.set_organisation(chat.person_id, organisation)
            tx.facts.record(organisation, "profit", 1, at, "self_stated", f"person:{chat.person_id}")


async def test_who_agreed_and_was_not_heard_of_for_years_is_erased_and_that_is_on_record(
    database: Database,
) -> None:
    chat = await database.run(lambda tx: begin(tx, consent=True))
    assert (await sweep(database, NOON + timedelta(days=1095)))["erase_silent"] == 0
    swept = await sweep(database, NOON + timedelta(days=1095, seconds=1))
    assert swept["erase_silent"] == 1

    def look(tx: Transaction) -> list[tuple[str, dict[str, int | str]]]:
        with pytest.raises(NotFound):
            tx.people.get(chat.person_id)
        return [(entry.kind, dict(entry.subject_ids)) for entry in tx.audit.entries()]

    assert await database.read(look) == [("person_outstayed", {"person": chat.person_id})]
    assert (await sweep(database, NOON + timedelta(days=1096)))["erase_silent"] == 0


@pytest.mark.parametrize("kind", get_args(Sign))
async def test_any_sign_of_life_begins_the_years_anew(database: Database, kind: Sign) -> None:
    def live(tx: Transaction) -> None:
        chat = begin(tx, consent=True)
        sign_of_life(tx, chat, kind, NOON + timedelta(days=1))

    await database.run(live)
    chores = {chore.id: chore for chore in housekeeping(RETENTION)}
    erase = chores["erase_silent"].work
    assert await database.run(partial(erase, now=NOON + timedelta(days=1096))) == 0
    assert await database.run(partial(erase, now=NOON + timedelta(days=1096, seconds=1))) == 1


async def test_a_neighbour_who_speaks_keeps_nobody_else(database: Database) -> None:
    def live(tx: Transaction) -> None:
        begin(tx, consent=True)
        other = tx.chats.open("web", "neighbour", "en", NOON)
        tx.people.set_consent(other.person_id, "given", NOON + timedelta(days=900))
        sign_of_life(tx, other, "update", NOON + timedelta(days=1000))

    await database.run(live)
    assert (await sweep(database, NOON + timedelta(days=1100)))["erase_silent"] == 1


async def test_old_updates_and_messages_are_forgotten_in_the_end(database: Database) -> None:
    chat = await database.run(lambda tx: begin(tx, consent=True))
    assert (await sweep(database, NOON + timedelta(days=31)))["forget_updates"] == 1
    assert (await sweep(database, NOON + timedelta(days=89)))["forget_messages"] == 0
    assert (await sweep(database, NOON + timedelta(days=91)))["forget_messages"] == 1
    assert await database.read(lambda tx: tx.outbox.recent(chat.id, 9)) == ()


async def test_conversations_that_ended_long_ago_are_forgotten_and_others_stay(database: Database) -> None:
    def end_first(tx: Transaction) -> Chat:
        chat = begin(tx, consent=True)
        first = tx.conversations.active(chat.id)
        assert first is not None
        tx.conversations.end(first.id)
        tx.conversations.start(chat.id, "script", 1, {}, NOON)
        tx.conversations.start(chat.id, "script", 1, {}, NOON)
        return chat

    chat = await database.run(end_first)
    assert (await sweep(database, NOON + timedelta(days=89)))["forget_ended"] == 0
    assert (await sweep(database, NOON + timedelta(days=91)))["forget_ended"] == 1
    left = await database.read(lambda tx: tx.conversations.of_chat(chat.id))
    assert [one.status for one in left] == ["parked", "active"]


async def test_ids_of_messages_go_on_after_older_ones_were_removed(database: Database) -> None:
    chat = await database.run(lambda tx: begin(tx, consent=True))
    before = await database.read(lambda tx: tx.outbox.last_id(chat.id))
    await sweep(database, NOON + timedelta(days=91))
    after = await database.run(lambda tx: tx.outbox.put(chat.id, "{}", NOON))
    assert after > before, "a page that was open all the time must not miss it"


async def test_every_chore_is_done_at_once_and_again_and_again(database: Database) -> None:
    done: list[datetime] = []

    def work(tx: Transaction, now: datetime) -> int:
        done.append(now)
        return 1

    clock = Clockwork(database, FixedClock(NOON), [Chore("count", timedelta(seconds=0.05), work)])
    clock.start()
    await asyncio.sleep(0.4)
    clock.stop()
    count = len(done)
    assert count >= 3
    await asyncio.sleep(0.15)
    assert len(done) <= count + 1


async def test_a_chore_that_fails_is_tried_again_and_troubles_nobody(
    database: Database, tmp_path: Path
) -> None:
    done: list[int] = []

    def work(tx: Transaction, now: datetime) -> int:
        done.append(1)
        return 1

    thief = sqlite3.connect(tmp_path / "test.sqlite3", isolation_level=None)
    clock = Clockwork(database, FixedClock(NOON), [Chore("count", timedelta(seconds=0.05), work)])
    try:
        thief.execute("BEGIN IMMEDIATE")
        clock.start()
        await asyncio.sleep(0.3)
        assert done == []
    finally:
        thief.close()
    await asyncio.sleep(0.3)
    clock.stop()
    assert done


async def test_ticks_that_were_missed_are_made_up_for_once(database: Database) -> None:
    done: list[int] = []

    def work(tx: Transaction, now: datetime) -> int:
        done.append(1)
        return 1

    clock = Clockwork(database, FixedClock(NOON), [Chore("count", timedelta(seconds=0.2), work)])
    clock.start()
    await asyncio.sleep(0.1)
    before = len(done)
    time.sleep(1.5)  # noqa: ASYNC251 - the machine was asleep
    await asyncio.sleep(0.05)
    clock.stop()
    assert before == 1
    assert len(done) == 2
