"""Everything the fake knows: accounts, chats, messages, files, presses. One lock guards it all."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from threading import RLock
from typing import Final

from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.clock import DrivenTime
from tests.support.telegram_api.model import (
    CALLBACK_SECONDS,
    Chat,
    ChatKind,
    Message,
    Press,
    StoredFile,
    User,
)
from tests.support.telegram_api.texts import plain
from tests.support.telegram_api.updates import Disorder, UpdateQueue

SPOKEN: Final = frozenset({"text", "caption", "photo", "document", "sticker", "voice", "contact", "location"})
"""Contents of messages somebody said; others tell what happened to the chat."""


Watcher = Callable[[], None]


@dataclass(slots=True)
class BotProfile:
    """What a bot tells about itself, by language."""

    commands: dict[tuple[str, int, int, str], list[Json]] = field(default_factory=dict)
    """By scope, chat, member and language."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)


class World:
    """What Telegram would keep."""

    def __init__(self, bot: User, *, privacy: bool) -> None:
        self.lock = RLock()
        self.clock = DrivenTime()
        self.disorder = Disorder()
        self.updates = UpdateQueue(self.clock, self.disorder)
        self.bot = bot
        self.privacy = privacy
        self.profile = BotProfile()
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.presses: dict[str, Press] = {}
        self.callback_seconds: float = CALLBACK_SECONDS
        self._numbers = itertools.count(1)
        self._message_ids: dict[int, itertools.count[int]] = {}
        self._watchers: dict[int | None, list[Watcher]] = {}

    # --- who and where ---

    def add_user(self, user: User) -> User:
        """Make an account known."""
        self.users[user.id] = user
        return user

    def add_chat(self, chat: Chat) -> Chat:
        """Open a chat."""
        chat.instance = str(int.from_bytes(sha256(str(chat.id).encode()).digest()[:8], "big", signed=True))
        self.chats[chat.id] = chat
        return chat

    def fresh_number(self) -> int:
        """A number nobody has yet."""
        return next(self._numbers)

    # --- messages ---

    def say(
        self,
        chat: Chat,
        sender: User,
        content: Json,
        *,
        markup: Json | None = None,
        reply_to: Message | None = None,
        forward_origin: Json | None = None,
    ) -> Message:
        """Put a message into a chat; what a person says becomes an update where the bot may read it."""
        message = Message(
            self._next_message_id(chat),
            chat,
            sender,
            self.clock.date(),
            content,
            markup,
            reply_to,
            forward_origin,
        )
        chat.messages[message.id] = message
        if sender is self.bot:
            chat.typing.clear()
            chat.last_bot_spoke = True
        elif sender.is_bot:
            chat.last_bot_spoke = False
        if sender is not self.bot and self.bot_reads(message):
            kind = "channel_post" if chat.kind == "channel" else "message"
            self.updates.put(kind, message.json(), ("chat", chat.id))
        self.changed(chat)
        return message

    def edited(self, message: Message) -> None:
        """A person changed their message."""
        message.edit_date = self.clock.date()
        if self.bot_reads(message):
            kind = "edited_channel_post" if message.chat.kind == "channel" else "edited_message"
            self.updates.put(kind, message.json(), ("chat", message.chat.id))
        self.changed(message.chat)

    def bot_reads(self, message: Message) -> bool:
        """Whether the bot is told about a message: in groups its privacy mode decides."""
        chat = message.chat
        if chat.kind == "private":
            return not chat.blocked
        if chat.bot in {"left", "kicked"}:
            return False
        if not self.privacy or chat.bot == "administrator" or chat.kind == "channel":
            return not message.sender.is_bot
        if message.sender.is_bot:
            return False
        if not SPOKEN & message.content.keys():
            return True  # service messages
        if message.reply_to is not None and message.reply_to.sender is self.bot:
            return True
        return self._addressed(message.content, chat)

    def _addressed(self, content: Json, chat: Chat) -> bool:
        text = str(content.get("text") or content.get("caption") or "")
        name = f"@{self.bot.username}".lower()
        words = text.lower().replace(name, f" {name} ").split()
        if name in words:
            return True
        return text.startswith("/") and "@" not in text.split(maxsplit=1)[0] and chat.last_bot_spoke

    def _next_message_id(self, chat: Chat) -> int:
        # A bot has one row of numbers for all private chats and small groups; large groups count on their own.
        row = chat.id if chat.kind in {"supergroup", "channel"} else 0
        return next(self._message_ids.setdefault(row, itertools.count(1)))

    # --- files ---

    def keep(self, name: str, media_type: str, content: bytes, size: int | None = None) -> StoredFile:
        """Store a file; a size that differs from the content's makes big files cheap."""
        number = self.fresh_number()
        digest = sha256(content).hexdigest()[:12]
        stored = StoredFile(
            f"BQACAgUAAxk{number:08d}{digest}",
            f"AgAD{digest}",
            name,
            media_type,
            content,
            size or len(content),
        )
        self.files[stored.id] = stored
        return stored

    # --- changes ---

    def watch(self, watcher: Watcher, chat: Chat | None = None) -> Watcher:
        """Have a function called after every change, of a chat or of anything; gives what ends that."""
        place = self._watchers.setdefault(chat.id if chat else None, [])
        place.append(watcher)
        return lambda: place.remove(watcher)

    def changed(self, chat: Chat | None = None) -> None:
        """Tell everybody who watches."""
        watchers = list(self._watchers.get(None, ()))
        if chat is not None:
            watchers += self._watchers.get(chat.id, ())
        for watcher in watchers:
            watcher()

    def membership(self, chat: Chat, by: User, old: str, new: str) -> None:
        """Tell the bot that its own standing changed."""
        until = {"until_date": 0}
        self.updates.put(
            "my_chat_member",
            {
                "chat": chat.json(),
                "from": by.json(),
                "date": self.clock.date(),
                "old_chat_member": {"user": self.bot.json(), "status": old}
                | (until if old == "kicked" else {}),
                "new_chat_member": {"user": self.bot.json(), "status": new}
                | (until if new == "kicked" else {}),
            },
            ("standing", chat.id),
        )
        self.changed(chat)

    def messages_of(self, chat: Chat) -> Iterable[Message]:
        """What can be seen in a chat now."""
        return (message for message in chat.messages.values() if not message.deleted)


def text_content(text: str) -> Json:
    """The content of a text somebody typed."""
    formatted = plain(text)
    return {"text": formatted.text, "entities": formatted.entities}


def private_chat(user: User) -> Chat:
    """The chat between a person and the bot."""
    kind: ChatKind = "private"
    return Chat(user.id, kind, person=user)
