"""A loop that does nothing but send, over the product's own request class: `python -m … URL WAY MESSAGES`.

The way is `requests` (the class alone), `methods` (python-telegram-bot's `send_message` over it), both with as many under way as
the product has of a broadcast, or `one_by_one` (the class alone, each message when the one before has arrived).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Final

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.request import RequestData

from bot.telegram.request import ApiRequest
from scheduler.courier_rules import CourierRules
from tests.benchmarks.telegram.script import FIRST_LISTENER, NEWS, TOKEN

NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


async def main(url: str, way: str, messages: int) -> None:
    """Send all of them, and wait to be stopped."""
    request = ApiRequest()
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=request)
    await request.initialize()

    async def by_request(number: int) -> None:
        given = {
            "chat_id": str(FIRST_LISTENER + number),
            "text": f"{NEWS}（{number}）",
            "parse_mode": "HTML",
            "link_preview_options": '{"is_disabled": true}',
        }
        await request.post(f"{url}/bot{TOKEN}/sendMessage", _form(given))

    async def by_method(number: int) -> None:
        text = f"{NEWS}（{number}）"
        await bot.send_message(FIRST_LISTENER + number, text, ParseMode.HTML, link_preview_options=NO_PREVIEW)

    send: Callable[[int], Awaitable[None]] = by_method if way == "methods" else by_request
    rules = CourierRules()
    at_once = 1 if way == "one_by_one" else int(rules.concurrency * rules.shares["broadcast"])
    numbers = iter(range(messages))

    async def worker() -> None:
        for number in numbers:
            await send(number)

    await asyncio.gather(*(worker() for _ in range(at_once)))
    await request.shutdown()
    await asyncio.Event().wait()


def _form(given: dict[str, str]) -> RequestData:
    from telegram.request._requestparameter import RequestParameter

    return RequestData([RequestParameter(name, value, None) for name, value in given.items()])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
