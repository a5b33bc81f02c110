"""The next question is the one that settles most, and never one that cannot matter any more."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest

from domain.eligibility.evaluate import Evaluation
from domain.eligibility.questions import Mode, next_question, remaining, settled
from domain.facts.vocabulary import Vocabulary
from tests.support.any_expressions import FACTS
from tests.support.judging import checked
from tests.support.programmes import checked as built_in
from tests.support.programmes import vocabulary

QUICK, ALL = Mode.QUICK_VERDICT, Mode.ALL_MY_GAPS


def asks(test: dict[str, Any], facts: dict[str, Any], mode: Mode = ALL, **more: Any) -> list[str]:
    return list(remaining([checked(test, facts, **more)], FACTS, mode))


def test_a_fact_that_settles_a_criterion_alone_comes_first() -> None:
    test = {"all": [{"yes": "certified"}, {"number": {"fact": "staff", "at_least": 1}}]}
    assert asks(test, {}) == ["certified", "staff"]
    other = {"all": [test, {"any": [{"yes": "famous"}, {"number": {"fact": "staff", "at_least": 1}}]}]}
    assert set(asks(other, {})) == {"certified", "staff", "famous"}


@pytest.mark.parametrize(
    ("test", "facts", "asked"),
    [
        # decided already
        ({"all": [{"yes": "certified"}, {"yes": "famous"}]}, {"certified": False}, []),
        ({"any": [{"yes": "certified"}, {"yes": "famous"}]}, {"certified": True}, []),
        # not sure is no reason to ask again, but the other may still decide
        ({"all": [{"yes": "certified"}, {"yes": "famous"}]}, {"certified": "unclear"}, ["famous"]),
        ({"any": [{"yes": "certified"}, {"yes": "famous"}]}, {"certified": "unclear"}, ["famous"]),
        ({"compare": {"fact": "staff", "relation": "at_most", "other": "trained"}}, {"staff": "unclear"}, []),
        # a table with a year missing is asked for again, one with a year not sure is not
        ({"every_year": {"fact": "profit", "at_least": 0}}, {"profit": {2024: 0, 2025: 0}}, ["profit"]),
        (
            {"every_year": {"fact": "profit", "at_least": 0}},
            {"profit": {2023: "unclear", 2024: 0, 2025: 0}},
            [],
        ),
        # whatever the text leaves open cannot be asked
        ({"any": [{"always": "unclear"}, {"yes": "famous"}]}, {}, ["famous"]),
        ({"all": [{"always": "unclear"}, {"yes": "famous"}]}, {}, ["famous"]),
    ],
)
def test_only_what_can_still_matter_is_asked(
    test: dict[str, Any], facts: dict[str, Any], asked: list[str]
) -> None:
    assert asks(test, facts) == asked


class TestBranches:
    """``when`` asks first which way, then only that way."""

    both: ClassVar = {
        "when": {"if": {"yes": "famous"}, "then": {"yes": "certified"}, "else": {"valid": "licence"}}
    }

    def test_first_the_condition(self) -> None:
        assert asks(self.both, {}) == ["famous"]
        assert asks(self.both, {"famous": True}) == ["certified"]
        assert asks(self.both, {"famous": False}) == ["licence"]

    def test_not_sure_which_way_both_are_asked_unless_one_stays_open_for_good(self) -> None:
        assert asks(self.both, {"famous": "unclear"}) == ["certified", "licence"]
        open_else = {
            "when": {"if": {"yes": "famous"}, "then": {"yes": "certified"}, "else": {"always": "unclear"}}
        }
        assert asks(open_else, {"famous": "unclear"}) == []

    def test_no_condition_is_asked_where_both_ways_come_to_the_same(self) -> None:
        assert asks(self.both, {"certified": False, "licence": False}) == []
        assert asks(self.both, {"certified": "unclear", "licence": {"held": True}}) == []


def test_whether_it_applies_is_asked_first_and_not_at_all_where_it_is_met_anyway() -> None:
    test, applies = {"yes": "certified"}, {"yes": "famous"}
    assert asks(test, {}, applies_when=applies) == ["famous"]
    assert asks(test, {"famous": True}, applies_when=applies) == ["certified"]
    assert asks(test, {"famous": False}, applies_when=applies) == []
    assert asks(test, {"certified": True}, applies_when=applies) == []
    assert asks(test, {"famous": "unclear"}, applies_when=applies) == ["certified"]
    assert asks(test, {"famous": "unclear", "certified": False}, applies_when=applies) == []


def test_a_quick_verdict_asks_for_hard_criteria_only_and_stops_with_an_obstacle() -> None:
    assert asks({"yes": "certified"}, {}, QUICK) == ["certified"]
    assert asks({"yes": "certified"}, {}, QUICK, force="preference") == []
    assert asks({"yes": "certified"}, {}, ALL, force="preference") == ["certified"]
    found = built_in("zhengzhou-incubation-base", date(2026, 5, 20), {"registered_city": "other"})
    assert next_question([found], vocabulary(), QUICK) is None
    assert next_question([found], vocabulary(), ALL) is not None


def test_what_nobody_is_asked_is_never_asked() -> None:
    staff_only = Vocabulary([FACTS["certified"].model_copy(update={"asked": False})])
    found = checked({"yes": "certified"}, {})
    assert remaining([found], staff_only, ALL) == ()
    assert remaining([found], Vocabulary([]), ALL) == ()


def _start(programme_id: str) -> Evaluation:
    return built_in(programme_id, date(2026, 11, 21), {})


def test_a_question_several_programmes_share_comes_first() -> None:
    every = [
        _start(programme_id)
        for programme_id in (
            "zhengzhou-incubation-base",
            "wuhu-incubation-pool",
            "hangzhou-quality-award",
        )
    ]
    together = next_question(every, vocabulary(), ALL)
    assert together is not None
    assert sum(together in set(one.examination.facts()) for one in every) >= 2


def test_a_choice_on_which_programmes_exclude_one_another_comes_first() -> None:
    def needs(colour: str, **more: Any) -> Evaluation:
        choice = {"equals": {"fact": "colour", "option": colour}}
        return checked({"all": [{"yes": "certified"}, {"yes": "famous"}, choice]}, {}, **more)

    for first, other, asked in (
        (needs("red"), needs("blue"), "colour"),
        (needs("red"), needs("red"), "certified"),
        (needs("red", applies_when={"always": "met"}), needs("blue"), "certified"),
        (needs("red", force="preference"), needs("blue"), "certified"),
    ):
        assert next_question([first, other], FACTS, ALL) == asked


def test_progress_counts_what_no_answer_can_change() -> None:
    assert settled(checked({"yes": "certified"}, {}), FACTS) == 0
    assert settled(checked({"yes": "certified"}, {"certified": False}), FACTS) == 1
    assert settled(checked({"yes": "certified"}, {"certified": "unclear"}), FACTS) == 1
