"""The dialog every bot of this benchmark asks, and who the bot is. Needs nothing but Python."""

from __future__ import annotations

from typing import Final

QUESTIONS: Final = 10
ANSWERS: Final = ("有", "没有", "不清楚", "不适用")
DONE: Final = "谢谢！"

FIRST_LISTENER: Final = 1_000_000_000
"""The address of the first who is sent a broadcast."""

NEWS: Final = "本年度质量奖申报工作已经开始，请在规定期限内提交材料；以主管部门公布的通知为准。"

DIALOG: Final = "organisation"
"""The name of the dialog: one that a link of the product leads to."""

TOKEN: Final = "7000000001:AAF0imaginary-Token_of-the-Tests-01"
ME: Final = {"id": 7_000_000_001, "is_bot": True, "first_name": "卓越助手", "username": "zhuoyue_test_bot"}


def question(number: int) -> str:
    """The text of a question, counted from 0."""
    return f"问题 {number + 1}：贵单位近三年有没有下列情形之一？请选择最接近的一项。"
