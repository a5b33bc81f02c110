"""How a bot gets its updates by asking."""

from __future__ import annotations

import asyncio
import time
from itertools import groupby

import pytest
from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken

from tests.support.telegram_api import Person, TelegramApi
from tests.telegram_api.asking import ask, asked
from tests.telegram_api.conftest import bot_of

DAY = 24 * 3600


async def test_a_bot_knows_itself(bot: Bot, api: TelegramApi) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot, me.id) == (api.username, True, int(api.token.partition(":")[0]))


async def test_what_a_person_types_comes_as_a_message(bot: Bot, wang: Person) -> None:
    wang.type("/help@zhuoyue_test_bot 我们公司 🏟 @zhuoyue_test_bot")
    first, second = await bot.get_updates()
    assert first.message is not None
    assert second.message is not None
    assert first.message.text == "/start"
    assert second.update_id == first.update_id + 1
    assert second.message.message_id > first.message.message_id
    assert second.message.from_user is not None
    assert (second.message.from_user.id, second.message.chat.id) == (wang.id, wang.id)
    assert second.message.from_user.language_code == "zh-hans"
    entities = {entity.type: second.message.parse_entity(entity) for entity in second.message.entities}
    assert entities == {"bot_command": "/help@zhuoyue_test_bot", "mention": "@zhuoyue_test_bot"}


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(bot: Bot, wang: Person) -> None:
    wang.type("一")
    first, second = await bot.get_updates()
    assert await bot.get_updates() == (first, second)
    assert await bot.get_updates(offset=second.update_id) == (second,)
    assert await bot.get_updates() == (second,)
    assert await bot.get_updates(offset=second.update_id + 1) == ()


async def test_an_offset_from_the_future_confirms_nothing(bot: Bot, wang: Person) -> None:
    (update,) = await bot.get_updates()
    assert await bot.get_updates(offset=update.update_id + 1_000) == (update,)


async def test_a_negative_offset_keeps_only_the_last_ones(bot: Bot, wang: Person) -> None:
    for text in "一二三":
        wang.type(text)
    updates = await bot.get_updates(offset=-2)
    assert [update.message.text for update in updates if update.message] == ["二", "三"]
    assert len(await bot.get_updates()) == 2


async def test_a_batch_has_a_hundred_updates_at_most(bot: Bot, wang: Person) -> None:
    for number in range(120):
        wang.type(str(number))
    assert len(await bot.get_updates()) == 100
    assert len(await bot.get_updates(limit=500)) == 100
    assert len(await bot.get_updates(limit=7)) == 7
    assert len(await bot.get_updates(limit=-3)) == 1


async def test_a_long_poll_waits_for_something_to_come(bot: Bot, api: TelegramApi, wang: Person) -> None:
    (update,) = await bot.get_updates()
    waiting = asyncio.create_task(bot.get_updates(offset=update.update_id + 1, timeout=10))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    started = time.monotonic()
    wang.type("来了")
    (found,) = await waiting
    assert found.message is not None
    assert found.message.text == "来了"
    assert time.monotonic() - started < 2


async def test_a_long_poll_ends_empty_when_its_time_is_over(bot: Bot) -> None:
    started = time.monotonic()
    assert await bot.get_updates(timeout=1) == ()
    assert 0.9 < time.monotonic() - started < 5


async def test_a_second_poller_ends_the_first_with_a_conflict(bot: Bot, api: TelegramApi) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.3)
    async with bot_of(api) as other:
        second = asyncio.create_task(other.get_updates(timeout=1))
        with pytest.raises(
            Conflict, match="terminated by other getUpdates request; make sure that only one bot"
        ):
            await first
        assert await second == ()


async def test_who_polls_on_after_a_conflict_is_held_up_for_three_seconds(api: TelegramApi) -> None:
    polls = [asyncio.create_task(asked(api, "getUpdates", timeout=2)) for _ in range(1)]
    for _ in range(2):
        await asyncio.sleep(0.2)
        polls.append(asyncio.create_task(asked(api, "getUpdates", timeout=2)))
    started = time.monotonic()
    assert (await polls[0])["error_code"] == 409
    assert time.monotonic() - started < 1
    assert (await polls[1])["error_code"] == 409
    assert time.monotonic() - started > 2
    assert (await polls[2])["ok"]


async def test_only_wanted_kinds_of_updates_are_made_from_then_on(bot: Bot, wang: Person) -> None:
    (start,) = await bot.get_updates(allowed_updates=["callback_query"])
    wang.type("不要了")
    assert await bot.get_updates(offset=start.update_id + 1) == ()
    assert await bot.get_updates(allowed_updates=[]) == ()
    wang.type("又要了")
    assert len(await bot.get_updates()) == 1


async def test_updates_are_kept_for_a_day(bot: Bot, api: TelegramApi, wang: Person) -> None:
    api.clock.advance(DAY - 10)
    wang.type("新的")
    assert len(await bot.get_updates()) == 2
    api.clock.advance(20)
    (left,) = await bot.get_updates()
    assert left.message is not None
    assert left.message.text == "新的"


async def test_a_press_is_kept_for_150_seconds_only(bot: Bot, api: TelegramApi, wang: Person) -> None:
    message = await bot.send_message(wang.id, "选一个")
    wang.press_data(wang.last, "a")
    assert len(await bot.get_updates()) == 2
    api.clock.advance(151)
    (start,) = await bot.get_updates()
    assert start.message is not None
    assert message.message_id > start.message.message_id


async def test_after_a_quiet_week_numbers_start_anywhere_and_are_delivered_to_old_offsets(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    (before,) = await bot.get_updates()
    assert await bot.get_updates(offset=before.update_id + 1) == ()
    api.clock.advance(8 * DAY)
    wang.type("好久不见")
    (after,) = await bot.get_updates(offset=before.update_id + 1)
    assert after.update_id != before.update_id + 1
    assert await bot.get_updates(offset=after.update_id + 1) == ()


async def test_updates_may_be_repeated(bot: Bot, api: TelegramApi, wang: Person) -> None:
    api.disorder.duplicates = 1.0
    first, again = await bot.get_updates()
    assert first == again
    wang.type("二")
    numbers = [update.update_id for update in await bot.get_updates(offset=first.update_id + 1)]
    assert numbers.count(first.update_id) == 1
    assert numbers.count(first.update_id + 1) == 2


async def test_updates_of_different_chats_may_be_mixed_but_each_chat_keeps_its_order(
    bot: Bot, api: TelegramApi
) -> None:
    people = [api.person(name) for name in "甲乙丙丁"]
    for number in range(10):
        for person in people:
            person.type(str(number))
    api.disorder.mixed = True
    updates = await bot.get_updates()
    assert [update.update_id for update in updates] != sorted(update.update_id for update in updates)
    by_chat = sorted(
        ((update.message.chat.id, update.message.text or "") for update in updates if update.message),
        key=lambda pair: pair[0],
    )
    for _, texts in groupby(by_chat, key=lambda pair: pair[0]):
        assert [text for _, text in texts] == [str(number) for number in range(10)]


async def test_a_wrong_token_is_unauthorized_and_a_crippled_one_not_found(api: TelegramApi) -> None:
    wrong = "7000000001:" + "x" * 35
    assert await asked(api, "getMe", token=wrong) == {
        "ok": False,
        "error_code": 401,
        "description": "Unauthorized",
    }
    assert (await asked(api, "getMe", token="123"))["error_code"] == 404
    with pytest.raises(InvalidToken):
        async with bot_of(api, wrong):
            pass


def test_an_unknown_method_is_not_found(api: TelegramApi) -> None:
    answer = ask(api, "sendTelepathy")
    assert answer == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}


def test_the_case_of_a_method_does_not_matter(api: TelegramApi) -> None:
    assert ask(api, "GETME")["ok"]


async def test_what_waits_outlives_a_stop_of_the_server(api: TelegramApi, wang: Person) -> None:
    api.stop()
    wang.type("有人吗")
    api.start()
    async with bot_of(api) as bot:
        assert len(await bot.get_updates()) == 2


async def test_a_press_carries_the_message_and_the_chat_instance(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    await bot.get_updates(offset=-1)
    sent = await bot.send_message(wang.id, "选一个")
    wang.press_data(wang.last, "choice:1")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("choice:1", wang.id)
    assert query.message is not None
    assert query.message.is_accessible
    assert query.message.message_id == sent.message_id
    assert query.chat_instance == wang.chat.instance


async def test_a_press_on_a_deleted_message_tells_only_its_place(bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(wang.id, "选一个")
    shown = wang.last
    await bot.delete_message(wang.id, sent.message_id)
    wang.press_data(shown, "choice:1")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert not query.message.is_accessible
    assert query.message.message_id == sent.message_id


async def test_a_press_is_answered_while_somebody_still_waits(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    await bot.send_message(wang.id, "选一个")
    press = wang.press_data(wang.last, "a")
    assert wang.is_waiting(press)
    assert await bot.answer_callback_query(press.id, "好的", show_alert=True)
    assert wang.toasts == ["好的"]
    late = wang.press_data(wang.last, "a")
    api.clock.advance(151)
    for query in (late.id, "no such query"):
        with pytest.raises(
            BadRequest, match="Query is too old and response timeout expired or query id is invalid"
        ):
            await bot.answer_callback_query(query)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(wang.press_data(wang.last, "a").id, "好" * 201)
