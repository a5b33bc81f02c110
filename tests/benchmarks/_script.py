"""The dialog every bot of the Telegram benchmark asks."""

from __future__ import annotations

from typing import Final

QUESTIONS: Final = 10
ANSWERS: Final = ("有", "没有", "不清楚", "不适用")


def question(number: int) -> str:
    """The text of a question."""
    return f"问题 {number + 1}：贵单位近三年有没有下列情形之一？请选择最接近的一项。"
