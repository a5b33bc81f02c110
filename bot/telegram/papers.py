"""Pages and files of the product as documents: on Telegram there is no page to open."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.house import House
from bot.signs import mark_words
from bot.web.markup import draw_all
from bot.web.words import LANGUAGE_TAGS
from dialogs.giving_out import given_out
from dialogs.reminders import CALENDAR_PATH
from domain.announcements import Texts
from domain.store import Chat, Transaction
from locales.words import Words

_RESULT: Final = re.compile(r"/results/(\d{1,15})", re.ASCII)
_STORED: Final = re.compile(r"/files/([0-9a-f]{32}\.[a-z]{3,4})", re.ASCII)
_EXPORT: Final = "/my-data.json"


@dataclass(frozen=True, slots=True)
class Document:
    """A file to send."""

    filename: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SharedDocument:
    """A file that many people get: who has to carry it asks for its content, once."""

    filename: str
    file: int
    """The id of the stored file."""
    about: Texts
    """The announcement it goes with."""


class Papers:
    """Writes the documents of a chat. Nobody gets those of another."""

    def __init__(self, house: House) -> None:
        self._house = house
        templates = Environment(
            loader=PackageLoader("bot.telegram"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._template = templates.get_template("paper.html")
        static = files("bot.web") / "static"
        self._style = "\n".join((static / name).read_text("utf-8") for name in ("chat.css", "result.css"))

    async def document(self, chat: Chat, path: str, words: Words) -> Document | SharedDocument | None:
        """The document behind a path of the web; None when this chat has no such thing."""
        if path == _EXPORT:
            return await self._house.database.read(lambda tx: _export(tx, chat))
        if path == CALENDAR_PATH:
            now = self._house.clock.now()
            dates = await self._house.database.read(lambda tx: self._house.calendars.of_chat(tx, chat, now))
            return Document("zhuoyue-dates.ics", dates)
        if (stored := _STORED.fullmatch(path)) is not None:
            return await self._house.database.read(lambda tx: _handed_in(tx, chat, stored[1]))
        found = _RESULT.fullmatch(path)
        if found is None:
            return None
        return await self._result(chat, int(found[1]), words)

    async def _result(self, chat: Chat, number: int, words: Words) -> Document | None:
        receipt = await self._house.database.read(lambda tx: tx.receipts.get(number))
        if receipt is None or receipt.chat_id != chat.id:
            return None
        html = self._template.render(
            lang=LANGUAGE_TAGS[words.language],
            name=words.say("Zhuoyue"),
            style=self._style,
            title=words.say("Self-check result"),
            body=draw_all(self._house.receipts.blocks(receipt, words), mark_words(words)),
            footer=words.say(
                "Receipt %(id)s · made %(made)s · content %(hash)s",
                id=receipt.id,
                made=words.datetime(receipt.created_at),
                hash=receipt.content_hash,
            ),
        )
        return Document(f"zhuoyue-{receipt.programme}-{receipt.id}.html", html.encode())


def _handed_in(tx: Transaction, chat: Chat, stored_name: str) -> Document | SharedDocument | None:
    given = given_out(tx, chat, stored_name)
    if given is None:
        return None
    file, announcement = given.file, given.announcement
    if announcement is None:
        return Document(file.name, tx.files.content(file.id))
    return SharedDocument(file.name, file.id, announcement.texts)


def _export(tx: Transaction, chat: Chat) -> Document:
    data = tx.privacy.export(chat.person_id)
    return Document("zhuoyue-my-data.json", (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode())
