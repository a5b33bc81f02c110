"""Tests over dates: periods to the very day, dates known only in part, seasons, fixed days, working days."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.judging import cured, judged

TWO_YEARS = {"held_for": {"fact": "begun_on", "years": 2}}


@pytest.mark.parametrize(
    ("since", "on", "stands"),
    [
        ("2024-05-20", date(2026, 5, 19), "not_met"),
        ("2024-05-20", date(2026, 5, 20), "met"),
        ("2024-05-20", date(2026, 5, 21), "met"),
        # 29 February: where the day does not exist the month's last day completes the period
        ("2024-02-29", date(2026, 2, 27), "not_met"),
        ("2024-02-29", date(2026, 2, 28), "met"),
        ("2022-02-28", date(2024, 2, 27), "not_met"),
        ("2022-02-28", date(2024, 2, 28), "met"),
        ("2022-02-28", date(2024, 2, 29), "met"),
        # known to the month or year: decided only when every day it can mean decides alike
        ("2024-05", date(2026, 4, 30), "not_met"),
        ("2024-05", date(2026, 5, 1), "unclear"),
        ("2024-05", date(2026, 5, 30), "unclear"),
        ("2024-05", date(2026, 5, 31), "met"),
        ("2024", date(2025, 12, 31), "not_met"),
        ("2024", date(2026, 1, 1), "unclear"),
        ("2024", date(2026, 12, 30), "unclear"),
        ("2024", date(2026, 12, 31), "met"),
        # a day that has not come yet
        ("2027-01-01", date(2026, 5, 20), "not_met"),
        ("never", date(2026, 5, 20), "not_met"),
    ],
)
def test_a_period_is_complete_on_the_same_day_years_later(since: str, on: date, stands: str) -> None:
    assert judged(TWO_YEARS, {"begun_on": since}, on) == stands


@pytest.mark.parametrize(
    ("months", "since", "on", "stands"),
    [
        (1, "2026-01-31", date(2026, 2, 27), "not_met"),
        (1, "2026-01-31", date(2026, 2, 28), "met"),
        (23, "2024-06-20", date(2026, 5, 19), "not_met"),
        (23, "2024-06-20", date(2026, 5, 20), "met"),
        (0, "2026-05-20", date(2026, 5, 19), "not_met"),
        (0, "2026-05-20", date(2026, 5, 20), "met"),
    ],
)
def test_months_count_in_the_same_way(months: int, since: str, on: date, stands: str) -> None:
    assert judged({"held_for": {"fact": "begun_on", "months": months}}, {"begun_on": since}, on) == stands


@pytest.mark.parametrize(
    ("since", "day"),
    [
        ("2024-06-20", date(2026, 6, 20)),
        ("2024-06", date(2026, 6, 30)),
        ("2024-02-29", date(2026, 2, 28)),
        ("2025", date(2027, 12, 31)),
        ("never", None),
        ("unclear", None),
    ],
)
def test_the_day_it_will_be_complete_is_known(since: str, day: date | None) -> None:
    assert cured(TWO_YEARS, {"begun_on": since}, date(2026, 1, 15)) == day


def test_a_fixed_span_includes_both_its_days() -> None:
    test = {"day_between": {"fact": "told_on", "on_or_after": "2026-03-01", "on_or_before": "2026-05-31"}}
    days = ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01", "2026-02", "2026-04", "2026")
    assert [judged(test, {"told_on": day}) for day in days] == [
        *("not_met", "met", "met", "not_met", "not_met", "met", "unclear")
    ]


def test_a_span_may_be_open_on_one_side() -> None:
    until = {"day_between": {"fact": "told_on", "on_or_before": "2026-05-31"}}
    assert [judged(until, {"told_on": day}) for day in ("1990", "2026-05", "2026-06")] == [
        *("met", "met", "not_met")
    ]


def test_a_season_is_that_of_the_dates_own_year() -> None:
    before_june = {"day_of_year": {"fact": "told_on", "until": "05-31"}}
    days = ("2025-05-31", "2025-06-01", "2031-01-01", "2026-05", "2026-06", "2026")
    assert [judged(before_june, {"told_on": day}) for day in days] == [
        *("met", "not_met", "met", "met", "not_met", "unclear")
    ]
    february = {"day_of_year": {"fact": "told_on", "since": "02-01", "until": "02-29"}}
    leap = ("2026-02-28", "2026-03-01", "2028-02-29", "2028-03-01")
    assert [judged(february, {"told_on": day}) for day in leap] == [*("met", "not_met", "met", "not_met")]


class TestAfterWorkingDays:
    """A publicity of 7 working days from Monday 2026-09-28 lies over the national holiday."""

    @pytest.mark.parametrize(
        ("counting", "told", "stands"),
        [
            ("including_start", "2026-10-12", "not_met"),
            ("including_start", "2026-10-13", "met"),
            ("excluding_start", "2026-10-13", "not_met"),
            ("excluding_start", "2026-10-14", "met"),
            ("excluding_start", "2026-09-01", "not_met"),
            ("excluding_start", "2026-10", "unclear"),
            ("excluding_start", "2026-11", "met"),
        ],
    )
    def test_it_closes_on_the_last_day_counted(self, counting: str, told: str, stands: str) -> None:
        test = {
            "after_working_days": {"fact": "told_on", "start": "begun_on", "days": 7, "counting": counting}
        }
        assert judged(test, {"told_on": told, "begun_on": "2026-09-28"}) == stands

    def test_a_start_known_to_the_month_leaves_it_open_between_both_ends(self) -> None:
        test = {"after_working_days": {"fact": "told_on", "start": "begun_on", "days": 1}}
        days = ("2026-08-03", "2026-08-20", "2026-09-02")
        found = [judged(test, {"told_on": day, "begun_on": "2026-08"}) for day in days]
        assert found == ["not_met", "unclear", "met"]
