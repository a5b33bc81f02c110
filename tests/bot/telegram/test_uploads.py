"""Files sent on Telegram: fetched whatever happens, taken in order, and refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.store import StoredFile
from tests.support import documents
from tests.support.papers import NAME, dialog_with_files
from tests.support.telegram import Bot, Chatter, a_bot
from tests.support.telegram_api import files
from tests.support.telegram_api.faults import Fault

MEGABYTE = 1024 * 1024


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    with dialog_with_files(), a_bot(tmp_path / "data") as running:
        yield running


@pytest.fixture
def wang(bot: Bot) -> Chatter:
    chatter = Chatter(bot)
    chatter.starts(NAME)
    assert chatter.state == "certificate"
    return chatter


def stored(chatter: Chatter) -> tuple[StoredFile, ...]:
    chat = chatter.chat
    assert chat is not None
    return chatter.bot.read(lambda tx: tx.files.of_chat(chat))


def content(chatter: Chatter, file: StoredFile) -> bytes:
    return chatter.bot.read(lambda tx: tx.files.content(file.id))


def document(chatter: Chatter, name: str, data: bytes) -> dict[str, Any]:
    world = chatter.bot.api.world
    with world.lock:
        return {"document": files.document(world.keep(name, "application/octet-stream", data, None))}


def sends_document(chatter: Chatter, name: str, data: bytes) -> None:
    chatter.sends(document(chatter, name, data))


def test_a_document_is_fetched_taken_and_echoed(wang: Chatter) -> None:
    sends_document(wang, "高企证书.pdf", documents.pdf())
    assert wang.state == "pictures"
    wang.sees("已收到：", "高企证书.pdf（PDF，1 KB）", "请上传照片")
    (file,) = stored(wang)
    assert (file.name, content(wang, file)) == ("高企证书.pdf", documents.pdf())


def test_of_a_photo_the_largest_size_is_taken(wang: Chatter) -> None:
    world = wang.bot.api.world
    with world.lock:
        small = files.photo(world.keep("a.jpg", "image/jpeg", documents.jpeg(90, 60), None), 90, 60)
        large = files.photo(world.keep("a.jpg", "image/jpeg", documents.jpeg(900, 600), None), 900, 600)
    wang.sends({"photo": [*large, *small]})
    assert wang.state == "pictures"
    (file,) = stored(wang)
    assert content(wang, file) == documents.jpeg(900, 600)


def test_an_album_is_several_files(wang: Chatter) -> None:
    sends_document(wang, "a.pdf", documents.pdf())
    before = wang.last_id
    for n in range(3):
        wang.person.send(document(wang, f"{n}.jpg", documents.jpeg(n + 4, 4)) | {"media_group_id": "77"})
    wang.waits_until(lambda: len(stored(wang)) == 4 and wang.last_id > before and wang.is_quiet)
    assert [file.name for file in stored(wang)] == ["a.pdf", "0.jpg", "1.jpg", "2.jpg"]
    wang.presses("完成（3 个文件）")
    assert wang.state == "look"


def test_an_album_nobody_asked_for_is_answered_once(wang: Chatter) -> None:
    wang.types("菜单")
    before = wang.last_id
    for n in range(3):
        wang.person.send(document(wang, f"{n}.jpg", documents.jpeg(n + 4, 4)) | {"media_group_id": "78"})
    wang.waits_until(lambda: wang.last_id > before and wang.is_quiet)
    assert stored(wang) == ()
    assert wang.bot.api.record.of("getFile") == []
    assert sum("收到一个文件" in text for text in wang.person.texts()) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"MZ" + b"\0" * 99, "从内容看不是这里接收的类型"),
        (documents.zip_bomb(), "文件解压后过大"),
        (documents.pdf() + documents.archive({"a": b"x"}), "混有两种类型"),
        (documents.png(30_000, 30_000), "图片像素过多"),
    ],
)
def test_a_hostile_file_is_refused_in_words(wang: Chatter, data: bytes, reason: str) -> None:
    sends_document(wang, "申报书.pdf", data)
    assert wang.state == "certificate"
    wang.sees("申报书.pdf 没有接收", reason, "请发送一个文件：")
    assert stored(wang) == ()


@pytest.mark.parametrize("size", [10 * MEGABYTE + 1, 20 * MEGABYTE + 1])
def test_a_file_that_is_too_large_is_not_even_fetched(wang: Chatter, size: int) -> None:
    wang._after(lambda: wang.person.send_document("大.pdf", size=size))
    assert wang.state == "certificate"
    wang.sees("大.pdf 没有接收：文件太大")


def test_a_file_that_lies_about_its_size_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    with dialog_with_files(), a_bot(tmp_path / "data", max_upload_bytes=65_536) as bot:
        wang = Chatter(bot)
        wang.starts(NAME)
        told = document(wang, "小.pdf", documents.pdf() + b" " * 400_000)
        told["document"]["file_size"] = 10
        wang.sends(told)
        wang.sees("小.pdf 没有接收：文件太大", "不超过 64 KB")


@pytest.mark.parametrize("size", [20 * MEGABYTE + 1])
def test_a_size_telegram_does_not_tell_is_found_out(wang: Chatter, size: int) -> None:
    with wang.bot.api.world.lock:
        told = files.document(wang.bot.api.world.keep("大.pdf", "application/pdf", b"x", size))
    told.pop("file_size")
    wang.sends({"document": told})
    wang.sees("大.pdf 没有接收：文件太大")


def test_a_file_telegram_no_longer_has_is_told_so(wang: Chatter) -> None:
    told = document(wang, "旧.pdf", documents.pdf())
    with wang.bot.api.world.lock:
        wang.bot.api.world.files.pop(told["document"]["file_id"])
    wang.sends(told)
    assert wang.state == "certificate"
    wang.sees("旧.pdf 没有接收：没能取到这个文件，请再发一次。")


FAULTS = [
    ("getFile", Fault.SERVER_ERROR),
    ("getFile", Fault.DROP_BEFORE),
    ("getFile", Fault.DROP_AFTER),
    ("getFile", Fault.GARBAGE),
    ("getFile", Fault.SERVER_ERROR_JSON),
    ("download", Fault.SERVER_ERROR),
    ("download", Fault.DROP_BEFORE),
]


@pytest.mark.parametrize(
    ("method", "fault"), FAULTS, ids=[f"{method}-{fault.name}" for method, fault in FAULTS]
)
def test_a_failing_platform_loses_no_file(wang: Chatter, method: str, fault: Fault) -> None:
    planned = wang.bot.api.faults.plan(fault, method=method, times=3)
    sends_document(wang, "证书.pdf", documents.pdf())
    assert planned.struck == 3
    assert wang.state == "pictures"
    assert len(stored(wang)) == 1
    assert wang.bot.api.token not in wang.bot.log.getvalue()


def test_a_halt_is_waited_out(wang: Chatter) -> None:
    planned = wang.bot.api.faults.plan(Fault.TOO_MANY_REQUESTS, method="getFile", seconds=1)
    sends_document(wang, "证书.pdf", documents.pdf())
    assert planned.struck == 1
    assert wang.state == "pictures"


def test_what_is_written_after_a_file_is_answered_after_it(wang: Chatter) -> None:
    wang.bot.api.faults.plan(Fault.SERVER_ERROR, method="getFile", times=3)
    wang.person.send(document(wang, "证书.pdf", documents.pdf()))
    wang.person.send(document(wang, "front.jpg", documents.jpeg()))
    wang.types("完成")
    assert wang.state == "look"
    assert [file.name for file in stored(wang)] == ["证书.pdf", "front.jpg"]


def test_while_one_waits_for_a_file_the_others_are_answered(bot: Bot, wang: Chatter) -> None:
    planned = bot.api.faults.plan(Fault.SERVER_ERROR, method="getFile", times=None)
    wang.person.send(document(wang, "证书.pdf", documents.pdf()))
    wang.waits_until(lambda: planned.struck > 0)
    li = Chatter(bot, "李强")
    li.starts()
    li.sees("卓越助手")
    bot.api.faults.clear()
    wang.waits_until(lambda: wang.state == "pictures")


def test_a_restart_loses_no_file(bot: Bot, wang: Chatter) -> None:
    planned = bot.api.faults.plan(Fault.SERVER_ERROR, method="getFile", times=None)
    wang.person.send(document(wang, "证书.pdf", documents.pdf()))
    wang.waits_until(lambda: planned.struck > 1)
    bot.stop()
    bot.api.faults.clear()
    bot.clock.advance(timedelta(minutes=3))
    bot.start()
    wang.waits_until(lambda: len(stored(wang)) == 1 and wang.is_quiet)
    assert wang.state == "pictures"


def test_after_an_hour_the_chat_goes_on(bot: Bot, wang: Chatter) -> None:
    planned = bot.api.faults.plan(Fault.SERVER_ERROR, method="download", times=None)
    before = wang.last_id
    wang.person.send(document(wang, "证书.pdf", documents.pdf()))
    wang.waits_until(lambda: planned.struck > 0)
    bot.clock.advance(timedelta(minutes=61))
    wang.waits_until(lambda: wang.last_id > before and wang.is_quiet)
    wang.sees("证书.pdf 没有接收：没能取到这个文件")


def test_what_was_handed_in_comes_back_as_a_document_to_its_own_chat_only(bot: Bot, wang: Chatter) -> None:
    sends_document(wang, "高企证书.pdf", documents.pdf())
    wang.presses("不传文件，继续")
    wang.presses("📄 高企证书.pdf")
    assert wang.person.last.file_name == "高企证书.pdf"
    (file,) = stored(wang)
    li = Chatter(bot, "李强")
    li.starts()
    data = f"d:/files/{file.stored_name}"
    li._after(lambda: li.person.press_data(li.living, data))
    li.sees("这份文件已经不在了")


def test_a_file_in_a_group_is_left_alone(bot: Bot, wang: Chatter) -> None:
    group = bot.api.group("质量交流群", wang.person)
    wang.person.send_document("证书.pdf", documents.pdf(), to=group.chat)
    wang.types("我晚点发")
    assert wang.state == "certificate"
    assert stored(wang) == ()
