"""Working days follow the official lists, make-up days included."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.holiday_lists import LATEST_YEAR, HolidayLists, official_lists
from domain.calendar.periods import Deadline
from domain.calendar.working_days import LONGEST_PERIOD, WorkingCalendar, WorkingDayEnd

CALENDAR = WorkingCalendar(official_lists())

days = st.dates(min_value=date(2003, 1, 1), max_value=date(2030, 12, 31))
counts = st.integers(min_value=1, max_value=80)


def span(first: str, last: str) -> set[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return {begin + timedelta(days=n) for n in range((end - begin).days + 1)}


def single(*texts: str) -> set[date]:
    return {date.fromisoformat(text) for text in texts}


OFF_2026 = (
    span("2026-01-01", "2026-01-03")
    | span("2026-02-15", "2026-02-23")
    | span("2026-04-04", "2026-04-06")
    | span("2026-05-01", "2026-05-05")
    | span("2026-06-19", "2026-06-21")
    | span("2026-09-25", "2026-09-27")
    | span("2026-10-01", "2026-10-07")
)
WORK_2026 = single("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")
OFF_2021 = (
    span("2021-01-01", "2021-01-03")
    | span("2021-02-11", "2021-02-17")
    | span("2021-04-03", "2021-04-05")
    | span("2021-05-01", "2021-05-05")
    | span("2021-06-12", "2021-06-14")
    | span("2021-09-19", "2021-09-21")
    | span("2021-10-01", "2021-10-07")
)
WORK_2021 = single(
    "2021-02-07", "2021-02-20", "2021-04-25", "2021-05-08", "2021-09-18", "2021-09-26", "2021-10-09"
)


@pytest.mark.parametrize(("year", "off", "work"), [(2026, OFF_2026, WORK_2026), (2021, OFF_2021, WORK_2021)])
def test_the_lists_of_2026_and_2021_are_the_official_ones(year: int, off: set[date], work: set[date]) -> None:
    lists = official_lists()
    assert {day for day in lists.off if day.year == year} == off
    assert {day for day in lists.work if day.year == year} == work


def test_the_years_with_a_list_are_known_without_a_gap() -> None:
    known = CALENDAR.known_years
    assert known == tuple(range(known[0], known[-1] + 1))
    assert known[0] <= 2010
    assert known[-1] >= 2026


def test_a_publicity_of_seven_working_days_over_the_national_holiday() -> None:
    start = date(2026, 9, 28)
    assert CALENDAR.wd_end_incl(start, 7) == WorkingDayEnd(date(2026, 10, 12), provisional=False)
    assert CALENDAR.wd_end_excl(start, 7) == WorkingDayEnd(date(2026, 10, 13), provisional=False)
    assert CALENDAR.deadline(start, 7) == Deadline(date(2026, 10, 12), date(2026, 10, 13))
    day_after = date(2026, 10, 14)
    assert CALENDAR.next_working_day_on_or_after(day_after) == day_after


def test_a_start_on_a_day_off_counts_the_same_both_ways() -> None:
    saturday = date(2026, 11, 21)
    assert (
        CALENDAR.wd_end_incl(saturday, 1).day == CALENDAR.wd_end_excl(saturday, 1).day == date(2026, 11, 23)
    )


def test_papers_due_on_a_sunday_are_safe_on_friday_and_may_run_on_to_monday() -> None:
    assert CALENDAR.paper_deadline(date(2026, 5, 31)) == Deadline(date(2026, 5, 29), date(2026, 6, 1))
    assert CALENDAR.paper_deadline(date(2026, 5, 29)) == Deadline(date(2026, 5, 29), date(2026, 5, 29))


def test_a_make_up_saturday_is_a_working_day() -> None:
    assert CALENDAR.is_working_day(date(2026, 10, 10))
    assert CALENDAR.last_working_day_on_or_before(date(2026, 10, 11)) == date(2026, 10, 10)
    assert not CALENDAR.is_working_day(date(2026, 10, 17))


def test_a_period_that_reaches_a_year_without_a_list_is_provisional() -> None:
    assert WorkingCalendar(lists_to_2026()).wd_end_incl(date(2026, 12, 21), 7) == WorkingDayEnd(
        date(2026, 12, 29), provisional=False
    )
    assert WorkingCalendar(lists_to_2026()).wd_end_excl(date(2026, 12, 25), 7) == WorkingDayEnd(
        date(2027, 1, 6), provisional=True
    )
    assert WorkingCalendar(lists_to_2026()).paper_deadline(date(2027, 1, 9)).provisional


def lists_to_2026() -> HolidayLists:
    lists = official_lists()
    return HolidayLists(
        frozenset(day for day in lists.off if day.year <= 2026),
        frozenset(day for day in lists.work if day.year <= 2026),
        frozenset(year for year in lists.years if year <= 2026),
    )


def test_without_a_list_weekends_are_off_and_the_days_the_law_names() -> None:
    bare = WorkingCalendar(HolidayLists())
    assert bare.known_years == ()
    october = [bare.is_working_day(date(2026, 9, 30) + timedelta(days=n)) for n in range(7)]
    assert october == [True, False, False, False, False, True, True]  # the 4th is a Sunday
    assert bare.wd_end_incl(date(2026, 9, 28), 5) == WorkingDayEnd(date(2026, 10, 6), provisional=True)
    assert not bare.is_working_day(date(2027, 1, 1))
    assert bare.is_working_day(date(2026, 2, 17)), (
        "festivals of the lunar calendar are known with the list alone"
    )
    assert bare.is_working_day(date(2024, 5, 2)), "the second day of May is off since 2025"


LAW = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]


@given(st.integers(2025, LATEST_YEAR), st.sampled_from(LAW))
def test_the_days_the_law_names_are_off_with_a_list_and_without(year: int, named: tuple[int, int]) -> None:
    day = date(year, *named)
    for calendar in (CALENDAR, WorkingCalendar(HolidayLists())):
        assert not calendar.is_working_day(day)
        assert calendar.is_provisional(day, day) == (year not in calendar.known_years)


@given(st.dates(date(2025, 1, 1), date(LATEST_YEAR, 12, 31)))
def test_without_a_list_no_other_weekday_is_off_and_all_of_it_is_provisional(day: date) -> None:
    bare = WorkingCalendar(HolidayLists())
    assert bare.is_working_day(day) == (day.weekday() < 5 and (day.month, day.day) not in LAW)
    assert bare.is_provisional(day, day)


@given(st.sampled_from(CALENDAR.known_years), st.sampled_from(LAW))
def test_a_list_says_all_there_is_to_know_of_its_year(year: int, named: tuple[int, int]) -> None:
    """An official list is taken as it is, whatever the law says in general."""
    day = date(year, *named)
    worked = HolidayLists(work=frozenset({day}), years=frozenset({year}))
    assert WorkingCalendar(worked).is_working_day(day)
    nothing = HolidayLists(years=frozenset({year}))
    assert WorkingCalendar(nothing).is_working_day(day) == (day.weekday() < 5)


@pytest.mark.parametrize("count", [0, -1, LONGEST_PERIOD + 1])
def test_a_period_has_at_least_one_day_and_a_limit(count: int) -> None:
    with pytest.raises(ValueError, match=str(LONGEST_PERIOD)):
        CALENDAR.wd_end_incl(date(2026, 1, 1), count)


def test_counting_stops_at_the_ends_of_the_calendar_and_raises_nothing() -> None:
    assert CALENDAR.wd_end_excl(date.max, 5) == WorkingDayEnd(date.max, provisional=True)
    assert CALENDAR.wd_end_incl(date(9999, 12, 1), 500).day == date.max
    assert CALENDAR.last_working_day_on_or_before(date.min) == date.min
    assert CALENDAR.next_working_day_on_or_after(date(9999, 12, 31)) == date.max
    assert CALENDAR.working_days_between(date.max, date.min) == 0


def naive_end(start: date, count: int) -> date:
    day, left = start, count
    for _ in range(5_000):
        left -= CALENDAR.is_working_day(day)
        if left == 0:
            return day
        day += timedelta(days=1)
    raise AssertionError("no end within the loop's bound")


@given(days, counts)
def test_counting_agrees_with_walking_through_the_days(start: date, count: int) -> None:
    assert CALENDAR.wd_end_incl(start, count).day == naive_end(start, count)
    assert CALENDAR.wd_end_excl(start, count).day == naive_end(start + timedelta(days=1), count)


@given(days, st.integers(min_value=0, max_value=400))
def test_working_days_between_agrees_with_walking(first: date, length: int) -> None:
    walked = [first + timedelta(days=n) for n in range(length + 1)]
    assert CALENDAR.working_days_between(first, walked[-1]) == sum(map(CALENDAR.is_working_day, walked))


@given(days, counts)
def test_counting_the_start_day_never_ends_later(start: date, count: int) -> None:
    incl, excl = CALENDAR.wd_end_incl(start, count).day, CALENDAR.wd_end_excl(start, count).day
    assert incl <= excl
    assert (incl < excl) == CALENDAR.is_working_day(start)


@given(days, days, counts)
def test_a_later_start_never_ends_sooner(one: date, other: date, count: int) -> None:
    first, second = sorted((one, other))
    assert CALENDAR.wd_end_incl(first, count).day <= CALENDAR.wd_end_incl(second, count).day


@given(days)
def test_the_nearest_working_days_enclose_a_day(day: date) -> None:
    before, after = CALENDAR.last_working_day_on_or_before(day), CALENDAR.next_working_day_on_or_after(day)
    assert before <= day <= after
    assert CALENDAR.is_working_day(before)
    assert CALENDAR.is_working_day(after)
    assert CALENDAR.working_days_between(before, after) == (1 if before == after else 2)


def test_a_thousand_countings_of_the_longest_period_take_far_less_than_a_second() -> None:
    begun = time.perf_counter()
    for offset in range(1_000):
        CALENDAR.wd_end_incl(date(2010, 1, 1) + timedelta(days=offset), LONGEST_PERIOD)
    assert time.perf_counter() - begun < 1
