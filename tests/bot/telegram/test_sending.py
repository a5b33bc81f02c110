"""What Telegram may say to a message, and what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.telegram.calls import Calls
from bot.telegram.failures import AnswerLostError, NotSentError
from bot.telegram.verdicts import Floods, verdict
from scheduler.sending import Gone, Moved, Receipt, Refused, TryAgain, Unsure, Wait
from tests.support.platform import Platform
from tests.support.telegram import Bot, Chatter
from tests.support.telegram_api import Fault

PROGRAMME = "zhengzhou-incubation-base"


@pytest.mark.parametrize(
    ("error", "receipt"),
    [
        (RetryAfter(7), Wait(7, "chat")),
        (ChatMigrated(-100), Moved("-100")),
        (Forbidden("Forbidden: bot was blocked by the user"), Gone("Forbidden: bot was blocked by the user")),
        (InvalidToken("Unauthorized"), Wait(60, "all")),
        (BadRequest("Chat not found"), Gone("Chat not found")),
        (BadRequest("message is too long"), Refused("message is too long")),
        (BadRequest('unsupported start tag "secret text" here'), Refused("unsupported start tag … here")),
        (NotSentError("no connection"), TryAgain("no connection")),
        (AnswerLostError("no answer"), Unsure("no answer")),
        (NetworkError("Bad Gateway"), TryAgain("Telegram has a problem of its own (5xx)")),
        (Conflict("Conflict"), Unsure("Telegram's answer could not be read")),
        (TelegramError("Invalid server response"), Unsure("Telegram's answer could not be read")),
    ],
)
def test_every_kind_of_error_has_its_consequence(error: TelegramError, receipt: Receipt) -> None:
    assert verdict(error, 1, Floods()) == receipt


def test_an_edit_whose_answer_was_lost_is_simply_done_again() -> None:
    assert verdict(AnswerLostError("no answer"), 1, Floods(), harmless=True) == TryAgain("no answer")


def test_one_chat_is_held_alone_and_two_at_once_mean_all() -> None:
    now = [0.0]
    floods = Floods(lambda: now[0])
    assert floods.scope(1, 5) == "chat"
    assert floods.scope(1, 5) == "chat"
    assert floods.scope(2, 5) == "all"
    now[0] = 6
    assert floods.scope(3, 5) == "chat"


def test_a_living_message_that_was_deleted_is_sent_again(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    before, screen = wang.living, wang.screen
    with bot.api.world.lock:
        bot.api.world.chats[wang.person.id].messages.pop(before.id)
    wang.types("/where")
    assert wang.living.id > before.id
    assert wang.screen.revision == screen.revision


def test_who_writes_while_a_message_is_still_being_sent_is_answered_below_what_they_wrote(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    known = wang.person.last.id
    # Telegram shows the message at once, and says so a second later.
    bot.api.faults.plan(Fault.DELAY, method="sendMessage", times=1, seconds=1.0)
    wang.person.type("/help")
    wang.waits_until(lambda: wang.person.last.id > known)
    shown = wang.person.last.id
    wang.person.type("/help")
    wang.waits_until(lambda: wang.person.last.id > shown)
    wang.waits_until(lambda: wang.is_quiet)
    said = [
        message.id for message in wang.person.chat.messages.values() if message.sender is wang.person.user
    ]
    assert said[-1] < wang.person.last.id
    assert wang.chooses("@back").id == wang.person.last.id


def test_the_same_screen_again_is_no_error(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    first = wang.chooses("@help")
    assert wang.chooses("@help").id == first.id
    assert (
        bot.read(lambda tx: [row for row in tx.deliveries.list() if row.state in {"dead", "unknown"}]) == []
    )


@pytest.mark.parametrize(
    "fault",
    [Fault.DROP_BEFORE, Fault.SERVER_ERROR, Fault.SERVER_ERROR_JSON, Fault.TOO_MANY_REQUESTS, Fault.DELAY],
)
def test_a_message_that_did_not_arrive_is_sent_once_it_can_be(bot: Bot, fault: Fault) -> None:
    wang = Chatter(bot)
    wang.starts()
    bot.api.faults.plan(fault, method="sendMessage", times=1, seconds=1)
    wang.types("/help")
    wang.sees("随时可以输入")
    assert not any(request.early for request in bot.api.record.requests)


@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.GARBAGE])
def test_a_message_of_which_nobody_knows_is_sent_twice_at_most(bot: Bot, fault: Fault) -> None:
    wang = Chatter(bot)
    wang.starts()
    bot.api.faults.plan(fault, method="sendMessage", times=1)
    wang.types("/help")
    shown = [text for text in wang.person.texts() if "随时可以输入" in text]
    assert 1 <= len(shown) <= 2


@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.GARBAGE, Fault.SERVER_ERROR])
def test_an_edit_that_fails_is_repeated_without_a_second_message(bot: Bot, fault: Fault) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    count = len(wang.person.received())
    bot.api.faults.plan(fault, method="editMessageText", times=1)
    wang.chooses("@unsure")
    assert len(wang.person.received()) == count
    assert "@unsure" not in wang.living.text


def test_a_long_screen_goes_on_where_it_broke_off(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    while wang.state.startswith("f:"):
        wang.chooses("@unsure")
    wang.types("/menu")
    wang.starts(PROGRAMME)
    count = len(wang.person.received())
    bot.api.faults.plan(Fault.SERVER_ERROR, method="sendMessage", times=1)
    wang.types("/where")
    assert len(wang.person.received()) >= count


def test_who_waits_long_sees_that_something_is_written(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    bot.api.faults.plan(Fault.DELAY, method="sendMessage", times=1, seconds=2)
    wang.types("/help")
    assert bot.api.record.of("sendChatAction", wang.person.id)


def test_the_phone_number_can_be_shared_with_a_key(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    wang.chooses("organisation")
    wang.chooses("yes")
    wang.types("河南精工")
    for _ in range(12):
        if wang.state == "phone":
            break
        keys = {choice.key for choice in wang.screen.choices}
        if "skip" in keys:
            wang.chooses("skip")
        elif wang.state == "contact":
            wang.chooses("yes")
        else:
            first = next(
                key for key in (choice.key for choice in wang.screen.choices) if not key.startswith("@")
            )
            wang.chooses(first)
    assert wang.state == "phone"
    wang.waits_until(lambda: any("可以直接输入号码" in text for text in wang.person.texts()))
    wang.sends({"contact": {"phone_number": "+8613900139000", "first_name": "李", "user_id": 1}})
    wang.sees("别人的名片")
    assert wang.state == "phone"
    card = {"phone_number": "8613800138000", "first_name": "王", "user_id": wang.person.id}
    wang.sends({"contact": card})
    assert wang.state != "phone"
    assert not any("可以直接输入号码" in text for text in wang.person.texts())


@pytest.mark.parametrize("number", [None, "7", True, -1, 2**63, 10**40])
async def test_an_answer_without_a_number_that_can_be_kept_is_none_that_can_be_read(number: object) -> None:
    class Odd(Platform):
        async def answer(self, called: str, given: dict[str, Any]) -> tuple[int, bytes]:
            return 200, json.dumps({"ok": True, "result": {"message_id": number}}).encode()

    with pytest.raises(TelegramError, match="Invalid server response"):
        await Calls(Odd().bot()).send({"chat_id": 5, "text": "x"})
