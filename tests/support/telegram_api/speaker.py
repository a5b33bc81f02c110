"""Speaking: texts, files, contacts and what else people send."""

from __future__ import annotations

from typing import Final

from tests.support.telegram_api import files
from tests.support.telegram_api.account import Account
from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.images import dimensions, png
from tests.support.telegram_api.model import Chat, Message
from tests.support.telegram_api.sight import Seen
from tests.support.telegram_api.texts import plain
from tests.support.telegram_api.world import text_content

PHONE: Final = "+8613800138000"


class Speaker(Account):
    """Somebody who speaks."""

    def start(self, argument: str | None = None) -> Message:
        """Press the start button, perhaps of a deep link."""
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

    # --- more than words ---

    def send_contact(
        self, phone: str = PHONE, *, owner: Account | None = None, name: str = "", to: Chat | None = None
    ) -> Message:
        """Send a contact: the own one, that of somebody else, or with a name of somebody without an account."""
        user = None if name else (owner or self).user
        contact: Json = {"phone_number": phone, "first_name": name or (user.first_name if user else "")}
        if user is not None:
            contact["user_id"] = user.id
        return self.send({"contact": contact}, to=to)

    def share_phone(self, phone: str = PHONE) -> Message:
        """Press the button of the keyboard that asks for the own number."""
        keyboard = (self.chat.reply_keyboard or {}).get("keyboard", [])
        assert any(button.get("request_contact") for row in keyboard for button in row), (
            "nothing asks for the number"
        )
        if (self.chat.reply_keyboard or {}).get("one_time_keyboard"):
            self.chat.reply_keyboard = None
        return self.send_contact(phone)

    def send_document(
        self,
        name: str = "证书.pdf",
        content: bytes = b"%PDF-1.4\nstartxref\n0\n%%EOF\n",
        media_type: str = "application/pdf",
        *,
        caption: str = "",
        size: int | None = None,
        to: Chat | None = None,
    ) -> Message:
        """Send a file; a `size` of its own makes a big one cheap."""
        with self.world.lock:
            file = self.world.keep(name, media_type, content, size)
        return self.send({"document": files.document(file)} | self._caption(caption), to=to)

    def send_photo(
        self,
        content: bytes | None = None,
        *,
        caption: str = "",
        size: int | None = None,
        to: Chat | None = None,
    ) -> Message:
        """Send a picture."""
        picture = png(800, 600) if content is None else content
        width, height = dimensions(picture) or (800, 600)
        with self.world.lock:
            file = self.world.keep("photo.jpg", "image/jpeg", picture, size)
        return self.send({"photo": files.photo(file, width, height)} | self._caption(caption), to=to)

    def send_sticker(self, emoji: str = "👍", *, to: Chat | None = None) -> Message:
        """Send a sticker."""
        sticker = self._media("sticker.webp", "image/webp") | {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return self.send({"sticker": sticker}, to=to)

    def send_voice(self, seconds: int = 3, *, to: Chat | None = None) -> Message:
        """Send a voice message."""
        return self.send({"voice": self._media("voice.ogg", "audio/ogg") | {"duration": seconds}}, to=to)

    def send_location(self, *, to: Chat | None = None) -> Message:
        """Send a place."""
        return self.send({"location": {"latitude": 22.543, "longitude": 114.058}}, to=to)

    def forward(self, message: Message, *, to: Chat | None = None) -> Message:
        """Pass a message on."""
        origin = {"type": "user", "date": message.date, "sender_user": message.sender.json()}
        return self.send(dict(message.content), to=to, forward_origin=origin)

    def _media(self, name: str, media_type: str) -> Json:
        with self.world.lock:
            file = self.world.keep(name, media_type, name.encode())
        return {
            "file_id": file.id,
            "file_unique_id": file.unique_id,
            "file_size": file.size,
            "mime_type": media_type,
        }

    @staticmethod
    def _caption(caption: str) -> Json:
        formatted = plain(caption)
        return {"caption": formatted.text, "caption_entities": formatted.entities} if caption else {}
