"""Sending, editing and deleting messages."""

from __future__ import annotations

from typing import Final

from tests.support.telegram_api.answers import NOT_MODIFIED, Granted, Json, bad_request
from tests.support.telegram_api.call import Call, method
from tests.support.telegram_api.keyboards import inline_markup_of, is_inline, markup_of
from tests.support.telegram_api.model import Chat, Message
from tests.support.telegram_api.texts import Formatted, caption_of, text_of

DELETABLE_SECONDS: Final = 48 * 3600

CHAT_ACTIONS: Final = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def replied_to(call: Call, chat: Chat) -> Message | None:
    """The message an answer refers to."""
    given = call.parameters.parsed("reply_parameters", "reply parameters") or {}
    number = given.get("message_id") or call.parameters.integer("reply_to_message_id")
    if not number:
        return None
    message = chat.messages.get(int(number))
    if message is None or message.deleted:
        if given.get("allow_sending_without_reply") or call.parameters.true("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return message


def put(call: Call, chat: Chat, content: Json, markup: Json | None, reply_to: Message | None) -> Granted:
    """Put a message of the bot into a chat."""
    message = call.world.say(
        chat, call.world.bot, content, markup=markup if is_inline(markup) else None, reply_to=reply_to
    )
    if markup is not None and is_inline(markup) and not markup["inline_keyboard"]:
        message.markup = None
    if markup is not None and not is_inline(markup):
        message.had_other_markup = True
        chat.reply_keyboard = None if markup.get("remove_keyboard") else markup
        call.world.changed(chat)
    return Granted(message.json())


@method("sendMessage")
def send_message(call: Call) -> Granted:
    """Say a text."""
    text = text_of(call.parameters)
    markup = markup_of(call.parameters)
    chat = call.chat()
    reply_to = replied_to(call, chat)
    return put(call, chat, {"text": text.text, "entities": text.entities}, markup, reply_to)


def _editable(call: Call) -> Message:
    message = call.own_message("message to edit not found", "message can't be edited")
    if message.had_other_markup:
        # A message with another keyboard than buttons under it cannot be edited, not even by the bot that sent it.
        raise bad_request("message can't be edited")
    return message


def _edit(call: Call, message: Message, content: Json, markup: Json | None) -> Granted:
    if content == message.content and markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    message.content, message.markup = content, markup
    message.edit_date = call.world.clock.date()
    call.world.changed(message.chat)
    return Granted(message.json())


@method("editMessageText")
def edit_message_text(call: Call) -> Granted:
    """Change a text; without a keyboard the buttons go."""
    text = text_of(call.parameters)
    markup = inline_markup_of(call.parameters)
    message = _editable(call)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _edit(call, message, {"text": text.text, "entities": text.entities}, markup)


@method("editMessageCaption")
def edit_message_caption(call: Call) -> Granted:
    """Change what stands below a file."""
    caption = caption_of(call.parameters) or Formatted("")
    markup = inline_markup_of(call.parameters)
    message = _editable(call)
    if "text" in message.content:
        raise bad_request("there is no caption in the message to edit")
    content = {name: value for name, value in message.content.items() if not name.startswith("caption")}
    if caption.text:
        content |= {"caption": caption.text, "caption_entities": caption.entities}
    return _edit(call, message, content, markup)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(call: Call) -> Granted:
    """Change the buttons below a message."""
    markup = inline_markup_of(call.parameters)
    message = _editable(call)
    return _edit(call, message, message.content, markup)


@method("deleteMessage")
def delete_message(call: Call) -> Granted:
    """Take a message away for everybody."""
    chat = call.chat()
    number = call.parameters.integer("message_id")
    message = chat.messages.get(number or 0)
    if message is None or message.deleted:
        raise bad_request("message to delete not found")
    old = call.world.clock.now() - message.date > DELETABLE_SECONDS
    others = message.sender is not call.world.bot and chat.kind != "private" and chat.bot != "administrator"
    if old or others:
        raise bad_request("message can't be deleted for everyone" if old else "message can't be deleted")
    message.deleted = True
    call.world.changed(chat)
    return Granted(result=True)


@method("sendChatAction")
def send_chat_action(call: Call) -> Granted:
    """Show for five seconds what the bot is doing."""
    action = call.parameters.text("action")
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = call.chat()
    chat.typing.append((call.world.clock.now(), action))
    call.world.changed(chat)
    return Granted(result=True)
