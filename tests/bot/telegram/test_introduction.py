"""What Telegram shows of the bot before anybody wrote to it, and what never shows."""

from __future__ import annotations

from bot.telegram.commands import introductions
from locales.words import Catalogues
from tests.support.telegram import Bot, Chatter
from tests.support.telegram_api import Fault


def test_every_text_fits_into_its_place() -> None:
    for one in introductions(Catalogues.load(), "zh_CN"):
        assert 0 < len(one.description) <= 512
        assert 0 < len(one.about) <= 120
        for name, text in (*one.private, *one.group):
            assert name == name.lower()
            assert 0 < len(text) <= 256


def test_the_menu_is_set_for_each_language_and_kind_of_chat_and_only_once(bot: Bot) -> None:
    record = bot.api.record
    bot.api.wait_until(lambda: len(record.of("getMyShortDescription")) == 3)
    asked = {
        (one.parameters.get("language_code"), str(one.parameters["scope"]))
        for one in record.of("setMyCommands")
    }
    assert len(asked) == len(record.of("setMyCommands")) >= 4
    bot.api.wait_until(
        lambda: "en" in {one.parameters.get("language_code") for one in record.of("setMyShortDescription")}
    )
    Chatter(bot).starts()
    before = len(record.of("setMyCommands"))
    bot.restart()
    bot.api.wait_until(lambda: len(record.of("getMyShortDescription")) == 6)
    assert len(record.of("setMyCommands")) == before


def test_the_token_never_reaches_the_log(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    for fault in (Fault.DROP_BEFORE, Fault.GARBAGE, Fault.SERVER_ERROR, Fault.TOO_MANY_REQUESTS):
        bot.api.faults.plan(fault, method="getUpdates", seconds=0.5)
    for fault in (Fault.GARBAGE, Fault.SERVER_ERROR):
        bot.api.faults.plan(fault, method="sendMessage")
    wang.types("/help")
    bot.api.stop()
    wang.person.type("/menu")
    bot.api.start()
    wang.waits_until(lambda: wang.person.texts()[-1:] != [])
    wang.types("/help")
    said = bot.log.getvalue()
    assert "telegram" in said
    secret = bot.api.token.partition(":")[2]
    assert secret not in said
    assert all(secret not in row.error for row in bot.read(lambda tx: tx.deliveries.list()))
