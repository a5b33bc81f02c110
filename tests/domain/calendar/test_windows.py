"""Near three years: complete fiscal years for figures, two readings for incidents."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.windows import Window, fiscal_years, incidents_alternative, incidents_conservative


@pytest.mark.parametrize("as_of", [date(2026, 1, 1), date(2026, 5, 20), date(2026, 12, 31)])
def test_an_application_in_2026_looks_at_the_figures_of_2023_to_2025(as_of: date) -> None:
    assert fiscal_years(as_of) == (2023, 2024, 2025)


def test_the_number_of_years_is_free() -> None:
    assert fiscal_years(date(2026, 6, 1), 1) == (2025,)
    assert fiscal_years(date(2026, 6, 1), 5) == (2021, 2022, 2023, 2024, 2025)


def test_incidents_count_from_new_year_or_from_36_months_back() -> None:
    applied = date(2026, 5, 20)
    assert incidents_conservative(applied) == Window(date(2023, 1, 1), applied)
    assert incidents_alternative(applied) == Window(date(2023, 5, 20), applied)


def test_the_conservative_window_runs_on_to_the_decision() -> None:
    window = incidents_conservative(date(2026, 5, 20), decided=date(2026, 8, 1))
    assert date(2026, 7, 15) in window
    assert date(2026, 7, 15) not in incidents_alternative(date(2026, 5, 20))


def test_the_36_months_of_a_leap_day_begin_on_28_february() -> None:
    assert incidents_alternative(date(2028, 2, 29)).first == date(2025, 2, 28)


def test_a_date_known_to_the_month_can_be_in_out_or_neither() -> None:
    window = Window(date(2023, 5, 20), date(2026, 5, 20))
    assert window.holds(date(2024, 3, 1), date(2024, 3, 31)) is True
    assert window.holds(date(2023, 4, 1), date(2023, 4, 30)) is False
    assert window.holds(date(2023, 5, 1), date(2023, 5, 31)) is None
    assert window.holds(date(2026, 6, 1), date(2026, 6, 30)) is False


@given(st.dates(min_value=date(1990, 1, 1)), st.integers(min_value=1, max_value=10))
def test_the_conservative_window_holds_the_alternative_one(applied: date, years: int) -> None:
    wide, narrow = incidents_conservative(applied, years), incidents_alternative(applied, years)
    assert wide.first <= narrow.first <= narrow.last == wide.last


@given(st.dates(), st.integers(min_value=0, max_value=12_000))
def test_no_day_makes_a_window_fail(applied: date, years: int) -> None:
    fiscal_years(applied, years)
    incidents_conservative(applied, years)
    incidents_alternative(applied, years)
