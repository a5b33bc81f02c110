"""Hours of the day as people write them."""

from __future__ import annotations

from datetime import time

import pytest

from dialogs.understanding.hours import read_hours
from dialogs.understanding.result import NotUnderstood, Understood


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("22:00-7:30", time(22), time(7, 30)),
        ("从21：00至次日8：30", time(21), time(8, 30)),
        ("晚上10点到早上8点半", time(22), time(8, 30)),
        ("晚十点到早八点", time(22), time(8)),
        ("晚上9点-第二天早上8点一刻", time(21), time(8, 15)),
        ("中午12点到下午2点", time(12), time(14)),
        ("夜里2点到早上6点", time(2), time(6)),
        ("下午十二点到晚上十一点三刻", time(12), time(23, 45)),
        ("9pm to 8am", time(21), time(8)),
        ("from 10 pm until 7:15", time(22), time(7, 15)),
        ("12am-6am", time(0), time(6)),
        ("22到7", time(22), time(7)),
        ("24:00-6:00", time(0), time(6)),
    ],
)
def test_from_one_time_to_another(text: str, begin: time, end: time) -> None:
    assert read_hours(text) == Understood((begin, end))


@pytest.mark.parametrize(
    "text", ["", "21:00", "25:00-3:00", "10:75-11:00", "晚上", "abc to def", "22:00-7:30 5", "9pm 8am" * 40]
)
def test_anything_else_is_not_understood(text: str) -> None:
    assert isinstance(read_hours(text), NotUnderstood)
