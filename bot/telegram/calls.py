"""Calls of the Bot API as plain values: the few that are made for every update.

python-telegram-bot's methods turn every parameter and every answer into objects of its own, which costs many times what the
call itself does. These go through the same request class, and so raise the same errors; everything rare uses its methods.
"""

from __future__ import annotations

from collections.abc import Mapping
from json import JSONEncoder
from typing import Any, ClassVar, Final, cast

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import RequestData

from bot.telegram.rows import Rows
from bot.telegram.updates import LARGEST_NUMBER

_in_json: Final = JSONEncoder(separators=(",", ":")).encode


class Plain:
    """The parameters of a call without files, in the form in which request classes ask for them (`RequestData`)."""

    __slots__ = ("parameters",)

    contains_files: ClassVar[bool] = False

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters

    @property
    def json_parameters(self) -> dict[str, str]:
        """Each parameter as a form field holds it."""
        return {
            name: value if isinstance(value, str) else _in_json(value)
            for name, value in self.parameters.items()
        }

    @property
    def json_payload(self) -> bytes:
        """All of them as one JSON object."""
        return _in_json(self.parameters).encode()

    @property
    def multipart_data(self) -> dict[str, Any]:
        """The files: none."""
        return {}


class Calls:
    """The plain calls of one bot. All of them raise `TelegramError` as the methods of python-telegram-bot do."""

    def __init__(self, bot: Bot) -> None:
        self._request = bot.request
        self._address = f"{bot.base_url}/"

    async def call(self, method: str, parameters: dict[str, Any], seconds: float | None = None) -> object:
        """Call a method and give its result; an answer is waited for so long, or as long as requests usually are."""
        data = cast("RequestData", Plain(parameters))
        try:
            if seconds is None:
                return await self._request.post(self._address + method, data)
            return await self._request.post(self._address + method, data, read_timeout=seconds)
        except KeyError:
            raise TelegramError("Invalid server response") from None

    async def send(self, parameters: dict[str, Any]) -> int:
        """Send a text; gives the number of the message."""
        result = await self.call("sendMessage", parameters)
        number = result.get("message_id") if isinstance(result, Mapping) else None
        if type(number) is not int or not 0 <= number <= LARGEST_NUMBER:
            raise TelegramError("Invalid server response")
        return number

    async def edit(self, parameters: dict[str, Any]) -> None:
        """Show another text in a message."""
        await self.call("editMessageText", parameters)


def inline_keyboard(rows: Rows) -> dict[str, Any]:
    """Rows of buttons as Telegram takes them."""
    return {
        "inline_keyboard": [[{"text": key.label, "callback_data": key.data} for key in row] for row in rows]
    }
