"""Deadlines: a safe day to act by under every reading, and an outer day before anybody suffers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.deadlines import Due, deadline, due_dates
from domain.facts.reading import EARLIEST_YEAR, LATEST_YEAR
from domain.programme.dates import DeadlineRule
from tests.support.programmes import BUILT_IN_IDS, calendar, programme

ANY_DAY = st.dates(date(EARLIEST_YEAR, 1, 1), date(LATEST_YEAR, 12, 31))


def rule(**terms: Any) -> DeadlineRule:
    more = {} if {"annual", "fixed", "no_date"} & terms.keys() else {"trigger": "received"}
    return DeadlineRule.model_validate({"id": "XX-D01", "title": "期限", "rule": terms, **more})


def dues(day: date, **terms: Any) -> tuple[Due, ...]:
    return due_dates(rule(**terms), day, calendar())


def ends(day: date, **terms: Any) -> list[tuple[str, str]]:
    return [(due.safe.isoformat(), due.outer.isoformat()) for due in dues(day, **terms)]


@pytest.mark.parametrize("programme_id", BUILT_IN_IDS)
@settings(max_examples=40, deadline=None)
@given(day=ANY_DAY)
def test_the_safe_day_never_lies_after_the_outer_day(programme_id: str, day: date) -> None:
    for one in programme(programme_id).deadlines:
        for due in due_dates(one, day, calendar()):
            assert due.safe <= due.outer
            if due.paper_safe is not None:
                assert due.paper_safe <= due.safe
                assert calendar().is_working_day(due.paper_safe)
                between = (due.safe - due.paper_safe).days
                later = (due.paper_safe + timedelta(days=n) for n in range(1, between + 1))
                assert not any(calendar().is_working_day(one) for one in later)
            if due.aim is not None:
                assert due.aim <= due.outer


class TestEveryYear:
    """A day of each year, safe and outer."""

    before_june: ClassVar = {"safe": "05-31", "outer": "06-30"}

    @pytest.mark.parametrize(
        ("day", "safe"),
        [
            (date(2026, 1, 1), "2026-05-31"),
            (date(2026, 5, 31), "2026-05-31"),
            (date(2026, 6, 1), "2026-05-31"),  # the outer day is still to come
            (date(2026, 6, 30), "2026-05-31"),
            (date(2026, 7, 1), "2027-05-31"),
        ],
    )
    def test_it_is_this_years_until_its_outer_day(self, day: date, safe: str) -> None:
        ((found, outer),) = ends(day, annual=self.before_june)
        assert found == safe
        assert outer == safe[:4] + "-06-30"

    def test_papers_are_handed_in_on_a_working_day(self) -> None:
        # 2026-05-31 is a Sunday; 2025-05-31 a Saturday and the first day of a holiday
        for year, paper in ((2026, date(2026, 5, 29)), (2025, date(2025, 5, 30)), (2024, date(2024, 5, 31))):
            (due,) = dues(date(year, 1, 1), annual={**self.before_june, "paper": True})
            assert due.paper_safe == paper

    def test_days_of_grace_reach_into_the_next_year(self) -> None:
        grace = {"safe": "12-31", "outer": "01-31"}
        assert ends(date(2026, 6, 1), annual=grace) == [("2026-12-31", "2027-01-31")]
        assert ends(date(2027, 1, 31), annual=grace) == [("2026-12-31", "2027-01-31")]
        assert ends(date(2027, 2, 1), annual=grace) == [("2027-12-31", "2028-01-31")]

    def test_a_day_the_month_does_not_have_is_its_last(self) -> None:
        assert ends(date(2026, 1, 1), annual={"safe": "02-29"}) == [("2026-02-28", "2026-02-28")]
        assert ends(date(2028, 1, 1), annual={"safe": "02-29"}) == [("2028-02-29", "2028-02-29")]

    def test_beyond_the_holiday_lists_a_paper_day_is_provisional(self) -> None:
        (due,) = dues(date(2090, 1, 1), annual={**self.before_june, "paper": True})
        assert due.provisional


@pytest.mark.parametrize(
    ("day", "terms", "both"),
    [
        # the day it starts counted, and not counted
        (date(2026, 5, 20), {"months": 3}, ("2026-08-19", "2026-08-20")),
        (date(2025, 11, 30), {"months": 3}, ("2026-02-27", "2026-02-28")),
        (date(2024, 2, 29), {"years": 1}, ("2025-02-27", "2025-02-28")),
        (date(2022, 1, 10), {"years": 5}, ("2027-01-09", "2027-01-10")),
        (date(2025, 7, 15), {"years": 3}, ("2028-07-14", "2028-07-15")),
    ],
)
def test_a_period_after_an_event(day: date, terms: dict[str, int], both: tuple[str, str]) -> None:
    assert ends(day, after=terms) == [both]


@pytest.mark.parametrize(
    ("outer", "both"),
    [
        ("excluding_start", ("2026-10-12", "2026-10-13")),
        ("including_start", ("2026-10-12", "2026-10-12")),
    ],
)
def test_working_days_over_a_holiday(outer: str, both: tuple[str, str]) -> None:
    assert ends(date(2026, 9, 28), working_days={"days": 7, "outer": outer}) == [both]


def test_a_fixed_day_is_the_same_whenever_it_is_asked() -> None:
    fixed = {"safe": "2021-06-08", "outer": "2021-06-09"}
    assert ends(date(2001, 1, 1), fixed=fixed) == ends(date(2030, 1, 1), fixed=fixed) == [
        ("2021-06-08", "2021-06-09")
    ]  # fmt: skip


def test_reports_over_the_years_with_another_reading() -> None:
    plan = {"year_offsets": [1, 3], "alternative_year_offsets": [2], "day": "12-31", "aim": "06-30"}
    found = dues(date(2026, 11, 21), schedule=plan)
    assert [(due.safe, due.aim, due.alternative) for due in found] == [
        (date(2027, 12, 31), date(2027, 6, 30), False),
        (date(2029, 12, 31), date(2029, 6, 30), False),
        (date(2028, 12, 31), date(2028, 6, 30), True),
    ]


@pytest.mark.parametrize(
    ("end", "latest"),
    [
        (date(2028, 7, 14), "2028-04-14"),
        (date(2028, 8, 31), "2028-05-31"),
        (date(2028, 9, 1), "2028-05-31"),
        (date(2028, 11, 1), "2028-05-31"),
        (date(2028, 2, 10), "2027-05-31"),
    ],
)
def test_so_long_before_an_end_inside_the_yearly_window(end: date, latest: str) -> None:
    assert ends(end, before_end={"months_before": 3, "window_until": "05-31"}) == [(latest, latest)]


def test_several_anniversaries() -> None:
    assert ends(date(2024, 2, 29), steps={"months": [12, 24, 36]}) == [
        ("2025-02-27", "2025-02-28"),
        ("2026-02-27", "2026-02-28"),
        ("2027-02-27", "2027-02-28"),
    ]


def test_where_the_text_gives_no_date_none_is_made_up() -> None:
    assert dues(date(2026, 1, 1), no_date={"reason": "以通知为准。"}) == ()


@pytest.mark.parametrize(
    "terms",
    [
        {"after": {}},
        {"working_days": {"days": 0}},
        {"fixed": {"safe": "2021-06-09", "outer": "2021-06-08"}},
        {"annual": {"safe": "13-01"}},
        {"steps": {"months": []}},
        {"weekly": {}},
        {"after": {"months": 1}, "steps": {"months": [1]}},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**terms)


def test_what_is_counted_from_an_event_names_it() -> None:
    plain = {"id": "XX-D01", "title": "期限", "rule": {"after": {"months": 3}}}
    with pytest.raises(ValidationError, match="name it in trigger"):
        DeadlineRule.model_validate(plain)


def test_a_deadline_goes_by_its_id() -> None:
    assert deadline(programme("zhengzhou-incubation-base"), "ZZ-D01").id == "ZZ-D01"
    with pytest.raises(KeyError):
        deadline(programme("zhengzhou-incubation-base"), "ZZ-D99")
