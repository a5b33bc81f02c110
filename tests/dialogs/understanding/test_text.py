"""Free text keeps its letters and loses what cannot be seen; command words work in both languages."""

from __future__ import annotations

import pytest

from dialogs.understanding.commands import CommandWord, read_command
from dialogs.understanding.result import NotUnderstood, Reason, Understood, mapped, roughly
from dialogs.understanding.text import normalised, read_text


def test_a_name_stays_as_written_but_for_spaces_and_invisible_characters() -> None:
    assert read_text("  某某精工（测试）\u200b有限公司\x00 \n 一部 ") == Understood(
        "某某精工（测试）有限公司 一部"
    )
    assert read_text("\u202eABC Ltd.") == Understood("ABC Ltd.")


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert read_text("一\r\n\r\n\r\n\r\n 二  三 ", lines=True) == Understood("一\n\n二 三")


def test_a_text_has_a_limit() -> None:
    assert read_text("一" * 11, limit=10) == NotUnderstood(Reason.TOO_LONG)
    assert read_text("一" * 10, limit=10) == Understood("一" * 10)
    assert read_text("\u200b\n") == NotUnderstood(Reason.EMPTY)


def test_a_lone_surrogate_is_dropped() -> None:
    assert read_text("a\ud800b") == Understood("ab")


def test_full_width_and_traditional_forms_are_the_same_to_the_readers() -> None:
    assert normalised(" １，０００　萬元 ") == "1,000 万元"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("返回", CommandWord.BACK),
        ("上一步", CommandWord.BACK),
        ("Back", CommandWord.BACK),
        ("取消", CommandWord.CANCEL),
        ("帮助", CommandWord.HELP),
        ("/help", CommandWord.HELP),
        ("菜单", CommandWord.MENU),
        ("我在哪？", CommandWord.WHERE),
        ("改答案", CommandWord.ANSWERS),
        ("我的数据", CommandWord.DATA),
        ("/start", CommandWord.START),
    ],
)
def test_a_command_word(text: str, command: CommandWord) -> None:
    assert read_command(text) == (command, "")


def test_the_name_of_a_language_switches_to_it() -> None:
    assert read_command("English") == (CommandWord.LANGUAGE, "en")
    assert read_command("中文") == (CommandWord.LANGUAGE, "zh_CN")


@pytest.mark.parametrize(
    "text", ["返回率 3%", "help me understand this clause", "", "/", "菜单菜单", "x" * 1000]
)
def test_a_sentence_is_no_command(text: str) -> None:
    assert read_command(text) is None


def test_results_can_be_changed_without_losing_what_was_said_about_them() -> None:
    assert mapped(Understood(2, approximate=True, alternatives=(3,)), str) == Understood("2", True, ("3",))
    assert roughly(Understood(2)) == Understood(2, approximate=True)
    assert roughly(NotUnderstood(Reason.EMPTY)) == NotUnderstood(Reason.EMPTY)
