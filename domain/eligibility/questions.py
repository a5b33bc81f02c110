"""Which question to ask next: the unknown fact that settles most, and never one that cannot matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import combinations

from domain.eligibility.evaluate import Evaluation
from domain.facts.vocabulary import Vocabulary
from domain.programme import expressions as e
from domain.programme.parts import Force, Kind, Verdict


class Mode(StrEnum):
    """How far a self-check asks."""

    QUICK_VERDICT = "quick_verdict"  # until the verdict stands
    ALL_MY_GAPS = "all_my_gaps"  # until every criterion stands


_WEIGHTS = {Force.HARD: 16.0, Force.SOFT: 2.0, Force.PREFERENCE: 1.0, Force.FORM_ONLY: 1.0}
_STATEMENT = 0.25
"""A mere statement can never be an obstacle, so it settles less and is asked later."""


def remaining(evaluations: Sequence[Evaluation], vocabulary: Vocabulary, mode: Mode) -> tuple[str, ...]:
    """The facts still worth asking for, the one that settles most first.

    A criterion shares its weight among the facts it still needs: one that needs a single answer is
    settled by it. Several evaluations (programmes) add up, so that shared questions come first, and
    before them the choices on which programmes exclude one another, such as the place: whatever the
    answer, it closes one of them and spares all its other questions. Ties keep the order of the
    programmes. Facts an applicant is not asked are left out.
    """
    scores: dict[str, float] = {}
    for evaluation in evaluations:
        _score(evaluation, vocabulary, mode, scores)
    first = _exclusive(evaluations)
    # A stable sort keeps ties in order.
    return tuple(sorted(scores, key=lambda fact: (fact not in first, -scores[fact])))


def next_question(evaluations: Sequence[Evaluation], vocabulary: Vocabulary, mode: Mode) -> str | None:
    """The fact to ask for now; ``None`` when nothing that is still open can matter."""
    return next(iter(remaining(evaluations, vocabulary, mode)), None)


def _exclusive(evaluations: Sequence[Evaluation]) -> frozenset[str]:
    """The choices for which two programmes have no acceptable answer in common."""
    accepted: dict[str, list[frozenset[str]]] = {}
    for evaluation in evaluations:
        needed: dict[str, frozenset[str]] = {}
        for outcome in evaluation.outcomes:
            criterion = outcome.rule
            needs_it = criterion.alternative is None and criterion.applies_when is None
            if criterion.force is Force.HARD and needs_it:
                for fact, options in _needs(criterion.test):
                    needed[fact] = needed.get(fact, options) & options
        for fact, options in needed.items():
            accepted.setdefault(fact, []).append(options)
    return frozenset(
        fact
        for fact, sets in accepted.items()
        if any(one.isdisjoint(other) for one, other in combinations(sets, 2))
    )


def _needs(test: e.Expression) -> Iterator[tuple[str, frozenset[str]]]:
    """The options without which a test cannot be met, by fact."""
    match test:
        case e.AllOf():
            for part in e.children(test):
                yield from _needs(part)
        case e.Equals(equals=choice):
            yield choice.fact, frozenset({choice.option})
        case e.OneOf(one_of=choices):
            yield choices.fact, frozenset(choices.options)
        case _:
            pass


def _score(evaluation: Evaluation, vocabulary: Vocabulary, mode: Mode, scores: dict[str, float]) -> None:
    quick = mode is Mode.QUICK_VERDICT
    if quick and evaluation.verdict is not Verdict.MORE_ANSWERS_NEEDED:
        return
    for outcome in evaluation.outcomes:
        criterion = outcome.rule
        if quick and criterion.force is not Force.HARD:
            continue
        open_now = [
            fact
            for fact in evaluation.open_facts(outcome)
            if fact in vocabulary and vocabulary[fact].is_asked
        ]
        if not open_now:
            continue
        weight = _WEIGHTS[criterion.force]
        if criterion.kind is Kind.JUDGEMENT or isinstance(criterion.test, e.Stated | e.StatedAll):
            weight *= _STATEMENT
        share = weight / len(open_now)
        for fact in open_now:
            scores[fact] = scores.get(fact, 0.0) + share


def settled(evaluation: Evaluation, vocabulary: Vocabulary) -> int:
    """How many criteria no further answer can change; for progress."""
    return sum(
        1
        for outcome in evaluation.outcomes
        if not any(vocabulary[f].is_asked for f in evaluation.open_facts(outcome) if f in vocabulary)
    )
