from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.store import (
    Chat,
    Database,
    NotFound,
    StaleRevision,
    StoredAnswer,
    StoredConversation,
    Transaction,
    Visit,
)
from tests.store.conftest import NOW

LATER = NOW + timedelta(minutes=5)
ANSWERS = (
    StoredAnswer("profit", {"2023": 1500000, "2024": "unclear"}, "去年150万", NOW),
    StoredAnswer("held", True, "是", LATER),
)


def started(tx: Transaction, chat: Chat, dialog: str = "self-check") -> StoredConversation:
    return tx.conversations.start(chat.id, dialog, 3, {"programme": "imaginary-award"}, NOW)


async def test_a_chat_begins_without_a_conversation(database: Database, chat: Chat) -> None:
    assert await database.run(lambda tx: tx.conversations.active(chat.id)) is None


async def test_a_started_conversation_is_the_active_one(database: Database, chat: Chat) -> None:
    begun = await database.run(lambda tx: started(tx, chat))
    assert begun.revision == 0
    assert begun.subject == {"programme": "imaginary-award"}
    assert await database.read(lambda tx: tx.conversations.active(chat.id)) == begun
    assert await database.read(lambda tx: tx.conversations.get(begun.id)) == begun


async def test_answers_come_back_as_they_were_given(database: Database, chat: Chat) -> None:
    begun = await database.run(lambda tx: started(tx, chat))
    said = replace(begun, answers=ANSWERS, updated_at=LATER)
    saved = await database.run(lambda tx: tx.conversations.save(said, 0))
    assert saved == replace(said, revision=1)
    assert await database.read(lambda tx: tx.conversations.active(chat.id)) == saved


async def test_a_save_over_a_newer_revision_changes_nothing(database: Database, chat: Chat) -> None:
    begun = await database.run(lambda tx: started(tx, chat))
    first = await database.run(lambda tx: tx.conversations.save(replace(begun, answers=ANSWERS[:1]), 0))
    with pytest.raises(StaleRevision):
        await database.run(lambda tx: tx.conversations.save(replace(begun, answers=ANSWERS), 0))
    assert await database.read(lambda tx: tx.conversations.get(begun.id)) == first


async def test_a_conversation_that_is_gone_cannot_be_saved(database: Database, chat: Chat) -> None:
    begun = await database.run(lambda tx: started(tx, chat))
    with pytest.raises(StaleRevision):
        await database.run(lambda tx: tx.conversations.save(replace(begun, id=begun.id + 1), 0))


async def test_starting_another_conversation_parks_the_first(database: Database, chat: Chat) -> None:
    first = await database.run(lambda tx: started(tx, chat))
    second = await database.run(lambda tx: started(tx, chat, "menu"))
    assert await database.read(lambda tx: tx.conversations.active(chat.id)) == second
    assert await database.read(lambda tx: tx.conversations.parked(chat.id)) == (
        replace(first, status="parked"),
    )


async def test_a_parked_conversation_is_resumed_and_the_other_parked(database: Database, chat: Chat) -> None:
    first = await database.run(lambda tx: started(tx, chat))
    second = await database.run(lambda tx: started(tx, chat, "menu"))
    resumed = await database.run(lambda tx: tx.conversations.resume(first.id))
    assert resumed == first
    assert await database.read(lambda tx: tx.conversations.active(chat.id)) == first
    assert [one.id for one in await database.read(lambda tx: tx.conversations.parked(chat.id))] == [second.id]


async def test_an_ended_conversation_is_neither_active_nor_parked(database: Database, chat: Chat) -> None:
    begun = await database.run(lambda tx: started(tx, chat))
    await database.run(lambda tx: tx.conversations.end(begun.id))
    assert await database.read(lambda tx: tx.conversations.active(chat.id)) is None
    assert await database.read(lambda tx: tx.conversations.parked(chat.id)) == ()
    ended = await database.read(lambda tx: tx.conversations.get(begun.id))
    assert ended is not None
    assert ended.status == "ended"


async def test_a_save_can_end_the_conversation(database: Database, chat: Chat) -> None:
    begun = await database.run(lambda tx: started(tx, chat))
    await database.run(lambda tx: tx.conversations.save(replace(begun, status="ended"), 0))
    assert await database.read(lambda tx: tx.conversations.active(chat.id)) is None


async def test_an_unknown_conversation_is_none_to_read_and_an_error_to_change(database: Database) -> None:
    assert await database.read(lambda tx: tx.conversations.get(99)) is None
    for change in (
        lambda tx: tx.conversations.park(99),
        lambda tx: tx.conversations.end(99),
        lambda tx: tx.conversations.resume(99),
    ):
        with pytest.raises(NotFound):
            await database.run(change)


async def test_conversations_of_two_chats_do_not_meet(database: Database, chat: Chat) -> None:
    other = await database.run(lambda tx: tx.chats.open("terminal", "a-user", "en", NOW))
    mine = await database.run(lambda tx: started(tx, chat))
    theirs = await database.run(lambda tx: started(tx, other))
    assert await database.read(lambda tx: tx.conversations.active(chat.id)) == mine
    assert await database.read(lambda tx: tx.conversations.active(other.id)) == theirs
    assert await database.read(lambda tx: tx.conversations.of_chat(chat.id)) == (mine,)


async def test_a_visit_shows_who_is_there_and_what_they_are_in(database: Database) -> None:
    def come(tx: Transaction) -> Visit:
        return tx.chats.visit_at("telegram", "7", "en", NOW)

    def talk(tx: Transaction) -> StoredConversation:
        chat = tx.chats.find("telegram", "7")
        assert chat is not None
        tx.conversations.end(tx.conversations.start(chat.id, "menu", 1, {}, NOW).id)
        started = tx.conversations.start(chat.id, "check", 1, {"programmes": ["x"]}, NOW)
        answered = replace(started, answers=(StoredAnswer("mode", "quick", "快速", NOW),), version=2)
        return tx.conversations.save_answers(answered, started.revision)

    first = await database.run(come)
    assert (first.chat.address, first.person.consent, first.conversation) == ("7", "unasked", None)
    saved = await database.run(talk)
    again = await database.run(come)
    assert (again.chat, again.person) == (first.chat, first.person)
    assert again.conversation == saved
    assert await database.run(lambda tx: tx.chats.visit(first.chat.id)) == again
    with pytest.raises(StaleRevision):
        await database.run(lambda tx: tx.conversations.save_answers(saved, saved.revision - 1))
