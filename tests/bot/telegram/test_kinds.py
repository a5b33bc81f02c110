"""Everything else people send: a sensible answer or silence, and never a lost conversation."""

from __future__ import annotations

import pytest

from bot.telegram.notes import Hint
from tests.support.telegram import Bot, Chatter

PROGRAMME = "zhengzhou-incubation-base"


def test_a_sticker_is_answered_with_what_this_step_needs(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    wang.chooses("zhengzhou")
    state = wang.state
    wang.sends(
        {"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}}
    )
    assert wang.state == state
    wang.sees("贴纸", "这一步需要")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}, "语音"),
        ({"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}, "图片"),
        ({"document": {"file_id": "d", "file_unique_id": "d", "file_size": 10**9}}, "文件"),
        ({"location": {"latitude": 34.7, "longitude": 113.6}}, "位置"),
        ({"contact": {"phone_number": "+8613800138000", "first_name": "王"}}, "名片"),
        ({"dice": {"emoji": "🎲", "value": 6}}, ""),
    ],
)
def test_what_cannot_be_read_is_named(bot: Bot, content: dict[str, object], word: str) -> None:
    wang = Chatter(bot)
    wang.starts()
    wang.sends(content)
    wang.sees(word, "您想做什么")


def test_an_album_is_answered_once(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    picture = {
        "photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}],
        "media_group_id": "77",
    }
    wang.sends(picture)
    answered = wang.last_id
    for _ in range(3):
        wang.person.send(picture)
    wang.types("/help")
    shown = bot.read(lambda tx: len(tx.outbox.after(wang.chat or 0, answered, 10)))
    assert shown <= 2, "the screen of /help, and the tidying before it"


def test_an_edited_text_changes_no_answer(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    said = wang.person.type("郑州市")
    wang.waits_until(lambda: wang.state != "f:registered_city")
    state = wang.state
    wang.person.edit(said, "杭州市")
    wang.person.wait_for("修改了一条消息")
    assert wang.state == state


def test_a_forwarded_text_is_read_like_any_other(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    origin = {"type": "hidden_user", "sender_user_name": "同事", "date": 0}
    wang.person.send({"text": "郑州市"}, forward_origin=origin)
    wang.waits_until(lambda: wang.state != "f:registered_city")


def test_a_text_that_is_too_long_is_not_taken(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    state = wang.state
    wang.types("长" * 4000)
    wang.sees("2,000")
    assert wang.state == state


def test_what_looks_like_markup_is_shown_as_it_was_typed(bot: Bot) -> None:
    wang = Chatter(bot)
    typed = '<b>河南</b> & "精工" </blockquote>'
    wang.starts()
    wang.chooses("organisation")
    wang.chooses("yes")
    while wang.state != "name":
        wang.chooses("@skip")
    wang.types(typed)
    wang.sees(typed)


def test_who_blocks_the_bot_hears_nothing_and_is_welcome_again(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    state = wang.state
    wang.person.block()
    chat = wang.chat
    assert chat is not None
    wang.waits_until(lambda: bot.read(lambda tx: tx.chats.get(chat)).blocked_at is not None)
    wang.person.unblock()
    wang.waits_until(lambda: bot.read(lambda tx: tx.chats.get(chat)).blocked_at is None)
    wang.types("进度")
    assert wang.state == state


def test_a_chat_that_turns_out_to_be_blocked_is_marked_and_the_rest_is_dropped(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.starts()
    chat, hint = wang.chat, Hint(about="sorry").model_dump_json()
    assert chat is not None
    with bot.api.world.lock:
        wang.person.chat.blocked = True  # and nobody tells the bot
    bot.run(
        lambda house: house.database.run(lambda tx: tx.outbox.put(chat, hint, house.clock.now(), "reminder"))
    )
    wang.waits_until(lambda: bot.read(lambda tx: tx.chats.get(chat)).blocked_at is not None)
