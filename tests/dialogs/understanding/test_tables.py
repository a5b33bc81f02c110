"""Figures of several years in one text, never put to the wrong year."""

from __future__ import annotations

import pytest

from dialogs.understanding.money import read_money
from dialogs.understanding.ranks import read_rank
from dialogs.understanding.result import NotUnderstood, Reason, Result, Understood
from dialogs.understanding.tables import read_year_table

YEARS = (2023, 2024, 2025)


def read(text: str) -> Result[dict[int, int]]:
    return read_year_table(text, YEARS, read_money, this_year=2026)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("120万、-30万、0", (1_200_000, -300_000, 0)),
        ("120万，-30万，0", (1_200_000, -300_000, 0)),
        ("120万 亏30万 0", (1_200_000, -300_000, 0)),
        ("120万\n-30万\n0", (1_200_000, -300_000, 0)),
        ("2023: 120万，2024 -30万; 2025年 0", (1_200_000, -300_000, 0)),
        ("2023：1,200,000，2024：-300,000，2025：0", (1_200_000, -300_000, 0)),
        ("2023年120万2024年-30万2025年0", (1_200_000, -300_000, 0)),
        ("2025: 0; 2024: -30万; 2023: 120万", (1_200_000, -300_000, 0)),
        ("23年120万 24年亏30万 25年0", (1_200_000, -300_000, 0)),
        ("1,200,000 1,300,000 1,400,000", (1_200_000, 1_300_000, 1_400_000)),
        ("1,200,000, 1,300,000, 1,400,000", (1_200_000, 1_300_000, 1_400_000)),
        ("120,30,0", (120, 30, 0)),
        ("0 0 0", (0, 0, 0)),
        ("都是0", (0, 0, 0)),
        ("每年100万", (1_000_000, 1_000_000, 1_000_000)),
        ("2023 1 2024 2 2025 3", (1, 2, 3)),
    ],
)
def test_a_figure_for_each_year(text: str, figures: tuple[int, int, int]) -> None:
    assert read(text) == Understood(dict(zip(YEARS, figures, strict=True)))


def test_a_year_left_out_or_not_sure_stays_unknown() -> None:
    assert read("前年120万，去年30万") == Understood({2024: 1_200_000, 2025: 300_000})
    assert read("2023: 120万, 2024 不清楚") == Understood({2023: 1_200_000})


def test_one_rough_figure_makes_the_table_approximate() -> None:
    assert read("1万, 约2万, 3万") == Understood({2023: 10_000, 2024: 20_000, 2025: 30_000}, approximate=True)


def test_a_unit_on_the_last_figure_only_is_asked_about() -> None:
    assert read("120、30、50万元") == Understood({2023: 120, 2024: 30, 2025: 500_000}, approximate=True)


@pytest.mark.parametrize("text", ["都没有亏损", "都没有", "亏损", "120,300,500", "2023-2025都盈利", "还可以"])
def test_what_is_no_table_is_not_read_as_one(text: str) -> None:
    assert isinstance(read(text), NotUnderstood)


def test_too_few_and_too_many_figures_are_counted() -> None:
    assert read("120万、30万") == NotUnderstood(Reason.WRONG_COUNT, "2")
    assert read("1万 2万 3万 4万") == NotUnderstood(Reason.WRONG_COUNT, "4")
    assert read("0") == NotUnderstood(Reason.WRONG_COUNT, "1")


def test_a_year_not_asked_for_or_named_twice_is_named() -> None:
    assert read("2022: 5万") == NotUnderstood(Reason.WRONG_YEAR, "2022")
    assert read("2023: 1万, 2023: 2万") == NotUnderstood(Reason.WRONG_YEAR, "2023")


def test_another_currency_is_refused_here_too() -> None:
    result = read("2023: 3万美元, 2024: 1万, 2025: 1万")
    assert isinstance(result, NotUnderstood)
    assert result.reason is Reason.FOREIGN_CURRENCY


def test_ranks_by_year() -> None:
    ranks = read_year_table("第1、第三、第2名", YEARS, read_rank, this_year=2026)
    assert ranks == Understood({2023: 1, 2024: 3, 2025: 2})


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("第3", 3),
        ("第三名", 3),
        ("3", 3),
        ("No. 1", 1),
        ("#2", 2),
        ("rank 4", 4),
        ("2nd", 2),
        ("third", 3),
        ("行业第二", 2),
        ("首位", 1),
    ],
)
def test_a_rank(text: str, rank: int) -> None:
    assert read_rank(text) == Understood(rank)


@pytest.mark.parametrize(
    ("text", "rank"), [("前三", 3), ("前3名", 3), ("top three", 3), ("前十", 10), ("大约第5", 5)]
)
def test_among_the_first_is_approximate(text: str, rank: int) -> None:
    assert read_rank(text) == Understood(rank, approximate=True)


@pytest.mark.parametrize("text", ["0", "第", "-1", "十几", "靠前", "不是第一"])
def test_what_is_no_rank_is_not_read_as_one(text: str) -> None:
    assert read_rank(text) == NotUnderstood(Reason.NOT_RECOGNISED)
