"""Amounts are whole yuan; losses are negative; other currencies are refused."""

from __future__ import annotations

import pytest

from dialogs.understanding.money import read_money
from dialogs.understanding.result import NotUnderstood, Reason, Understood


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("3,000万元", 30_000_000),
        ("1.5亿", 150_000_000),
        ("1亿5千万", 150_000_000),
        ("一亿五", 150_000_000),
        ("三千二百万元整", 32_000_000),
        ("￥3000", 3_000),
        ("¥-500", -500),
        ("-¥500", -500),
        ("RMB 3,000", 3_000),
        ("CNY 150,000,000", 150_000_000),
        ("150 million yuan", 150_000_000),
        ("five million yuan", 5_000_000),
        ("1.5m", 1_500_000),
        ("3k", 3_000),
        ("人民币三千万元", 30_000_000),
        ("3.5亿人民币", 350_000_000),
        ("五块钱", 5),
        ("１，２００万元", 12_000_000),
        ("3、000元", 3_000),
        ("0", 0),
        ("零元", 0),
        ("-30万", -300_000),
        ("负30万", -300_000),
        ("亏损120万", -1_200_000),
        ("亏了30万元", -300_000),
        ("净亏损 1,200,000 元", -1_200_000),
        ("(30万元)", -300_000),
        ("(1,200)", -1_200),
        ("loss of 1.2m", -1_200_000),
        ("1.5m loss", -1_500_000),
        ("盈利100万", 1_000_000),
        ("净利润-30万", -300_000),
        ("profit of 3 million yuan", 3_000_000),
    ],
)
def test_an_amount_is_understood(text: str, yuan: int) -> None:
    assert read_money(text) == Understood(yuan)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("三点五个亿左右", 350_000_000),
        ("约3000万元", 30_000_000),
        ("3000多万元", 30_000_000),
        ("亏损约20万", -200_000),
        ("200元以上", 200),
        ("about CNY 3 million", 3_000_000),
        ("至少一千万", 10_000_000),
    ],
)
def test_a_hedged_amount_is_approximate(text: str, yuan: int) -> None:
    assert read_money(text) == Understood(yuan, approximate=True)


@pytest.mark.parametrize(
    "text",
    [
        "USD 3m",
        "100美元",
        "港币5万",
        "$5",
        "HK$ 300",
        "3 million dollars",
        "€12",
        "5000日元",
        "US$1m",
        "3万港元",
        "£1",
    ],
)
def test_another_currency_is_refused_and_never_converted(text: str) -> None:
    result = read_money(text)
    assert isinstance(result, NotUnderstood)
    assert result.reason is Reason.FOREIGN_CURRENCY
    assert result.detail


@pytest.mark.parametrize(
    "text",
    ["没有亏损", "无亏损", "不亏", "亏损", "亏损-120万", "万元", "元", "没有", "五亿三千", "一些钱", "yuan"],
)
def test_what_is_no_amount_is_not_read_as_one(text: str) -> None:
    assert read_money(text) == NotUnderstood(Reason.NOT_RECOGNISED)


def test_part_of_a_yuan_is_never_dropped_silently() -> None:
    assert read_money("1,234.56元") == Understood(1_234, approximate=True, alternatives=(1_235,))
    assert read_money("-0.4") == Understood(-1, approximate=True, alternatives=(0,))
    assert read_money("1234.00") == Understood(1_234)


def test_from_so_much_to_so_much_is_a_range() -> None:
    assert read_money("3000万到5000万元") == NotUnderstood(Reason.RANGE)
    assert read_money("100万-200万") == NotUnderstood(Reason.RANGE)
