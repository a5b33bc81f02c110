"""``zhuoyue dialog``: drawings and checks from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.command_line import run
from dialogs.directory import DIALOGS


def test_all_dialogs_are_drawn_or_just_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dialog", "draw", "menu", "--folder", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["menu.md"]
    assert run(["dialog", "draw", "--folder", str(tmp_path)]) == 0
    assert {path.stem for path in tmp_path.iterdir()} == set(DIALOGS)
    assert "```mermaid" in (tmp_path / "check.md").read_text(encoding="utf-8")
    capsys.readouterr()


def test_a_dialog_that_does_not_exist_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dialog", "draw", "dance", "--folder", str(tmp_path)]) == 2
    assert "dance" in capsys.readouterr().err


def test_the_dialogs_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dialog", "check"]) == 0
    assert capsys.readouterr().out.strip()
