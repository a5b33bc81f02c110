"""Whatever is typed, reading it raises nothing and costs little."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.understanding.answers import read_answer
from dialogs.understanding.choice import Option, read_choice, read_choices
from dialogs.understanding.commands import read_command
from dialogs.understanding.dates import read_date, read_year
from dialogs.understanding.events import read_events
from dialogs.understanding.money import read_money
from dialogs.understanding.numbers import read_number, read_percentage, read_whole_number
from dialogs.understanding.ranks import read_rank
from dialogs.understanding.tables import read_year_table
from dialogs.understanding.text import read_text

TODAY = date(2026, 11, 21)
OPTIONS = tuple(
    Option(f"k{n}", label) for n, label in enumerate(["制造业", "服务业", "3年以上", "Other and more"])
)

READERS: dict[str, Callable[[str], object]] = {
    "number": read_number,
    "whole number": read_whole_number,
    "percentage": read_percentage,
    "money": read_money,
    "date": lambda text: read_date(text, TODAY),
    "date ahead": lambda text: read_date(text, TODAY, past=False),
    "year": lambda text: read_year(text, TODAY),
    "answer": read_answer,
    "choice": lambda text: read_choice(text, OPTIONS),
    "choices": lambda text: read_choices(text, OPTIONS),
    "rank": read_rank,
    "table": lambda text: read_year_table(text, (2023, 2024, 2025), read_money, this_year=2026),
    "events": lambda text: read_events(text, TODAY),
    "command": read_command,
    "text": read_text,
    "lines": lambda text: read_text(text, lines=True),
}

# Pieces of what the readers look for, so that generated texts reach deep into them.
PIECES = [
    *"零〇一二两三四五六七八九十百千万亿点半年月日号天周个元约多余来左右前后去今昨上下负-+.,、;: ~/()%￥$0123456789０９ \n\t",
    "百分之", "成", "亏损", "万元", "million", "and", "half", "a", "years", "ago", "last", "June", "2024", "2024年", "10月", "99999999999999999999",
    "没有", "不", "都", "每年", "全部", "至", "到", "of", "\u200b", "\u202e", "\ud800", "\x00", "é", "ﷺ", "𝟙", "①", "㋿", "½", "👍🏽", "ا", "٣",
]  # fmt: skip


def generated(count: int) -> list[str]:
    source = random.Random(20261121)  # noqa: S311 - repeatable, not secret
    texts = ["".join(source.choices(PIECES, k=source.choice((1, 3, 8, 20, 60)))) for _ in range(count)]
    texts[:8] = [
        "9" * 100_000,
        "一" * 5_000,
        "1," * 3_000,
        "(" * 2_000,
        "年" * 2_000,
        "亿" * 100,
        " " * 9_999,
        "和" * 1_900,
    ]
    return texts


@pytest.mark.parametrize("name", READERS)
def test_ten_thousand_odd_texts_raise_nothing_and_take_under_a_millisecond_each(name: str) -> None:
    read = READERS[name]
    texts = generated(10_000)
    begun = time.process_time()
    for text in texts:
        read(text)
    assert (time.process_time() - begun) / len(texts) < 0.001


@pytest.mark.parametrize("name", READERS)
@given(text=st.text(max_size=300))
@settings(max_examples=60)
def test_no_text_makes_a_reader_fail(name: str, text: str) -> None:
    READERS[name](text)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "piece",
    ["1,", "一", "百", "1 ", "; 2023 ", "和", "1-", "不", "去年", "a ", "2023年5月，", "（", "\u0301"],
)
def test_no_repetition_makes_a_reader_slow(name: str, piece: str) -> None:
    text = piece * (2_000 // len(piece))
    begun = time.process_time()
    READERS[name](text)
    READERS[name](text[:110])
    assert time.process_time() - begun < 0.5
