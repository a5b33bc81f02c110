"""The echo of an answered fact: what was understood, and what it means for the criterion that asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dialogs.criterion_words import result_text
from dialogs.engine.answers import Json
from dialogs.engine.question import Question
from dialogs.engine.screen import Span, plain, strong
from dialogs.engine.unsure import UNCLEAR_VALUE
from dialogs.fact_words import tell
from dialogs.gap_words import duration
from dialogs.world import World
from domain.calendar.periods import full_months_between
from domain.eligibility.evaluate import Outcome
from domain.facts.reading import FactValueError, read_value
from domain.facts.vocabulary import Fact
from domain.programme.expressions import facts_of
from domain.programme.model import Programme
from domain.programme.parts import Force, Result
from domain.programme.rules import Criterion
from domain.values import PartialDate, Value

_SIGNS = {Result.MET: "✓", Result.NOT_MET: "✗"}


def echo_fact(
    world: World, programmes: Sequence[Programme], fact: Fact, question: Question, value: Json
) -> tuple[Span, ...]:
    """The echo; with a single programme, also how the answer stands against its criterion."""
    try:
        typed = read_value(fact, value)
    except FactValueError:
        return question.echo(value)
    name = world.words.say("%(fact)s: ", fact=world.fact_text(fact.short))
    if value == UNCLEAR_VALUE:
        return (*plain(name), *question.echo(value))
    spans = (*plain(name), *strong(tell(world, fact, typed)))
    spans += plain(_so_long(world, fact, typed))
    if len(programmes) == 1:
        for outcome in _settled(world, programmes[0], fact, typed):
            spans += plain(_meaning(world, programmes[0], outcome))
            break
    return spans


_READERS: dict[int, tuple[Programme, dict[str, tuple[Criterion, ...]]]] = {}
"""For each programme in use, by identity, which criteria look at which fact: worked out once."""


def reading_criteria(programme: Programme, fact_id: str) -> tuple[Criterion, ...]:
    """The criteria of a programme that look at a fact."""
    known = _READERS.get(id(programme))
    if known is None or known[0] is not programme:
        known = _READERS[id(programme)] = (programme, _readers(programme))
    return known[1].get(fact_id, ())


def _readers(programme: Programme) -> dict[str, tuple[Criterion, ...]]:
    readers: dict[str, tuple[Criterion, ...]] = {}
    for criterion in programme.criteria:
        tests = (criterion.test, criterion.alternative, criterion.applies_when)
        for fact in dict.fromkeys(fact for test in tests if test is not None for fact in facts_of(test)):
            readers[fact] = (*readers.get(fact, ()), criterion)
    return readers


def _so_long(world: World, fact: Fact, value: Value) -> str:
    """How long ago a day in the past is, in full months."""
    if not isinstance(value, PartialDate) or fact.future or value.latest > world.today:
        return ""
    months = full_months_between(value.latest, world.today)
    if months == 0:
        return ""
    return " " + world.words.say("(%(duration)s until today)", duration=duration(world.words, months, 0))


def _settled(world: World, programme: Programme, fact: Fact, value: Value) -> Iterator[Outcome[Criterion]]:
    """The hard criteria that this answer alone settles."""
    reading = {criterion.id for criterion in reading_criteria(programme, fact.id)}
    evaluation = world.examiner.examination(programme, world.today).evaluate({fact.id: value})
    for outcome in evaluation.outcomes:
        decided = outcome.result in _SIGNS and outcome.rule.force is Force.HARD
        if decided and outcome.rule.id in reading:
            yield outcome


def _meaning(world: World, programme: Programme, outcome: Outcome[Criterion]) -> str:
    text = world.words.say(
        "%(sign)s %(criterion)s: %(result)s (%(clause)s)",
        sign=_SIGNS[outcome.result],
        criterion=world.policy(programme, outcome.rule.title),
        result=world.words.say(result_text(outcome.result)),
        clause=world.clause(programme, outcome.rule.clause),
    )
    return f" {text}"
