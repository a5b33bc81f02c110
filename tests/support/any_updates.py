"""Updates of Telegram, generated: valid, odd and hostile.

An update is built from what people really send, and then, often, spoilt: fields left out, added, or given another type; texts
that are huge, written from right to left, or cut in the middle of a character. A button is `PRESS` and a number, because
which buttons there are shows only when the update is brought.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from hypothesis import strategies as st

PEOPLE: Final = 4
"""Private chats each batch is about; those of a batch have numbers of their own."""

PRESS: Final = "the button with this number:"
"""Data of a button that stands for one the person was really shown."""

_ODD_TEXTS: Final = (
    "",
    " ",
    "\u200b\u200e",
    "\u202eتجربة العربية\u202c",
    "שלום עולם",
    "\ud83d",
    "你\udc00好",
    "👩‍👩‍👧‍👦" * 20,
    "é" * 5_000,
    "很" * 4_096,
    "a" * 70_000,
    "\x00\x01\x1b[31m",
    "<b>not</b> &amp; <script>",
    "%s %(n)s {0} $1",
    "'; DROP TABLE chats; --",
    "９９９９９９９９９９９９９９９９９９９９",
    "9" * 5_000,
    "1e999999",
    "-0",
    "0x10",
    "2024-13-45",
    "0000-00-00",
    "99999年99月99日",
    "2023: 120万，2024 -30万; 2025年 0",
    "三点五个亿左右",
    "负" * 300 + "一",
    "去年6月",
    "不清楚",
    "返回",
    "菜单",
    "English",
    "中文",
    "我在哪",
    "郑州市",
    "91410100MA00000000",
    "/start " + "x" * 500,
    "/start check_zhengzhou-incubation-base",
    "/start zhengzhou-incubation-base_2026",
    "/start check",
    "/start data",
    "/menu@zhuoyue_test_bot",
    "/help@another_bot",
    "/language en",
    "/language zh_CN",
    "/language ../../etc",
    "/back",
    "/where",
    "/cancel",
    "/data",
    "/answers",
    "/START",
    "/unknown",
    "/" * 4_000,
    "\n" * 4_000,
)

_texts = st.one_of(st.sampled_from(_ODD_TEXTS), st.text(st.characters(codec=None), max_size=60))

_wrong: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 2**31, 2**63, -(2**63), 2**200, 1.5, 1e308]),
    _texts,
    st.just([]),
    st.just({}),
    st.just([[[[[[]]]]]]),
    st.just({"id": "a", "type": 7, "": None}),
)

_DATA: Final = (
    "",
    "p",
    "p:1:1:@back",
    "p:1:1:",
    "p:zzzzzzzzzzzzz:zzzzzzz:@back",
    "p:0:0:@stale",
    "l:1:1:o2",
    "l:1:1:" + "y" * 40,
    "f:1:1:2024-05",
    "d:/results/1",
    "d:/results/999999999999999999999999",
    "d:/../../etc/passwd",
    "d:/" + "a" * 60,
    "x" * 64,
    "х" * 200,
    "\x00",
    "\ud800",
)

_MEDIA: Final = (
    "sticker",
    "photo",
    "animation",
    "document",
    "voice",
    "audio",
    "video",
    "video_note",
    "venue",
    "location",
    "poll",
    "dice",
    "game",
    "story",
    "paid_media",
    "checklist",
    "new_chat_members",
    "pinned_message",
    "web_app_data",
    "successful_payment",
)

_OTHERS: Final = (
    "edited_channel_post",
    "channel_post",
    "business_message",
    "message_reaction",
    "inline_query",
    "chosen_inline_result",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "something_new",
)


@st.composite
def _user(draw: st.DrawFn, number: int) -> dict[str, Any]:
    user = {"id": number, "is_bot": draw(st.sampled_from([False] * 9 + [True])), "first_name": draw(_texts)}
    language = draw(st.sampled_from([None, "zh-hans", "zh", "en", "ru", "", "x" * 100, "-", "\ud800"]))
    return user if language is None else {**user, "language_code": language}


@st.composite
def _message(draw: st.DrawFn, *, person: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(["private"] * 8 + ["group", "supergroup", "channel", "", "space"]))
    chat = person if kind in {"private", ""} else -100_000_000 - person
    message: dict[str, Any] = {
        "message_id": draw(st.integers(1, 5_000)),
        "date": 1_700_000_000,
        "chat": {"id": chat, "type": kind},
        "from": draw(_user(person)),
    }
    content = draw(
        st.sampled_from(["text"] * 6 + ["media", "contact", "mention", "album", "migrated", "empty"])
    )
    match content:
        case "text":
            message["text"] = draw(_texts)
        case "media":
            message[draw(st.sampled_from(_MEDIA))] = {
                "file_id": "f",
                "file_size": draw(st.integers(0, 2**40)),
            }
            message["caption"] = draw(_texts)
        case "contact":
            whose = draw(st.sampled_from([person, person + 1, None]))
            message["contact"] = {"phone_number": draw(_texts | st.just("+86 138-0013-8000"))}
            if whose is not None:
                message["contact"]["user_id"] = whose
        case "mention":
            message["text"] = "@zhuoyue_test_bot " + draw(_texts)
            span = st.integers(-3, 10_000)
            message["entities"] = [{"type": "mention", "offset": draw(span), "length": draw(span)}]
            message["message_thread_id"] = draw(st.integers(0, 2**40))
            message["is_topic_message"] = True
        case "album":
            message["media_group_id"] = draw(st.sampled_from(["1", "2", "\ud800", "x" * 3_000]))
            message["photo"] = [{"file_id": "f"}]
        case "migrated":
            message["migrate_to_chat_id"] = draw(st.sampled_from([-1, -100_200_000_000 - person, person, 0]))
        case _:
            pass
    return message


@st.composite
def _callback(draw: st.DrawFn, *, person: int) -> dict[str, Any]:
    shown = st.integers(0, 400).map(lambda number: f"{PRESS}{number}")
    query: dict[str, Any] = {
        "id": draw(st.text("0123456789", max_size=25)),
        "from": draw(_user(person)),
        "chat_instance": "1",
        "data": draw(st.one_of(shown, shown, shown, st.sampled_from(_DATA), _texts)),
    }
    under = draw(st.sampled_from(["mine", "mine", "mine", "mine", "old", "none", "group"]))
    if under != "none":
        query["message"] = {
            "message_id": draw(st.integers(1, 3_000)),
            "date": 0 if under == "old" else 1_700_000_000,
            "chat": {"id": -person, "type": "group"}
            if under == "group"
            else {"id": person, "type": "private"},
        }
    return query


@st.composite
def _member(draw: st.DrawFn, *, person: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(["private", "private", "group", "channel"]))
    status = st.sampled_from(["kicked", "left", "member", "administrator", "restricted", "", "new"])
    return {
        "chat": {"id": person if kind == "private" else -person, "type": kind},
        "from": draw(_user(person)),
        "date": 1_700_000_000,
        "old_chat_member": {"user": {"id": 1}, "status": draw(status)},
        "new_chat_member": {"user": {"id": 1}, "status": draw(status)},
    }


def _spoil(draw: st.DrawFn, value: dict[str, Any]) -> None:
    """Take something away from it, change it or add to it, here or further in."""
    while True:
        inner = [key for key in value if isinstance(value[key], dict) and value[key]]
        if not inner or draw(st.booleans()):
            break
        value = value[draw(st.sampled_from(inner))]
    key = draw(st.sampled_from([*value, "extra", "update_id"]))
    if draw(st.booleans()):
        value.pop(key, None)
    else:
        value[key] = deepcopy(draw(_wrong))  # it may be spoilt in its turn


@st.composite
def an_update(draw: st.DrawFn) -> Any:
    """One update, of a person numbered from 1; the number of the update itself is given when it is brought."""
    person = draw(st.integers(1, PEOPLE))
    shape = draw(
        st.sampled_from(["message"] * 5 + ["press"] * 6 + ["edited", "member", "other", "several", "junk"])
    )
    update: dict[str, Any] = {}
    match shape:
        case "message":
            update["message"] = draw(_message(person=person))
        case "edited":
            update["edited_message"] = draw(_message(person=person))
        case "press":
            update["callback_query"] = draw(_callback(person=person))
        case "member":
            update["my_chat_member"] = draw(_member(person=person))
        case "other":
            update[draw(st.sampled_from(_OTHERS))] = deepcopy(draw(_message(person=person) | _wrong))
        case "several":
            update["message"] = draw(_message(person=person))
            update["callback_query"] = draw(_callback(person=person))
        case _:
            return deepcopy(draw(_wrong))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 3]))):
        _spoil(draw, update)
    return update


batches: Final = st.lists(an_update(), min_size=20, max_size=20)
"""What comes in together."""
