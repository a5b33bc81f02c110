"""Sending, editing and deleting messages, and every refusal in Telegram's words."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest

from tests.support.telegram_api import Person, TelegramApi
from tests.support.telegram_api.answers import NOT_MODIFIED
from tests.telegram_api.asking import ask, refusal

LONGEST = "字" * 4095
TWO_UNITS = "🏟"


def buttons(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label) for label in labels]])


async def test_a_person_sees_the_text_and_the_buttons_of_a_message(bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(
        wang.id,
        "<b>您好</b>，<a href='https://example.com/'>详情</a>",
        ParseMode.HTML,
        reply_markup=buttons("是", "否"),
    )
    assert wang.last.text == sent.text == "您好，详情"
    assert wang.last.labels == ("是", "否")
    assert [(entity.type, entity.offset, entity.length, entity.url) for entity in sent.entities] == [
        ("bold", 0, 2, None),
        ("text_link", 3, 2, "https://example.com/"),
    ]
    assert sent.from_user is not None
    assert sent.from_user.id == bot.id


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "message text is empty"),
        (" \n ", "text must be non-empty"),
        ("<b> </b>", "text must be non-empty"),
        (LONGEST + "字字", "message is too long"),
        (LONGEST + TWO_UNITS, "message is too long"),
    ],
)
def test_a_text_has_1_to_4096_units_of_utf_16(api: TelegramApi, wang: Person, text: str, words: str) -> None:
    assert (
        refusal(api, "sendMessage", chat_id=wang.id, text=text, parse_mode="HTML") == f"Bad Request: {words}"
    )


def test_only_what_is_left_after_parsing_counts(api: TelegramApi, wang: Person) -> None:
    for text in (LONGEST + "字", f"<b>{LONGEST}&lt;</b>", f"  {LONGEST}字\n\n"):
        assert ask(api, "sendMessage", chat_id=wang.id, text=text, parse_mode="HTML")["ok"]


def test_white_space_at_the_ends_goes_and_entities_move_along(api: TelegramApi, wang: Person) -> None:
    result = ask(api, "sendMessage", chat_id=wang.id, text="\n  <b> 您好 </b>  ", parse_mode="html")["result"]
    assert result["text"] == "您好"
    assert result["entities"] == [{"type": "bold", "offset": 0, "length": 2}]


def test_an_unknown_way_to_write_is_refused(api: TelegramApi, wang: Person) -> None:
    assert refusal(api, "sendMessage", chat_id=wang.id, text="x", parse_mode="BBCode") == (
        "Bad Request: unsupported parse_mode"
    )


def test_faulty_html_is_refused_with_its_place(api: TelegramApi, wang: Person) -> None:
    assert refusal(api, "sendMessage", chat_id=wang.id, text="甲 <b>乙", parse_mode="HTML") == (
        "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""
    )
    assert refusal(api, "sendMessage", chat_id=wang.id, text="甲 <p>乙</p>", parse_mode="HTML") == (
        'Bad Request: can\'t parse entities: Unsupported start tag "p" at byte offset 4'
    )


def keyboard(*rows: list[Any]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (keyboard([{"text": "a", "callback_data": ""}]), "BUTTON_DATA_INVALID"),
        (keyboard([{"text": "a", "callback_data": "字" * 22}]), "BUTTON_DATA_INVALID"),
        (
            keyboard([{"text": "a"}]),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            keyboard([{"text": "", "callback_data": "a"}]),
            'can\'t parse inline keyboard button: Field "text" must be of type String',
        ),
        (keyboard([{"text": "a", "callback_data": "a"}] * 9), "reply markup is too long"),
        (keyboard(*[[{"text": "a", "callback_data": "a"}]] * 101), "reply markup is too long"),
        (keyboard([{"text": "a", "url": "javascript:alert(1)"}]), "inline keyboard button URL is invalid"),
        (
            {"inline_keyboard": [{"text": "a"}]},
            'field "inline_keyboard" of the ReplyMarkup must be an Array of Arrays',
        ),
        ([], "object expected as reply markup"),
        ("{", "can't parse reply markup JSON object"),
    ],
)
def test_keyboards_have_limits(api: TelegramApi, wang: Person, markup: Any, words: str) -> None:
    assert (
        refusal(api, "sendMessage", chat_id=wang.id, text="x", reply_markup=markup) == f"Bad Request: {words}"
    )
    assert wang.received() == []


def test_the_data_of_a_button_has_64_bytes_at_most(api: TelegramApi, wang: Person) -> None:
    row = [{"text": "a", "callback_data": "字" * 21 + "x"}]
    assert ask(api, "sendMessage", chat_id=wang.id, text="x", reply_markup=keyboard(row))["ok"]


async def test_a_text_is_edited_in_place_and_loses_its_buttons_unless_they_are_sent_along(
    bot: Bot, wang: Person
) -> None:
    sent = await bot.send_message(wang.id, "一", reply_markup=buttons("a"))
    edited = await bot.edit_message_text("二", wang.id, sent.message_id, reply_markup=buttons("b"))
    assert wang.texts() == ["二"]
    shown = wang.last
    assert (shown.labels, shown.edited) == (("b",), True)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    await bot.edit_message_text("三", wang.id, sent.message_id)
    assert wang.last.labels == ()


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, api: TelegramApi, wang: Person) -> None:
    sent = await bot.send_message(wang.id, "<b>一</b>", ParseMode.HTML, reply_markup=buttons("a"))
    same: dict[str, Any] = {
        "chat_id": wang.id,
        "message_id": sent.message_id,
        "reply_markup": buttons("a").to_dict(),
    }
    assert refusal(api, "editMessageText", text=" <strong>一</strong> ", parse_mode="HTML", **same) == (
        f"Bad Request: {NOT_MODIFIED}"
    )
    assert refusal(api, "editMessageReplyMarkup", **same) == f"Bad Request: {NOT_MODIFIED}"
    assert ask(api, "editMessageText", text="一", **same)["ok"]


async def test_buttons_alone_can_be_changed(bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(wang.id, "一", reply_markup=buttons("a"))
    await bot.edit_message_reply_markup(wang.id, sent.message_id)
    assert (wang.last.text, wang.last.labels) == ("一", ())


def test_only_own_messages_that_are_there_can_be_edited(api: TelegramApi, wang: Person) -> None:
    theirs = wang.type("我的")
    assert refusal(api, "editMessageText", chat_id=wang.id, message_id=theirs.id, text="x") == (
        "Bad Request: message can't be edited"
    )
    assert refusal(api, "editMessageText", chat_id=wang.id, message_id=999, text="x") == (
        "Bad Request: message to edit not found"
    )
    sent = ask(api, "sendMessage", chat_id=wang.id, text="x")["result"]["message_id"]
    wang.delete_history()
    assert refusal(api, "editMessageText", chat_id=wang.id, message_id=sent, text="y") == (
        "Bad Request: message to edit not found"
    )
    assert refusal(api, "editMessageText", chat_id=wang.id, text="y") == (
        "Bad Request: message identifier is not specified"
    )


async def test_a_message_that_brought_another_keyboard_cannot_be_edited(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    phone = ReplyKeyboardMarkup([[KeyboardButton("发送号码", request_contact=True)]], one_time_keyboard=True)
    for markup in (phone, ForceReply(), ReplyKeyboardRemove()):
        sent = await bot.send_message(wang.id, "您的号码？", reply_markup=markup)
        assert sent.reply_markup is None
        assert refusal(api, "editMessageText", chat_id=wang.id, message_id=sent.message_id, text="x") == (
            "Bad Request: message can't be edited"
        )
    sent = await bot.send_message(wang.id, "选一个", reply_markup=buttons("a"))
    with pytest.raises(BadRequest, match="Inline keyboard expected"):
        await bot.edit_message_text("x", wang.id, sent.message_id, reply_markup=phone)  # type: ignore[arg-type]


async def test_a_keyboard_can_ask_for_the_own_number(bot: Bot, wang: Person) -> None:
    await bot.get_updates(offset=-1)
    await bot.send_message(
        wang.id,
        "您的号码？",
        reply_markup=ReplyKeyboardMarkup([[KeyboardButton("发送", request_contact=True)]]),
    )
    wang.share_phone("+8613800138000")
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.contact is not None
    assert (message.contact.user_id, message.contact.phone_number) == (wang.id, "+8613800138000")
    await bot.send_message(wang.id, "谢谢", reply_markup=ReplyKeyboardRemove())
    assert wang.chat.reply_keyboard is None


async def test_messages_can_be_deleted_for_two_days(bot: Bot, api: TelegramApi, wang: Person) -> None:
    sent = await bot.send_message(wang.id, "一")
    assert await bot.delete_message(wang.id, sent.message_id)
    assert wang.texts() == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(wang.id, sent.message_id)
    old = await bot.send_message(wang.id, "二")
    api.clock.advance(48 * 3600 + 1)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(wang.id, old.message_id)


async def test_an_answer_needs_the_message_it_refers_to(bot: Bot, wang: Person) -> None:
    question = wang.type("几点？")
    sent = await bot.send_message(wang.id, "三点", reply_to_message_id=question.id)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "几点？"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(wang.id, "三点", reply_to_message_id=999)
    await bot.send_message(wang.id, "四点", reply_to_message_id=999, allow_sending_without_reply=True)
    assert wang.texts() == ["三点", "四点"]


async def test_a_person_sees_that_the_bot_is_writing(bot: Bot, api: TelegramApi, wang: Person) -> None:
    assert await bot.send_chat_action(wang.id, ChatAction.TYPING)
    assert [action for _, action in wang.chat.typing] == ["typing"]
    assert refusal(api, "sendChatAction", chat_id=wang.id, action="dancing") == (
        "Bad Request: wrong parameter action in request"
    )


def test_a_chat_must_be_named_and_known(api: TelegramApi) -> None:
    assert refusal(api, "sendMessage", text="x") == "Bad Request: chat_id is empty"
    for chat in (1, "@nobody", "zero"):
        assert refusal(api, "sendMessage", chat_id=chat, text="x") == "Bad Request: chat not found"


async def test_a_person_can_correct_what_they_typed(bot: Bot, wang: Person) -> None:
    wang.edit(wang.type("一"), "二")
    edited = (await bot.get_updates())[-1].edited_message
    assert edited is not None
    assert edited.text == "二"
    assert edited.edit_date is not None


async def test_people_send_more_than_words(bot: Bot, wang: Person) -> None:
    await bot.get_updates(offset=-1)
    wang.send_contact(name="李强", phone="+8613900139000")
    wang.send_document("证书.pdf", caption="我们的证书 /done")
    wang.send_photo()
    wang.send_sticker()
    wang.send_voice()
    wang.send_location()
    wang.forward(wang.type("原话"))
    _, contact, document, photo, sticker, voice, location, _, forward = [
        update.message for update in await bot.get_updates() if update.message
    ]
    assert contact.contact is not None
    assert contact.contact.user_id is None
    assert document.document is not None
    assert (document.document.file_name, document.caption) == ("证书.pdf", "我们的证书 /done")
    assert [(size.width, size.height) for size in photo.photo] == [(320, 240), (800, 600)]
    assert sticker.sticker is not None
    assert voice.voice is not None
    assert location.location is not None
    assert (forward.text, type(forward.forward_origin).__name__) == ("原话", "MessageOriginUser")
