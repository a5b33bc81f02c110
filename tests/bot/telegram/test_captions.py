"""Words under a picture or a file: kept as its note where a file is asked for, read as words everywhere else, never lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import documents
from tests.support.papers import NAME, dialog_with_files
from tests.support.telegram import Bot, Chatter, a_bot
from tests.support.telegram_api import files

PROGRAMME = "zhengzhou-incubation-base"
PICTURE: dict[str, Any] = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}
VIDEO: dict[str, Any] = {
    "video": {"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 1}
}


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Chatter]:
    """Somebody who is asked for a file."""
    with dialog_with_files(), a_bot(tmp_path / "data") as running:
        chatter = Chatter(running)
        chatter.starts(NAME)
        assert chatter.state == "certificate"
        yield chatter


@pytest.fixture
def wang(bot: Bot) -> Chatter:
    """Somebody who is asked for words."""
    chatter = Chatter(bot)
    chatter.begins(PROGRAMME)
    assert chatter.state == "f:registered_city"
    return chatter


def document(wang: Chatter, name: str, data: bytes, caption: str) -> dict[str, Any]:
    world = wang.bot.api.world
    with world.lock:
        sent = files.document(world.keep(name, "application/octet-stream", data, None))
    return {"document": sent, "caption": caption}


def answer(wang: Chatter, state: str) -> Any:
    chat = wang.chat
    assert chat is not None
    active = wang.bot.read(lambda tx: tx.conversations.active(chat))
    assert active is not None
    return next(one.value for one in active.answers if one.state == state)


def test_where_a_file_is_asked_for_the_words_are_kept_as_its_note_and_echoed(asked: Chatter) -> None:
    asked.sends(document(asked, "证书.pdf", documents.pdf(), "这是副本\n2025 年换发"))
    asked.sees("已收到：", "证书.pdf（PDF，1 KB），附言“这是副本 2025 年换发”", "请上传照片")
    assert answer(asked, "certificate")[0]["note"] == "这是副本\n2025 年换发"


def test_in_english_the_note_is_echoed_as_well(asked: Chatter) -> None:
    asked.types("english")
    asked.sends(document(asked, "a.pdf", documents.pdf(), "a copy"))
    asked.sees("Received: ", "a.pdf (PDF, 1 KB), with your note “a copy”")


def test_each_part_of_an_album_keeps_its_own_note(asked: Chatter) -> None:
    asked.sends(document(asked, "证书.pdf", documents.pdf(), ""))
    before = asked.last_id
    for n in range(2):
        part = document(asked, f"{n}.jpg", documents.jpeg(n + 4, 4), f"第 {n} 张")
        asked.person.send(part | {"media_group_id": "77"})
    asked.waits_until(lambda: asked.last_id > before and asked.is_quiet)
    asked.presses("完成（2 个文件）")
    assert [one["note"] for one in answer(asked, "pictures")] == ["第 0 张", "第 1 张"]


def test_a_long_note_is_kept_whole_and_shown_in_part(asked: Chatter) -> None:
    asked.sends(document(asked, "证书.pdf", documents.pdf(), "长" * 1_000))
    asked.sees("“" + "长" * 199 + "…”")
    assert answer(asked, "certificate")[0]["note"] == "长" * 1_000


@pytest.mark.parametrize(("content", "what"), [(PICTURE, "一张图片"), (VIDEO, "一段视频")])
def test_where_words_are_asked_for_those_under_a_picture_are_the_answer(
    wang: Chatter, content: dict[str, Any], what: str
) -> None:
    wang.sends({**content, "caption": "郑州市"})
    assert wang.state != "f:registered_city"
    wang.sees(f"收到{what}，这里收不下；下面写的文字已经读了")


def test_in_english_too(wang: Chatter) -> None:
    wang.types("english")
    wang.sends({**PICTURE, "caption": "Zhengzhou"})
    wang.sees("I cannot take a picture here; I have read the words you wrote under it.")
    assert wang.state != "f:registered_city"


def test_a_video_where_a_file_is_asked_for_is_told_to_be_none_and_so_are_its_words(asked: Chatter) -> None:
    asked.sends({**VIDEO, "caption": "厂区"})
    assert asked.state == "certificate"
    asked.sees("收到一段视频，这里收不下", "这一问要用文件回答，不能用文字。")


def test_a_command_under_a_picture_is_one(wang: Chatter) -> None:
    wang.sends({**PICTURE, "caption": "/menu"})
    wang.sees("收到一张图片，这里收不下", "您想做什么")


@pytest.mark.parametrize("place", [0, 1])
def test_of_an_album_that_is_not_asked_for_the_words_are_read_whichever_part_has_them(
    wang: Chatter, place: int
) -> None:
    before = wang.last_id
    for n in range(3):
        caption = {"caption": "郑州市"} if n == place else {}
        wang.person.send({**PICTURE, **caption, "media_group_id": "78"})
    wang.waits_until(lambda: wang.last_id > before and wang.is_quiet)
    assert wang.state != "f:registered_city"
    answers = [text for text in wang.person.texts() if "一张图片" in text]
    assert len(answers) <= place + 1


def test_words_that_are_too_long_are_told_to_be(wang: Chatter) -> None:
    wang.sends({**PICTURE, "caption": "长" * 2_001})
    wang.sees("2,000")
