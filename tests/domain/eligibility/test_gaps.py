"""What is missing is told by how much, and only what bears on the result."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.eligibility.gaps import (
    EventCounts,
    Expired,
    Gap,
    NotAccepted,
    NotAnswered,
    NotExact,
    NotHeld,
    NotSure,
    OutOfBounds,
    TextLeavesOpen,
    TooShort,
    ValidityNotTold,
)
from domain.values import NEVER, Event, PartialDate
from tests.support.judging import gaps

RANK = {"every_year": {"fact": "profit", "at_most": 3}}
MEAN = {"average": {"fact": "profit", "at_most": 3}}
TWO_YEARS = {"held_for": {"fact": "begun_on", "years": 2}}
ROLLING = {"no_event": {"fact": "accidents", "window": "rolling"}}


@pytest.mark.parametrize(
    ("test", "facts", "missing"),
    [
        # --- nothing told, or nothing certain
        ({"yes": "certified"}, {}, [NotAnswered("certified")]),
        ({"yes": "certified"}, {"certified": "unclear"}, [NotSure("certified")]),
        (RANK, {"profit": {2024: 1}}, [NotAnswered("profit", (2023, 2025))]),
        (MEAN, {"profit": {2023: 9, 2024: 9}}, [NotAnswered("profit", (2025,))]),
        (RANK, {"profit": {2023: "unclear", 2024: 1, 2025: 1}}, [NotSure("profit")]),
        (MEAN, {"profit": {2023: "unclear", 2024: 1, 2025: 1}}, [NotSure("profit")]),
        # --- answers
        ({"yes": "certified"}, {"certified": False}, [NotAccepted("certified", False)]),
        ({"stated": "certified"}, {"certified": False}, [NotAccepted("certified", False)]),
        (
            {"one_of": {"fact": "colour", "options": ["red", "green"]}},
            {"colour": "blue"},
            [NotAccepted("colour", "blue", ("red", "green"))],
        ),
        (
            {"stated_all": {"fact": "colours", "options": ["red", "green"]}},
            {"colours": ["red"]},
            [NotAccepted("colours", frozenset({"red"}), ("green",))],
        ),
        # --- numbers
        (
            {"number": {"fact": "staff", "at_least": 10}},
            {"staff": 7},
            [OutOfBounds("staff", 7, 10, "at_least", 3)],
        ),
        (
            RANK,
            {"profit": {2023: 4, 2024: 3, 2025: 6}},
            [
                OutOfBounds("profit", 4, 3, "at_most", 1, 2023),
                OutOfBounds("profit", 6, 3, "at_most", 3, 2025),
            ],
        ),
        (RANK, {"profit": {2024: 4}}, [OutOfBounds("profit", 4, 3, "at_most", 1, 2024)]),
        (
            MEAN,
            {"profit": {2023: 4, 2024: 4, 2025: 4}},
            [OutOfBounds("profit", Decimal(4), 3, "at_most", Decimal(1))],
        ),
        # --- periods
        (
            TWO_YEARS,
            {"begun_on": "2024-06-20"},
            [TooShort("begun_on", PartialDate(2024, 6, 20), 24, 1, 0, date(2026, 6, 20))],
        ),
        (
            TWO_YEARS,
            {"begun_on": "2024-07-25"},
            [TooShort("begun_on", PartialDate(2024, 7, 25), 24, 2, 5, date(2026, 7, 25))],
        ),
        (TWO_YEARS, {"begun_on": "2024-05"}, [NotExact("begun_on", PartialDate(2024, 5))]),
        (TWO_YEARS, {"begun_on": "never"}, [NotAccepted("begun_on", NEVER)]),
        # --- events
        (
            ROLLING,
            {"accidents": [{"date": "2020"}, {"date": "2024-05-10"}, {"date": "2027"}]},
            [EventCounts("accidents", Event(PartialDate(2024, 5, 10)), date(2027, 5, 11))],
        ),
        (
            {"no_event": {"fact": "accidents", "window": "ever", "after": "begun_on"}},
            {"accidents": [{"date": "2020"}, {"date": "2024"}], "begun_on": "2022-01-01"},
            [EventCounts("accidents", Event(PartialDate(2024)), None)],
        ),
        # --- certificates
        ({"valid": "licence"}, {"licence": False}, [NotHeld("licence")]),
        ({"valid": "licence"}, {"licence": True}, [ValidityNotTold("licence")]),
        (
            {"valid": "licence"},
            {"licence": {"held": True, "valid_to": "2026-05-19"}},
            [Expired("licence", PartialDate(2026, 5, 19))],
        ),
        # --- dates
        (
            {"day_of_year": {"fact": "told_on", "until": "05-31"}},
            {"told_on": "2026"},
            [NotExact("told_on", PartialDate(2026))],
        ),
        # --- the text
        ({"always": "unclear"}, {}, [TextLeavesOpen()]),
    ],
)
def test_each_kind_of_gap(test: dict[str, Any], facts: dict[str, Any], missing: list[Gap]) -> None:
    assert gaps(test, facts) == missing


def test_beside_what_fails_what_is_merely_open_can_wait() -> None:
    test = {"all": [{"yes": "certified"}, {"yes": "famous"}, {"number": {"fact": "staff", "at_least": 1}}]}
    assert gaps(test, {"certified": False}) == [NotAccepted("certified", False)]
    assert gaps(test, {"certified": True}) == [NotAnswered("famous"), NotAnswered("staff")]


def test_every_way_to_meet_it_is_shown() -> None:
    test = {"any": [{"yes": "certified"}, {"valid": "licence"}]}
    assert gaps(test, {"certified": False, "licence": False}) == [
        *(NotAccepted("certified", False), NotHeld("licence"))
    ]


def test_only_the_branch_that_counts_is_shown() -> None:
    test = {"when": {"if": {"yes": "famous"}, "then": {"yes": "certified"}, "else": {"valid": "licence"}}}
    assert gaps(test, {"famous": True}) == [NotAnswered("certified")]
    assert gaps(test, {"famous": False}) == [NotAnswered("licence")]
    assert gaps(test, {}) == [NotAnswered("famous")]


def test_what_must_not_be_is_shown_as_it_was_told() -> None:
    assert gaps({"not": {"yes": "famous"}}, {"famous": True}) == [NotAccepted("famous", True)]
    assert gaps({"not": {"not": {"yes": "famous"}}}, {"famous": False}) == [NotAccepted("famous", False)]
    assert gaps({"not": {"yes": "famous"}}, {}) == [NotAnswered("famous")]
    assert gaps({"not": {"stated": "famous"}}, {"famous": True}) == [NotAccepted("famous", True)]


def test_the_gap_is_that_of_the_reading_that_does_not_hold() -> None:
    alternative = {"number": {"fact": "staff", "at_least": 20}}
    test = {"number": {"fact": "staff", "at_least": 10}}
    for staff, bound in ((7, 10), (15, 20)):
        (gap,) = gaps(test, {"staff": staff}, alternative=alternative)
        assert isinstance(gap, OutOfBounds)
        assert gap.bound == bound


def test_where_it_does_not_apply_or_holds_anyway_nothing_is_missing() -> None:
    applies = {"yes": "famous"}
    for facts, missing in (
        ({"famous": False}, []),
        ({"famous": True}, [NotAnswered("certified")]),
        ({}, [NotAnswered("famous")]),
        ({"certified": True}, []),
        ({"famous": "unclear", "certified": False}, [NotSure("famous")]),
    ):
        assert gaps({"yes": "certified"}, facts, applies_when=applies) == missing


def test_a_gap_is_told_once() -> None:
    test = {"any": [RANK, {"all": [{"latest_year": {"fact": "profit", "at_most": 3}}]}]}
    told = gaps(test, {"profit": {2023: 1, 2024: 1, 2025: 5}})
    assert told == [OutOfBounds("profit", 5, 3, "at_most", 2, 2025)]
