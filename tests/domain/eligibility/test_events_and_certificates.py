"""Tests over what happened and over certificates: windows to the very day, kinds, dates known only in part."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest

from tests.support.judging import cured, judged

CALENDAR = {"no_event": {"fact": "accidents", "window": "calendar_years", "years": 3}}
ROLLING = {"no_event": {"fact": "accidents", "window": "rolling", "years": 3}}
EVER = {"no_event": {"fact": "accidents", "window": "ever"}}


def happened(*days: str, kind: str = "") -> dict[str, Any]:
    return {"accidents": [{"date": day, "kind": kind} for day in days]}


@pytest.mark.parametrize(
    ("day", "calendar_years", "rolling", "ever"),
    [
        # on 2026-05-20: from 2023-01-01, from 2023-05-20, and as far as records go
        ("2022-12-31", "met", "met", "not_met"),
        ("2023-01-01", "not_met", "met", "not_met"),
        ("2023-05-19", "not_met", "met", "not_met"),
        ("2023-05-20", "not_met", "not_met", "not_met"),
        ("2026-05-20", "not_met", "not_met", "not_met"),
        # not yet: what happens after the day of the check does not count on it
        ("2026-05-21", "met", "met", "met"),
        ("2027", "met", "met", "met"),
        # known in part, straddling an end of the window
        ("2022", "met", "met", "not_met"),
        ("2023", "not_met", "unclear", "not_met"),
        ("2023-05", "not_met", "unclear", "not_met"),
        ("2023-04", "not_met", "met", "not_met"),
        # what is told has happened, so not on a later day of that month or year
        ("2026-05", "not_met", "not_met", "not_met"),
        ("2026", "not_met", "not_met", "not_met"),
    ],
)
def test_an_event_counts_inside_its_window(day: str, calendar_years: str, rolling: str, ever: str) -> None:
    found = [judged(test, happened(day)) for test in (CALENDAR, ROLLING, EVER)]
    assert found == [calendar_years, rolling, ever]


@pytest.mark.parametrize("test", [CALENDAR, ROLLING, EVER])
def test_nothing_happened_is_met_and_one_that_counts_is_enough(test: dict[str, Any]) -> None:
    assert judged(test, {"accidents": []}) == "met"
    assert judged(test, happened("1990", "2026", "2025-06-01")) == "not_met"


def test_only_the_kinds_named_count_and_a_kind_not_told_leaves_it_open() -> None:
    red = {"no_event": {"fact": "accidents", "window": "ever", "kinds": ["red"]}}
    assert judged(red, happened("2025-06-01", kind="red")) == "not_met"
    assert judged(red, happened("2025-06-01", kind="blue")) == "met"
    assert judged(red, happened("2025-06-01")) == "unclear"
    assert judged(red, happened("2027-06-01")) == "met", "it has not happened yet, whatever its kind"
    assert judged(EVER, happened("2025-06-01")) == "not_met", "all kinds count"


class TestAfterADay:
    """Events count from a day that is itself a fact."""

    test: ClassVar = {"no_event": {"fact": "accidents", "window": "ever", "after": "begun_on"}}

    @pytest.mark.parametrize(
        ("day", "begun", "stands"),
        [
            ("2024-12-31", "2025-01-01", "met"),
            ("2025-01-01", "2025-01-01", "not_met"),
            ("2025-01-02", "2025-01-01", "not_met"),
            ("2025", "2025-06-01", "unclear"),
            ("2025-03-01", "2025", "unclear"),
            ("2024-12-31", "2025", "met"),
            ("2025-12-31", "2025", "not_met"),
            ("2025-06-01", "unclear", "unclear"),
            ("2025-06-01", "never", "met"),
        ],
    )
    def test_from_that_day_on(self, day: str, begun: str, stands: str) -> None:
        assert judged(self.test, {**happened(day), "begun_on": begun}) == stands

    def test_the_day_is_asked_for_only_when_something_happened(self) -> None:
        assert judged(self.test, {"accidents": []}) == "met"
        assert judged(self.test, happened("2027-06-01")) == "met", "it has not happened yet"
        assert judged(self.test, happened("2025-06-01")) == "unknown"


@pytest.mark.parametrize(
    ("counted", "day", "stands"),
    [
        ("civil", "2023-05-19", "not_met"),
        ("civil", "2023-05-20", "met"),
        ("civil", "2025-05-20", "met"),
        ("civil", "2025-05-21", "not_met"),
        ("civil", "2025-05", "unclear"),
        ("civil", "2024", "met"),
        ("start_counted", "2025-05-19", "met"),
        ("start_counted", "2025-05-20", "not_met"),
        ("calendar_years", "2025-12-31", "met"),
        ("calendar_years", "2026-01-01", "not_met"),
    ],
)
def test_an_event_within_two_years_after_a_day(counted: str, day: str, stands: str) -> None:
    test = {"event_within": {"fact": "accidents", "after": "begun_on", "years": 2, "counted": counted}}
    assert judged(test, {**happened(day), "begun_on": "2023-05-20"}) == stands
    assert judged(test, {"accidents": []}) == "not_met", "then the day does not matter"
    assert judged(test, {"begun_on": "never"}) == "not_met", "then the events do not matter"
    assert judged(test, happened(day)) == "unknown"
    assert judged(test, {"begun_on": "2023-05-20"}) == "unknown"


def test_two_years_after_a_29_february_end_on_the_28th() -> None:
    test = {"event_within": {"fact": "accidents", "after": "begun_on", "years": 2}}
    for day, stands in (("2026-02-28", "met"), ("2026-03-01", "not_met")):
        assert judged(test, {**happened(day), "begun_on": "2024-02-29"}) == stands


@pytest.mark.parametrize(
    ("test", "days", "on", "day"),
    [
        (ROLLING, ["2024-05-10"], date(2026, 5, 20), date(2027, 5, 11)),
        (ROLLING, ["2024-02-29"], date(2026, 5, 20), date(2027, 3, 1)),
        (ROLLING, ["2024-05"], date(2026, 5, 20), date(2027, 6, 1)),
        (ROLLING, ["2024-05-10", "2025-08-01"], date(2026, 5, 20), date(2028, 8, 2)),
        (CALENDAR, ["2024-05-10"], date(2026, 5, 20), date(2028, 1, 1)),
        (CALENDAR, ["2023-01-01"], date(2026, 12, 31), date(2027, 1, 1)),
        (EVER, ["1990"], date(2026, 5, 20), None),
        # what lies ahead comes into the window before the other leaves it
        (ROLLING, ["2024-05-10", "2026-06-01"], date(2026, 5, 20), date(2029, 6, 2)),
    ],
)
def test_the_day_an_event_no_longer_counts_is_known(
    test: dict[str, Any], days: list[str], on: date, day: date | None
) -> None:
    assert cured(test, happened(*days), on) == day


@pytest.mark.parametrize(
    ("valid_to", "on", "stands"),
    [
        ("2026-05-20", date(2026, 5, 19), "met"),
        ("2026-05-20", date(2026, 5, 20), "met"),
        ("2026-05-20", date(2026, 5, 21), "not_met"),
        ("2026-05", date(2026, 5, 1), "met"),
        ("2026-05", date(2026, 5, 2), "unclear"),
        ("2026-05", date(2026, 5, 31), "unclear"),
        ("2026-05", date(2026, 6, 1), "not_met"),
        (None, date(2026, 5, 20), "unclear"),
    ],
)
def test_a_certificate_is_valid_to_the_very_day(valid_to: str | None, on: date, stands: str) -> None:
    assert judged({"valid": "licence"}, {"licence": {"held": True, "valid_to": valid_to}}, on) == stands


def test_a_certificate_not_held_is_not_valid_whatever_its_date() -> None:
    assert judged({"valid": "licence"}, {"licence": {"held": False, "valid_to": "2030-01-01"}}) == "not_met"
    assert judged({"valid": "licence"}, {"licence": False}) == "not_met"


def test_a_certificate_that_ends_first_is_no_cure() -> None:
    test = {"all": [{"held_for": {"fact": "begun_on", "years": 2}}, {"valid": "licence"}]}
    facts = {"begun_on": "2025-01-01", "licence": {"held": True, "valid_to": "2026-12-31"}}
    assert cured(test, facts) is None
    facts["licence"] = {"held": True, "valid_to": "2027-01-01"}
    assert cured(test, facts) == date(2027, 1, 1)


def test_a_year_without_figures_is_no_cure_either() -> None:
    test = {"all": [{"held_for": {"fact": "begun_on", "years": 2}}, {"latest_year": {"fact": "profit", "at_least": 0}}]}  # fmt: skip
    facts: dict[str, Any] = {"begun_on": "2025-02-01", "profit": {2025: 1}}
    assert cured(test, facts) is None
    assert cured(test, {**facts, "begun_on": "2024-08-01"}) == date(2026, 8, 1)
