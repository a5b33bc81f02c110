"""tg-auto-test, a client of Telegram in the manner of Telethon, moved by lines of JSON; it needs Python 3.12 or later.

Both sides may speak at any time. In: ``{"number", "call", "given"}`` (the product calls the Bot API) and ``{"number", "text"}``
or ``{"number", "press", "on"}`` (the person acts). Out: ``{"number", "result"}``, and ``{"update"}`` whenever there is one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from typing import Any, Final

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler
from tg_auto_test.test_utils.serverless_telegram_client import ServerlessTelegramClient

SHOWING: Final = frozenset({"sendMessage", "editMessageText"})
QUIET_SECONDS: Final = 0.25
"""Who acts sees what is shown until nothing more has come for so long."""

LONGEST_SECONDS: Final = 15.0


class Peer:
    """The client, and what the product did about the update at hand."""

    def __init__(self) -> None:
        self.client = ServerlessTelegramClient(self._build, user_id=7001, first_name="王芳")
        self.messages: dict[int, Any] = {}
        self._showing = asyncio.Event()

    def _build(
        self, builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any]
    ) -> Application[Any, Any, Any, Any, Any, Any]:
        application = builder.build()
        application.add_handler(TypeHandler(Update, self._hand_on))
        return application

    async def _hand_on(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """The library waits for whoever handles an update: until the product has answered."""
        self._showing.clear()
        say({"update": update.to_dict()})
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._showing.wait()
        with suppress(TimeoutError):
            while True:
                self._showing.clear()
                await asyncio.wait_for(self._showing.wait(), QUIET_SECONDS)

    async def call(self, method: str, given: dict[str, str]) -> Any:
        """One call of the product, through python-telegram-bot to the library's Bot API."""
        result = await self.client._application.bot.do_api_request(method, api_kwargs=given)
        if method in SHOWING:
            self._showing.set()
        return result

    async def act(self, conversation: Any, line: dict[str, Any]) -> list[dict[str, Any]]:
        """Type or press, and see what comes."""
        if "text" in line:
            await conversation.send_message(line["text"], parse_mode=None)
        else:
            await self.messages[line["on"]].click(data=line["press"].encode())
        for look in (conversation.get_response, conversation.get_edit):
            while True:
                try:
                    message = await look(timeout=1)
                except (RuntimeError, TimeoutError):  # nothing more
                    break
                self.messages[message.id] = message
        return [
            {
                "id": number,
                "text": message.text,
                "data": [key.data.decode() for row in message.buttons or () for key in row],
            }
            for number, message in sorted(self.messages.items())
        ]


def say(line: dict[str, Any]) -> None:
    """One line out."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Answer until the input ends."""
    peer = Peer()
    reader = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await peer.client.connect()
    answering: set[asyncio.Task[None]] = set()

    async def answer(conversation: Any, line: dict[str, Any]) -> None:
        try:
            if "call" in line:
                result = await peer.call(line["call"], line["given"])
            else:
                result = await peer.act(conversation, line)
            say({"number": line["number"], "result": result})
        except Exception as error:  # noqa: BLE001 - told to the other side
            say({"number": line["number"], "error": f"{type(error).__name__}: {error}"})

    async with peer.client.conversation("zhuoyue_test_bot", timeout=LONGEST_SECONDS) as conversation:
        say({"number": 0, "result": "ready"})
        while line := await reader.readline():
            task = asyncio.create_task(answer(conversation, json.loads(line)))
            answering.add(task)
            task.add_done_callback(answering.discard)


asyncio.run(main())
