"""Months and years are counted as the Civil Code counts them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.periods import (
    Deadline,
    add_months,
    full_months_between,
    last_day_civil,
    last_day_safe,
    met_on,
    period_deadline,
    shortfall,
)

days = st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 12, 31))
months = st.integers(min_value=0, max_value=600)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 5, 20), 3, date(2026, 8, 20)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 8, 31), 0, date(2026, 8, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_end_of_the_month(
    start: date, count: int, expected: date
) -> None:
    assert add_months(start, count) == expected


def test_the_handling_of_an_application_of_20_may_is_due_on_20_august_or_a_day_sooner() -> None:
    applied = date(2026, 5, 20)
    assert last_day_civil(applied, months=3) == date(2026, 8, 20)
    assert last_day_safe(applied, months=3) == date(2026, 8, 19)
    assert period_deadline(applied, months=3) == Deadline(date(2026, 8, 19), date(2026, 8, 20))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 5, 29), date(2026, 8, 29)),
        (date(2026, 5, 31), date(2026, 8, 31)),
        (date(2025, 11, 30), date(2026, 2, 28)),
    ],
)
def test_handling_dates_of_the_before_june_case(received: date, due: date) -> None:
    assert last_day_civil(received, months=3) == due


@pytest.mark.parametrize(
    ("released", "safe", "civil"),
    [
        (date(2022, 1, 10), date(2027, 1, 9), date(2027, 1, 10)),
        (date(2022, 1, 17), date(2027, 1, 16), date(2027, 1, 17)),
    ],
)
def test_a_trial_of_five_years_ends_on_one_of_two_days(released: date, safe: date, civil: date) -> None:
    assert last_day_safe(released, years=5) == safe
    assert last_day_civil(released, years=5) == civil


def test_a_two_year_cycle_from_1_march_ends_on_29_february() -> None:
    assert last_day_safe(date(2026, 3, 1), years=2) == date(2028, 2, 29)
    assert last_day_safe(date(2026, 3, 1), years=1) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("start", "as_of", "wanted", "missing"),
    [
        (date(2024, 5, 20), date(2026, 5, 20), 24, (0, 0)),
        (date(2024, 5, 20), date(2026, 5, 19), 24, (0, 1)),
        (date(2024, 6, 20), date(2026, 5, 20), 24, (1, 0)),
        (date(2025, 3, 1), date(2026, 11, 21), 24, (3, 8)),
        (date(2024, 2, 29), date(2026, 2, 28), 24, (0, 0)),
        (date(2027, 1, 1), date(2026, 12, 1), 0, (1, 0)),
    ],
)
def test_what_is_missing_is_told_in_months_and_days(
    start: date, as_of: date, wanted: int, missing: tuple[int, int]
) -> None:
    assert shortfall(start, as_of, wanted) == missing


def test_a_whole_month_is_complete_on_the_day_that_bears_its_number() -> None:
    assert full_months_between(date(2024, 10, 1), date(2026, 11, 21)) == 25
    assert full_months_between(date(2026, 1, 31), date(2026, 2, 28)) == 1
    assert full_months_between(date(2026, 1, 31), date(2026, 2, 27)) == 0
    assert full_months_between(date(2026, 2, 28), date(2026, 1, 31)) == 0


def test_a_safe_day_after_the_outer_day_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="safe"):
        Deadline(date(2026, 1, 2), date(2026, 1, 1))


def test_periods_stop_at_the_ends_of_the_calendar_and_raise_nothing() -> None:
    assert add_months(date(9999, 12, 31), 1) == date.max
    assert add_months(date(1, 1, 1), -1) == date.min
    assert last_day_safe(date.min) == date.min
    assert add_months(date(2026, 1, 1), 10**12) == date.max


@given(days, months)
def test_the_safe_day_is_the_day_before_the_civil_one(start: date, count: int) -> None:
    assert last_day_safe(start, months=count) == last_day_civil(start, months=count) - timedelta(days=1)


@given(days, days, months)
def test_a_later_start_never_ends_sooner(one: date, other: date, count: int) -> None:
    first, second = sorted((one, other))
    assert add_months(first, count) <= add_months(second, count)


@given(days, months, months)
def test_more_months_never_end_sooner(start: date, one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    assert add_months(start, fewer) <= add_months(start, more)


@given(days, months)
def test_the_day_of_the_month_is_kept_or_the_month_is_too_short(start: date, count: int) -> None:
    end = add_months(start, count)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


@given(days, days)
def test_full_months_are_the_most_that_fit(one: date, other: date) -> None:
    start, end = sorted((one, other))
    whole = full_months_between(start, end)
    assert add_months(start, whole) <= end < add_months(start, whole + 1)


@given(days, days, months)
def test_the_shortfall_reaches_exactly_the_day_it_is_met(start: date, as_of: date, count: int) -> None:
    whole, rest = shortfall(start, as_of, count)
    if met_on(start, count) <= as_of:
        assert (whole, rest) == (0, 0)
    else:
        assert add_months(as_of, whole) + timedelta(days=rest) == met_on(start, count)
        assert 0 <= rest <= 31
