"""Files on the web: taken as they stream in, from our own page alone, and given back to their own chat as attachments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from bot.assembly import open_house
from domain.store import StoredFile
from tests.support import documents
from tests.support.papers import NAME, dialog_with_files
from tests.support.web import Served, Visitor, body, serve

LIMIT = 65_536


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with (
        dialog_with_files(),
        serve(tmp_path / "data", open_house, rate_per_minute=10_000, max_upload_bytes=LIMIT) as running,
    ):
        yield running


@pytest.fixture
def visitor(served: Served) -> Iterator[Visitor]:
    with Visitor(served.url) as somebody:
        somebody.open()
        assert somebody.post({"kind": "command", "name": "start", "argument": NAME}).status_code == 202
        somebody.messages()
        assert state(somebody) == "certificate"
        yield somebody


def state(visitor: Visitor) -> str:
    assert visitor.screen is not None
    return visitor.screen.state


def hands_in(
    visitor: Visitor, name: str, content: bytes, key: str | None = None, **headers: str
) -> httpx.Response:
    told = {
        "Content-Type": "application/octet-stream",
        "X-Zhuoyue-Key": key or uuid4().hex,
        "X-Zhuoyue-Name": quote(name),
        **headers,
    }
    answer = visitor.client.post("/files", content=content, headers=told)
    if answer.status_code == 202:
        visitor.messages()
    return answer


def stored(served: Served) -> tuple[StoredFile, ...]:
    return served.run(lambda house: house.database.read(lambda tx: tx.files.of_chat(1)))


def test_a_file_is_taken_and_given_back_only_to_be_saved(served: Served, visitor: Visitor) -> None:
    assert hands_in(visitor, "高企证书.pdf", documents.pdf()).status_code == 202
    assert state(visitor) == "pictures"
    assert visitor.said[-1] == "📎 高企证书.pdf"
    (file,) = stored(served)
    back = visitor.client.get(f"/files/{file.stored_name}")
    assert back.content == documents.pdf()
    assert back.headers["content-type"] == "application/octet-stream"
    assert back.headers["x-content-type-options"] == "nosniff"
    assert back.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in back.headers["content-security-policy"]
    assert back.headers["content-disposition"] == (
        f"attachment; filename=\"{file.stored_name}\"; filename*=UTF-8''{quote('高企证书.pdf')}"
    )


def test_a_file_belongs_to_its_chat(served: Served, visitor: Visitor) -> None:
    hands_in(visitor, "a.pdf", documents.pdf())
    (file,) = stored(served)
    with Visitor(served.url) as other:
        assert other.client.get(f"/files/{file.stored_name}").status_code == 401
        other.open()
        assert other.client.get(f"/files/{file.stored_name}").status_code == 404
        for name in ("x.pdf", "..%2fmaster.key", "0" * 32 + ".pdf", file.stored_name.upper()):
            assert visitor.client.get(f"/files/{name}").status_code == 404
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert visitor.client.get(f"/files/{file.stored_name}", headers=foreign).status_code == 403


def test_a_file_that_is_too_large_is_not_read_to_its_end(served: Served, visitor: Visitor) -> None:
    answer = hands_in(visitor, "a.pdf", documents.pdf() + b" " * LIMIT)
    assert (answer.status_code, body(answer)["message"]) == (
        413,
        "这个文件太大：不能超过 64 KB。没有改动任何东西。",
    )
    # Nor is one whose sender does not say how large it is.
    pieces = iter([documents.pdf(), *[b" " * 8_192] * 40])
    headers = {
        "Content-Type": "application/octet-stream",
        "X-Zhuoyue-Key": uuid4().hex,
        "X-Zhuoyue-Name": "a",
    }
    assert visitor.client.post("/files", content=pieces, headers=headers).status_code == 413
    assert stored(served) == ()


HOSTILE = [
    (b"MZ", "从内容看不是这里接收的类型"),
    (documents.office()[:-30], "文件损坏或不完整"),
    (documents.office(more={"word/vbaProject.bin": b"x"}), "文件带有宏"),
    (documents.jpeg(after=documents.office()), "混有两种类型"),
    (documents.png(30_000, 30_000), "图片像素过多"),
    (b"", "文件是空的"),
]


@pytest.mark.parametrize(("content", "reason"), HOSTILE)
def test_a_hostile_file_is_refused_in_words(
    served: Served, visitor: Visitor, content: bytes, reason: str
) -> None:
    assert hands_in(visitor, "证书.pdf", content).status_code == 202
    assert visitor.screen is not None
    assert reason in visitor.screen.model_dump_json()
    assert stored(served) == ()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "application/json"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"X-Zhuoyue-Key": "short"}, 400),
        ({"X-Zhuoyue-Name": "a" * 2_001}, 400),
    ],
)
def test_only_our_own_page_hands_in_files(
    served: Served, visitor: Visitor, headers: dict[str, str], status: int
) -> None:
    assert hands_in(visitor, "a.pdf", documents.pdf(), **headers).status_code == status
    assert stored(served) == ()


def test_without_a_session_nothing_is_read(served: Served) -> None:
    with Visitor(served.url) as stranger:
        assert hands_in(stranger, "a.pdf", documents.pdf()).status_code == 401


def test_a_file_sent_again_with_its_key_counts_once(served: Served, visitor: Visitor) -> None:
    first = hands_in(visitor, "a.pdf", documents.pdf(), "the-same-key")
    again = hands_in(visitor, "a.pdf", documents.pdf(), "the-same-key")
    assert (body(first)["duplicate"], body(again)["duplicate"]) == (False, True)
    assert len(stored(served)) == 1


def test_what_was_handed_in_survives_a_restart(served: Served, visitor: Visitor) -> None:
    hands_in(visitor, "a.pdf", documents.pdf())
    served.restart()
    (file,) = stored(served)
    assert visitor.client.get(f"/files/{file.stored_name}").content == documents.pdf()
    assert hands_in(visitor, "front.jpg", documents.jpeg()).status_code == 202
    visitor.press("@done")
    visitor.messages()
    assert state(visitor) == "look"


def test_a_name_full_of_tricks_is_only_a_name(served: Served, visitor: Visitor) -> None:
    hands_in(visitor, '../a"\r\nX-Evil: 1\u202e<b>.pdf', documents.pdf())
    (file,) = stored(served)
    assert file.name == 'a"X-Evil: 1<b>.pdf'
    back = visitor.client.get(f"/files/{file.stored_name}")
    assert "x-evil" not in back.headers
    assert back.status_code == 200


def test_the_export_of_ones_data_holds_the_file(visitor: Visitor) -> None:
    hands_in(visitor, "证书.pdf", documents.pdf())
    assert "证书.pdf" in visitor.client.get("/my-data.json").text
