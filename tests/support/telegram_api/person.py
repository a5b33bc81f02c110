"""People who use the bot: they type, press, send files, block, and read what they see."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.model import Chat, Message, Press, User
from tests.support.telegram_api.sight import Seen, seen
from tests.support.telegram_api.world import World, private_chat, text_content

Condition = Callable[[Seen], bool]


class Person:
    """Somebody with an account."""

    def __init__(self, world: World, user: User) -> None:
        self.world = world
        self.user = user

    @property
    def id(self) -> int:
        """The number of the account; it is the number of the chat with the bot too."""
        return self.user.id

    @property
    def chat(self) -> Chat:
        """The chat with the bot; opened when it is first looked at, but the bot may not write before the person did."""
        with self.world.lock:
            return self.world.chats.get(self.user.id) or self.world.add_chat(private_chat(self.user))

    # --- speaking ---

    def start(self, argument: str | None = None) -> Message:
        """Press the start button, perhaps of a deep link."""
        if self.chat.blocked:
            self.unblock()
        return self.type(f"/start {argument}" if argument else "/start")

    def type(self, text: str, *, to: Chat | None = None, reply_to: Seen | Message | None = None) -> Message:
        """Type a text."""
        return self.send(text_content(text), to=to, reply_to=reply_to)

    def send(
        self,
        content: Json,
        *,
        to: Chat | None = None,
        reply_to: Seen | Message | None = None,
        forward_origin: Json | None = None,
    ) -> Message:
        """Send a message of any kind, as the Bot API writes its content."""
        with self.world.lock:
            chat = to or self.chat
            if chat.kind == "private":
                assert not chat.blocked, "nobody can write to a bot they blocked"
                chat.bot = "member"
            original = None if reply_to is None else chat.messages.get(reply_to.id)
            return self.world.say(chat, self.user, content, reply_to=original, forward_origin=forward_origin)

    def edit(self, message: Message, text: str) -> None:
        """Change a text that was sent."""
        with self.world.lock:
            message.content = text_content(text)
            self.world.edited(message)

    # --- pressing ---

    def press(self, label: str, on: Seen | None = None) -> Press:
        """Press a button as it is shown now: on a message, or on the last one that has such a button."""
        with self.world.lock:
            where = on or next(
                (
                    message
                    for message in reversed(self.screen())
                    if any(label in button.text for button in message.buttons)
                ),
                None,
            )
            assert where is not None, f"no button {label!r} is shown; shown is {self.texts()[-1:]}"
            button = where.button(label)
            assert button.data is not None, f"{label!r} opens {button.url} and tells the bot nothing"
            return self.press_data(where, button.data)

    def press_data(self, on: Seen | Message, data: str, chat: Chat | None = None) -> Press:
        """Press a button the screen still shows though it may be gone: an old one, or one pressed twice at once."""
        with self.world.lock:
            place = chat or self.world.chats[on.chat_id if isinstance(on, Seen) else on.chat.id]
            message = place.messages[on.id]
            press = Press(
                f"{self.user.id}{self.world.fresh_number():09d}",
                self.user,
                place,
                message,
                data,
                self.world.clock.now(),
            )
            self.world.presses[press.id] = press
            query = {
                "id": press.id,
                "from": self.user.json(),
                "message": message.as_pressed(),
                "chat_instance": place.instance,
                "data": data,
            }
            self.world.updates.put(
                "callback_query", query, ("press", self.user.id), self.world.callback_seconds
            )
            self.world.changed()
            return press

    # --- being there or not ---

    def block(self) -> None:
        """Block the bot."""
        self._set_blocked(blocked=True)

    def unblock(self) -> None:
        """Let the bot write again."""
        self._set_blocked(blocked=False)

    def deactivate(self) -> None:
        """Delete the account."""
        with self.world.lock:
            self.user.deactivated = True

    def _set_blocked(self, *, blocked: bool) -> None:
        with self.world.lock:
            chat = self.chat
            if chat.blocked != blocked:
                chat.blocked = blocked
                old, new = ("member", "kicked") if blocked else ("kicked", "member")
                self.world.membership(chat, self.user, old, new)

    # --- reading ---

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
        forget = self.world.watch(rung.set)
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

        forget = self.world.watch(ring)
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
        for message in reversed(self.received(chat)):
            if message.id > after and (what in message.text if isinstance(what, str) else what(message)):
                return message
        return None

    def _not_seen(self, what: str | Condition, seconds: float, chat: Chat | None) -> str:
        wanted = repr(what) if isinstance(what, str) else "the message waited for"
        return f"{wanted} was not seen within {seconds} s; the bot said {self.texts(chat)[-3:]}"
