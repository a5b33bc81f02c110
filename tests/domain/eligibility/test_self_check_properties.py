"""What holds for every built-in programme, whatever is told on whatever day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from domain.eligibility.cure import met_on
from domain.eligibility.evaluate import Evaluation, Examination, Outcome
from domain.eligibility.missing import gaps_of
from domain.eligibility.questions import Mode, next_question, remaining, settled
from domain.programme.parts import Force, Result, Verdict
from domain.programme.rules import Criterion
from domain.values import Value
from tests.support.any_facts import DAYS, facts_for, told, values
from tests.support.programmes import BUILT_IN_IDS, examiner, programme, vocabulary

EXAMPLES = 40
HOLDS = (Result.MET, Result.SELF_STATED, Result.NOT_APPLICABLE)

whatever_is_told = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
each_programme = pytest.mark.parametrize("programme_id", BUILT_IN_IDS)


def examination(data: st.DataObject, programme_id: str) -> Examination:
    """The programme on some day, in some round."""
    found = programme(programme_id)
    rounds: list[str | None] = [None, *(one.id for one in found.rounds)]
    return examiner().examination(found, data.draw(DAYS), data.draw(st.sampled_from(rounds)))


def evaluation(data: st.DataObject, programme_id: str) -> Evaluation:
    """A self-check on some facts."""
    examined = examination(data, programme_id)
    return examined.evaluate(data.draw(facts_for(vocabulary(), tuple(examined.facts()))))


def again(before: Evaluation, **more: Value) -> Evaluation:
    return before.examination.evaluate({**before.facts, **more})


def still_to_ask(found: Evaluation) -> list[str]:
    """What is not told of what a self-check may ask."""
    return [
        fact for fact in found.examination.facts() if fact not in found.facts and vocabulary()[fact].is_asked
    ]


def both(outcome: Outcome[Criterion]) -> tuple[Result, Result]:
    return outcome.conservative, outcome.alternative


@each_programme
@whatever_is_told
@given(data=st.data())
def test_a_self_check_never_fails_and_always_comes_out_the_same(
    programme_id: str, data: st.DataObject
) -> None:
    first = evaluation(data, programme_id)
    second = again(first)
    assert first.verdict is second.verdict
    assert first.outcomes == second.outcomes
    for one, other in zip(first.outcomes, second.outcomes, strict=True):
        assert gaps_of(first, one) == gaps_of(second, other)
        assert met_on(first, one) == met_on(second, other)
    for mode in Mode:
        assert remaining([first], vocabulary(), mode) == remaining([second], vocabulary(), mode)
    assert 0 <= settled(first, vocabulary()) <= len(first.outcomes)


@each_programme
@whatever_is_told
@given(data=st.data())
def test_the_verdict_follows_from_the_hard_criteria_alone(programme_id: str, data: st.DataObject) -> None:
    found = evaluation(data, programme_id)
    hard = [both(outcome) for outcome in found.outcomes if outcome.rule.force is Force.HARD]
    obstacle = any(pair == (Result.NOT_MET, Result.NOT_MET) for pair in hard)
    assert (found.verdict is Verdict.OBSTACLE_FOUND) == obstacle
    if obstacle:
        return
    unknown = any(Result.UNKNOWN in pair for pair in hard)
    assert (found.verdict is Verdict.MORE_ANSWERS_NEEDED) == unknown
    if found.verdict is Verdict.NO_OBSTACLE_FOUND:
        assert all(one in HOLDS for pair in hard for one in pair)
        assert not found.examination.is_capped


@each_programme
@whatever_is_told
@given(data=st.data())
def test_an_answer_adds_to_what_is_known_and_takes_nothing_back(
    programme_id: str, data: st.DataObject
) -> None:
    before = evaluation(data, programme_id)
    unknown = still_to_ask(before)
    if not unknown:
        return
    fact = data.draw(st.sampled_from(unknown))
    after = again(before, **{fact: data.draw(values(vocabulary()[fact]))})
    for then, now in zip(before.outcomes, after.outcomes, strict=True):
        for earlier, later in zip(both(then), both(now), strict=True):
            if earlier is Result.MET:
                assert later in (Result.MET, Result.NOT_APPLICABLE), then.rule.id
            if earlier is Result.NOT_MET:
                assert later is Result.NOT_MET, then.rule.id
            if earlier is Result.NOT_APPLICABLE:
                assert later is Result.NOT_APPLICABLE, then.rule.id
            if earlier is Result.SELF_STATED:
                assert later in HOLDS, then.rule.id


@each_programme
@whatever_is_told
@given(data=st.data())
def test_what_is_not_asked_any_more_could_not_change_anything(programme_id: str, data: st.DataObject) -> None:
    before = evaluation(data, programme_id)
    more = {fact: data.draw(values(vocabulary()[fact])) for fact in still_to_ask(before)}
    after = again(before, **more)
    for then, now in zip(before.outcomes, after.outcomes, strict=True):
        if before.open_facts(then):
            continue
        note(f"{then.rule.id}: {both(then)} {both(now)}")
        for earlier, later in zip(both(then), both(now), strict=True):
            assert earlier is later or (earlier in HOLDS and later in HOLDS)


@each_programme
@whatever_is_told
@given(data=st.data(), mode=st.sampled_from(Mode))
def test_answering_what_is_asked_comes_to_an_end(programme_id: str, data: st.DataObject, mode: Mode) -> None:
    found = examination(data, programme_id).evaluate({})
    asked: list[str] = []
    while (fact := next_question([found], vocabulary(), mode)) is not None:
        assert fact not in asked
        assert vocabulary()[fact].is_asked
        if mode is Mode.QUICK_VERDICT:
            assert found.verdict is Verdict.MORE_ANSWERS_NEEDED
        asked.append(fact)
        found = again(found, **{fact: data.draw(told(vocabulary()[fact]) | values(vocabulary()[fact]))})
        if isinstance(found.facts[fact], dict):  # a table with a year missing is asked for again
            found = again(found, **{fact: data.draw(told(vocabulary()[fact]))})
    assert found.verdict is not Verdict.MORE_ANSWERS_NEEDED
    if mode is Mode.ALL_MY_GAPS:
        assert all(Result.UNKNOWN not in both(outcome) for outcome in found.outcomes)


@each_programme
@whatever_is_told
@given(data=st.data())
def test_the_day_a_criterion_will_be_met_is_the_first_such_day(
    programme_id: str, data: st.DataObject
) -> None:
    found = evaluation(data, programme_id)
    for outcome in found.outcomes:
        day = met_on(found, outcome)
        if day is None:
            continue
        assert day > found.examination.as_of
        assert outcome.conservative in (Result.NOT_MET, Result.UNCLEAR)
        # What was never answered is left out of the day; it counts once it is answered.
        still_open = (Result.UNKNOWN,) if still_to_ask(found) else ()
        assert _conservative(found, outcome, day) in (Result.MET, Result.SELF_STATED, *still_open)
        for before in {
            day - timedelta(days=1),
            found.examination.as_of + (day - found.examination.as_of) / 2,
        }:
            assert _conservative(found, outcome, before) not in (Result.MET, Result.SELF_STATED)


def _conservative(found: Evaluation, outcome: Outcome[Criterion], day: date) -> Result:
    then = found.examination
    later = examiner().examination(then.programme, day, then.round.id if then.round else None)
    return later.evaluate(found.facts).outcome(outcome.rule.id).conservative
