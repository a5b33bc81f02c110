"""Numbers are read as people write them; what is unclear is asked again, not guessed."""

from __future__ import annotations

from decimal import Decimal

import cn2an  # type: ignore[import-untyped]  # ships no annotations
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.numbers import read_number, read_percentage, read_whole_number
from dialogs.understanding.numerals import numeral
from dialogs.understanding.result import NotUnderstood, Reason, Understood


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三千二百万", 32_000_000),
        ("一万二", 12_000),
        ("二百五", 250),
        ("两百零五", 205),
        ("十二", 12),
        ("二十", 20),
        ("一百一", 110),
        ("〇", 0),
        ("零", 0),
        ("壹佰贰拾叁", 123),
        ("壹贰叁", 123),
        ("二〇二四", 2024),
        ("1亿5千万", 150_000_000),
        ("1亿5", 150_000_000),
        ("1亿500万", 105_000_000),
        ("一亿零五百万", 105_000_000),
        ("三亿半", 350_000_000),
        ("五万亿", 5 * 10**12),
        ("3.2万", 32_000),
        ("三点五个亿", 350_000_000),
        ("1.5个亿", 150_000_000),
        ("2千5百", 2_500),
        ("1万2500", 12_500),
        ("百万", 1_000_000),
        ("三千二百萬", 32_000_000),
        ("兩億", 200_000_000),
        ("-3", -3),
        ("−3", -3),
        ("负三", -3),
        ("minus 3", -3),
        ("１２", 12),
        ("1,000", 1_000),
        ("1、000", 1_000),
        ("1，000", 1_000),
        ("1 000 000", 1_000_000),
        ("1,5000,0000", 150_000_000),
        ("12", 12),
        ("有12个", 12),
        ("10家企业", 10),
        ("30 people", 30),
        ("3年", 3),
        ("150 million", 150_000_000),
        ("3k", 3_000),
        ("1.5m", 1_500_000),
        ("30w", 300_000),
        ("twenty-five", 25),
        ("one hundred and twenty", 120),
        ("three hundred thousand", 300_000),
        ("two and a half million", 2_500_000),
        ("half a million", 500_000),
        ("a hundred", 100),
    ],
)
def test_a_number_is_understood_without_asking_back(text: str, value: int) -> None:
    assert read_number(text) == Understood(value)


@pytest.mark.parametrize(
    ("text", "value"), [("98.5", "98.5"), ("零点五", "0.5"), ("两年半", "2.5"), ("半", "0.5")]
)
def test_fractions_stay_exact(text: str, value: str) -> None:
    assert read_number(text) == Understood(Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("约300万", 3_000_000),
        ("300万左右", 3_000_000),
        ("3000多万", 30_000_000),
        ("二百来万", 2_000_000),
        ("十来家", 10),
        ("20多人", 20),
        ("近千万", 10_000_000),
        ("不到3亿", 300_000_000),
        ("100以上", 100),
        ("100+", 100),
        ("超过100", 100),
        ("about 30 people", 30),
        ("nearly two hundred", 200),
        ("more than 5", 5),
        ("≈12", 12),
    ],
)
def test_a_hedged_number_is_approximate(text: str, value: int) -> None:
    assert read_number(text) == Understood(value, approximate=True)


@pytest.mark.parametrize(
    "text",
    [
        "三五", "两三百", "十几", "几百", "一二", "万", "亿", "1万25", "1亿5000", "五亿三千", "三千二亿", "1.2.3", "1,23",
        "12,34", "1e5", "0x10", "没有12", "不是3", "2 and 3", "one two", "a", "and", "½", "abc", "你好", "十十", "百十千", "1万2万",
        "NaN", "inf", "٣", "一点", "点五", "1..5", "--3", "负负3", "零百",
    ],
)  # fmt: skip
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    assert read_number(text) == NotUnderstood(Reason.NOT_RECOGNISED)


@pytest.mark.parametrize("text", ["3到5", "3-5", "3~5", "1000万至2000万", "3 to 5", "三到五"])
def test_a_range_is_named_as_such(text: str) -> None:
    assert read_number(text) == NotUnderstood(Reason.RANGE)


def test_a_number_beyond_reason_is_too_large() -> None:
    assert read_number("99999999999999999999") == NotUnderstood(Reason.TOO_LARGE)
    assert read_number("9" * 60) == NotUnderstood(Reason.NOT_RECOGNISED)


def test_nothing_and_too_much_are_told_apart() -> None:
    assert read_number(" \u200b ") == NotUnderstood(Reason.EMPTY)
    assert read_number("1" * 500) == NotUnderstood(Reason.TOO_LONG)


def test_a_count_is_whole() -> None:
    assert read_whole_number("12.5") == NotUnderstood(Reason.NOT_WHOLE)
    assert read_whole_number("1.5万") == Understood(15_000)
    assert read_whole_number("12.0") == Understood(12)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("98.5%", "98.5"),
        ("98.5％", "98.5"),
        ("98.5", "98.5"),
        ("百分之九十八点五", "98.5"),
        ("百分之百", "100"),
        ("九成八", "98"),
        ("九成", "90"),
        ("一成半", "15"),
        ("千分之五", "0.5"),
        ("5‰", "0.5"),
        ("-5%", "-5"),
        ("30 percent", "30"),
        ("98.5个百分点", "98.5"),
        ("1", "1"),
        ("0", "0"),
    ],
)
def test_percentages(text: str, percent: str) -> None:
    assert read_percentage(text) == Understood(Decimal(percent))


def test_a_bare_fraction_may_be_a_percentage_written_otherwise() -> None:
    assert read_percentage("0.985") == Understood(Decimal("0.985"), alternatives=(Decimal("98.5"),))
    assert read_percentage("0.985%") == Understood(Decimal("0.985"))


def test_about_ninety_percent_is_approximate() -> None:
    assert read_percentage("九成以上") == Understood(Decimal(90), approximate=True)


whole = st.one_of(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=100_000))


@given(whole)
def test_every_number_rendered_in_characters_reads_back(number: int) -> None:
    assert numeral(cn2an.an2cn(number)) == number
    assert numeral(cn2an.an2cn(number, "up")) == number


@given(whole)
def test_reading_agrees_with_cn2an(number: int) -> None:
    written = cn2an.an2cn(number)
    assert numeral(written) == cn2an.cn2an(written, "strict")


@given(whole)
def test_every_number_in_digits_reads_back_with_and_without_groups(number: int) -> None:
    assert read_number(str(number)) == Understood(number)
    assert read_number(f"{number:,}") == Understood(number)
    assert read_number(f"-{number}") == Understood(-number)


@given(st.integers(min_value=1, max_value=9_999), st.integers(min_value=0, max_value=9_999))
def test_digits_and_units_mix(hundred_millions: int, ten_thousands: int) -> None:
    value = hundred_millions * 10**8 + ten_thousands * 10**4
    tail = f"{ten_thousands}万" if ten_thousands else ""
    assert read_number(f"{hundred_millions}亿{tail}") == Understood(value)
    assert read_number(f"{hundred_millions}亿零{tail}" if tail else f"{hundred_millions}个亿") == Understood(
        value
    )
