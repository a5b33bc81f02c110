"""The Bot API of one bot: python-telegram-bot's methods over our own requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.telegram.reading import Identity
from bot.telegram.request import ApiRequest

DEFAULT_URL: Final = "https://api.telegram.org"


@dataclass(frozen=True, repr=False)
class Api:
    """One bot. It is not to be printed: its parts know the token."""

    bot: Bot
    _polling: ApiRequest
    _base: str
    _files: ApiRequest

    async def updates(self, offset: int | None, seconds: int, kinds: Sequence[str], limit: int) -> list[Any]:
        """What has come in from `offset` on, waiting up to `seconds` for it; as it came, read by nobody yet.

        python-telegram-bot's own method would fail as a whole over one update it cannot read.
        """
        given: Mapping[str, object] = {
            "timeout": seconds,
            "limit": limit,
            "allowed_updates": "[" + ",".join(f'"{kind}"' for kind in kinds) + "]",
            **({} if offset is None else {"offset": offset}),
        }
        try:
            result: Any = await self._polling.post(
                f"{self._base}/getUpdates?{urlencode(given)}", read_timeout=float(seconds + 10)
            )
        except KeyError:
            raise TelegramError("Invalid server response") from None
        return result if isinstance(result, list) else []

    async def download(self, file_id: str, most: int) -> bytes:
        """What is in a file somebody sent, of up to `most` bytes. Raises TelegramError, of it TooLargeError."""
        file = await self.bot.get_file(file_id)
        if not file.file_path:
            raise BadRequest("there is no such file")
        return await self._files.fetch(file.file_path, most)

    async def identity(self) -> Identity:
        """Who we are."""
        me = await self.bot.get_me()
        return Identity(me.id, me.username or "")


@asynccontextmanager
async def open_api(token: str, url: str = DEFAULT_URL, connections: int = 256) -> AsyncIterator[Api]:
    """The API, whose connections are closed at the end."""
    request, polling = ApiRequest(connections), ApiRequest(connections=2)
    base = f"{url.rstrip('/')}/bot"
    bot = Bot(
        token,
        base_url=base,
        base_file_url=f"{url.rstrip('/')}/file/bot",
        request=request,
        get_updates_request=polling,
    )
    await request.initialize()
    await polling.initialize()
    try:
        yield Api(bot, polling, base + token, request)
    finally:
        await polling.shutdown()
        await request.shutdown()
