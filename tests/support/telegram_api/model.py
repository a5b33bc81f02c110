"""People, chats, messages and files as the fake holds them, and how the Bot API writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from tests.support.telegram_api.answers import Json

ChatKind = Literal["private", "group", "supergroup", "channel"]
Standing = Literal["member", "administrator", "left", "kicked"]

CALLBACK_SECONDS: Final = 150
"""How long a press waits for the bot; later the person has long looked away."""


@dataclass(slots=True)
class User:
    """Somebody with an account, be it a person or a bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = ""
    is_bot: bool = False
    deactivated: bool = False

    def json(self) -> Json:
        """As the Bot API writes a user."""
        optional = {"last_name": self.last_name, "username": self.username, "language_code": self.language}
        given = {name: value for name, value in optional.items() if value}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name, **given}


@dataclass(slots=True)
class Chat:
    """A place where messages are; with the bot's standing in it."""

    id: int
    kind: ChatKind
    title: str = ""
    person: User | None = None
    members: set[int] = field(default_factory=set)
    bot: Standing = "left"
    blocked: bool = False
    migrated_to: int | None = None
    instance: str = ""
    last_bot_spoke: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    reply_keyboard: Json | None = None
    typing: list[tuple[float, str]] = field(default_factory=list)

    def json(self) -> Json:
        """As the Bot API writes the chat of a message."""
        if self.person is not None:
            names = self.person.json()
            kept: Json = {
                name: names[name] for name in ("first_name", "last_name", "username") if name in names
            }
            return {"id": self.id, **kept, "type": "private"}
        written: Json = {"id": self.id, "title": self.title, "type": self.kind}
        if self.kind == "group":
            written["all_members_are_administrators"] = False
        return written


@dataclass(slots=True)
class Message:
    """One message; ``content`` holds the fields of its kind as the Bot API writes them."""

    id: int
    chat: Chat
    sender: User
    date: int
    content: Json
    markup: Json | None = None
    reply_to: Message | None = None
    forward_origin: Json | None = None
    edit_date: int | None = None
    had_other_markup: bool = False
    deleted: bool = False

    def json(self, *, nested: bool = False) -> Json:
        """As the Bot API writes it; a message that is answered to carries no answer of its own."""
        written: Json = {
            "message_id": self.id,
            "from": self.sender.json(),
            "chat": self.chat.json(),
            "date": self.date,
        }
        if self.chat.kind == "channel":
            written["sender_chat"] = self.chat.json()
            del written["from"]
        if self.forward_origin is not None:
            written["forward_origin"] = self.forward_origin
        if self.edit_date is not None:
            written["edit_date"] = self.edit_date
        if self.reply_to is not None and not self.reply_to.deleted and not nested:
            written["reply_to_message"] = self.reply_to.json(nested=True)
        written |= {name: value for name, value in self.content.items() if value not in ([], None)}
        if self.markup is not None:
            written["reply_markup"] = self.markup
        return written

    def as_pressed(self) -> Json:
        """The message of a button; of one that is gone only its place is told."""
        if self.deleted:
            return {"chat": self.chat.json(), "message_id": self.id, "date": 0}
        return self.json()


@dataclass(slots=True)
class StoredFile:
    """A file Telegram keeps."""

    id: str
    unique_id: str
    name: str
    media_type: str
    content: bytes
    size: int
    path: str = ""
    offered_at: float | None = None


@dataclass(slots=True)
class Press:
    """A press of a button that waits for the bot's answer, or has it."""

    id: str
    user: User
    chat: Chat
    message: Message
    data: str
    at: float
    answered: Json | None = None
