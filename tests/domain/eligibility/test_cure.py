"""The day on which time alone cures what is not met, also while other parts are not answered yet."""

from __future__ import annotations

from datetime import date

from tests.support.judging import cured

TWO_YEARS = {"held_for": {"fact": "begun_on", "years": 2}}
BEGUN = {"begun_on": "2025-03-01"}
CURED = date(2027, 3, 1)


def test_parts_nobody_answered_yet_are_left_out_of_the_day() -> None:
    assert cured({"all": [TWO_YEARS, {"yes": "certified"}]}, BEGUN) == CURED
    assert cured({"all": [{"not": {"yes": "certified"}}, TWO_YEARS]}, BEGUN) == CURED
    assert cured({"all": [TWO_YEARS, {"any": [{"yes": "certified"}, {"stated": "famous"}]}]}, BEGUN) == CURED


def test_parts_that_were_answered_count() -> None:
    assert cured({"all": [TWO_YEARS, {"yes": "certified"}]}, {**BEGUN, "certified": False}) is None
    assert cured({"all": [TWO_YEARS, {"yes": "certified"}]}, {**BEGUN, "certified": "unclear"}) is None
    assert cured({"all": [TWO_YEARS, {"yes": "certified"}]}, {**BEGUN, "certified": True}) == CURED


def test_without_a_part_that_was_told_there_is_no_day() -> None:
    assert cured({"all": [TWO_YEARS, {"yes": "certified"}]}, {}) is None
    assert cured({"all": [{"yes": "certified"}, {"always": "not_met"}]}, {}) is None
