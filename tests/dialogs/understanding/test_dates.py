"""Dates are read in the precision they are told in, from today where they are told so."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.dates import read_date, read_year
from dialogs.understanding.result import Ambiguous, NotUnderstood, Reason, Result, Understood
from domain.values import PartialDate

TODAY = date(2026, 11, 21)


def on(text: str) -> PartialDate:
    return PartialDate.parse(text)


def read(text: str) -> Result[PartialDate]:
    return read_date(text, TODAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-10-20", "2024-10-20"),
        ("2024/10/20", "2024-10-20"),
        ("2024.10.20", "2024-10-20"),
        ("２０２４－１０－２０", "2024-10-20"),
        ("2024 10 20", "2024-10-20"),
        ("20241020", "2024-10-20"),
        ("2024-10-20 10:00", "2024-10-20"),
        ("2024年10月20日", "2024-10-20"),
        ("2024 年 10 月 20 日", "2024-10-20"),
        ("2024年10月20号", "2024-10-20"),
        ("二〇二四年十月二十日", "2024-10-20"),
        ("二零二四年十月", "2024-10"),
        ("2024.10", "2024-10"),
        ("202410", "2024-10"),
        ("10/2024", "2024-10"),
        ("24年10月", "2024-10"),
        ("98年5月", "1998-05"),
        ("2024年10月份", "2024-10"),
        ("2024", "2024"),
        ("2024年", "2024"),
        ("2024年度", "2024"),
        ("October 2024", "2024-10"),
        ("Oct. 2024", "2024-10"),
        ("20 Oct 2024", "2024-10-20"),
        ("20th of October 2024", "2024-10-20"),
        ("Oct 20, 2024", "2024-10-20"),
        ("Sept 2024", "2024-09"),
        ("13/04/2024", "2024-04-13"),
        ("04/04/2024", "2024-04-04"),
        ("自2024年10月起", "2024-10"),
        ("since October 2024", "2024-10"),
    ],
)
def test_a_date_written_out(text: str, day: str) -> None:
    assert read(text) == Understood(on(day))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天", "2026-11-21"),
        ("昨天", "2026-11-20"),
        ("the day before yesterday", "2026-11-19"),
        ("10天前", "2026-11-11"),
        ("去年6月", "2025-06"),
        ("去年六月十五日", "2025-06-15"),
        ("从去年6月开始", "2025-06"),
        ("前年10月", "2024-10"),
        ("今年3月", "2026-03"),
        ("去年", "2025"),
        ("上个月", "2026-10"),
        ("上个月15号", "2026-10-15"),
        ("本月", "2026-11"),
        ("last month", "2026-10"),
        ("June last year", "2025-06"),
        ("last year in June", "2025-06"),
        ("10月", "2026-10"),
        ("12月", "2025-12"),
        ("2月29日", "2024-02-29"),
        ("May", "2026-05"),
        ("last December", "2025-12"),
    ],
)
def test_a_date_told_from_today(text: str, day: str) -> None:
    assert read(text) == Understood(on(day))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("两年半", "2024-05"),
        ("2年半", "2024-05"),
        ("18个月", "2025-05"),
        ("一年零三个月", "2025-08"),
        ("2年3个月", "2024-08"),
        ("两年", "2024-11"),
        ("连续应用三年", "2023-11"),
        ("半年", "2026-05"),
        ("two and a half years", "2024-05"),
        ("a year and a half", "2025-05"),
        ("2 years and 3 months", "2024-08"),
        ("一个半月", "2026-10-06"),
    ],
)
def test_a_span_of_time_began_that_long_ago(text: str, day: str) -> None:
    assert read(text) == Understood(on(day))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("三年前", "2023-11"),
        ("2 years ago", "2024-11"),
        ("半年前", "2026-05"),
        ("快三年了", "2023-11"),
        ("三年多", "2023-11"),
        ("3个多月", "2026-08"),
        ("about 2 years", "2024-11"),
        ("大约2024年10月", "2024-10"),
        ("2024年10月左右", "2024-10"),
        ("2024年底", "2024-12"),
        ("去年年初", "2025-01"),
        ("early 2024", "2024"),
    ],
)
def test_a_rough_date_is_approximate(text: str, day: str) -> None:
    assert read(text) == Understood(on(day), approximate=True)


def test_day_and_month_in_either_order_are_asked_about() -> None:
    assert read("03/04/2024") == Ambiguous((on("2024-04-03"), on("2024-03-04")))


def test_a_year_of_two_digits_may_be_a_span() -> None:
    assert read("24年") == Ambiguous((on("2024"), on("2002-11")))
    assert read_date("24年", TODAY, past=False) == Understood(on("2024"))


def test_last_june_offers_the_june_before() -> None:
    assert read("last June") == Understood(on("2026-06"), alternatives=(on("2025-06"),))


def test_a_month_without_a_year_is_ambiguous_when_the_question_looks_ahead_too() -> None:
    assert read_date("3月", TODAY, past=False) == Ambiguous((on("2026-03"), on("2027-03")))


def test_spans_are_no_dates_where_none_is_asked_for() -> None:
    assert read_date("两年", TODAY, past=False) == NotUnderstood(Reason.NOT_RECOGNISED)
    assert read_date("两年", TODAY, spans=False) == NotUnderstood(Reason.NOT_RECOGNISED)


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2月30日", "2023年2月29日", "2024年13月", "2024年0月", "20241301", "30/30/2024", "Feb 30"],
)
def test_a_day_no_calendar_has_is_named_as_such(text: str) -> None:
    assert read(text) == NotUnderstood(Reason.IMPOSSIBLE_DATE)


@pytest.mark.parametrize("text", ["2027-01-01", "明年3月", "tomorrow", "2026-12", "2027"])
def test_a_date_to_come_is_flagged(text: str) -> None:
    result = read(text)
    assert isinstance(result, Understood)
    assert result.future


def test_the_current_month_and_year_are_not_in_the_future() -> None:
    assert read("2026") == Understood(on("2026"))
    assert read("2026-11") == Understood(on("2026-11"))


@pytest.mark.parametrize(
    "text", ["不知道", "abc", "12", "三五年", "二四年", "不是去年", "10:30", "1/2", "第三年度", "去年去年"]
)
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert read(text) == NotUnderstood(Reason.NOT_RECOGNISED)


@pytest.mark.parametrize("text", ["2023年5月到2024年6月", "2023-2024", "2020年至2023年"])
def test_from_one_date_to_another_is_a_range(text: str) -> None:
    assert read(text) == NotUnderstood(Reason.RANGE)


@pytest.mark.parametrize(
    ("text", "year"), [("2024", 2024), ("24年", 2024), ("去年", 2025), ("2024年10月", 2024), ("前年", 2024)]
)
def test_a_year(text: str, year: int) -> None:
    assert read_year(text, TODAY) == Understood(year)


def test_a_date_of_unsure_order_still_has_one_year() -> None:
    assert read_year("03/04/2024", TODAY) == Understood(2024)


days = st.dates(min_value=date(1950, 1, 1), max_value=TODAY)


@given(days)
def test_every_day_reads_back_in_every_usual_form(day: date) -> None:
    exact = Understood(PartialDate.of(day))
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d %B %Y", "%b %d, %Y"):
        assert read(day.strftime(form)) == exact


@given(days, st.integers(min_value=1, max_value=60))
def test_a_span_never_begins_after_today(today: date, months: int) -> None:
    result = read_date(f"{months}个月", today)
    assert isinstance(result, Understood)
    assert result.value.latest < today
    assert not result.future
