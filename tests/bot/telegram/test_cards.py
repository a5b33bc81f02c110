"""Cards on Telegram: messages of their own, answered where they stand; the living message stays what it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.telegram.callback_data import CardPress, pack, unpack
from domain.rounds import Bilingual, Terms, announce, open_round
from domain.store import Transaction
from tests.support.reminding import HANGZHOU, ZHENGZHOU
from tests.support.telegram import Bot, Chatter
from tests.support.telegram_api.sight import Seen

MONDAY = date(2026, 11, 23)
CLOSES = MONDAY + timedelta(days=14)
"""Two weeks after the first working day on which something can be said."""


def announces(bot: Bot, closes: date = CLOSES) -> None:
    """An officer announces a round of the Hangzhou award."""
    terms = Terms(
        name=Bilingual("2027年第一批", "First round of 2027"),
        closes_safe=closes,
        hand_in=Bilingual("所在区县市场监管局", "the county bureau"),
        contact=Bilingual("质量发展处", "Quality office"),
    )

    def carry_out(tx: Transaction) -> None:
        draft = tx.rounds.carry_out(open_round(HANGZHOU, "", terms, "新一批"), None, bot.clock.now())
        tx.rounds.carry_out(announce(draft, "通知", bot.clock.today()), None, bot.clock.now())
        tx.replanning.all_of_programme(HANGZHOU, "round", bot.clock.now())

    bot.run(lambda house: house.database.run(carry_out))


def speaks(bot: Bot, chatter: Chatter) -> None:
    """The clockwork says what is due in a chat, and it is carried there."""
    chat = chatter.chat
    assert chat is not None
    before = chatter.last_id

    def say(tx: Transaction) -> None:
        assert bot.house is not None
        assert bot.house.speaker is not None
        bot.house.speaker.say(tx, chat, bot.clock.now())

    bot.run(lambda house: house.database.run(say))
    chatter.waits_until(lambda: chatter.last_id > before and chatter.is_quiet)


def card_of(chatter: Chatter) -> Seen:
    """The card that came last, as it is shown now."""
    for message in reversed(chatter.person.received()):
        if any(isinstance(unpack(button.data or ""), CardPress) for button in message.buttons):
            return message
    raise AssertionError(f"no card among {chatter.person.texts()}")


@pytest.fixture
def wang(bot: Bot) -> Chatter:
    """Somebody who asked to be reminded of the Hangzhou award and of nothing but closing days."""
    chatter = Chatter(bot)
    chatter.starts(HANGZHOU)
    for key in ("dates", "remind", "settings", "kinds", "k:round_announced", "@done"):
        chatter.chooses(key)
    announces(bot)
    bot.clock.advance(timedelta(days=2))
    return chatter


def test_a_reminder_is_a_message_of_its_own_below_the_living_one(bot: Bot, wang: Chatter) -> None:
    living = wang.living
    speaks(bot, wang)
    card = card_of(wang)
    assert card.id > living.id
    assert "杭州市政府质量奖 2027年第一批：申报截止 · 还有 14 天" in card.text
    assert "2026年12月7日（周一）" in card.text
    assert "您要求提醒这个项目" in card.text
    assert card.labels == ("查看", "已办好", "3 天后再提醒", "换个时间提醒…", "不再提醒这类")
    # The screen above can still be answered; being of the day before, it is shown at the end of the chat from now on.
    assert wang.living.id == living.id
    wang.chooses("quiet")
    living = wang.living
    assert living.id > card.id
    # A press on the card leaves it the living message: it is edited where it stands.
    wang.presses("换个时间提醒…", on=card_of(wang))
    wang.chooses("@back")
    assert wang.living.id == living.id


def test_a_press_is_shown_in_the_card_itself_and_moves_nothing(bot: Bot, wang: Chatter) -> None:
    speaks(bot, wang)
    card, living, screen = card_of(wang), wang.living, wang.screen
    wang.presses("换个时间提醒…", on=card)
    assert card_of(wang).id == card.id
    assert card_of(wang).labels == ("1 天后再提醒", "3 天后再提醒", "7 天后再提醒", "14 天后再提醒", "返回")
    wang.presses("7 天后再提醒", on=card_of(wang))
    assert "2026年11月30日再提醒您" in card_of(wang).text
    wang.presses("已办好", on=card_of(wang))
    assert "已记下：此事已办好" in card_of(wang).text
    assert card_of(wang).labels == ("查看",)
    assert (wang.living.id, wang.screen) == (living.id, screen)
    assert [one.id for one in wang.person.received()][-1] == card.id, "nothing new was sent"


def test_a_button_that_is_gone_or_pressed_twice_changes_nothing(bot: Bot, wang: Chatter) -> None:
    speaks(bot, wang)
    card = card_of(wang)
    done = card.button("已办好").data or ""
    wang.presses("已办好", on=card)
    wang.person.press_data(card, done)
    wang.waits_until(lambda: "之前已记下" in card_of(wang).text)
    wang.person.press_data(card, pack(CardPress("r99999", "done")))
    wang.waits_until(lambda: any("已经过时" in one.text for one in wang.person.received()))


def test_open_it_shows_the_programme_at_the_end_of_the_chat(bot: Bot, wang: Chatter) -> None:
    speaks(bot, wang)
    card = card_of(wang)
    wang.presses("查看", on=card)
    assert wang.screen.dialog == "programme"
    assert wang.living.id > card.id
    assert "查看" in card_of(wang).labels


def test_a_card_speaks_the_language_of_when_it_is_pressed(bot: Bot, wang: Chatter) -> None:
    speaks(bot, wang)
    card = card_of(wang)
    wang.types("/language")
    wang.presses("不再提醒这类", on=card)
    assert card_of(wang).id == card.id
    assert "You will hear no more of “Closing of applications”" in card_of(wang).text
    assert card_of(wang).labels == ("Hear of it again", "Open it")


def test_a_card_that_can_no_longer_be_edited_is_sent_anew(bot: Bot, wang: Chatter) -> None:
    speaks(bot, wang)
    card = card_of(wang)
    done = card.button("已办好").data or ""
    wang.person.delete_history()
    wang.person.press_data(card, done)
    wang.waits_until(lambda: any("已记下" in one.text for one in wang.person.received()))


def test_nobody_else_answers_a_card(bot: Bot, wang: Chatter) -> None:
    speaks(bot, wang)
    done = card_of(wang).button("已办好").data or ""
    li = Chatter(bot, "李雷")
    li.starts()
    li.person.press_data(li.living, done)
    li.waits_until(lambda: any("已经过时" in one.text for one in li.person.received()))
    wang.presses("已办好", on=card_of(wang))
    assert "已记下：此事已办好" in card_of(wang).text


def test_what_is_coming_is_a_command_and_the_calendar_a_document(bot: Bot) -> None:
    chatter = Chatter(bot)
    chatter.starts(ZHENGZHOU)
    chatter.chooses("dates")
    chatter.chooses("remind")
    chatter.types("/reminders")
    assert (chatter.screen.dialog, chatter.screen.state) == ("reminders", "dates")
    chatter.chooses("calendar")
    chatter.presses("📄 日历文件（.ics）", on=chatter.living)
    chatter.waits_until(
        lambda: any(one.file_name == "zhuoyue-dates.ics" for one in chatter.person.received())
    )
    assert not any("/calendar" in (button.data or "") for button in chatter.living.buttons)


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "近期日期与提醒设置"), ("en", "What is coming, and what I remind you of")],
)
def test_the_menu_of_commands_has_it_in_every_language(bot: Bot, language: str, said: str) -> None:
    chatter = Chatter(bot, "李雷", language)
    chatter.starts("reminders")
    assert chatter.screen.dialog == "reminders"
    chatter.waits_until(lambda: chatter.person.menu.get("reminders") == said)


def test_a_digest_stops_a_kind_where_it_stands(bot: Bot) -> None:
    chatter = Chatter(bot)
    chatter.starts(HANGZHOU)
    for key in ("dates", "remind"):
        chatter.chooses(key)
    announces(bot)
    bot.clock.advance(timedelta(days=2))
    speaks(bot, chatter)
    card = card_of(chatter)
    assert card.labels[-1] == "不再提醒某一类…"
    chatter.presses("不再提醒某一类…", on=card)
    assert card_of(chatter).labels == (
        "不再提醒“申报批次发布”",
        "不再提醒“申报截止”",
        "提醒设置",
        "返回",
    )
    chatter.presses("不再提醒“申报批次发布”", on=card_of(chatter))
    assert "恢复提醒“申报批次发布”" in card_of(chatter).labels
    chatter.presses("返回", on=card_of(chatter))
    assert card_of(chatter).labels == card.labels
