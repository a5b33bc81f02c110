"""Faults on demand, Telegram's limits, and what is written down about both."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError

from tests.support.telegram_api import Fault, Person, TelegramApi
from tests.telegram_api.asking import ask
from tests.telegram_api.conftest import bot_of


@pytest.mark.parametrize(
    ("fault", "carried_out"),
    [
        (Fault.DROP_BEFORE, False),
        (Fault.DROP_AFTER, True),
        (Fault.HANG_BEFORE, False),
        (Fault.HANG_AFTER, True),
        (Fault.SERVER_ERROR, False),
        (Fault.SERVER_ERROR_JSON, False),
        (Fault.GARBAGE, True),
        (Fault.TOO_MANY_REQUESTS, False),
    ],
)
async def test_a_fault_strikes_once_and_it_is_known_whether_the_message_went_out(
    bot: Bot, api: TelegramApi, wang: Person, fault: Fault, carried_out: bool
) -> None:
    api.faults.plan(fault, method="sendMessage", seconds=1)
    with pytest.raises(TelegramError):
        await bot.send_message(wang.id, "一")
    await bot.send_message(wang.id, "二")
    assert wang.texts() == (["一", "二"] if carried_out else ["二"])
    first, second = api.record.of("sendMessage")
    assert (first.fault, first.carried_out, second.carried_out) == (fault.name, carried_out, True)
    assert len(api.record.sends(wang.id)) == 1 + carried_out


async def test_a_delayed_answer_is_late_but_right(bot: Bot, api: TelegramApi, wang: Person) -> None:
    api.faults.plan(Fault.DELAY, method="sendMessage", seconds=0.5)
    started = time.monotonic()
    assert (await bot.send_message(wang.id, "一")).text == "一"
    assert time.monotonic() - started >= 0.5


async def test_a_fault_can_be_meant_for_one_chat_and_strike_often(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    other = api.person("李强")
    other.start()
    planned = api.faults.plan(Fault.SERVER_ERROR, chat_id=wang.id, times=None, status=500)
    await bot.send_message(other.id, "一")
    for _ in range(3):
        with pytest.raises(NetworkError):
            await bot.send_message(wang.id, "一")
    assert planned.struck == 3
    api.faults.clear()
    await bot.send_message(wang.id, "一")


async def test_faults_by_chance_are_the_same_in_every_run(api: TelegramApi, wang: Person) -> None:
    api.faults.plan(Fault.SERVER_ERROR_JSON, method="getMe", times=None, chance=0.3, status=500)
    outcomes = [ask(api, "getMe")["ok"] for _ in range(40)]
    assert 5 < outcomes.count(False) < 20
    with TelegramApi() as second:
        second.faults.plan(Fault.SERVER_ERROR_JSON, method="getMe", times=None, chance=0.3, status=500)
        assert [ask(second, "getMe")["ok"] for _ in range(40)] == outcomes


async def test_a_server_that_is_stopped_refuses_connections_and_comes_back(
    api: TelegramApi, wang: Person
) -> None:
    async with bot_of(api) as bot:
        waiting = asyncio.create_task(bot.get_updates(offset=-1, timeout=20))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(api.stop)
        await asyncio.wait([waiting], timeout=10)
        waiting.cancel()
        with pytest.raises(NetworkError):
            await bot.send_message(wang.id, "一")
        await asyncio.to_thread(api.start)
        await bot.send_message(wang.id, "二")
    assert wang.texts() == ["二"]


async def test_a_chat_takes_a_burst_and_then_a_message_a_second(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    api.limits.on = True
    api.clock.stop()
    for _ in range(3):
        await bot.send_message(wang.id, "一")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(wang.id, "一")
    assert refused.value.retry_after == timedelta(seconds=1)
    api.clock.advance(1)
    await bot.send_message(wang.id, "一")
    answer = ask(api, "sendMessage", chat_id=wang.id, text="一")
    assert answer == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert ask(api, "sendChatAction", chat_id=wang.id, action="typing")["ok"]


async def test_all_chats_together_take_thirty_messages_a_second(bot: Bot, api: TelegramApi) -> None:
    api.limits.on = True
    api.clock.stop()
    people = [api.person(str(number)) for number in range(31)]
    for person in people:
        person.start()
    for person in people[:30]:
        await bot.send_message(person.id, "一")
    with pytest.raises(RetryAfter):
        await bot.send_message(people[30].id, "一")
    api.clock.advance(0.1)
    await bot.send_message(people[30].id, "一")


async def test_a_group_takes_twenty_messages_a_minute(bot: Bot, api: TelegramApi, wang: Person) -> None:
    api.limits.on = True
    api.clock.stop()
    group = api.group("群", wang)
    for _ in range(20):
        await bot.send_message(group.id, "一")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(group.id, "一")
    assert refused.value.retry_after == timedelta(seconds=3)
    await bot.send_message(wang.id, "一")


async def test_who_does_not_wait_as_told_is_written_down(bot: Bot, api: TelegramApi, wang: Person) -> None:
    api.clock.stop()
    api.faults.plan(Fault.TOO_MANY_REQUESTS, method="sendMessage", chat_id=wang.id, seconds=5)
    assert ask(api, "sendMessage", chat_id=wang.id, text="一")["parameters"] == {"retry_after": 5}
    await bot.send_message(wang.id, "一")
    api.clock.advance(5)
    await bot.send_message(wang.id, "一")
    assert [request.early for request in api.record.of("sendMessage")] == [False, True, False]
    assert api.record.early == 1


async def test_every_request_is_written_down_with_its_result(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    await bot.send_message(wang.id, "一")
    ask(api, "sendMessage", chat_id=1, text="二")
    sent, refused = api.record.of("sendMessage")
    assert (sent.chat_id, sent.status, sent.parameters["text"]) == (wang.id, 200, "一")
    assert (refused.status, refused.description) == (400, "Bad Request: chat not found")
    assert sent.at <= refused.at
    assert (api.record.count("sendMessage"), api.record.count("sendMessage", 400)) == (1, 1)


async def test_a_long_run_is_only_counted(bot: Bot, api: TelegramApi, wang: Person) -> None:
    api.record.counting = True
    for _ in range(5):
        await bot.send_message(wang.id, "一")
    assert api.record.of("sendMessage") == []
    assert api.record.count("sendMessage") == 5


async def test_waiting_for_something_ends_in_words(bot: Bot, api: TelegramApi, wang: Person) -> None:
    await bot.send_message(wang.id, "一")
    assert wang.wait_for("一").text == "一"
    assert (await wang.see(lambda message: message.from_bot)).text == "一"
    asyncio.get_running_loop().call_later(0.2, lambda: asyncio.ensure_future(bot.send_message(wang.id, "二")))
    assert (await wang.see("二", after=wang.last.id)).text == "二"
    with pytest.raises(AssertionError, match="'三' was not seen within"):
        await wang.see("三", seconds=0.1)
    with pytest.raises(AssertionError, match="not within"):
        api.wait_until(lambda: False, seconds=0.1)
    with pytest.raises(AssertionError, match="no button"):
        wang.press("四")
