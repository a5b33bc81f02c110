"""Tests over answers and numbers, at their boundaries and where nothing, or nothing certain, was told."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest

from tests.support.judging import judged

PAIR = {"fact": "colour", "options": ["red", "green"]}
PAIRS = {"fact": "colours", "options": ["red", "green"]}


@pytest.mark.parametrize(
    ("test", "told", "stands"),
    [
        ({"yes": "certified"}, True, "met"),
        ({"yes": "certified"}, False, "not_met"),
        ({"no": "certified"}, False, "met"),
        ({"no": "certified"}, True, "not_met"),
        ({"stated": "certified"}, True, "self_stated"),
        ({"stated": "certified"}, False, "unclear"),
        ({"known": "certified"}, False, "met"),
        ({"equals": {"fact": "colour", "option": "red"}}, "red", "met"),
        ({"equals": {"fact": "colour", "option": "red"}}, "blue", "not_met"),
        ({"one_of": PAIR}, "green", "met"),
        ({"one_of": PAIR}, "blue", "not_met"),
        ({"includes_any": PAIRS}, ["blue", "red"], "met"),
        ({"includes_any": PAIRS}, ["blue"], "not_met"),
        ({"includes_any": PAIRS}, [], "not_met"),
        ({"includes_all": PAIRS}, ["blue", "green", "red"], "met"),
        ({"includes_all": PAIRS}, ["red"], "not_met"),
        ({"stated_all": PAIRS}, ["green", "red"], "self_stated"),
        ({"stated_all": PAIRS}, ["red"], "unclear"),
        ({"stated_all": PAIRS}, [], "unclear"),
        ({"held": "licence"}, {"held": True, "valid_to": "2001-01-01"}, "met"),
        ({"held": "licence"}, False, "not_met"),
    ],
)
def test_an_answer_is_judged(test: dict[str, Any], told: object, stands: str) -> None:
    (terms,) = test.values()
    fact = terms if isinstance(terms, str) else terms["fact"]
    assert judged(test, {fact: told}) == stands


EVERY_LEAF: list[dict[str, Any]] = [
    {"yes": "certified"},
    {"no": "certified"},
    {"stated": "certified"},
    {"one_of": PAIR},
    {"includes_any": PAIRS},
    {"includes_all": PAIRS},
    {"stated_all": PAIRS},
    {"number": {"fact": "staff", "at_least": 1}},
    {"every_year": {"fact": "profit", "at_least": 0}},
    {"latest_year": {"fact": "profit", "at_least": 0}},
    {"average": {"fact": "profit", "at_least": 0}},
    {"held_for": {"fact": "begun_on", "years": 1}},
    {"no_event": {"fact": "accidents", "window": "ever"}},
    {"event_within": {"fact": "accidents", "after": "begun_on", "years": 1}},
    {"valid": "licence"},
    {"held": "licence"},
    {"share_at_least": {"part": "trained", "whole": "staff", "percent": 30}},
    {"compare": {"fact": "trained", "relation": "at_least", "other": "staff"}},
    {"day_between": {"fact": "told_on", "on_or_after": "2026-01-01"}},
    {"day_of_year": {"fact": "told_on", "until": "05-31"}},
    {"after_working_days": {"fact": "told_on", "start": "begun_on", "days": 7}},
]
UNSURE = dict.fromkeys(
    ("certified", "colour", "colours", "staff", "trained", "profit", "begun_on", "told_on", "accidents", "licence"),
    "unclear",
)  # fmt: skip


@pytest.mark.parametrize("test", EVERY_LEAF, ids=lambda test: next(iter(test)))
def test_not_told_is_unknown_and_not_sure_is_unclear(test: dict[str, Any]) -> None:
    assert judged(test, {}) == "unknown"
    assert judged(test, UNSURE) == "unclear"


def test_known_counts_not_sure_as_not_told() -> None:
    assert judged({"known": "certified"}, {}) == "not_met"
    assert judged({"known": "certified"}, UNSURE) == "not_met"


@pytest.mark.parametrize(
    ("bound", "below", "at", "above"),
    [
        ("at_least", "not_met", "met", "met"),
        ("at_most", "met", "met", "not_met"),
        ("more_than", "not_met", "not_met", "met"),
        ("less_than", "met", "not_met", "not_met"),
    ],
)
def test_a_bound_includes_itself_or_not(bound: str, below: str, at: str, above: str) -> None:
    test = {"number": {"fact": "staff", bound: 10}}
    assert [judged(test, {"staff": n}) for n in (9, 10, 11)] == [below, at, above]


def test_two_bounds_hold_together() -> None:
    test = {"number": {"fact": "staff", "at_least": 2, "at_most": 4}}
    assert [judged(test, {"staff": n}) for n in (1, 2, 4, 5)] == ["not_met", "met", "met", "not_met"]


def test_a_share_is_compared_in_whole_numbers_and_never_rounded() -> None:
    test = {"share_at_least": {"part": "trained", "whole": "staff", "percent": 30}}
    assert judged(test, {"trained": 3, "staff": 10}) == "met"
    assert judged(test, {"trained": 299_999_999, "staff": 1_000_000_000}) == "not_met"
    assert judged(test, {"trained": 300_000_000, "staff": 1_000_000_000}) == "met"
    assert judged(test, {"trained": 0, "staff": 0}) == "unclear", "a share of nothing"
    assert judged(test, {"trained": 0}) == "unknown"
    assert judged(test, {"trained": "unclear"}) == "unclear", "asking for the whole would be no use"


@pytest.mark.parametrize(
    ("relation", "less", "same", "more"),
    [
        ("at_least", "not_met", "met", "met"),
        ("at_most", "met", "met", "not_met"),
        ("more_than", "not_met", "not_met", "met"),
        ("less_than", "met", "not_met", "not_met"),
        ("equal", "not_met", "met", "not_met"),
    ],
)
def test_two_numbers_are_compared(relation: str, less: str, same: str, more: str) -> None:
    test = {"compare": {"fact": "trained", "relation": relation, "other": "staff", "plus": -1}}
    assert [judged(test, {"trained": n, "staff": 6}) for n in (4, 5, 6)] == [less, same, more]


class TestFiguresOfYears:
    """In 2026 the complete years are 2023, 2024 and 2025."""

    every: ClassVar = {"every_year": {"fact": "profit", "at_least": 0}}
    mean: ClassVar = {"average": {"fact": "profit", "at_least": 0}}
    latest: ClassVar = {"latest_year": {"fact": "profit", "at_least": 0}}

    @pytest.mark.parametrize(
        ("table", "every", "mean", "latest"),
        [
            ({2023: 0, 2024: 0, 2025: 0}, "met", "met", "met"),
            ({2023: -1, 2024: 0, 2025: 0}, "not_met", "not_met", "met"),
            ({2023: 5, 2024: 5, 2025: -1}, "not_met", "met", "not_met"),
            ({2023: -1, 2024: 0, 2025: 1}, "not_met", "met", "met"),
            ({2024: 0, 2025: 0}, "unknown", "unknown", "met"),
            ({2024: -1, 2025: 0}, "not_met", "unknown", "met"),
            ({2022: -9, 2023: 0, 2024: 0, 2025: 0, 2026: -9}, "met", "met", "met"),
            ({2023: 0, 2024: 0}, "unknown", "unknown", "unknown"),
            ({}, "unknown", "unknown", "unknown"),
            ({2023: "unclear", 2024: 0, 2025: 0}, "unclear", "unclear", "met"),
            ({2023: "unclear", 2024: -1, 2025: 0}, "not_met", "unclear", "met"),
            ({2023: "unclear", 2025: 0}, "unknown", "unknown", "met"),
            ({2023: 0, 2024: 0, 2025: "unclear"}, "unclear", "unclear", "unclear"),
        ],
    )
    def test_every_year_on_average_and_the_latest(
        self, table: dict[int, object], every: str, mean: str, latest: str
    ) -> None:
        tests = (self.every, self.mean, self.latest)
        assert [judged(test, {"profit": table}) for test in tests] == [every, mean, latest]

    def test_the_years_move_with_the_new_year(self) -> None:
        table = {2023: -1, 2024: 0, 2025: 0}
        assert judged(self.every, {"profit": table}, date(2026, 12, 31)) == "not_met"
        assert judged(self.every, {"profit": table}, date(2027, 1, 1)) == "unknown", "2026 is not told"
        assert judged(self.every, {"profit": {**table, 2026: 0}}, date(2027, 1, 1)) == "met"

    def test_an_average_is_an_exact_sum(self) -> None:
        test = {"average": {"fact": "profit", "more_than": 1}}
        assert judged(test, {"profit": {2023: 1, 2024: 1, 2025: 1}}) == "not_met"
        assert judged(test, {"profit": {2023: 1, 2024: 1, 2025: 2}}) == "met"
