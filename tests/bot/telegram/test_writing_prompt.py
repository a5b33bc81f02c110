"""Where something has to be written, the keyboard opens by itself after a press, and only then."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.telegram.living import Shown
from tests.support.telegram import Bot, Chatter
from tests.support.telegram_api.faults import Fault

LINE = "请在这里输入您的回答。"


def lines(chatter: Chatter) -> list[str]:
    """The lines that ask to write and are still there."""
    return [message.text for message in chatter.person.received() if message.text == LINE]


def test_after_a_press_the_keyboard_opens_and_after_writing_the_line_is_gone(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts("organisation")
    wang.chooses("yes")
    assert wang.state == "name"
    wang.waits_until(lambda: len(lines(wang)) == 1)
    forced = [one for one in bot.api.record.of("sendMessage") if "force_reply" in str(one.parameters)]
    assert len(forced) == 1
    wang.types("示例精工")
    wang.waits_until(lambda: lines(wang) == [])
    assert wang.state != "name"


def test_the_line_goes_away_when_one_goes_back_by_a_button(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts("organisation")
    wang.chooses("yes")
    wang.waits_until(lambda: len(lines(wang)) == 1)
    wang.chooses("@back")
    wang.waits_until(lambda: lines(wang) == [])
    assert wang.state != "name"


def test_who_has_just_written_gets_no_line(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts("organisation")
    wang.types("1")
    assert wang.state == "name"
    assert lines(wang) == []


def test_a_line_that_cannot_be_sent_stops_nothing(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts("organisation")
    bot.api.faults.plan(Fault.SERVER_ERROR, method="sendMessage")
    wang.chooses("yes")
    assert wang.state == "name"
    wang.types("示例精工")
    assert wang.state != "name"
    assert lines(wang) == []


def test_what_is_noted_of_the_line_is_read_back() -> None:
    shown = Shown((4, 5), datetime(2026, 11, 21, tzinfo=UTC), 7, keep=True, begun=9, prompt=6)
    assert Shown.of(shown.note(3)) == shown
