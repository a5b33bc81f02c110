"""Tests of criteria at random, over a few imaginary facts of every type."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.facts.vocabulary import Fact, Vocabulary

Plain = dict[str, Any]


def _fact(fact_id: str, kind: str, **more: Any) -> Fact:
    return Fact.model_validate({"id": fact_id, "type": kind, "short": fact_id, "question": fact_id, **more})


_OPTIONS = [{"id": option, "label": option} for option in ("red", "green", "blue")]

FACTS = Vocabulary(
    [
        _fact("certified", "yes_no"),
        _fact("famous", "yes_no"),
        _fact("staff", "count"),
        _fact("trained", "count"),
        _fact("colour", "choice", options=_OPTIONS),
        _fact("colours", "choices", options=_OPTIONS),
        _fact("profit", "year_table", figure="money"),
        _fact("begun_on", "date", never="没有"),
        _fact("told_on", "date"),
        _fact("accidents", "events", options=_OPTIONS),
        _fact("licence", "certificate"),
    ]
)
"""One or two facts of each type."""

_DAYS = st.dates(date(2015, 1, 1), date(2032, 12, 31)).map(date.isoformat)
_MONTH_DAYS = st.tuples(st.integers(1, 12), st.integers(1, 31)).map(lambda d: f"{d[0]:02}-{d[1]:02}")
_SOME = st.lists(st.sampled_from(("red", "green", "blue")), min_size=1, max_size=3, unique=True)


@st.composite
def _bounded(draw: st.DrawFn, fact: str, at_hand: tuple[int, ...]) -> Plain:
    bound = draw(st.sampled_from(("at_least", "at_most", "more_than", "less_than")))
    return {"fact": fact, bound: draw(st.sampled_from(at_hand))}


@st.composite
def _no_event(draw: st.DrawFn) -> Plain:
    terms: Plain = {
        "fact": "accidents",
        "window": draw(st.sampled_from(("calendar_years", "rolling", "ever"))),
        "years": draw(st.integers(1, 4)),
    }
    if draw(st.booleans()):
        terms["kinds"] = draw(_SOME)
    if draw(st.integers(0, 3)) == 0:
        terms["after"] = "begun_on"
    return {"no_event": terms}


def _one(name: str, terms: SearchStrategy[Any]) -> SearchStrategy[Plain]:
    return terms.map(lambda found: {name: found})


_FIGURES = st.tuples(_bounded("profit", (-1, 0, 1)), st.integers(1, 4)).map(
    lambda pair: {**pair[0], "years": pair[1]}
)
_RELATIONS = st.sampled_from(("at_least", "at_most", "more_than", "less_than", "equal"))
_LEAVES: tuple[SearchStrategy[Plain], ...] = (
    _one("yes", st.sampled_from(("certified", "famous"))),
    _one("no", st.sampled_from(("certified", "famous"))),
    _one("stated", st.sampled_from(("certified", "famous"))),
    _one("stated_all", _SOME.map(lambda options: {"fact": "colours", "options": options})),
    _one("equals", st.just({"fact": "colour", "option": "red"})),
    _one("one_of", _SOME.map(lambda options: {"fact": "colour", "options": options})),
    _one("includes_any", _SOME.map(lambda options: {"fact": "colours", "options": options})),
    _one("includes_all", _SOME.map(lambda options: {"fact": "colours", "options": options})),
    _one("number", _bounded("staff", (0, 10, 300))),
    _one("every_year", _FIGURES),
    _one("latest_year", _FIGURES),
    _one("average", _FIGURES),
    _one("held_for", st.builds(lambda y, m: {"fact": "begun_on", "years": y, "months": m},
                               st.integers(0, 4), st.integers(0, 14))),
    _no_event(),
    _one("event_within", st.builds(
        lambda years, counted: {"fact": "accidents", "after": "begun_on", "years": years, "counted": counted},
        st.integers(1, 3), st.sampled_from(("civil", "calendar_years")))),
    _one("valid", st.just("licence")),
    _one("held", st.just("licence")),
    _one("share_at_least", st.integers(0, 100).map(
        lambda percent: {"part": "trained", "whole": "staff", "percent": percent})),
    _one("compare", st.builds(
        lambda relation, plus: {"fact": "trained", "relation": relation, "other": "staff", "plus": plus},
        _RELATIONS, st.integers(-2, 2))),
    _one("day_between", _DAYS.map(lambda day: {"fact": "told_on", "on_or_after": day})),
    _one("day_of_year", st.tuples(_MONTH_DAYS, _MONTH_DAYS).map(sorted).map(
        lambda ends: {"fact": "told_on", "since": ends[0], "until": ends[1]})),
    _one("after_working_days", st.integers(1, 20).map(
        lambda days: {"fact": "told_on", "start": "begun_on", "days": days})),
    _one("always", st.sampled_from(("met", "not_met", "unclear"))),
)  # fmt: skip


def _joined(inner: SearchStrategy[Plain]) -> SearchStrategy[Plain]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        _one("all", several),
        _one("any", several),
        _one("not", inner),
        _one("when", st.fixed_dictionaries({"if": inner, "then": inner, "else": inner})),
    )


def expressions() -> SearchStrategy[Plain]:
    """Any test, as it would stand in YAML."""
    return st.recursive(st.one_of(*_LEAVES), _joined, max_leaves=5)
