"""Reading: what the screen shows now, and waiting until it shows something."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from tests.support.telegram_api.account import Account
from tests.support.telegram_api.model import Chat, Press
from tests.support.telegram_api.sight import Seen, seen

Condition = Callable[[Seen], bool]


class Reader(Account):
    """Somebody who reads."""

    def screen(self, chat: Chat | None = None) -> list[Seen]:
        """What the chat shows now, oldest first."""
        with self.world.lock:
            return [seen(message, self.world.bot) for message in self.world.messages_of(chat or self.chat)]

    def received(self, chat: Chat | None = None) -> list[Seen]:
        """What the bot said, as it is shown now."""
        return [message for message in self.screen(chat) if message.from_bot]

    def texts(self, chat: Chat | None = None) -> list[str]:
        """The texts of the bot, as they are shown now."""
        return [message.text for message in self.received(chat)]

    @property
    def last(self) -> Seen:
        """The last message of the bot."""
        received = self.received()
        assert received, "the bot has said nothing"
        return received[-1]

    @property
    def toasts(self) -> list[str]:
        """The short words that answered presses, oldest first; an empty one ends the waiting alone."""
        with self.world.lock:
            mine = [press for press in self.world.presses.values() if press.user is self.user]
            return [press.answered["text"] for press in mine if press.answered is not None]

    def is_waiting(self, press: Press) -> bool:
        """Whether a pressed button still turns, for the bot has not answered."""
        return press.answered is None

    # --- waiting ---

    def wait_for(
        self, what: str | Condition = "", *, seconds: float = 10, after: int = 0, chat: Chat | None = None
    ) -> Seen:
        """Wait for a message of the bot with a text in it, or that meets a condition; `after` a message by its number."""
        found = self._find(what, after, chat)
        end = time.monotonic() + seconds
        rung = threading.Event()
        forget = self.world.watch(rung.set, chat or self.chat)
        try:
            while found is None:
                rung.clear()
                found = self._find(what, after, chat)
                if found is None:
                    left = end - time.monotonic()
                    assert left > 0, self._not_seen(what, seconds, chat)
                    rung.wait(min(left, 0.05))
        finally:
            forget()
        return found

    async def see(
        self, what: str | Condition = "", *, seconds: float = 10, after: int = 0, chat: Chat | None = None
    ) -> Seen:
        """`wait_for` in an event loop."""
        loop, rung = asyncio.get_running_loop(), asyncio.Event()

        def ring() -> None:
            loop.call_soon_threadsafe(rung.set)

        forget = self.world.watch(ring, chat or self.chat)
        try:
            async with asyncio.timeout(seconds):
                while (found := self._find(what, after, chat)) is None:
                    rung.clear()
                    await rung.wait()
        except TimeoutError:
            raise AssertionError(self._not_seen(what, seconds, chat)) from None
        finally:
            forget()
        return found

    def _find(self, what: str | Condition, after: int, chat: Chat | None) -> Seen | None:
        with self.world.lock:
            for message in reversed((chat or self.chat).messages.values()):
                if message.id <= after:
                    return None
                if message.deleted or message.sender is not self.world.bot:
                    continue
                shown = seen(message, self.world.bot)
                if what in shown.text if isinstance(what, str) else what(shown):
                    return shown
        return None

    def _not_seen(self, what: str | Condition, seconds: float, chat: Chat | None) -> str:
        wanted = repr(what) if isinstance(what, str) else "the message waited for"
        return f"{wanted} was not seen within {seconds} s; the bot said {self.texts(chat)[-3:]}"
