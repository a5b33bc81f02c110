"""Screens to draw."""

from __future__ import annotations

from collections.abc import Iterable

from dialogs.engine.screen import Block, Choice, Expectation, Progress, Role, Screen


def a_screen(
    *blocks: Block,
    title: str = "近三年有没有亏损？",
    choices: Iterable[Choice] = (),
    expects: Expectation | None = None,
    progress: Progress | None = None,
    language: str = "zh_CN",
    dialog: str = "check",
) -> Screen:
    return Screen(
        conversation=7,
        revision=3,
        dialog=dialog,
        state="f:net_profit",
        language=language,
        title=title,
        blocks=blocks,
        choices=tuple(choices),
        expects=expects,
        progress=progress,
    )


def a_choice(key: str, label: str | None = None, role: Role = "answer", *, selected: bool = False) -> Choice:
    return Choice(key=key, label=label or key, role=role, selected=selected)


def many_choices(count: int) -> list[Choice]:
    return [a_choice(f"k{number}", f"第 {number} 个选项的名称比较长一些") for number in range(1, count + 1)]
