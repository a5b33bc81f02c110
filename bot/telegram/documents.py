"""Sends documents. What goes to many people is carried to Telegram once, which from then on knows it by a name of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

import structlog
from telegram import Bot, InputFile
from telegram import Document as TelegramDocument
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.house import House
from bot.telegram.markup import escape
from bot.telegram.papers import Papers, SharedDocument
from bot.telegram.reading import Identity
from bot.telegram.splitting import CAPTION, split
from domain.store import Chat, NotFound, StoreError
from locales.words import Words

CARRYING_SECONDS: Final = 20.0
"""How long others wait until a file has been carried once; then they carry it themselves."""

_UNKNOWN: Final = ("file identifier", "file_id", "file reference")
"""What Telegram says of a file it does not know (any more) by the name we use."""

_log = structlog.get_logger(__name__)


class Documents:
    """Sends documents through one bot."""

    def __init__(self, house: House, bot: Bot, me: Identity) -> None:
        self._house = house
        self._bot = bot
        self._papers = Papers(house)
        # A file's name is good for the bot that carried it, and for no other.
        self._place = f"telegram:{me.id}"
        self._carrying: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def send(self, chat: Chat, path: str, words: Words) -> int | None:
        """Send what is behind a path of the web; the id of the message, or None when this chat has no such thing."""
        document = await self._papers.document(chat, path, words)
        if document is None:
            return None
        if isinstance(document, SharedDocument):
            return await self._shared(chat, document, words)
        caption = words.say("Open the file to read, print or keep it. Only you can see it here.")
        message, _ = await self._send(chat, InputFile(document.content, filename=document.filename), caption)
        return message

    async def _shared(self, chat: Chat, document: SharedDocument, words: Words) -> int | None:
        caption = words.say(
            "It goes with the announcement: %(title)s", title=document.about.title.text(words.language)
        )
        known = await self._known(document.file)
        if known is None:
            async with self._in_turn(document.file):
                # Meanwhile somebody else may have carried it.
                known = await self._known(document.file)
                if known is None:
                    return await self._carry(chat, document, caption)
        try:
            message, _ = await self._send(chat, known, caption)
        except BadRequest as error:
            if not any(phrase in error.message.lower() for phrase in _UNKNOWN):
                raise
            return await self._carry(chat, document, caption)
        return message

    async def _carry(self, chat: Chat, document: SharedDocument, caption: str) -> int | None:
        try:
            content = await self._house.database.read(lambda tx: tx.files.content(document.file))
        except NotFound:
            return None
        message, name = await self._send(chat, InputFile(content, filename=document.filename), caption)
        if name is not None:
            try:
                await self._house.database.run(lambda tx: tx.files.refer(document.file, self._place, name))
            except StoreError as error:
                # It was sent all the same; the next one carries it once more.
                _log.warning("not noted what a file is called", error=error.code)
        return message

    async def _send(self, chat: Chat, document: InputFile | str, caption: str) -> tuple[int, str | None]:
        """Send it; gives the id of the message, and what Telegram calls the file."""
        sent = await self._bot.send_document(
            int(chat.address),
            document,
            caption=split(escape(caption), CAPTION)[0],
            parse_mode=ParseMode.HTML,
            disable_content_type_detection=True,
        )
        carried = sent.document
        return sent.message_id, carried.file_id if isinstance(carried, TelegramDocument) else None

    async def _known(self, file: int) -> str | None:
        return await self._house.database.read(lambda tx: tx.files.reference(file, self._place))

    @asynccontextmanager
    async def _in_turn(self, file: int) -> AsyncIterator[None]:
        """While one carries a file, the others wait, for some time."""
        lock = self._carrying.setdefault(file, asyncio.Lock())
        try:
            async with asyncio.timeout(CARRYING_SECONDS):
                await lock.acquire()
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            lock.release()
