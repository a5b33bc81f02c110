from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.callback_data import Press
from bot.telegram.reading import (
    Blocked,
    Edited,
    Identity,
    InGroup,
    InPrivate,
    Meaning,
    Migrated,
    Nothing,
    SentFile,
    Shared,
    Touched,
    Unblocked,
    order_key,
    parse,
    read,
    understand,
)
from dialogs.incoming import Command, Typed, Unsupported

ME = Identity(99, "Zhuoyue_bot")
WANG = {"id": 5, "is_bot": False, "first_name": "王芳", "language_code": "zh-hans"}
PRIVATE = {"id": 5, "type": "private"}
GROUP = {"id": -100, "type": "supergroup"}


def means(**update: Any) -> Meaning:
    parsed = parse(json.dumps({"update_id": 1, **update}))
    assert parsed is not None
    return read(parsed, ME)


def said(**content: Any) -> Meaning:
    return means(message={"message_id": 8, "date": 0, "chat": PRIVATE, "from": WANG, **content})


def in_group(**content: Any) -> Meaning:
    return means(message={"message_id": 8, "date": 0, "chat": GROUP, "from": WANG, **content})


def heard(meaning: Meaning) -> Any:
    assert isinstance(meaning, InPrivate)
    return meaning.heard


def test_a_text_is_what_was_typed() -> None:
    meaning = said(text="3000万")
    assert meaning == InPrivate("5", "update:1", "zh_CN", Typed("3000万"), 8)


@pytest.mark.parametrize("number", [-1, 2**63, 10**40])
def test_a_message_with_a_number_that_cannot_be_kept_is_no_message(number: int) -> None:
    message = {
        "message_id": number,
        "date": 1,
        "chat": {"id": 5, "type": "private"},
        "from": {"id": 5},
        "text": "a",
    }
    assert understand({"update_id": 1, "message": message}) is None
    pressed = {"id": "1", "from": {"id": 5}, "message": message, "data": "x"}
    assert understand({"update_id": 1, "callback_query": pressed}) is None
    assert understand({"update_id": 1, "message": message | {"message_id": 2**63 - 1}}) is not None


def test_half_a_character_is_left_out_however_it_comes() -> None:
    message = {"message_id": 8, "date": 0, "chat": PRIVATE, "from": WANG, "text": "公司\ud83d"}
    update = {"update_id": 1, "message": message}
    for understood in (understand(update), parse(json.dumps(update))):
        assert understood is not None
        assert heard(read(understood, ME)) == Typed("公司")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/start", Command("start")),
        ("/start zhengzhou-incubation-base", Command("start", "zhengzhou-incubation-base")),
        ("/start answers", Command("answers")),
        ("/Help", Command("help")),
        ("/menu@Zhuoyue_bot", Command("menu")),
        ("/nonsense", Typed("/nonsense")),
        ("/", Typed("/")),
    ],
)
def test_commands_and_deep_links_are_understood(text: str, command: object) -> None:
    assert heard(said(text=text)) == command


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"sticker": {"file_id": "x"}}, "sticker"),
        ({"photo": [{"width": 3}, 7], "caption": "看"}, "photo"),
        ({"photo": {"0": 1}}, "photo"),
        ({"document": {"file_id": 3}}, "document"),
        ({"document": "x"}, "document"),
        ({"document": {"file_id": "x"}, "animation": {"file_id": "x"}}, "video"),
        ({"voice": {"file_id": "x"}}, "voice"),
        ({"video_note": {"file_id": "x"}}, "video"),
        ({"location": {"latitude": 1, "longitude": 2}}, "location"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "dice"),
        ({"poll": {"id": "1"}}, "poll"),
    ],
)
def test_what_is_no_text_is_named(content: dict[str, Any], kind: str) -> None:
    assert heard(said(**content)) == Unsupported(kind)


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (
            {"document": {"file_id": "x", "file_size": 2**40, "file_name": "a.sh"}},
            SentFile("document", "x", "a.sh", 2**40),
        ),
        ({"document": {"file_id": "x", "file_size": "no"}}, SentFile("document", "x", "document-8", 0)),
        ({"photo": [{"file_id": "x"}], "caption": "看"}, SentFile("photo", "x", "photo-8.jpg", 0)),
        (
            {
                "photo": [
                    {"file_id": "s", "width": 90, "height": 60, "file_size": 900},
                    {"file_id": "l", "width": 900, "height": 600, "file_size": 800},
                    {"file_id": "m", "width": 320, "height": 200},
                ]
            },
            SentFile("photo", "l", "photo-8.jpg", 800),
        ),
    ],
)
def test_a_file_is_known_by_its_number_and_of_a_photo_the_largest_counts(
    content: dict[str, Any], file: SentFile
) -> None:
    assert heard(said(**content)) == file


def test_the_pictures_of_an_album_are_one_thing_said() -> None:
    first = means(
        message={"message_id": 8, "chat": PRIVATE, "from": WANG, "photo": [{}], "media_group_id": "77"}
    )
    assert isinstance(first, InPrivate)
    assert first.key == "album:77"


def test_a_contact_card_is_ones_own_or_somebody_elses() -> None:
    card = {"phone_number": "+86 138 0000 0000", "first_name": "王"}
    assert heard(said(contact={**card, "user_id": 5})) == Shared(own=True, phone="+86 138 0000 0000")
    assert heard(said(contact={**card, "user_id": 6})) == Shared(own=False, phone="+86 138 0000 0000")
    assert heard(said(contact=card)) == Shared(own=False, phone="+86 138 0000 0000")


def test_a_press_carries_its_button_and_the_message_it_was_under() -> None:
    query = {
        "id": "1",
        "from": WANG,
        "data": "p:7:3:yes",
        "message": {"message_id": 4, "date": 0, "chat": PRIVATE},
    }
    assert heard(means(callback_query=query)) == Touched(Press(7, 3, "yes"), 4)
    assert heard(means(callback_query={**query, "data": "something else"})) == Touched(None, 4)


@pytest.mark.parametrize(
    "update",
    [
        {"message": {"message_id": 8, "chat": PRIVATE, "from": {**WANG, "is_bot": True}, "text": "hello"}},
        {"message": {"message_id": 8, "chat": PRIVATE, "from": WANG, "pinned_message": {"message_id": 2}}},
        {"message": {"message_id": 8, "chat": {"id": -5, "type": "channel"}, "from": WANG, "text": "hello"}},
        {"edited_message": {"message_id": 8, "chat": PRIVATE, "from": WANG, "location": {}}},
        {"edited_message": {"message_id": 8, "chat": GROUP, "from": WANG, "text": "@zhuoyue_bot"}},
        {"callback_query": {"id": "1", "from": WANG, "data": "p:7:3:yes"}},
        {
            "callback_query": {
                "id": "1",
                "from": WANG,
                "data": "p:7:3:yes",
                "message": {"message_id": 4, "chat": GROUP},
            }
        },
        {"channel_post": {"message_id": 8, "chat": {"id": -5, "type": "channel"}, "text": "hello"}},
        {"inline_query": {"id": "1", "from": WANG, "query": "x", "offset": ""}},
        {"poll": {"id": "1"}},
        {},
    ],
)
def test_what_is_not_for_us_is_met_with_silence(update: dict[str, Any]) -> None:
    assert means(**update) == Nothing()


def test_an_edited_text_is_noticed() -> None:
    meaning = means(edited_message={"message_id": 8, "chat": PRIVATE, "from": WANG, "text": "4000万"})
    assert heard(meaning) == Edited()


def test_words_under_a_picture_are_heard_and_noticed_when_they_are_edited() -> None:
    photo = [{"file_id": "p", "width": 1, "height": 1}]
    meaning = said(photo=photo, caption=" 营业执照 ")
    assert isinstance(meaning, InPrivate)
    assert (meaning.heard, meaning.caption) == (SentFile("photo", "p", "photo-8.jpg", 0), "营业执照")
    edited = means(
        edited_message={"message_id": 8, "chat": PRIVATE, "from": WANG, "photo": photo, "caption": "x"}
    )
    assert heard(edited) == Edited()


@pytest.mark.parametrize(
    ("status", "meaning"), [("kicked", Blocked("5")), ("left", Blocked("5")), ("member", Unblocked("5"))]
)
def test_being_blocked_and_let_in_again_is_noticed(status: str, meaning: Meaning) -> None:
    change = {"chat": PRIVATE, "from": WANG, "date": 0, "new_chat_member": {"status": status}}
    assert means(my_chat_member=change) == meaning


def test_a_group_that_moves_is_followed() -> None:
    assert in_group(migrate_to_chat_id=-1007) == Migrated("-100", "-1007")


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("/help@zhuoyue_bot", ""),
        ("/help", ""),
        ("/start@Zhuoyue_bot hangzhou-quality-award", "hangzhou-quality-award"),
        ("请教 @zhuoyue_bot 怎么申报", ""),
    ],
)
def test_in_a_group_a_command_or_a_mention_is_a_call(text: str, argument: str) -> None:
    assert in_group(text=text) == InGroup("-100", "update:1", "zh_CN", 8, None, argument)


@pytest.mark.parametrize(
    "text",
    ["大家好", "/help@another_bot", "/weather", "mail@zhuoyue_bot.example", "@zhuoyue_bots", "@zhuoyue"],
)
def test_in_a_group_anything_else_is_none_of_our_business(text: str) -> None:
    assert in_group(text=text) == Nothing()


def test_a_mention_of_a_bot_by_its_name_counts_and_topics_are_kept() -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 2, "user": {"id": 99, "is_bot": True}}
    meaning = in_group(text="卓越 在吗", entities=[entity], message_thread_id=12, is_topic_message=True)
    assert meaning == InGroup("-100", "update:1", "zh_CN", 8, 12, "")


@pytest.mark.parametrize(
    ("code", "language"), [("zh-hans", "zh_CN"), ("zh-TW", "zh_CN"), ("en", "en"), ("de", "en"), (None, None)]
)
def test_the_language_is_that_of_the_persons_telegram(code: str | None, language: str | None) -> None:
    meaning = means(
        message={"message_id": 8, "chat": PRIVATE, "from": {**WANG, "language_code": code}, "text": "x"}
    )
    assert isinstance(meaning, InPrivate)
    assert meaning.language == language


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
USER = st.fixed_dictionaries(
    {"id": st.integers(-5, 10)},
    optional={"is_bot": st.booleans() | JSON, "language_code": st.text(max_size=5) | JSON},
)
CHAT = st.fixed_dictionaries(
    {
        "id": st.integers(-200, 200),
        "type": st.sampled_from(["private", "group", "supergroup", "channel", "?"]),
    }
)
MESSAGE = st.fixed_dictionaries(
    {"message_id": st.integers(0, 99), "chat": CHAT | JSON},
    optional={
        name: JSON | st.text(max_size=20)
        for name in (
            "text",
            "caption",
            "entities",
            "contact",
            "sticker",
            "photo",
            "media_group_id",
            "migrate_to_chat_id",
        )
    }
    | {"from": USER | JSON},
)
UPDATE = st.fixed_dictionaries(
    {"update_id": st.integers() | JSON},
    optional={
        "message": MESSAGE | JSON,
        "edited_message": MESSAGE | JSON,
        "callback_query": st.fixed_dictionaries(
            {"id": st.text(max_size=5), "from": USER | JSON},
            optional={"message": MESSAGE | JSON, "data": st.text() | JSON},
        )
        | JSON,
        "my_chat_member": st.fixed_dictionaries(
            {
                "chat": CHAT | JSON,
                "new_chat_member": st.fixed_dictionaries({"status": st.text(max_size=8)}) | JSON,
            }
        )
        | JSON,
    },
)


@given(UPDATE | JSON)
def test_nothing_that_can_be_sent_is_ever_an_error(update: Any) -> None:
    parsed = parse(json.dumps(update))
    if parsed is not None:
        order_key(parsed)
        read(parsed, ME)
