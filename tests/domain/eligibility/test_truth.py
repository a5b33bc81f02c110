"""Unknown is not no: Kleene's logic, with "not sure" and "stated by the organisation" as values of their own."""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.eligibility import truth
from domain.programme.parts import Result
from tests.support.judging import STANDS, judged

N, K, C, S, M = (Result.NOT_MET, Result.UNKNOWN, Result.UNCLEAR, Result.SELF_STATED, Result.MET)
"""Not met, not known, not clear, stated, met."""

ALL = {
    (N, N): N, (N, K): N, (N, C): N, (N, S): N, (N, M): N,
    (K, K): K, (K, C): K, (K, S): K, (K, M): K,
    (C, C): C, (C, S): C, (C, M): C,
    (S, S): S, (S, M): S,
    (M, M): M,
}  # fmt: skip
ANY = {
    (N, N): N, (N, K): K, (N, C): C, (N, S): S, (N, M): M,
    (K, K): K, (K, C): K, (K, S): S, (K, M): M,
    (C, C): C, (C, S): S, (C, M): M,
    (S, S): S, (S, M): M,
    (M, M): M,
}  # fmt: skip
NOT = {N: M, K: K, C: C, S: C, M: N}

TOLD = {"famous": True}


def join(name: str, *results: Result) -> str:
    return judged({name: [STANDS[result] for result in results]}, TOLD)


@pytest.mark.parametrize(("pair", "together"), ALL.items())
def test_all_of_two(pair: tuple[Result, Result], together: Result) -> None:
    assert join("all", *pair) == join("all", *reversed(pair)) == together


@pytest.mark.parametrize(("pair", "together"), ANY.items())
def test_any_of_two(pair: tuple[Result, Result], together: Result) -> None:
    assert join("any", *pair) == join("any", *reversed(pair)) == together


@pytest.mark.parametrize("three", [*permutations(STANDS, 3)])
def test_three_are_joined_as_two_and_one(three: tuple[Result, ...]) -> None:
    assert join("all", *three) == join("all", Result(join("all", *three[:2])), three[2])
    assert join("any", *three) == join("any", Result(join("any", *three[:2])), three[2])


@pytest.mark.parametrize(("result", "turned"), NOT.items())
def test_turned_round(result: Result, turned: Result) -> None:
    assert judged({"not": STANDS[result]}, TOLD) == turned


@pytest.mark.parametrize("condition", STANDS)
@pytest.mark.parametrize("then", STANDS)
@pytest.mark.parametrize("otherwise", STANDS)
def test_one_or_the_other_by_a_condition(condition: Result, then: Result, otherwise: Result) -> None:
    found = judged({"when": {"if": STANDS[condition], "then": STANDS[then], "else": STANDS[otherwise]}}, TOLD)
    if condition in (M, S):
        assert found == then
    elif condition is N:
        assert found == otherwise
    else:
        assert found == (then if then is otherwise else condition)


def test_the_functions_of_truth_agree_with_the_tables() -> None:
    number = {result: truth.RESULTS.index(result) for result in STANDS}
    for pair, together in ALL.items():
        assert truth.all_of(tuple(number[one] for one in pair)) == number[together]
    for pair, together in ANY.items():
        assert truth.any_of(tuple(number[one] for one in pair)) == number[together]
    for result, turned in NOT.items():
        assert truth.NEGATED[number[result]] == number[turned]


def test_always_is_the_same_whatever_is_told() -> None:
    for stands in ("met", "not_met", "unclear"):
        assert judged({"always": stands}, {}) == judged({"always": stands}, TOLD) == stands
