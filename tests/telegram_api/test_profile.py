"""What a bot tells about itself: commands by scope and language, names and descriptions."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
)

from tests.support.telegram_api import Person, TelegramApi
from tests.telegram_api.asking import ask, refusal


def command(name: str = "start", description: str = "开始") -> dict[str, str]:
    return {"command": name, "description": description}


async def test_a_menu_belongs_to_a_scope_and_a_language(bot: Bot, api: TelegramApi, wang: Person) -> None:
    anna = api.person("Anna", language="en")
    await bot.set_my_commands([("start", "Start")])
    await bot.set_my_commands([("start", "开始")], language_code="zh")
    assert (wang.menu, anna.menu) == ({"start": "开始"}, {"start": "Start"})
    await bot.set_my_commands([("help", "Help")], scope=BotCommandScopeAllPrivateChats())
    assert wang.menu == anna.menu == {"help": "Help"}
    await bot.set_my_commands([("admin", "管理")], scope=BotCommandScopeChat(wang.id))
    assert (wang.menu, anna.menu) == ({"admin": "管理"}, {"help": "Help"})
    await bot.delete_my_commands(scope=BotCommandScopeChat(wang.id))
    await bot.delete_my_commands(scope=BotCommandScopeAllPrivateChats())
    assert wang.menu == {"start": "开始"}


async def test_commands_are_read_back_for_exactly_one_scope_and_language(bot: Bot, api: TelegramApi) -> None:
    scope = BotCommandScopeAllGroupChats()
    await bot.set_my_commands([("start", "开始")], scope=scope, language_code="zh")
    assert await bot.get_my_commands(scope=scope, language_code="zh") == (BotCommand("start", "开始"),)
    assert await bot.get_my_commands(scope=scope) == ()
    assert await bot.get_my_commands(language_code="zh") == ()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"commands": [command("Start")]}, "BOT_COMMAND_INVALID"),
        ({"commands": [command("开始")]}, "BOT_COMMAND_INVALID"),
        ({"commands": [command("x" * 33)]}, "BOT_COMMAND_INVALID"),
        ({"commands": [command("")]}, "BOT_COMMAND_INVALID"),
        ({"commands": [command(description="")]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [command(description="字" * 257)]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [command()] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [command()], "language_code": "zh_CN"}, "invalid language code specified"),
        ({"commands": [command()], "scope": {"type": "chat", "chat_id": 1}}, "chat not found"),
        ({"commands": [command()], "scope": {"type": "village"}}, "unsupported type specified"),
        ({"commands": "start"}, "can't parse commands JSON object"),
    ],
)
def test_menus_have_rules(api: TelegramApi, parameters: dict[str, Any], words: str) -> None:
    assert refusal(api, "setMyCommands", **parameters) == f"Bad Request: {words}"


async def test_a_member_of_a_group_may_have_a_menu_of_their_own(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    group = api.group("群", wang)
    assert await bot.set_my_commands([("start", "开始")], scope=BotCommandScopeChatMember(group.id, wang.id))
    stranger = {"type": "chat_member", "chat_id": group.id, "user_id": 1}
    assert (
        refusal(api, "setMyCommands", commands=[command()], scope=stranger) == "Bad Request: user not found"
    )
    private = {"type": "chat_member", "chat_id": wang.id, "user_id": wang.id}
    assert ask(api, "setMyCommands", commands=[command()], scope=private)["error_code"] == 400


async def test_texts_about_the_bot_fall_back_to_those_without_a_language(bot: Bot) -> None:
    await bot.set_my_description("Asks questions")
    await bot.set_my_description("问问题", language_code="zh")
    await bot.set_my_short_description("短")
    await bot.set_my_name("Zhuoyue", language_code="en")
    assert (await bot.get_my_description("zh")).description == "问问题"
    assert (await bot.get_my_description("de")).description == "Asks questions"
    assert (await bot.get_my_short_description()).short_description == "短"
    assert (await bot.get_my_name("en")).name == "Zhuoyue"
    assert (await bot.get_my_name()).name == "卓越助手"
    await bot.set_my_description(None, language_code="zh")
    assert (await bot.get_my_description("zh")).description == "Asks questions"


@pytest.mark.parametrize(
    ("method", "field", "longest"),
    [
        ("setMyDescription", "description", 512),
        ("setMyShortDescription", "short_description", 120),
        ("setMyName", "name", 64),
    ],
)
def test_texts_about_the_bot_have_limits(api: TelegramApi, method: str, field: str, longest: int) -> None:
    assert ask(api, method, **{field: "字" * longest})["ok"]
    assert refusal(api, method, **{field: "字" * (longest + 1)}).endswith("is too long")


async def test_the_menu_button_can_be_chosen(bot: Bot, wang: Person) -> None:
    assert (await bot.get_chat_menu_button(wang.id)).type == "commands"
    assert await bot.set_chat_menu_button(wang.id)
    assert (await bot.get_chat_menu_button(wang.id)).type == "default"
