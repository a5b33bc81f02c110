"""The file of an announcement at a terminal: saved where the terminal is, by who may read it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from bot.assembly import open_house
from bot.settings import Settings
from bot.terminal import Terminal
from bot.terminal_files import save_beside
from domain.store import Transaction
from domain.uploads import Received
from tests.support import documents
from tests.support.announcing import NOON
from tests.support.reminding import HANGZHOU
from tests.support.staff import OF_HANGZHOU


def talk(folder: Path, lines: Sequence[str], before: Callable[[Transaction], None] | None = None) -> str:
    """What the terminal shows when these lines are typed, after something happened."""
    out, waiting = io.StringIO(), iter(lines)
    with asyncio.Runner() as runner:
        house = open_house(Settings(data_dir=folder / "data", _env_file=None))
        opened = runner.run(house.__aenter__())
        try:
            if before is not None:
                runner.run(opened.database.run(before))
            terminal = Terminal(opened, Console(file=out, soft_wrap=True), "anna", "zh_CN")
            terminal.talk(runner, lambda _prompt: next(waiting, None), afresh=False)
        finally:
            runner.run(house.__aexit__(None, None, None))
    return out.getvalue()


def becomes_officer(tx: Transaction) -> None:
    tx.staff.add(tx.chats.get(1).person_id, OF_HANGZHOU, NOON, None)


def test_an_officer_hands_it_in_sees_how_it_is_saved_and_saves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = tmp_path / "申报书.pdf"
    paper.write_bytes(documents.pdf())
    there = tmp_path / "there"
    there.mkdir()
    monkeypatch.chdir(there)
    talk(tmp_path, ["/start"])
    shown = talk(
        tmp_path,
        [
            "/menu",
            "通知",
            "写通知",
            "杭州市政府质量奖",
            "1",
            "全部",
            "培训通知",
            "三月开班。",
            "跳过",
            str(paper),
        ],
        becomes_officer,
    )
    assert "要保存文件，请输入：/save /files/" in shown
    command = next(line.partition("：")[2] for line in shown.splitlines() if "/save /files/" in line)
    shown = talk(tmp_path, [command, command, "/save /files/" + "0" * 32 + ".pdf"])
    assert f"已保存：{there / '申报书.pdf'}" in shown
    assert "这份文件已经不在了。" in shown
    assert (there / "申报书.pdf").read_bytes() == documents.pdf()
    assert (there / "申报书 (2).pdf").read_bytes() == documents.pdf()


def test_what_somebody_else_handed_in_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: list[str] = []

    def foreign(tx: Transaction) -> None:
        chat = tx.chats.open("web", "other", "en", NOON)
        names.append(tx.files.add(chat.id, None, Received("x.pdf", "pdf", documents.pdf()), NOON).stored_name)
        tx.reminder_preferences.subscribe(chat.id, HANGZHOU, wanted=True, now=NOON)

    talk(tmp_path, ["/start"], foreign)
    assert "这份文件已经不在了。" in talk(tmp_path, [f"/save {names[0]}"])
    assert not (tmp_path / "x.pdf").exists()


def test_a_name_leads_out_of_no_folder(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    saved = save_beside("../outside.pdf", b"1", tmp_path / "inside")
    assert saved == tmp_path / "inside" / "outside.pdf"
    assert save_beside("../outside.pdf", b"2", tmp_path / "inside").name == "outside (2).pdf"
    assert saved.read_bytes() == b"1"
