"""Incubation cycles of whole years, and who is taught when."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.cycles import cycle_on, teaching_on
from tests.support.programmes import programme

FIRST = date(2026, 3, 1)
WUHU = "wuhu-incubation-pool"


@pytest.mark.parametrize(
    ("day", "cycle", "year"),
    [
        (date(2026, 3, 1), 1, 1),
        (date(2027, 2, 28), 1, 1),
        (date(2027, 3, 1), 1, 2),
        (date(2028, 2, 29), 1, 2),
        (date(2028, 3, 1), 2, 1),
        (date(2034, 2, 28), 4, 2),
    ],
)
def test_a_day_lies_in_one_year_of_one_cycle(day: date, cycle: int, year: int) -> None:
    found = cycle_on(FIRST, 2, day)
    assert (found.cycle, found.year) == (cycle, year)
    assert found.start <= day <= found.safe_end


def test_a_cycle_from_29_february_ends_on_the_27th_to_be_safe() -> None:
    found = cycle_on(date(2024, 2, 29), 1, date(2024, 3, 1))
    assert found.safe_end == date(2025, 2, 27)


def test_before_the_first_cycle_there_is_none() -> None:
    with pytest.raises(ValueError, match="before the first cycle"):
        cycle_on(FIRST, 2, date(2026, 2, 28))


@example(date(2026, 3, 1), 2, date.max)
@given(st.dates(), st.integers(1, 10), st.dates())
def test_every_day_since_has_its_place(first: date, years: int, day: date) -> None:
    if day < first:
        first, day = day, first
    found = cycle_on(first, years, day)
    assert found.start <= day
    assert 1 <= found.year <= years


def test_each_class_is_taught_in_its_year() -> None:
    first, second = date(2026, 9, 1), date(2027, 9, 1)
    taught = {
        name: [teaching_on(programme(WUHU), name, FIRST, day) for day in (first, second)] for name in "ABCD"
    }
    assert taught == {
        "A": ["teaching_basic", None],
        "B": ["teaching_enhancement", None],
        "C": [None, "teaching_precision"],
        "D": [None, "guidance_advanced"],
    }


def test_after_the_cycle_nothing_is_planned() -> None:
    assert teaching_on(programme(WUHU), "A", FIRST, date(2028, 3, 1)) is None


def test_a_class_or_a_cycle_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        teaching_on(programme(WUHU), "E", FIRST, FIRST)
    with pytest.raises(KeyError):
        teaching_on(programme("hangzhou-quality-award"), "A", FIRST, FIRST)
