"""The menu of commands and the texts that introduce the bot, in every language, per kind of chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from dialogs.incoming import CommandName
from locales.languages import LANGUAGES, Language
from locales.words import Catalogues, Words

CODES: Final[dict[Language, str]] = {"zh_CN": "zh", "en": "en"}
"""How Telegram calls our languages; a person of another gets the texts without one."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What Telegram shows of the bot to people of one language; an empty code is for all others."""

    code: str
    private: tuple[tuple[CommandName, str], ...]
    group: tuple[tuple[CommandName, str], ...]
    description: str
    about: str


def introductions(catalogues: Catalogues, otherwise: Language) -> Iterator[Introduction]:
    """One for each language, and one for everybody else."""
    yield _introduction(catalogues.words(otherwise), "")
    for language in LANGUAGES:
        yield _introduction(catalogues.words(language), CODES[language])


def _introduction(words: Words, code: str) -> Introduction:
    say = words.say
    return Introduction(
        code=code,
        private=(
            ("menu", say("Programmes, and what you left unfinished")),
            ("back", say("One step back")),
            ("where", say("Where we are, and your answers so far")),
            ("answers", say("My answers")),
            ("reminders", say("What is coming, and what I remind you of")),
            ("data", say("My data: take it away or erase it")),
            ("language", "中文 / English"),
            ("cancel", say("Drop this conversation")),
            ("help", say("Help")),
        ),
        group=(("help", say("Talk to me in a private chat")),),
        description=say(
            "I help you see whether your organisation may apply for a government quality award or as an incubation base, "
            "what is missing, and what is due when. It costs nothing, and the authority decides. Telegram carries what "
            "you write abroad; please leave out what must stay in the country."
        ),
        about=say("Government quality awards: may we apply, what is missing, what is due when?"),
    )


async def introduce(bot: Bot, catalogues: Catalogues, otherwise: Language) -> None:
    """See that Telegram shows the present texts. Only what differs is sent: Telegram counts such changes strictly."""
    try:
        for one in introductions(catalogues, otherwise):
            await _introduce(bot, one)
    except TelegramError as error:
        _log.warning(
            "telegram menu not updated; it is tried again at the next start", kind=type(error).__name__
        )


async def _introduce(bot: Bot, one: Introduction) -> None:
    code = one.code or None
    private, group = BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()
    for scope, commands in ((private, one.private), (group, one.group)):
        wanted = tuple(BotCommand(name, text) for name, text in commands)
        if tuple(await bot.get_my_commands(scope, code)) != wanted:
            await bot.set_my_commands(wanted, scope, code)
    if (await bot.get_my_description(code)).description != one.description:
        await bot.set_my_description(one.description, code)
    if (await bot.get_my_short_description(code)).short_description != one.about:
        await bot.set_my_short_description(one.about, code)
