"""What holds for every test the language can express, not only for those the built-in programmes use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from domain.eligibility.cure import met_on
from domain.eligibility.evaluate import Evaluation, Examination
from domain.eligibility.missing import gaps_of
from domain.programme.parts import Result
from tests.support.any_expressions import FACTS, expressions
from tests.support.any_facts import DAYS, facts_for, values
from tests.support.programmes import calendar, small_programme

HOLDS = (Result.MET, Result.SELF_STATED, Result.NOT_APPLICABLE)

on_any_test = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def self_checks(draw: st.DrawFn) -> Evaluation:
    """A self-check of one criterion with two readings, or one that applies only at times."""
    test = draw(expressions())
    more: dict[str, Any] = {}
    if draw(st.booleans()):
        more["alternative"] = draw(expressions())
    if draw(st.booleans()):
        more["applies_when"] = draw(expressions())
    examination = Examination(small_programme(test, **more), draw(DAYS), calendar())
    facts = draw(facts_for(FACTS, tuple(FACTS)))
    note(f"{test} {more} on {examination.as_of}: {facts}")
    return examination.evaluate(facts)


@on_any_test
@given(found=self_checks())
def test_nothing_that_is_told_makes_it_fail(found: Evaluation) -> None:
    (outcome,) = found.outcomes
    gaps = gaps_of(found, outcome)
    if outcome.conservative in HOLDS and outcome.alternative in HOLDS:
        assert not gaps
        assert met_on(found, outcome) is None
    else:
        assert gaps


@on_any_test
@given(found=self_checks())
def test_what_is_unknown_can_be_asked_and_what_is_decided_is_not(found: Evaluation) -> None:
    (outcome,) = found.outcomes
    asked = found.open_facts(outcome)
    if Result.UNKNOWN in (outcome.conservative, outcome.alternative):
        assert asked
    if outcome.conservative is outcome.alternative and outcome.result in (*HOLDS, Result.NOT_MET):
        assert not asked
    for fact in asked:
        assert fact not in found.facts or isinstance(found.facts[fact], dict)


@on_any_test
@given(found=self_checks(), data=st.data())
def test_further_answers_only_settle(found: Evaluation, data: st.DataObject) -> None:
    more = {fact: data.draw(values(FACTS[fact])) for fact in FACTS if fact not in found.facts}
    after = found.examination.evaluate({**found.facts, **more})
    (then,), (now,) = found.outcomes, after.outcomes
    settled = not found.open_facts(then)
    for reading in READINGS:
        earlier, later = reading(then), reading(now)
        if earlier is Result.NOT_MET:
            assert later is Result.NOT_MET
        if earlier in HOLDS:
            assert later in HOLDS
        if settled:
            assert earlier is later or (earlier in HOLDS and later in HOLDS)


READINGS: tuple[Callable[..., Result], ...] = (lambda o: o.conservative, lambda o: o.alternative)


@on_any_test
@given(found=self_checks())
def test_the_day_it_will_be_met_is_the_first_such_day(found: Evaluation) -> None:
    (outcome,) = found.outcomes
    day = met_on(found, outcome)
    if day is None:
        return
    never_told = any(fact not in found.facts for fact in found.examination.facts())
    # What was never answered is left out of the day; it counts once it is answered.
    on_the_day = (Result.MET, Result.SELF_STATED, *((Result.UNKNOWN,) if never_told else ()))
    assert _conservative(found, day) in on_the_day
    assert _conservative(found, day - timedelta(days=1)) not in (Result.MET, Result.SELF_STATED)


def _conservative(found: Evaluation, day: date) -> Result:
    later = Examination(found.examination.programme, day, calendar()).evaluate(found.facts)
    return later.outcomes[0].conservative
