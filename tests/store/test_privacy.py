from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.organisations import Organisation
from domain.privacy import hash_token
from domain.store import Chat, Database, NotFound, StoredAnswer, Transaction
from tests.store.conftest import NOW
from tests.support.database import open_database

NAME, FIRM, CODE = "林知远", "青禾精密制造有限公司", "91410100MA0000001R"
PHONE, MAIL, SAID = "+8613800000000", "lin.zhiyuan@example.org", "我们去年净利润一百五十万"
SECRETS = (NAME, FIRM, CODE, PHONE, MAIL, SAID)


def a_life(tx: Transaction, chat: Chat, *, consent: bool = True) -> int | None:
    """Everything one person can leave behind; gives the organisation's id."""
    organisation_id = None
    if consent:
        tx.people.set_consent(chat.person_id, "given", NOW)
        tx.people.set_contact(chat.person_id, name=NAME, phone=PHONE, email=MAIL)
        organisation_id = tx.organisations.create(Organisation(name=FIRM, credit_code=CODE))
        tx.people.set_organisation(chat.person_id, organisation_id)
        tx.facts.record(organisation_id, "note", SAID, NOW, "self_stated", f"person:{chat.person_id}")
    tx.inbox.accept(chat.id, "update", NOW)
    begun = tx.conversations.start(chat.id, "self-check", 1, {"name": FIRM}, NOW)
    tx.conversations.save(replace(begun, answers=(StoredAnswer("profit", 1500000, SAID, NOW),)), 0)
    tx.outbox.put(chat.id, json.dumps({"text": f"{NAME}，{FIRM}：{SAID}"}, ensure_ascii=False), NOW)
    add_receipt(tx, chat, organisation_id)
    return organisation_id


def add_receipt(tx: Transaction, chat: Chat, organisation_id: int | None) -> int:
    return tx.receipts.add(
        chat_id=chat.id,
        organisation_id=organisation_id,
        programme="imaginary-award",
        version="2024",
        content_hash="0" * 64,
        as_of=date(2024, 6, 30),
        verdict="obstacle_found",
        receipt_json=json.dumps({"organisation": FIRM}, ensure_ascii=False),
        created_at=NOW,
    )


async def test_the_export_holds_everything_in_the_clear(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: a_life(tx, chat))
    await database.run(lambda tx: tx.sessions.create(hash_token("t"), chat.id, NOW, NOW + timedelta(days=7)))
    exported = await database.read(lambda tx: tx.privacy.export(chat.person_id))
    text = json.dumps(exported, ensure_ascii=False)
    assert [secret for secret in SECRETS if secret not in text] == []
    assert json.loads(text) == exported
    assert isinstance(exported["chats"], list)
    (only,) = exported["chats"]
    assert isinstance(only, dict)
    assert only["channel"] == "web"
    assert only["sessions"] == [
        {
            "created_at": "2025-06-01T08:30:00.123456+00:00",
            "used_at": "2025-06-01T08:30:00.123456+00:00",
            "ends_at": "2025-06-08T08:30:00.123456+00:00",
        }
    ]


async def test_an_erased_person_is_gone_with_all_they_left(database: Database, chat: Chat) -> None:
    organisation_id = await database.run(lambda tx: a_life(tx, chat))
    assert organisation_id is not None
    await database.run(lambda tx: tx.privacy.erase(chat.person_id))

    def look(tx: Transaction) -> None:
        for work in (
            lambda: tx.people.get(chat.person_id),
            lambda: tx.organisations.get(organisation_id),
            lambda: tx.privacy.export(chat.person_id),
            lambda: tx.privacy.erase(chat.person_id),
        ):
            with pytest.raises(NotFound):
                work()
        assert tx.conversations.of_chat(chat.id) == ()
        assert tx.outbox.all(chat.id) == ()
        assert tx.receipts.of_chat(chat.id) == ()

    await database.read(look)


async def test_the_chat_of_an_erased_person_goes_on_with_somebody_unknown(
    database: Database, chat: Chat
) -> None:
    def erase_and_answer(tx: Transaction) -> None:
        a_life(tx, chat)
        tx.privacy.erase(chat.person_id)
        tx.outbox.put(chat.id, '"erased"', NOW)

    await database.run(erase_and_answer)
    again = await database.run(lambda tx: tx.chats.open("web", "a-browser", "zh_CN", NOW))
    assert again.id == chat.id
    assert again.person_id != chat.person_id
    assert (await database.read(lambda tx: tx.people.get(again.person_id))).consent == "unasked"
    assert [row.message_json for row in await database.read(lambda tx: tx.outbox.all(chat.id))] == [
        '"erased"'
    ]


async def test_an_organisation_somebody_else_speaks_for_stays_without_the_erased_name(
    database: Database, chat: Chat
) -> None:
    colleague = await database.run(lambda tx: tx.chats.open("web", "another-browser", "zh_CN", NOW))
    organisation_id = await database.run(lambda tx: a_life(tx, chat))
    assert organisation_id is not None

    def join(tx: Transaction) -> int:
        tx.people.set_consent(colleague.person_id, "given", NOW)
        tx.people.set_organisation(colleague.person_id, organisation_id)
        return add_receipt(tx, colleague, organisation_id)

    receipt_id = await database.run(join)
    await database.run(lambda tx: tx.privacy.erase(chat.person_id))
    facts = await database.read(lambda tx: tx.facts.current(organisation_id))
    assert facts["note"].stated_by == "erased"
    left = await database.read(lambda tx: tx.receipts.of_organisation(organisation_id))
    assert [receipt.id for receipt in left] == [receipt_id]
    await database.run(lambda tx: tx.privacy.erase(colleague.person_id))
    with pytest.raises(NotFound):
        await database.read(lambda tx: tx.organisations.get(organisation_id))


async def test_what_people_without_consent_left_is_purged_in_time(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: a_life(tx, chat, consent=False))
    known = await database.run(lambda tx: tx.chats.open("web", "another-browser", "zh_CN", NOW))
    await database.run(lambda tx: a_life(tx, known))
    assert await database.run(lambda tx: tx.privacy.purge_unconsented(NOW)) == 0
    removed = await database.run(lambda tx: tx.privacy.purge_unconsented(NOW + timedelta(hours=24)))
    # a receipt, a message, a conversation, an update, and the chat itself
    assert removed == 5
    with pytest.raises(NotFound):
        await database.read(lambda tx: tx.chats.get(chat.id))
    with pytest.raises(NotFound):
        await database.read(lambda tx: tx.people.get(chat.person_id))
    assert len(await database.read(lambda tx: tx.conversations.of_chat(known.id))) == 1


async def test_a_chat_with_an_open_session_is_emptied_and_stays(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: a_life(tx, chat, consent=False))
    await database.run(lambda tx: tx.sessions.create(hash_token("t"), chat.id, NOW, NOW + timedelta(days=7)))
    await database.run(lambda tx: tx.privacy.purge_unconsented(NOW + timedelta(hours=24)))
    assert (await database.read(lambda tx: tx.chats.get(chat.id))) == chat
    assert await database.read(lambda tx: tx.outbox.all(chat.id)) == ()


async def test_no_personal_text_ever_stands_in_the_files(tmp_path: Path) -> None:
    async with await open_database(tmp_path) as database:
        chat = await database.run(lambda tx: tx.chats.open("web", "a-browser", "zh_CN", NOW))
        await database.run(lambda tx: a_life(tx, chat))
        assert found_in(tmp_path, *(secret.encode() for secret in SECRETS)) == []
        # ASCII-escaped, as JSON may write it, it must not be there either.
        assert found_in(tmp_path, *(json.dumps(secret)[1:-1].encode() for secret in SECRETS)) == []


async def test_an_erased_key_and_its_sealed_values_leave_database_and_log(tmp_path: Path) -> None:
    async with await open_database(tmp_path) as database:
        chat = await database.run(lambda tx: tx.chats.open("web", "a-browser", "zh_CN", NOW))
        await database.run(lambda tx: a_life(tx, chat))
        sealed = sealed_bytes(tmp_path)
        assert len(found_in(tmp_path, *sealed)) == len(sealed)
        await database.run(lambda tx: tx.privacy.erase(chat.person_id))
        assert found_in(tmp_path, *sealed) == []


def found_in(folder: Path, *needles: bytes) -> list[bytes]:
    haystack = b"".join(path.read_bytes() for path in folder.iterdir())
    return [needle for needle in needles if needle in haystack]


def sealed_bytes(folder: Path) -> list[bytes]:
    """The data keys, and everything sealed with them, as they stand in the database."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "zhuoyue.sqlite3")) as connection:
        rows = [
            connection.execute("SELECT data_key, name, phone, email FROM people").fetchone(),
            connection.execute(
                "SELECT data_key, name, credit_code, credit_code_index FROM organisations"
            ).fetchone(),
            connection.execute("SELECT answers, subject FROM conversations").fetchone(),
            connection.execute("SELECT message FROM outbox").fetchone(),
            connection.execute("SELECT receipt FROM receipts").fetchone(),
        ]
    return [value for row in rows for value in row]
