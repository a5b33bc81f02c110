"""The parts of Telegram's updates this product reads. Everything else in them is left alone."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _whole(text: str) -> str:
    """Without halves of characters (one of a surrogate pair alone), which can be neither kept nor sent."""
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()


WholeText = Annotated[str, AfterValidator(_whole)]
"""What somebody wrote."""


def _whole_tree(value: Any) -> Any:
    match value:
        case str():
            return _whole(value)
        case dict():
            return {_whole_tree(key): _whole_tree(one) for key, one in value.items()}
        case list():
            return [_whole_tree(one) for one in value]
        case _:
            return value


Content = Annotated[Any, AfterValidator(_whole_tree)]
"""A content this product looks at by name, or takes apart later."""


LARGEST_NUMBER: Final = 2**63 - 1
"""What can be kept of the numbers a platform gives."""

Number = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
"""The number of an update or a message, as it can be kept."""


class Part(BaseModel):
    """A part of an update; what Telegram adds to it one day does no harm."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class User(Part):
    """Somebody, or a bot."""

    id: int
    is_bot: bool = False
    language_code: WholeText | None = None


class Chat(Part):
    """Where something was said."""

    id: int
    type: WholeText


class Entity(Part):
    """A stretch of a text that means something; offsets and lengths are in UTF-16 units."""

    type: WholeText
    offset: int
    length: int
    user: User | None = None


class Contact(Part):
    """A card with a phone number; `user_id` says whose, where Telegram knows."""

    phone_number: WholeText
    user_id: int | None = None


class Message(Part):
    """Something that was sent. Kinds of content that are not read are only looked for by name."""

    message_id: Number
    chat: Chat
    sender: User | None = Field(None, alias="from")
    text: WholeText | None = None
    caption: WholeText | None = None
    entities: tuple[Entity, ...] = ()
    caption_entities: tuple[Entity, ...] = ()
    contact: Contact | None = None
    message_thread_id: int | None = None
    is_topic_message: bool = False
    media_group_id: WholeText | None = None
    migrate_to_chat_id: int | None = None

    sticker: Content = None
    photo: Content = None
    document: Content = None
    voice: Content = None
    audio: Content = None
    video: Content = None
    video_note: Content = None
    animation: Content = None
    location: Content = None
    venue: Content = None
    poll: Content = None
    dice: Content = None
    game: Content = None
    story: Content = None
    paid_media: Content = None
    checklist: Content = None


class CallbackQuery(Part):
    """A button was pressed. Without `message` it was one of somebody else's making."""

    id: WholeText
    sender: User = Field(alias="from")
    message: Message | None = None
    data: WholeText | None = None


class ChatMember(Part):
    """What somebody is in a chat."""

    status: WholeText


class ChatMemberUpdated(Part):
    """What the bot is in a chat has changed."""

    chat: Chat
    sender: User | None = Field(None, alias="from")
    new_chat_member: ChatMember


class Update(Part):
    """One update: one of these, or something this product does not listen to."""

    update_id: Number
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: ChatMemberUpdated | None = None


ALLOWED: tuple[str, ...] = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates Telegram is asked for."""
