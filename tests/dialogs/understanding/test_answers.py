"""Yes, no and not sure; anything that says more is not guessed at."""

from __future__ import annotations

import pytest

from dialogs.understanding.answers import read_answer
from dialogs.understanding.result import NotUnderstood, Reason, Understood
from domain.values import UNCLEAR


@pytest.mark.parametrize(
    "text", ["是", "对", "对。", "有", "有的", "嗯", "没错", "Yes", "Ｙ", "yes, we do", "OK!", "√", "是的呀"]
)
def test_yes(text: str) -> None:
    assert read_answer(text) == Understood(value=True)


@pytest.mark.parametrize(
    "text", ["否", "没有", "没有了", "无", "不是", "不", "没", "从来没有", "NO", "n", "nope", "No, never."]
)
def test_no(text: str) -> None:
    assert read_answer(text) == Understood(value=False)


@pytest.mark.parametrize(
    "text",
    [
        "不清楚",
        "不确定",
        "不知道",
        "说不准",
        "不太清楚。",
        "待核实",
        "Not sure",
        "don’t know",
        "I don't know",
        "maybe",
        "也许吧",
    ],
)
def test_not_sure(text: str) -> None:
    assert read_answer(text) == Understood(UNCLEAR)


@pytest.mark.parametrize(
    ("text", "value"), [("应该有", True), ("没有吧", False), ("是吧", True), ("probably not", False)]
)
def test_a_half_hearted_answer_is_approximate(text: str, value: bool) -> None:
    assert read_answer(text) == Understood(value, approximate=True)


@pytest.mark.parametrize(
    "text",
    [
        "没有问题",
        "不是没有",
        "没有亏损",
        "有没有",
        "是不是",
        "有3个",
        "不是不行",
        "yes and no",
        "not no",
        "?",
        "12",
        "你好",
        "没有不满足",
    ],
)
def test_more_than_an_answer_is_not_understood(text: str) -> None:
    assert read_answer(text) == NotUnderstood(Reason.NOT_RECOGNISED)
