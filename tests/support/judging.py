"""One test of the language, judged on a day against facts as a file states them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.eligibility.cure import met_on
from domain.eligibility.evaluate import Evaluation, Examination
from domain.eligibility.gaps import Gap
from domain.eligibility.missing import gaps_of
from domain.facts.reading import read_facts
from domain.programme.parts import Result
from tests.support.any_expressions import FACTS
from tests.support.programmes import calendar, small_programme

THE_DAY = date(2026, 5, 20)
"""The day of a check unless another is named."""


def checked(test: Mapping[str, Any], facts: Mapping[str, Any], on: date = THE_DAY, **more: Any) -> Evaluation:
    """A self-check of an imaginary programme whose one criterion is ``test``."""
    return Examination(small_programme(test, **more), on, calendar()).evaluate(read_facts(facts, FACTS))


def judged(test: Mapping[str, Any], facts: Mapping[str, Any], on: date = THE_DAY) -> str:
    """How the test stands."""
    return checked(test, facts, on).outcomes[0].result.value


def gaps(test: Mapping[str, Any], facts: Mapping[str, Any], on: date = THE_DAY, **more: Any) -> list[Gap]:
    """What keeps it from being met."""
    found = checked(test, facts, on, **more)
    return list(gaps_of(found, found.outcomes[0]))


def cured(test: Mapping[str, Any], facts: Mapping[str, Any], on: date = THE_DAY, **more: Any) -> date | None:
    """The day on which time alone will have it met."""
    found = checked(test, facts, on, **more)
    return met_on(found, found.outcomes[0])


STANDS: Mapping[Result, Mapping[str, Any]] = {
    Result.NOT_MET: {"always": "not_met"},
    Result.UNKNOWN: {"yes": "certified"},
    Result.UNCLEAR: {"always": "unclear"},
    Result.SELF_STATED: {"stated": "famous"},
    Result.MET: {"always": "met"},
}
"""A test that stands as the result says when only ``famous`` was told, as yes."""
