"""Texts in a Telegram chat: sent in one part or several, gone on with where an attempt stopped, and edited in place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from html import unescape
from typing import Any, Final

import structlog
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.telegram.calls import Calls, inline_keyboard
from bot.telegram.rendering import Rendered
from bot.telegram.rows import Rows
from bot.telegram.splitting import bare
from bot.telegram.verdicts import edit_verdict, is_about_format
from scheduler.sending import Parcel

_NO_PREVIEW: Final = {"is_disabled": True}
_HTML: Final = ParseMode.HTML.value

REMEMBERED: Final = 1_000
"""Messages of several parts whose first parts went out, and that wait to be gone on with."""

_log = structlog.get_logger(__name__)


class Parts:
    """Sends and edits texts for one bot."""

    def __init__(self, calls: Calls, pause_seconds: float, *, paid_broadcast: bool) -> None:
        """`pause_seconds` between two parts of a message; `paid_broadcast`: broadcasts are paid for, to go out faster."""
        self._calls = calls
        self._pause_seconds = pause_seconds
        self._paid_broadcast = paid_broadcast
        self._begun: dict[int, list[int]] = {}
        self._edits: set[int] = set()

    async def pause(self) -> None:
        """The limits count messages of ours as one; their further parts keep to the pace of the chat by themselves."""
        await asyncio.sleep(self._pause_seconds)

    async def text(self, parcel: Parcel, html: str, rows: Rows = ()) -> int:
        """Send one text; without its formatting when Telegram cannot read that. Gives the number of the message."""
        given = text_call(parcel.chat.address, html, rows)
        if parcel.lane == "broadcast" and self._paid_broadcast:
            given["allow_paid_broadcast"] = True
        try:
            return await self._calls.send(given | {"parse_mode": _HTML})
        except BadRequest as error:
            if not is_about_format(error):
                raise
            _log.error("telegram could not read our formatting")
            return await self._calls.send(given | {"text": unescape(bare(html))})

    async def send(
        self,
        parcel: Parcel,
        rendered: Rendered,
        before: Sequence[int],
        remember: Callable[[list[int]], Awaitable[None]],
    ) -> list[int]:
        """Send a text of several parts, going on where an earlier attempt stopped; the buttons are under the last."""
        last = len(rendered.texts) - 1
        # The buttons are under the last part: that one is always sent.
        sent = list(before[:last])
        for place in range(len(sent), last + 1):
            rows = rendered.rows if place == last else ()
            if place:
                await self.pause()
            sent.append(await self.text(parcel, rendered.texts[place], rows))
            if place < last:
                await remember(sent)
        self._begun.pop(parcel.outbox_id, None)
        return sent

    async def edit(self, parcel: Parcel, messages: Sequence[int], rendered: Rendered) -> int | None:
        """Edit in place; None when that is refused and a new message is called for, else how many calls it took."""
        self.will_edit(parcel)
        last = len(rendered.texts) - 1
        for place, (message_id, text) in enumerate(zip(messages, rendered.texts, strict=True)):
            rows = rendered.rows if place == last else ()
            if place:
                await self.pause()
            try:
                await self._calls.edit(
                    text_call(parcel.chat.address, text, rows)
                    | {"message_id": message_id, "parse_mode": _HTML}
                )
            except BadRequest as error:
                match edit_verdict(error):
                    case "same":
                        continue
                    case "not_editable" | "other":
                        self.ended(parcel)
                        return None
        return last + 1

    def will_edit(self, parcel: Parcel) -> None:
        """From here on the message only edits: that has no second effect when it is repeated."""
        self._edits.add(parcel.outbox_id)

    def only_edits(self, parcel: Parcel) -> bool:
        """Whether nothing happens twice when the message is sent again."""
        return parcel.outbox_id in self._edits

    def ended(self, parcel: Parcel) -> None:
        """The attempt is over, or goes on with something that is no edit."""
        self._edits.discard(parcel.outbox_id)

    def begun(self, parcel: Parcel) -> Sequence[int] | None:
        """The parts that went out when this process tried the message before."""
        return self._begun.get(parcel.outbox_id)

    async def keep_in_mind(self, parcel: Parcel, sent: list[int]) -> None:
        """Note which parts went out for as long as this process lives."""
        self._begun[parcel.outbox_id] = sent
        while len(self._begun) > REMEMBERED:
            self._begun.pop(next(iter(self._begun)))


def text_call(address: str, text: str, rows: Rows = ()) -> dict[str, Any]:
    """The parameters of a call that shows a text."""
    given: dict[str, Any] = {"chat_id": int(address), "text": text, "link_preview_options": _NO_PREVIEW}
    if rows:
        given["reply_markup"] = inline_keyboard(rows)
    return given
