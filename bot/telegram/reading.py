"""What an update means to this product. Reading is pure: it looks at the update and at nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, get_args

from pydantic import ValidationError

from bot.telegram.callback_data import Button, unpack
from bot.telegram.updates import ChatMemberUpdated, Entity, Message, Update, User
from dialogs.incoming import Command, CommandName, Typed, Unsupported
from domain.made_often import made_often
from locales.languages import Language


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are on Telegram."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A contact card: whether it is the person's own, and the number."""

    own: bool
    phone: str


@dataclass(frozen=True, slots=True)
class Edited:
    """The person changed a text they had sent, or what they wrote under something."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A document or a photo: what Telegram calls it, its name, and its size in bytes as far as it is known."""

    kind: Literal["document", "photo"]
    file_id: str
    name: str
    size: int


@made_often(frozen=True, slots=True)
class Touched:
    """A button under message `message_id` was pressed; `button` is None for data we do not write."""

    button: Button | None
    message_id: int


Heard = Typed | Command | Unsupported | Shared | Edited | Touched | SentFile


@made_often(frozen=True, slots=True)
class InPrivate:
    """Something from one person in their own chat with us. `key` is the same for all parts of an album.

    `caption` is what they wrote under a picture, a file or the like.
    """

    address: str
    key: str
    language: Language | None
    heard: Heard
    message_id: int
    caption: str = ""

    @property
    def in_parts(self) -> bool:
        """Whether it came in several updates that are answered together."""
        return self.key.startswith(_ALBUM)


@dataclass(frozen=True, slots=True)
class InGroup:
    """We were called in a group; `argument` is what followed a /start."""

    address: str
    key: str
    language: Language | None
    message_id: int
    topic: int | None
    argument: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """We can no longer write to this chat."""

    address: str


@dataclass(frozen=True, slots=True)
class Unblocked:
    """We can write to this chat again."""

    address: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """A group has become a supergroup, with another address."""

    address: str
    new_address: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing for us to answer."""


Meaning = InPrivate | InGroup | Blocked | Unblocked | Migrated | Nothing

_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?:\s+(.*))?", re.DOTALL)
_NAMES: Final[frozenset[str]] = frozenset(get_args(CommandName))
_LONGEST_ARGUMENT: Final = 64
_ALBUM: Final = "album:"

_KINDS: Final = {
    "sticker": "sticker",
    "photo": "photo",
    "animation": "video",
    "document": "document",
    "voice": "voice",
    "audio": "audio",
    "video": "video",
    "video_note": "video",
    "venue": "location",
    "location": "location",
    "poll": "poll",
    "dice": "dice",
    "game": "game",
    "story": "story",
    "paid_media": "photo",
    "checklist": "checklist",
}
"""Contents that are no text, and what they are called; an animation is a document as well, a venue a location."""


def parse(payload: str | bytes) -> Update | None:
    """An update from its JSON; None for what is none."""
    try:
        return Update.model_validate_json(payload)
    except ValidationError:
        pass
    try:
        # Half a character makes it no JSON to a strict reader; what else was said counts all the same.
        return understand(json.loads(payload))
    except (ValueError, RecursionError):
        return None


def understand(update: Any) -> Update | None:
    """An update as a program brings it, instead of its JSON; None for what is none."""
    try:
        return Update.model_validate(update)
    except ValidationError:
        return None


def order_key(update: Update) -> str:
    """The chat an update belongs to: what happens in one chat is handled in order."""
    message = update.message or update.edited_message
    if message is not None:
        return str(message.chat.id)
    if update.callback_query is not None:
        query = update.callback_query
        return str(query.message.chat.id if query.message is not None else query.sender.id)
    return str(update.my_chat_member.chat.id) if update.my_chat_member is not None else ""


def read(update: Update, me: Identity) -> Meaning:
    """What there is to do."""
    if update.message is not None:
        return _message(update.update_id, update.message, me)
    if update.edited_message is not None:
        return _edited(update.update_id, update.edited_message)
    if update.callback_query is not None:
        return _pressed(update)
    if update.my_chat_member is not None:
        return _member(update.my_chat_member)
    return Nothing()


def language_of(user: User | None) -> Language | None:
    """The language of somebody's Telegram: Chinese in all its kinds, English for everybody else who says."""
    return None if user is None or not user.language_code else _language(user.language_code)


@lru_cache(64)
def _language(code: str) -> Language:
    return "zh_CN" if code.lower().split("-")[0].split("_")[0] == "zh" else "en"


def _message(update_id: int, message: Message, me: Identity) -> Meaning:
    if message.migrate_to_chat_id is not None:
        return Migrated(str(message.chat.id), str(message.migrate_to_chat_id))
    if message.sender is None or message.sender.is_bot:
        return Nothing()
    if message.chat.type == "private":
        heard = _heard(message)
        return Nothing() if heard is None else _in_private(update_id, message, heard)
    if message.chat.type in {"group", "supergroup"}:
        return _in_group(update_id, message, me)
    return Nothing()


def _in_private(update_id: int, message: Message, heard: Heard) -> InPrivate:
    key = f"{_ALBUM}{message.media_group_id}" if message.media_group_id else f"update:{update_id}"
    language, caption = language_of(message.sender), (message.caption or "").strip()
    return InPrivate(str(message.chat.id), key, language, heard, message.message_id, caption)


def _heard(message: Message) -> Heard | None:
    """What a private message says; None for Telegram's own notes about a chat."""
    if message.text is not None:
        return _command(message.text) or Typed(message.text)
    if message.contact is not None:
        own = message.sender is not None and message.contact.user_id == message.sender.id
        return Shared(own, message.contact.phone_number)
    kind = next((said for name, said in _KINDS.items() if getattr(message, name)), None)
    if kind is None:
        return None
    return _file(message) or Unsupported(kind) if kind in {"document", "photo"} else Unsupported(kind)


def _file(message: Message) -> SentFile | None:
    """The file of a message; of the sizes of a photo the largest."""
    given = message.photo or [message.document]
    sizes = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    known = [one for one in sizes if isinstance(one.get("file_id"), str) and one["file_id"]]
    if not known:
        return None
    best = max(
        known, key=lambda one: (_whole(one, "width") * _whole(one, "height"), _whole(one, "file_size"))
    )
    name = best.get("file_name")
    kind: Literal["document", "photo"] = "photo" if message.photo else "document"
    ending = ".jpg" if kind == "photo" else ""
    named = name if isinstance(name, str) and name else f"{kind}-{message.message_id}{ending}"
    return SentFile(kind, best["file_id"], named, _whole(best, "file_size"))


def _whole(part: Mapping[str, Any], name: str) -> int:
    number = part.get(name)
    return number if type(number) is int and number > 0 else 0


def _command(text: str) -> Command | None:
    found = _COMMAND.fullmatch(text.strip())
    if found is None or found[1].lower() not in _NAMES:
        return None
    argument = (found[3] or "").strip()[:_LONGEST_ARGUMENT]
    name = found[1].lower()
    if name == "start" and argument in _NAMES:
        # A link to one of the places every chat has.
        name, argument = argument, ""
    return Command(next(one for one in get_args(CommandName) if one == name), argument)


def _edited(update_id: int, message: Message) -> Meaning:
    if message.chat.type != "private" or message.sender is None or message.sender.is_bot:
        return Nothing()
    # Only words can have been an answer; a place on the move is edited every few seconds.
    has_words = message.text is not None or message.caption is not None
    return _in_private(update_id, message, Edited()) if has_words else Nothing()


def _pressed(update: Update) -> Meaning:
    query = update.callback_query
    message = None if query is None else query.message
    if query is None or message is None:
        return Nothing()
    chat, sender, number = message.chat, query.sender, message.message_id
    if sender.is_bot or chat.type != "private":
        return Nothing()
    touched = Touched(unpack(query.data or ""), number)
    return InPrivate(str(chat.id), f"update:{update.update_id}", language_of(sender), touched, number)


def _member(change: ChatMemberUpdated) -> Meaning:
    if change.chat.type == "channel":
        return Nothing()
    address = str(change.chat.id)
    return Blocked(address) if change.new_chat_member.status in {"kicked", "left"} else Unblocked(address)


def _in_group(update_id: int, message: Message, me: Identity) -> Meaning:
    text = message.text if message.text is not None else message.caption
    if text is None:
        return Nothing()
    argument = _called(text, message.entities or message.caption_entities, me)
    if argument is None:
        return Nothing()
    return InGroup(
        str(message.chat.id),
        f"update:{update_id}",
        language_of(message.sender),
        message.message_id,
        message.message_thread_id if message.is_topic_message else None,
        argument,
    )


def _called(text: str, entities: tuple[Entity, ...], me: Identity) -> str | None:
    """What follows a /start for us, an empty text for any other call, None when nobody called us."""
    found = _COMMAND.fullmatch(text.strip())
    if found is not None:
        addressed = (found[2] or "").lower()
        known = found[1].lower() in _NAMES
        if addressed == me.username.lower() or (not addressed and known):
            return (found[3] or "").strip()[:_LONGEST_ARGUMENT] if found[1].lower() == "start" else ""
        return None
    mentioned = re.search(
        rf"(?<![A-Za-z0-9_@])@{re.escape(me.username)}(?![A-Za-z0-9_])", text, re.IGNORECASE
    )
    by_name = any(
        one.type == "text_mention" and one.user is not None and one.user.id == me.id for one in entities
    )
    return "" if mentioned or by_name else None
