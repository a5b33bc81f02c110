"""What the bot tells about itself: commands by scope and language, name, descriptions, menu button."""

from __future__ import annotations

import re
from typing import Final

from tests.support.telegram_api.answers import Granted, Json, bad_request
from tests.support.telegram_api.call import Call, method

MOST_COMMANDS: Final = 100
LONGEST_COMMAND_DESCRIPTION: Final = 256
LONGEST_NAME: Final = 64
LONGEST_DESCRIPTION: Final = 512
LONGEST_SHORT_DESCRIPTION: Final = 120

_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")

EVERYWHERE: Final = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
IN_A_CHAT: Final = frozenset({"chat", "chat_administrators", "chat_member"})

Place = tuple[str, int, int, str]
"""Scope, chat, member, language."""


def _language(call: Call) -> str:
    language = call.parameters.text("language_code") or ""
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def _place(call: Call) -> Place:
    language = _language(call)
    scope = call.parameters.parsed("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise bad_request("BotCommandScope must have a type")
    kind = scope["type"]
    if kind in EVERYWHERE:
        return kind, 0, 0, language
    if kind not in IN_A_CHAT:
        raise bad_request("unsupported type specified")
    chat = call.world.chats.get(_number(scope.get("chat_id")))
    if chat is None:
        raise bad_request("chat not found")
    if kind != "chat" and chat.person is not None:
        raise bad_request(f"can't use {kind} scope in private chats")
    member = _number(scope.get("user_id")) if kind == "chat_member" else 0
    if kind == "chat_member" and member not in chat.members:
        raise bad_request("user not found")
    return kind, chat.id, member, language


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


@method("setMyCommands")
def set_my_commands(call: Call) -> Granted:
    """Put commands into the menu of a scope and language."""
    commands = call.parameters.objects("commands")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept: list[Json] = []
    for command in commands:
        name = str(command.get("command", "")).removeprefix("/")
        description = str(command.get("description", "")).strip()
        if not _COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= LONGEST_COMMAND_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": description})
    call.world.profile.commands[_place(call)] = kept
    return Granted(result=True)


@method("getMyCommands")
def get_my_commands(call: Call) -> Granted:
    """The commands of exactly one scope and language."""
    return Granted(call.world.profile.commands.get(_place(call), []))


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> Granted:
    """Take the commands of a scope and language away."""
    call.world.profile.commands.pop(_place(call), None)
    return Granted(result=True)


def _set(call: Call, texts: dict[str, str], field: str, longest: int) -> Granted:
    language = _language(call)
    text = (call.parameters.text(field) or "").strip()
    if len(text) > longest:
        raise bad_request(f"{field.replace('_', ' ')} is too long")
    if text:
        texts[language] = text
    else:
        texts.pop(language, None)
    return Granted(result=True)


def _get(call: Call, texts: dict[str, str], field: str, default: str = "") -> Granted:
    """A text in a language, or else in none."""
    language = _language(call)
    return Granted({field: texts.get(language) or texts.get("") or default})


@method("setMyName")
def set_my_name(call: Call) -> Granted:
    """Call the bot by a name in a language."""
    return _set(call, call.world.profile.names, "name", LONGEST_NAME)


@method("getMyName")
def get_my_name(call: Call) -> Granted:
    """The name of the bot in a language."""
    return _get(call, call.world.profile.names, "name", call.world.bot.first_name)


@method("setMyDescription")
def set_my_description(call: Call) -> Granted:
    """What an empty chat shows."""
    return _set(call, call.world.profile.descriptions, "description", LONGEST_DESCRIPTION)


@method("getMyDescription")
def get_my_description(call: Call) -> Granted:
    """What an empty chat shows."""
    return _get(call, call.world.profile.descriptions, "description")


@method("setMyShortDescription")
def set_my_short_description(call: Call) -> Granted:
    """What the bot's profile shows."""
    return _set(call, call.world.profile.short_descriptions, "short_description", LONGEST_SHORT_DESCRIPTION)


@method("getMyShortDescription")
def get_my_short_description(call: Call) -> Granted:
    """What the bot's profile shows."""
    return _get(call, call.world.profile.short_descriptions, "short_description")


@method("setChatMenuButton")
def set_chat_menu_button(call: Call) -> Granted:
    """What the button beside the text field does."""
    button = call.parameters.parsed("menu_button", "MenuButton") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("MenuButton has unsupported type")
    call.world.profile.menu_buttons[call.parameters.integer("chat_id") or 0] = button
    return Granted(result=True)


@method("getChatMenuButton")
def get_chat_menu_button(call: Call) -> Granted:
    """What the button beside the text field does."""
    buttons = call.world.profile.menu_buttons
    chat = call.parameters.integer("chat_id") or 0
    return Granted(buttons.get(chat) or buttons.get(0) or {"type": "commands"})
