"""Files both ways: names, limits, pictures, and addresses that live an hour."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from tests.support.telegram_api import Person, TelegramApi
from tests.support.telegram_api.images import png
from tests.telegram_api.asking import ask, refusal

MEGABYTE = 1024 * 1024


async def test_a_document_arrives_with_its_name_its_type_and_its_caption(bot: Bot, wang: Person) -> None:
    content = bytes(range(256)) * 40 + b"\r\n--\r\n"
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="ok")]])
    sent = await bot.send_document(
        wang.id,
        io.BytesIO(content),
        caption="<i>申报书</i>",
        parse_mode="HTML",
        filename="申报书 1.pdf",
        reply_markup=markup,
    )
    assert sent.document is not None
    assert sent.document.file_name == "申报书 1.pdf"
    assert (sent.document.mime_type, sent.document.file_size) == ("application/pdf", len(content))
    assert (wang.last.file_name, wang.last.text, wang.last.labels) == ("申报书 1.pdf", "申报书", ("好",))
    file = await sent.document.get_file()
    assert bytes(await file.download_as_bytearray()) == content


async def test_a_file_is_sent_again_by_its_number(bot: Bot, wang: Person) -> None:
    sent = await bot.send_document(wang.id, b"x", filename="a.txt")
    assert sent.document is not None
    again = await bot.send_document(wang.id, sent.document.file_id)
    assert again.document == sent.document


async def test_what_a_person_sent_can_be_fetched_for_an_hour(
    bot: Bot, api: TelegramApi, wang: Person
) -> None:
    wang.send_document("证书.pdf", b"%PDF-1.4")
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.document is not None
    file = await message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"%PDF-1.4"
    api.clock.advance(3601)
    with pytest.raises(Exception, match="Not Found"):
        await file.download_as_bytearray()
    fresh = await message.document.get_file()
    assert bytes(await fresh.download_as_bytearray()) == b"%PDF-1.4"


def test_a_file_of_more_than_20_megabytes_cannot_be_fetched(api: TelegramApi, wang: Person) -> None:
    large = wang.send_document(size=20 * MEGABYTE + 1).content["document"]["file_id"]
    assert refusal(api, "getFile", file_id=large) == "Bad Request: file is too big"
    assert refusal(api, "getFile", file_id="nobody's") == "Bad Request: invalid file_id"
    assert ask(api, "getFile", file_id=wang.send_document(size=20 * MEGABYTE).content["document"]["file_id"])[
        "ok"
    ]


def test_a_file_is_fetched_only_with_the_token(api: TelegramApi, wang: Person) -> None:
    path = ask(api, "getFile", file_id=wang.send_document().content["document"]["file_id"])["result"][
        "file_path"
    ]
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{api.url}/file/bot{api.token}/{path}").status_code == 200
        assert client.get(f"{api.url}/file/bot7000000001:{'x' * 35}/{path}").status_code == 401
        assert client.get(f"{api.url}/file/bot{api.token}/documents/nothing").status_code == 404


async def test_a_picture_arrives_in_its_sizes(bot: Bot, wang: Person) -> None:
    sent = await bot.send_photo(wang.id, png(640, 480), caption="图")
    assert [(size.width, size.height) for size in sent.photo] == [(320, 240), (640, 480)]
    assert sent.caption == "图"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture", "Image_process_failed"),
        (png(9_000, 1_001), "Photo_invalid_dimensions"),
        (png(2_100, 100), "Photo_invalid_dimensions"),
        (b"", "File must be non-empty"),
        (png(1, 1) + bytes(10 * MEGABYTE), "Request Entity Too Large"),
    ],
)
async def test_pictures_have_limits(bot: Bot, wang: Person, content: bytes, words: str) -> None:
    with pytest.raises(Exception, match=words):
        await bot.send_photo(wang.id, content)
    assert wang.received() == []


async def test_captions_have_1024_units_at_most(bot: Bot, wang: Person) -> None:
    await bot.send_document(wang.id, b"x", caption="字" * 1022 + "🏟")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(wang.id, b"x", caption="字" * 1023 + "🏟")
    with pytest.raises(BadRequest, match=r'(?i)unsupported start tag "p"'):
        await bot.send_photo(wang.id, png(10, 10), caption="<p>", parse_mode="HTML")
    assert len(wang.received()) == 1


async def test_a_caption_is_edited_as_such(bot: Bot, api: TelegramApi, wang: Person) -> None:
    file = await bot.send_document(wang.id, b"x", caption="一")
    text = await bot.send_message(wang.id, "一")
    await bot.edit_message_caption(wang.id, file.message_id, caption="二")
    assert wang.texts() == ["二", "一"]
    place: dict[str, Any] = {"chat_id": wang.id, "message_id": file.message_id}
    assert refusal(api, "editMessageText", text="三", **place) == (
        "Bad Request: there is no text in the message to edit"
    )
    place["message_id"] = text.message_id
    assert refusal(api, "editMessageCaption", caption="三", **place) == (
        "Bad Request: there is no caption in the message to edit"
    )


def test_a_request_without_a_file_is_refused(api: TelegramApi, wang: Person) -> None:
    assert refusal(api, "sendDocument", chat_id=wang.id) == "Bad Request: there is no document in the request"
    assert refusal(api, "sendDocument", chat_id=wang.id, document="https://example.com/a.pdf") == (
        "Bad Request: failed to get HTTP URL content"
    )
    assert refusal(api, "sendDocument", chat_id=wang.id, document="no such file").startswith(
        "Bad Request: wrong remote file identifier specified"
    )


def test_parameters_come_in_every_form(api: TelegramApi, wang: Person) -> None:
    address = f"{api.url}/bot{api.token}/sendMessage"
    markup = '{"inline_keyboard":[[{"text":"a","callback_data":"a"}]]}'
    form = {"chat_id": str(wang.id), "text": "一", "reply_markup": markup}
    with httpx.Client(trust_env=False) as client:
        answers = [
            client.get(address, params=form),
            client.post(address, data=form),
            client.post(address, files={name: (None, value) for name, value in form.items()}),
            client.post(address, json=form),
            client.post(
                address, params={"chat_id": form["chat_id"]}, data={"text": "一", "reply_markup": markup}
            ),
        ]
        assert all(answer.json()["ok"] for answer in answers), [answer.text for answer in answers]
        broken = client.post(address, content=b"{", headers={"content-type": "application/json"})
        assert broken.json()["error_code"] == 400
    assert [message.labels for message in wang.received()] == [("a",)] * 5
