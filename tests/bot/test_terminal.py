"""The chat in a terminal and in a pipe."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from bot.settings import Settings
from bot.terminal import Terminal
from bot.terminal_screen import draw_screen, keys_of_choices
from dialogs.engine.screen import Choice, Expectation, ExpectationKind, Screen
from domain.clock import SystemClock
from locales.words import Catalogues, Language
from tests.support.scripted import GALLERY
from tests.support.web import scripted_house


def talk(
    folder: Path, lines: Sequence[str], *, afresh: bool = False, language: Language | None = None
) -> str:
    """What the terminal shows when these lines are typed."""
    out = io.StringIO()
    console = Console(file=out, highlight=False, markup=False, soft_wrap=True)
    waiting = iter(lines)
    settings = Settings(data_dir=folder / "data", _env_file=None)
    with asyncio.Runner() as runner:
        house = scripted_house(settings, SystemClock())
        opened = runner.run(house.__aenter__())
        try:
            terminal = Terminal(opened, console, "anna", "zh_CN", language)
            terminal.talk(runner, lambda _prompt: next(waiting, None), afresh=afresh)
        finally:
            runner.run(house.__aexit__(None, None, None))
    return out.getvalue()


def test_a_whole_conversation_by_numbers_and_texts(tmp_path: Path) -> None:
    shown = talk(tmp_path, ["1", "1、3", "3000万", "2024-05", "2023: 1"])
    for text in ("贵单位是制造业企业吗？", "1) 是", "有哪些？", "[ ] 选项 a", "去年营业收入是多少？", "结果"):
        assert text in shown
    assert shown.index("» 记为 3000万") < shown.index("从哪年哪月开始？")
    assert "✗ [不满足] 条件 not_met (第六条（一）)" in shown
    assert "项目 | 现在的状态 | 贵单位" in shown


def test_every_kind_of_block_is_drawn_in_colour_and_in_plain() -> None:
    screen = Screen(
        conversation=1,
        revision=1,
        dialog="d",
        state="s",
        language="en",
        title="A [bold]title[/bold]",
        blocks=GALLERY,
    )
    words = Catalogues.load().words("en")
    for terminal in (True, False):
        out = io.StringIO()
        console = Console(file=out, force_terminal=terminal, width=100, markup=False, highlight=False)
        draw_screen(screen, words, console)
        shown = out.getvalue()
        for text in (
            "A [bold]title[/bold]",
            "第六条（一）",
            "差 1 个月",
            "全国质量标杆",
            "里面的内容",
            "/results/1",
        ):
            assert text in shown
        assert ("\x1b[" in shown) is terminal


@pytest.mark.parametrize("kind", ["number", "money", "percentage", "date", "year", "year_table", "text"])
def test_where_a_number_is_an_answer_choices_go_by_letters(kind: ExpectationKind) -> None:
    assert list(keys_of_choices(asking(kind))) == ["a", "b"]


@pytest.mark.parametrize("kind", ["choice", "events", "certificate"])
def test_otherwise_choices_go_by_numbers(kind: ExpectationKind) -> None:
    assert list(keys_of_choices(asking(kind))) == ["1", "2"]


def test_among_many_choices_the_numbers_of_the_options_are_a_text() -> None:
    assert list(keys_of_choices(asking("choices"))) == ["2"]


def asking(kind: ExpectationKind) -> Screen:
    choices = (Choice(key="yes", label="Yes"), Choice(key="@unsure", label="Not sure"))
    expects = Expectation(kind=kind, example="")
    return Screen(
        conversation=1,
        revision=1,
        dialog="d",
        state="s",
        language="en",
        title="",
        choices=choices,
        expects=expects,
    )


def test_it_resumes_where_it_stood(tmp_path: Path) -> None:
    talk(tmp_path, ["1"])
    shown = talk(tmp_path, [])
    assert "有哪些？" in shown
    assert "贵单位是制造业企业吗？" not in shown


def test_it_begins_afresh_when_asked_to(tmp_path: Path) -> None:
    talk(tmp_path, ["1"])
    assert "贵单位是制造业企业吗？" in talk(tmp_path, [], afresh=True)


def test_the_language_is_remembered(tmp_path: Path) -> None:
    assert "Is this a manufacturing enterprise?" in talk(tmp_path, [], language="en")
    assert "Is this a manufacturing enterprise?" in talk(tmp_path, [])


def test_commands_work_everywhere(tmp_path: Path) -> None:
    shown = talk(tmp_path, ["1", "/menu", "/language en", "", "/quit", "1"])
    assert shown.count("贵单位是制造业企业吗？") == 2
    assert shown.count("Is this a manufacturing enterprise?") == 1


def zhuoyue(
    folder: Path, *arguments: str, typed: bytes, **surroundings: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the product's own command with this input."""
    own = {"ZHUOYUE_DATA_DIR": str(folder / "data"), "PYTHONUTF8": "1", **surroundings}
    environment = {**os.environ, **own}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=typed,
        capture_output=True,
        timeout=60,
        env=environment,
        check=False,
    )


def test_a_pipe_ends_well_when_its_lines_do(tmp_path: Path) -> None:
    ended = zhuoyue(tmp_path, "chat", "--lang", "en", typed="1\n/menu\n\xff\x00[red]\n".encode("latin-1"))
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == b""
    shown = ended.stdout.decode()
    assert "> 1\n" in shown
    assert "1) " in shown
    assert "\x1b" not in shown


def test_a_name_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    ended = zhuoyue(tmp_path, "chat", "--as", "x" * 65, typed=b"")
    assert ended.returncode == 2
    assert ended.stderr.decode().count("\n") == 1


def test_the_database_does_not_know_the_name_of_who_is_talking(tmp_path: Path) -> None:
    talk(tmp_path, ["1"])
    for file in (tmp_path / "data").iterdir():
        if file.is_file():
            assert b"anna" not in file.read_bytes(), file.name


@pytest.mark.parametrize(
    ("arguments", "typed"), [(("chat", "--as", "anna"), "制造业\n"), (("programme", "list"), "")]
)
def test_a_locale_that_knows_ascii_only_does_no_harm(
    tmp_path: Path, arguments: Sequence[str], typed: str
) -> None:
    ended = zhuoyue(tmp_path, *arguments, typed=typed.encode(), LC_ALL="POSIX", PYTHONUTF8="0")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == b""
    assert "卓越" in ended.stdout.decode()
    assert typed in ended.stdout.decode()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_lost_key_file_is_told_in_one_line_and_not_made_anew(tmp_path: Path, language: str) -> None:
    assert zhuoyue(tmp_path, "chat", "--as", "anna", typed=b"").returncode == 0
    key = tmp_path / "data" / "master.key"
    kept = key.rename(tmp_path / "kept")
    ended = zhuoyue(tmp_path, "--language", language, "chat", "--as", "anna", typed=b"")
    assert ended.returncode == 2
    line = ended.stderr.decode()
    assert line.count("\n") == 1
    assert ("密钥文件不见了" if language == "zh_CN" else "key file of this database is missing") in line
    assert str(key) in line
    assert not key.exists()
    kept.rename(key)
    assert zhuoyue(tmp_path, "chat", "--as", "anna", typed=b"").returncode == 0


def test_a_database_that_was_only_migrated_gets_its_key_on_the_first_start(tmp_path: Path) -> None:
    assert zhuoyue(tmp_path, "db", "migrate", typed=b"").returncode == 0
    assert zhuoyue(tmp_path, "chat", "--as", "anna", typed=b"").returncode == 0
    assert (tmp_path / "data" / "master.key").exists()
