"""Announcements on Telegram: a message of one's own for each, with buttons that answer where they stand."""

from __future__ import annotations

from datetime import timedelta

from bot.assembly import clockwork
from bot.house import House
from bot.telegram.callback_data import CardPress, unpack
from dialogs.announcement_acts import write_announcement
from dialogs.staff_commands import WriteAnnouncement
from domain.announcements import Audience, Texts
from domain.rounds import Bilingual
from domain.staff import OPERATOR
from domain.store import Transaction
from scheduler.clockwork import Clockwork
from tests.support.reminding import HANGZHOU
from tests.support.telegram import Bot, Chatter
from tests.support.telegram_api.sight import Seen

TEXTS = Texts(
    Bilingual("培训通知", "Training"), Bilingual("三月开班。\n<请报名> & *准时*。", "It begins in March.")
)


def sends(bot: Bot) -> int:
    """An officer sends an announcement."""

    def write(tx: Transaction) -> int:
        command = WriteAnnouncement(TEXTS, Audience(programme=HANGZHOU), send=True)
        return write_announcement(tx, OPERATOR, command, bot.clock.now()).id

    return bot.run(lambda house: house.database.run(write))


def cards_of(chatter: Chatter) -> list[Seen]:
    """The cards in a chat, as they are shown now."""
    return [
        message
        for message in chatter.person.received()
        if any(isinstance(unpack(button.data or ""), CardPress) for button in message.buttons)
    ]


def test_the_clockwork_brings_it_as_a_message_of_its_own_and_it_is_stopped_there(bot: Bot) -> None:
    bot.clock.advance(timedelta(days=2))
    wang = Chatter(bot)
    wang.starts(HANGZHOU)
    for key in ("dates", "remind"):
        wang.chooses(key)
    living, before = wang.living, wang.last_id
    number = sends(bot)

    async def begin(house: House) -> Clockwork:
        work = clockwork(house)
        work.start()
        return work

    async def end(_house: House) -> None:
        work.stop()

    work = bot.run(begin)
    try:
        wang.waits_until(lambda: wang.last_id > before and wang.is_quiet)
    finally:
        bot.run(end)
    (card,) = cards_of(wang)
    assert "培训通知" in card.text
    assert "<请报名> & *准时*。" in card.text
    assert card.labels == ("查看", "不再接收该项目的通知")
    assert wang.living.id == living.id
    wang.presses("不再接收该项目的通知", on=card)
    (card,) = cards_of(wang)
    assert "您不会再收到这类通知。" in card.text
    assert card.labels == ("查看", "恢复接收这类通知")
    assert wang.living.id == living.id

    def left(tx: Transaction) -> tuple[int, bool]:
        return tx.audiences.count(Audience(programme=HANGZHOU)), tx.recipients.received(
            number, wang.chat or 0
        )

    assert bot.run(lambda house: house.database.read(left)) == (0, True)
