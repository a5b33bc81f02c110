"""Files at a terminal: their paths are typed or dropped."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from bot.assembly import open_house
from bot.settings import Settings
from bot.terminal import Terminal
from bot.terminal_files import files_named
from domain.uploads import Received, Unusable, UploadLimits
from tests.support import documents
from tests.support.papers import NAME, dialog_with_files

LIMITS = UploadLimits(most_bytes=65_536)


def talk(folder: Path, lines: Sequence[str]) -> str:
    """What the terminal shows when these lines are typed."""
    out, waiting = io.StringIO(), iter(lines)
    settings = Settings(data_dir=folder / "data", _env_file=None)
    with dialog_with_files(), asyncio.Runner() as runner:
        house = open_house(settings)
        opened = runner.run(house.__aenter__())
        try:
            terminal = Terminal(opened, Console(file=out, soft_wrap=True), "anna", "zh_CN")
            terminal.talk(runner, lambda _prompt: next(waiting, None), afresh=False)
        finally:
            runner.run(house.__aexit__(None, None, None))
    return out.getvalue()


def test_a_path_is_typed_and_the_conversation_is_there_after_a_restart(tmp_path: Path) -> None:
    paper, front = tmp_path / "高企 证书.pdf", tmp_path / "front.jpg"
    paper.write_bytes(documents.pdf())
    front.write_bytes(documents.jpeg())
    shown = talk(tmp_path, [f"/start {NAME}", "/no/such/file.pdf", str(paper)])
    assert "请输入文件的路径" in shown
    assert "这一问要用文件回答" in shown
    assert "已收到：高企 证书.pdf（PDF，1 KB）" in shown
    shown = talk(tmp_path, [f"'{front}'", "1"])
    assert "front.jpg（JPEG 图片，1 KB）" in shown
    assert "都齐了吗？" in shown


def test_paths_are_understood_as_terminals_write_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file, other = tmp_path / "a b.pdf", tmp_path / "c.png"
    file.write_bytes(documents.pdf())
    other.write_bytes(documents.png())
    quoted = str(file).replace(" ", "\\ ")
    for text in (
        str(file),
        f" {file} ",
        f"'{file}'",
        f'"{file}"',
        quoted,
        "~/a b.pdf",
        "~/a\\ b.pdf",
        file.as_uri(),
    ):
        (found,) = files_named(text, LIMITS)
        assert isinstance(found, Received), text
        assert (found.name, found.kind) == ("a b.pdf", "pdf")
    assert [found.name for found in files_named(f"{quoted} {other}", LIMITS)] == ["a b.pdf", "c.png"]


def test_what_is_no_file_is_left_to_be_read_as_words(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.pdf").write_bytes(documents.pdf())
    for text in (
        "",
        "我晚点发",
        str(tmp_path),
        str(tmp_path / "pipe"),
        f"{tmp_path / 'a.pdf'} {tmp_path / 'missing'}",
        "a\0b",
        "'unbalanced",
        "~nobody-at-all/a.pdf",
        "x" * 5_000,
        "file://[",
    ):
        assert files_named(text, LIMITS) == ()


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    large = tmp_path / "大.pdf"
    with large.open("wb") as file:
        file.truncate(10_000_000_000)
    assert files_named(str(large), LIMITS) == (Unusable("大.pdf", "too_large"),)
