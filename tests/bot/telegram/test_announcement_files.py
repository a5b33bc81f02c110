"""The file of an announcement on Telegram: sent here by an officer, brought as a document to whoever presses for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.assembly import clockwork
from bot.house import House
from bot.telegram.callback_data import Paper, unpack
from domain.store import Transaction
from scheduler.clockwork import Clockwork
from tests.bot.telegram.test_announcements import cards_of
from tests.support import documents
from tests.support.reminding import HANGZHOU
from tests.support.staff import OF_HANGZHOU
from tests.support.telegram import Bot, Chatter, a_bot
from tests.support.telegram_api import files
from tests.support.telegram_api.faults import Fault
from tests.support.telegram_api.sight import Seen

FORM = documents.pdf("申报书")
LABEL = "📄 申报书.pdf"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    with a_bot(tmp_path / "data") as running:
        running.clock.advance(timedelta(days=2))  # a working day
        yield running


def a_reader(bot: Bot, name: str) -> Chatter:
    """Somebody who asked to hear of the programme."""
    reader = Chatter(bot, name)
    reader.starts()
    chat, now = reader.chat or 0, bot.clock.now()

    def ask(tx: Transaction) -> None:
        tx.reminder_preferences.subscribe(chat, HANGZHOU, wanted=True, now=now)

    bot.run(lambda house: house.database.run(ask))
    return reader


def an_officer(bot: Bot) -> Chatter:
    officer = Chatter(bot, "陈处")
    officer.starts()
    chat, now = officer.chat or 0, bot.clock.now()

    def join(tx: Transaction) -> int:
        return tx.staff.add(tx.chats.get(chat).person_id, OF_HANGZHOU, now, None)

    bot.run(lambda house: house.database.run(join))
    return officer


def document(bot: Bot, name: str, content: bytes) -> dict[str, Any]:
    world = bot.api.world
    with world.lock:
        return {"document": files.document(world.keep(name, "application/pdf", content, None))}


def writes(officer: Chatter) -> None:
    """Write an announcement with a file, up to the look at it."""
    officer.types("/menu")
    for key in ("announcements", "new", "hz", "everybody", "whole"):
        officer.chooses(key)
    for text in ("培训通知 | Training", "三月开班。", "It begins in March."):
        officer.types(text)
    assert officer.state == "file"
    officer.sends(document(officer.bot, "申报书.pdf", FORM))
    assert officer.state == "preview"
    assert LABEL in officer.living.labels


def announces(officer: Chatter) -> None:
    """Write an announcement with a file, look at it, and send it."""
    writes(officer)
    officer.chooses("send")


def brought(bot: Bot, *readers: Chatter) -> list[Seen]:
    """The clockwork goes until everybody has the card."""

    async def begin(house: House) -> Clockwork:
        work = clockwork(house)
        work.start()
        return work

    async def end(_house: House) -> None:
        work.stop()

    work = bot.run(begin)
    try:
        for reader in readers:
            reader.waits_until(lambda reader=reader: bool(cards_of(reader)) and reader.is_quiet)  # type: ignore[misc]
    finally:
        bot.run(end)
    return [cards_of(reader)[0] for reader in readers]


def uploads(bot: Bot) -> int:
    """How often the file itself was carried to Telegram."""
    sent = [str(one.parameters["document"]) for one in bot.api.record.of("sendDocument") if one.ok]
    return sum(document not in bot.api.world.files for document in sent)


def received(reader: Chatter) -> list[tuple[str, bytes]]:
    """The documents somebody has, with their content."""
    world = reader.bot.api.world
    with world.lock:
        sent = [
            message.content["document"]
            for message in reader.person.chat.messages.values()
            if message.sender is world.bot and "document" in message.content
        ]
        return [(one["file_name"], world.files[one["file_id"]].content) for one in sent]


def test_whoever_presses_gets_the_document_and_it_is_carried_to_telegram_once(bot: Bot) -> None:
    readers = [a_reader(bot, name) for name in ("王芳", "李军", "赵敏")]
    announces(an_officer(bot))
    cards = brought(bot, *readers)
    assert uploads(bot) == 0, "nobody has asked for it yet"
    for reader, card in zip(readers, cards, strict=True):
        assert LABEL in card.labels
        reader.presses(LABEL, on=card)
        assert received(reader) == [("申报书.pdf", FORM)]
        reader.sees("通知附件：培训通知")
    assert (uploads(bot), bot.api.record.count("sendDocument")) == (1, 3)


def test_who_press_at_once_wait_for_the_one_who_carries_it(bot: Bot) -> None:
    readers = [a_reader(bot, name) for name in ("王芳", "李军", "赵敏", "钱进")]
    announces(an_officer(bot))
    cards = brought(bot, *readers)
    bot.api.faults.plan(Fault.DELAY, method="sendDocument", times=1, seconds=1.0)
    for reader, card in zip(readers, cards, strict=True):
        reader.person.press(LABEL, card)
    for reader in readers:
        reader.waits_until(lambda reader=reader: bool(received(reader)))  # type: ignore[misc]
    assert [received(reader) for reader in readers] == [[("申报书.pdf", FORM)]] * 4
    assert uploads(bot) == 1


def test_a_draft_is_changed_and_gets_another_file_before_it_is_sent(bot: Bot) -> None:
    reader, officer = a_reader(bot, "王芳"), an_officer(bot)
    writes(officer)
    for key in ("save", "announcement:1", "edit", "title", "file", "@done"):
        officer.chooses(key)
    officer.types("改期通知 | Moved")
    other = documents.pdf("改")
    officer.sends(document(bot, "改期.pdf", other))
    assert officer.state == "preview"
    officer.sees("改期通知", "三月开班。")
    assert "📄 改期.pdf" in officer.living.labels
    officer.chooses("send")
    (card,) = brought(bot, reader)
    assert "改期通知" in card.text
    reader.presses("📄 改期.pdf", on=card)
    assert received(reader) == [("改期.pdf", other)]


def test_the_conversation_goes_on_where_it_is_while_a_document_comes(bot: Bot) -> None:
    reader = a_reader(bot, "王芳")
    announces(an_officer(bot))
    (card,) = brought(bot, reader)
    reader.types("/menu")
    before = reader.living
    reader.presses(LABEL, on=card)
    assert received(reader)
    assert (reader.living.id, reader.living.labels) == (before.id, before.labels)


def test_a_file_telegram_knows_no_more_is_carried_once_more(bot: Bot) -> None:
    reader, other = a_reader(bot, "王芳"), a_reader(bot, "李军")
    announces(an_officer(bot))
    cards = brought(bot, reader, other)
    reader.presses(LABEL, on=cards[0])

    def forget(tx: Transaction) -> None:
        (file,) = (one for chat in range(1, 4) for one in tx.files.of_chat(chat))
        place = f"telegram:{bot.api.world.bot.id}"
        assert tx.files.reference(file.id, place)
        tx.files.refer(file.id, place, "AgADnothing")

    bot.run(lambda house: house.database.run(forget))
    other.presses(LABEL, on=cards[1])
    assert received(other) == [("申报书.pdf", FORM)]
    assert uploads(bot) == 2
    reader.presses(LABEL, on=cards[0])
    assert (len(received(reader)), uploads(bot)) == (2, 2)


def test_to_whom_it_did_not_go_there_is_no_document(bot: Bot) -> None:
    reader, outsider = a_reader(bot, "王芳"), Chatter(bot, "李军")
    outsider.starts()
    announces(an_officer(bot))
    (card,) = brought(bot, reader)
    (button,) = (one for one in card.buttons if isinstance(unpack(one.data or ""), Paper))
    before = len(outsider.person.received())
    outsider.person.press_data(outsider.living, button.data or "")
    outsider.waits_until(lambda: len(outsider.person.received()) > before and outsider.is_quiet)
    outsider.sees("这份文件已经不在了。")
    assert received(outsider) == []
