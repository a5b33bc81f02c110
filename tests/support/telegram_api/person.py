"""People who use the bot: they speak and read, press buttons, block the bot and come back."""

from __future__ import annotations

from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.model import Chat, Message, Press
from tests.support.telegram_api.reader import Reader
from tests.support.telegram_api.sight import Seen
from tests.support.telegram_api.speaker import Speaker


class Person(Speaker, Reader):
    """Somebody who uses the bot."""

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
            self.world.changed(place)
            return press

    # --- being there or not ---

    def block(self) -> None:
        """Block the bot."""
        self._set_blocked(blocked=True)

    def unblock(self) -> None:
        """Let the bot write again."""
        self._set_blocked(blocked=False)

    def restart(self) -> Message:
        """Press the button below a blocked bot that lets it write again."""
        self.unblock()
        return self.start()

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

    def delete_history(self) -> None:
        """Delete the chat: buttons and messages are gone, for the bot too."""
        with self.world.lock:
            for message in self.chat.messages.values():
                message.deleted = True
            self.world.changed(self.chat)

    # --- the menu ---

    @property
    def menu(self) -> dict[str, str]:
        """The commands the menu of the chat with the bot shows this person, with what they say."""
        with self.world.lock:
            language = self.user.language.partition("-")[0]
            for scope, chat in (("chat", self.id), ("all_private_chats", 0), ("default", 0)):
                for wanted in (language, ""):
                    found: list[Json] | None = self.world.profile.commands.get((scope, chat, 0, wanted))
                    if found:
                        return {command["command"]: command["description"] for command in found}
        return {}
