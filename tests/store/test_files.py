"""Files in the store: sealed, named by us, and gone when nothing needs them."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.privacy.sealing import BrokenSeal
from domain.store import Chat, Database, NotFound, StoredAnswer, StoredFile, Transaction
from domain.uploads import Received
from scheduler.housekeeping import Retention, housekeeping
from tests.store.conftest import NOW
from tests.support import documents
from tests.support.database import open_database

CONTENT = documents.pdf("高新技术企业证书" * 20)
FILE = Received("高企证书 王芳.pdf", "pdf", CONTENT)
RETENTION = Retention(
    session_idle=timedelta(hours=12), unconsented=timedelta(hours=24), consented=timedelta(days=1095)
)
LATER = NOW + timedelta(days=1, minutes=1)


def hands_in(tx: Transaction, chat: Chat, *, named: bool = True) -> StoredFile:
    """A file for a conversation that names it in an answer."""
    begun = tx.conversations.start(chat.id, "papers", 1, {}, NOW)
    file = tx.files.add(chat.id, begun.id, FILE, NOW)
    if named:
        answer = StoredAnswer("papers", [{"file": file.id}], FILE.name, NOW)
        tx.conversations.save(replace(begun, answers=(answer,)), 0)
    return file


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("*.sqlite3*"))


def forget_loose(tx: Transaction) -> int:
    chore = next(one for one in housekeeping(RETENTION) if one.id == "forget_loose_files")
    return chore.work(tx, now=LATER)


async def test_a_file_comes_back_as_it_was(database: Database, chat: Chat) -> None:
    file = await database.run(lambda tx: hands_in(tx, chat))
    assert (file.name, file.kind, file.size, file.sha256) == (FILE.name, "pdf", len(CONTENT), FILE.sha256)
    assert await database.read(lambda tx: tx.files.get(file.id)) == file
    assert await database.read(lambda tx: tx.files.named(file.stored_name)) == file
    assert await database.read(lambda tx: tx.files.of_chat(chat.id)) == (file,)
    assert await database.read(lambda tx: tx.files.content(file.id)) == CONTENT
    assert await database.read(lambda tx: tx.files.get(file.id + 1)) is None
    assert await database.read(lambda tx: tx.files.named("nothing")) is None
    with pytest.raises(NotFound):
        await database.read(lambda tx: tx.files.content(file.id + 1))


async def test_our_name_says_nothing_of_theirs_and_is_never_the_same(database: Database, chat: Chat) -> None:
    one = await database.run(lambda tx: hands_in(tx, chat))
    other = await database.run(lambda tx: hands_in(tx, chat))
    assert one.stored_name != other.stored_name
    assert len(one.stored_name) == 36
    assert one.stored_name.endswith(".pdf")


async def test_neither_name_nor_content_lies_in_the_clear(tmp_path: Path) -> None:
    async with await open_database(tmp_path) as database:
        chat = await database.run(lambda tx: tx.chats.open("web", "a", "zh_CN", NOW))
        await database.run(lambda tx: hands_in(tx, chat))
    raw = await asyncio.to_thread(everything_in, tmp_path)
    assert FILE.name.encode() not in raw
    assert "高新技术企业证书".encode() not in raw


async def test_the_file_of_one_person_does_not_open_for_another(database: Database, chat: Chat) -> None:
    file = await database.run(lambda tx: hands_in(tx, chat))
    other = await database.run(lambda tx: tx.chats.open("web", "somebody else", "en", NOW))

    def steal(tx: Transaction) -> None:
        key, theirs = tx.files._context.chat_key(other.id), tx.files._context.chat_key(chat.id)
        key.open_bytes(theirs.seal_bytes(b"x", "files.content"), "files.content")

    with pytest.raises(BrokenSeal):
        await database.read(steal)
    assert file.chat_id != other.id


async def test_the_export_holds_the_file_itself(database: Database, chat: Chat) -> None:
    file = await database.run(lambda tx: hands_in(tx, chat))
    exported = await database.read(lambda tx: tx.privacy.export(chat.person_id))
    ((told,),) = (one["files"] for one in json.loads(json.dumps(exported))["chats"])
    assert told["name"] == FILE.name
    assert told["download"] == f"/files/{file.stored_name}"
    assert base64.b64decode(told["content_base64"]) == CONTENT


async def test_erasing_a_person_erases_their_files_kept_or_not(database: Database, chat: Chat) -> None:
    kept = await database.run(lambda tx: hands_in(tx, chat))
    await database.run(lambda tx: hands_in(tx, chat))
    await database.run(lambda tx: tx.files.keep(kept.id, "application:1"))
    await database.run(lambda tx: tx.privacy.erase(chat.person_id))
    assert await database.read(lambda tx: tx.files.of_chat(chat.id)) == ()


async def test_without_consent_a_file_lives_as_long_as_its_conversation(
    database: Database, chat: Chat
) -> None:
    file = await database.run(lambda tx: hands_in(tx, chat))
    await database.run(lambda tx: tx.conversations.touch(chat.id, LATER))
    await database.run(lambda tx: tx.privacy.purge_unconsented(NOW + timedelta(hours=1)))
    assert await database.read(lambda tx: tx.files.get(file.id)) == file
    await database.run(lambda tx: tx.privacy.purge_unconsented(LATER + timedelta(hours=1)))
    assert await database.read(lambda tx: tx.files.get(file.id)) is None


async def test_with_consent_a_file_stays(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: tx.people.set_consent(chat.person_id, "given", NOW))
    file = await database.run(lambda tx: hands_in(tx, chat))
    await database.run(lambda tx: tx.privacy.purge_unconsented(LATER))
    assert await database.run(forget_loose) == 0
    assert await database.read(lambda tx: tx.files.get(file.id)) == file


async def test_a_file_no_answer_names_is_removed_after_a_day(database: Database, chat: Chat) -> None:
    named = await database.run(lambda tx: hands_in(tx, chat))
    loose = await database.run(lambda tx: hands_in(tx, chat, named=False))
    assert await database.run(forget_loose) == 1
    assert await database.read(lambda tx: tx.files.of_chat(chat.id)) == (named,)
    assert await database.read(lambda tx: tx.files.get(loose.id)) is None


async def test_the_files_of_a_conversation_that_is_over_go_unless_something_keeps_them(
    database: Database, chat: Chat
) -> None:
    over = await database.run(lambda tx: hands_in(tx, chat))
    needed = await database.run(lambda tx: hands_in(tx, chat))

    def end(tx: Transaction) -> None:
        tx.files.keep(needed.id, "application:7")
        for conversation in tx.conversations.of_chat(chat.id):
            tx.conversations.end(conversation.id)

    await database.run(end)
    await database.run(lambda tx: tx.conversations.purge_ended(LATER))
    assert await database.run(forget_loose) == 1
    (left,) = await database.read(lambda tx: tx.files.of_chat(chat.id))
    assert (left.id, left.conversation_id, left.kept_for) == (needed.id, None, "application:7")
    assert over.id != left.id
    await database.run(lambda tx: tx.files.keep(needed.id, None))
    assert await database.run(forget_loose) == 1
    with pytest.raises(NotFound):
        await database.run(lambda tx: tx.files.keep(needed.id, "application:7"))
