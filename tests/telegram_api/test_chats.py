"""Where a bot may speak and what it hears: people who block it, groups, channels."""

from __future__ import annotations

import pytest
from telegram import Bot, Message
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.support.telegram_api import Person, TelegramApi
from tests.telegram_api.asking import ask


async def heard(bot: Bot) -> list[Message]:
    """The messages the bot was told about, once."""
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return [update.message for update in updates if update.message is not None]


async def texts(bot: Bot) -> list[str | None]:
    return [message.text for message in await heard(bot)]


async def test_a_bot_cannot_speak_first(bot: Bot, api: TelegramApi) -> None:
    stranger = api.person()
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(stranger.id, "您好")
    group = api.group("群", stranger)
    assert stranger.chat.bot == "left"
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "您好")
    assert await bot.send_message(group.id, "您好")  # type: ignore[truthy-bool]


async def test_who_blocks_the_bot_gets_nothing_until_they_come_back(bot: Bot, wang: Person) -> None:
    await heard(bot)
    wang.block()
    with pytest.raises(Forbidden, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(wang.id, "在吗")
    with pytest.raises(AssertionError):
        wang.type("在")
    wang.restart()
    await bot.send_message(wang.id, "您好")
    assert wang.texts() == ["您好"]
    changes = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
    assert [(change.old_chat_member.status, change.new_chat_member.status) for change in changes] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


async def test_a_deleted_account_gets_nothing(bot: Bot, wang: Person) -> None:
    wang.deactivate()
    with pytest.raises(Forbidden, match="Forbidden: user is deactivated"):
        await bot.send_message(wang.id, "在吗")


async def test_in_a_group_the_bot_hears_what_is_meant_for_it(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    await heard(bot)
    group = api.group("群", wang)
    assert [message.new_chat_members[0].id for message in await heard(bot)] == [bot.id]
    wang.type("大家好", to=group.chat)
    wang.type("/help@another_bot", to=group.chat)
    wang.send_contact(to=group.chat)
    wang.type("/help@zhuoyue_test_bot", to=group.chat)
    wang.type("/help", to=group.chat)
    group.mention(wang, "有哪些奖？")
    sent = await bot.send_message(group.id, "请私聊")
    wang.type("好", to=group.chat, reply_to=wang.screen(group.chat)[-1])
    assert await texts(bot) == ["/help@zhuoyue_test_bot", "/help", "@zhuoyue_test_bot 有哪些奖？", "好"]
    assert sent.chat.title == "群"


async def test_after_another_bot_spoke_commands_without_a_name_are_not_for_this_one(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    other = api.person("别的机器人", username="another_bot", is_bot=True)
    group = api.group("群", wang, other)
    await heard(bot)
    other.type("/help", to=group.chat)
    wang.type("/help", to=group.chat)
    assert await texts(bot) == []


async def test_without_privacy_or_as_administrator_the_bot_hears_everything(
    bot: Bot, api: TelegramApi
) -> None:
    wang = api.person()
    group = api.group("群", wang, kind="supergroup", bot="administrator")
    wang.type("大家好", to=group.chat)
    assert "大家好" in await texts(bot)


async def test_a_channel_posts_without_a_person(bot: Bot, api: TelegramApi, wang: Person) -> None:
    channel = api.group("公告", wang, kind="channel", bot="administrator")
    channel.post("通知")
    post = (await bot.get_updates())[-1].channel_post
    assert post is not None
    assert (post.text, post.from_user) == ("通知", None)
    assert post.sender_chat is not None


async def test_a_bot_that_was_thrown_out_or_left_cannot_speak(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    group = api.group("群", wang)
    group.remove_bot()
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "x")
    large = api.group("大群", wang, kind="supergroup")
    assert await bot.leave_chat(large.id)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(large.id, "x")


async def test_a_group_that_grew_has_another_number(bot: Bot, api: TelegramApi, wang: Person) -> None:
    group = api.group("群", wang)
    old = group.id
    group.upgrade()
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old, "x")
    assert moved.value.new_chat_id == group.id
    answer = ask(api, "sendMessage", chat_id=old, text="x")
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    sent = await bot.send_message(group.id, "x")
    assert str(group.id).startswith("-100")
    assert sent.chat.type == "supergroup"
    migrations = [(message.migrate_to_chat_id, message.migrate_from_chat_id) for message in await heard(bot)]
    assert migrations[-2:] == [(group.id, None), (None, old)]


async def test_small_groups_and_people_share_one_row_of_message_numbers(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    group = api.group("群", wang)
    large = api.group("大群", wang, kind="supergroup")
    private = await bot.send_message(wang.id, "x")
    in_group = await bot.send_message(group.id, "x")
    in_large = await bot.send_message(large.id, "x")
    assert in_group.message_id == private.message_id + 1
    assert in_large.message_id < private.message_id


async def test_newcomers_are_announced(bot: Bot, api: TelegramApi, wang: Person) -> None:
    group = api.group("群", wang)
    newcomer = api.person("李强")
    await heard(bot)
    group.join(newcomer)
    (message,) = await heard(bot)
    assert [user.id for user in message.new_chat_members] == [newcomer.id]


async def test_chats_can_be_looked_at(bot: Bot, api: TelegramApi, wang: Person) -> None:
    group = api.group("群", wang)
    assert (await bot.get_chat(wang.id)).first_name == "王芳"
    assert (await bot.get_chat(group.id)).title == "群"
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_chat(1)
