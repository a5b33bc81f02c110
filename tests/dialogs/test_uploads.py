"""A question answered with files: taken, echoed, refused with what is expected, taken back and changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dialogs.engine.answers import Json
from dialogs.engine.screen import Link
from dialogs.engine.upload import AskUpload
from dialogs.incoming import Uploaded
from domain.store import StoredFile
from domain.uploads import UploadLimits, examine
from locales.words import Catalogues
from tests.support import documents
from tests.support.conversation import Person, a_person
from tests.support.papers import NAME, dialog_with_files

CERTIFICATE = ("高企证书.pdf", documents.pdf())
FRONT, BACK, SIDE = (
    ("front.jpg", documents.jpeg(4, 4)),
    ("back.png", documents.png(5, 5)),
    ("side.jpg", documents.jpeg(6, 6)),
)


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    with dialog_with_files(), a_person(tmp_path) as somebody:
        somebody.commands("start", NAME)
        somebody.is_at(NAME, "certificate")
        yield somebody


def stored(person: Person) -> tuple[StoredFile, ...]:
    return person.database.run(lambda tx: tx.files.of_chat(person.chat))


def answers(person: Person) -> dict[str, Any]:
    active = person.database.run(lambda tx: tx.conversations.active(person.chat))
    assert active is not None
    return {answer.state: answer.value for answer in active.answers}


def test_a_file_is_taken_kept_and_echoed_with_name_kind_and_size(person: Person) -> None:
    person.sees(
        "请发送一个文件：PDF、PNG 图片、JPEG 图片、Word 文件（.docx）和 Excel 文件（.xlsx），不超过 10 MB。"
    )
    person.uploads(CERTIFICATE)
    person.is_at(NAME, "pictures")
    person.sees("已收到：高企证书.pdf（PDF，1 KB）")
    (file,) = stored(person)
    assert (file.name, file.kind, file.size) == ("高企证书.pdf", "pdf", len(CERTIFICATE[1]))
    assert answers(person)["certificate"] == [
        {
            "file": file.id,
            "stored": file.stored_name,
            "name": file.name,
            "kind": "pdf",
            "size": file.size,
            "sha256": file.sha256,
        }
    ]
    assert person.database.run(lambda tx: tx.files.content(file.id)) == CERTIFICATE[1]


def test_the_screen_says_what_may_be_sent_without_knowing_a_channel(person: Person) -> None:
    expects = person.now_sees.expects
    assert expects is not None
    assert expects.kind == "upload"
    assert expects.files is not None
    assert (expects.files.room, expects.files.most_bytes) == (1, 10 * 1024 * 1024)
    person.uploads(CERTIFICATE)
    person.uploads(FRONT)
    expects = person.now_sees.expects
    assert expects is not None
    assert expects.files is not None
    assert (expects.files.kinds, expects.files.room) == (("png", "jpeg"), 2)


REFUSED: list[tuple[bytes, str]] = [
    (b"", "文件是空的"),
    (b"MZ" + b"\0" * 99, "从内容看不是这里接收的类型"),
    (documents.old_office(), "旧版或加了密码的 Word、Excel 文件"),
    (documents.office(more={"word/vbaProject.bin": b"x"}), "文件带有宏"),
    (documents.pdf() + documents.archive({"a": b"x"}), "混有两种类型"),
    (documents.png(30_000, 30_000), "图片像素过多"),
    (documents.zip_bomb(), "文件解压后过大"),
    (documents.pdf()[:-8], "文件损坏或不完整"),
    (documents.pdf() + b"\0" * 10 * 1024 * 1024, "文件太大"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_what_cannot_be_kept_is_refused_with_the_reason_and_what_is_expected(
    person: Person, content: bytes, reason: str
) -> None:
    before = person.now_sees
    person.uploads(("申报书.docx", content))
    person.is_at(NAME, "certificate")
    person.sees("申报书.docx 没有接收：", reason, "请发送一个文件：")
    assert person.now_sees.revision == before.revision
    assert stored(person) == ()


def test_the_refusal_speaks_english_too(person: Person) -> None:
    person.commands("language", "en")
    person.uploads(("a.exe", b"MZ"))
    person.sees(
        "a.exe was not taken: its content is of no kind that is taken here, whatever its name says.",
        "Please send a file: PDF, PNG picture, JPEG picture, Word file (.docx) and Excel file (.xlsx), at most 10 MB.",
    )


def test_a_kind_this_question_does_not_take_is_refused(person: Person) -> None:
    person.uploads(CERTIFICATE)
    person.uploads(CERTIFICATE)
    person.sees("这里不接收 PDF", "请发送文件，最多 3 个：PNG 图片和 JPEG 图片，每个不超过 10 MB。")
    assert len(stored(person)) == 1


def test_words_are_no_file_and_the_file_is_asked_for_again(person: Person) -> None:
    person.says("我晚点发")
    person.is_at(NAME, "certificate")
    person.sees("这一问要用文件回答，不能用文字。", "请发送一个文件：")
    person.sends_a("voice")
    person.sees("这一步需要一个文件")


def test_several_files_are_gathered_until_they_are_done(person: Person) -> None:
    person.uploads(CERTIFICATE)
    person.uploads(FRONT, BACK)
    person.is_at(NAME, "pictures")
    person.sees("front.jpg（JPEG 图片，1 KB）", "back.png（PNG 图片，1 KB）")
    person.uploads(BACK)
    person.sees("back.png 已经收到过了。")
    person.uploads(SIDE)
    person.uploads(("one more.jpg", documents.jpeg(9, 9)))
    person.sees("这里最多接收 3 个文件")
    person.presses("去掉 back.png")
    person.does_not_see("back.png")
    person.presses("完成（2 个文件）")
    person.is_at(NAME, "look")
    assert [entry["name"] for entry in answers(person)["pictures"]] == ["front.jpg", "side.jpg"]


def test_of_several_files_in_one_message_the_good_ones_are_taken(person: Person) -> None:
    person.uploads(CERTIFICATE, ("second.pdf", documents.pdf("two")))
    person.is_at(NAME, "pictures")
    person.sees("second.pdf 没有接收：这里最多接收 1 个文件")
    person.uploads(FRONT, ("a.exe", b"MZ"))
    person.sees("front.jpg", "a.exe 没有接收")
    assert [entry["name"] for entry in answers(person)["pictures~"]] == ["front.jpg"]


def test_an_optional_file_can_be_left_out(person: Person) -> None:
    person.uploads(CERTIFICATE)
    person.presses("不传文件，继续")
    person.is_at(NAME, "look")
    assert answers(person)["pictures"] == []
    person.says("返回", "不传文件，继续")
    person.is_at(NAME, "look")


def test_back_asks_for_the_file_again_and_change_replaces_it(person: Person) -> None:
    person.uploads(CERTIFICATE)
    person.says("返回")
    person.is_at(NAME, "certificate")
    person.uploads(("新证书.pdf", documents.pdf("new")))
    person.sees("已收到：新证书.pdf")
    person.presses("改一下")
    person.is_at(NAME, "certificate")
    person.sees("新证书.pdf")
    person.presses("@back")
    person.is_at(NAME, "pictures")
    person.presses("改一下")
    person.uploads(CERTIFICATE)
    person.is_at(NAME, "pictures")
    assert answers(person)["certificate"][0]["name"] == "高企证书.pdf"


def test_several_files_are_changed_from_what_is_there(person: Person) -> None:
    person.uploads(CERTIFICATE)
    person.uploads(FRONT, BACK)
    person.says("完成")
    person.commands("where")
    person.sees("front.jpg", "back.png")
    person.presses("修改：请上传照片")
    person.presses("去掉 front.jpg")
    person.uploads(SIDE)
    person.presses("完成（2 个文件）")
    person.is_at(NAME, "look")
    assert [entry["name"] for entry in answers(person)["pictures"]] == ["back.png", "side.jpg"]


def test_a_file_nobody_asked_for_changes_nothing(person: Person) -> None:
    person.commands("menu")
    person.uploads(CERTIFICATE)
    person.sees("收到一个文件", "这一步需要")
    assert stored(person) == ()


def test_a_file_delivered_twice_counts_once(person: Person) -> None:
    content = Uploaded((examine(*CERTIFICATE, UploadLimits()),))
    assert not person.sends_update("twice", content).duplicate
    assert person.sends_update("twice", content).duplicate
    assert len(stored(person)) == 1


def test_what_was_handed_in_survives_a_restart(tmp_path: Path) -> None:
    with dialog_with_files():
        with a_person(tmp_path) as person:
            person.commands("start", NAME)
            person.uploads(CERTIFICATE)
            person.uploads(FRONT)
        with a_person(tmp_path) as person:
            person.commands("where")
            person.is_at(NAME, "pictures")
            person.sees("高企证书.pdf", "front.jpg")
            person.says("完成")
            person.is_at(NAME, "look")
            links = [block for block in person.now_sees.blocks if isinstance(block, Link)]
            assert [link.label for link in links] == ["高企证书.pdf", "front.jpg"]
            assert [link.path for link in links] == [f"/files/{file.stored_name}" for file in stored(person)]


ENTRY: Json = {"file": 1, "stored": "x.pdf", "name": "a", "kind": "pdf", "size": 3, "sha256": "0" * 64}


def changed(**values: Json) -> Json:
    assert isinstance(ENTRY, dict)
    return [{**ENTRY, **values}]


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        ENTRY,
        [ENTRY, ENTRY],
        [3],
        changed(file="1"),
        changed(file=True),
        changed(kind="exe"),
        changed(size=None),
        changed(name=3),
    ],
)
def test_what_is_no_file_is_no_answer(broken: Json) -> None:
    ask = AskUpload(Catalogues.load().words("en"), UploadLimits())
    assert ask.holds([ENTRY])
    assert not ask.holds(broken)
