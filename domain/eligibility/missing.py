"""Finding what is missing in a criterion that is not met, and by how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from domain.calendar import periods
from domain.calendar.windows import fiscal_years
from domain.eligibility import dated_leaves, leaves
from domain.eligibility.binding import Bound
from domain.eligibility.cure import clears_on
from domain.eligibility.evaluate import Evaluation, Outcome
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
from domain.eligibility.truth import NOT_MET, SELF_STATED, UNCLEAR, UNKNOWN
from domain.programme import expressions as e
from domain.programme.parts import Result
from domain.programme.rules import Criterion
from domain.values import UNCLEAR as NOT_SURE
from domain.values import Certificate, Facts, PartialDate, Unclear, Value

_HOLDS: Final = (Result.MET, Result.SELF_STATED, Result.NOT_APPLICABLE)


def gaps_of(evaluation: Evaluation, outcome: Outcome[Criterion]) -> tuple[Gap, ...]:
    """What keeps a criterion from being met: under the conservative reading, or under the other
    one when only that is not met."""
    if outcome.conservative in _HOLDS and outcome.alternative in _HOLDS:
        return ()
    examined = evaluation.examination.examined(outcome.rule.id)
    as_of, facts = evaluation.examination.as_of, evaluation.facts
    applies = examined.applies_when
    if applies is not None and applies.judge(facts) < SELF_STATED:
        return _each_once(_undecided(applies, facts, as_of))
    for bound in examined.bound():
        if bound.judge(facts) < SELF_STATED:
            return _each_once(_gaps(bound, facts, as_of))
    return ()


def _each_once(gaps: Iterator[Gap]) -> tuple[Gap, ...]:
    found: list[Gap] = []  # a gap may hold a table, which cannot be hashed
    for gap in gaps:
        if gap not in found:
            found.append(gap)
    return tuple(found)


def _gaps(bound: Bound, facts: Facts, as_of: date) -> Iterator[Gap]:
    truth = bound.judge(facts)
    if truth >= SELF_STATED:
        return
    match bound.expression:
        case e.AllOf():
            # Where something fails, what is merely open beside it can wait.
            for part in bound.parts:
                if part.judge(facts) == NOT_MET or truth != NOT_MET:
                    yield from _gaps(part, facts, as_of)
        case e.AnyOf():
            for part in bound.parts:
                yield from _gaps(part, facts, as_of)
        case e.When():
            condition, then, otherwise = bound.parts
            decided = condition.judge(facts)
            if decided >= SELF_STATED:
                yield from _gaps(then, facts, as_of)
            elif decided == NOT_MET:
                yield from _gaps(otherwise, facts, as_of)
            else:
                yield from _undecided(condition, facts, as_of)
        case e.Not():
            yield from _negated(bound.parts[0], facts, as_of)
        case _:
            yield from _leaf(bound, facts, as_of)


def _undecided(bound: Bound, facts: Facts, as_of: date) -> Iterator[Gap]:
    """Why a condition cannot be decided."""
    if bound.judge(facts) not in (UNKNOWN, UNCLEAR):
        return
    match bound.expression:
        case e.Not():
            yield from _negated(bound.parts[0], facts, as_of)
        case e.When():
            condition, then, otherwise = bound.parts
            decided = condition.judge(facts)
            chosen = then if decided >= SELF_STATED else otherwise if decided == NOT_MET else condition
            yield from _undecided(chosen, facts, as_of)
        case e.AllOf() | e.AnyOf():
            for part in bound.parts:
                yield from _undecided(part, facts, as_of)
        case _:
            yield from _leaf(bound, facts, as_of)


def _negated(bound: Bound, facts: Facts, as_of: date) -> Iterator[Gap]:
    if bound.judge(facts) in (UNKNOWN, UNCLEAR):
        yield from _undecided(bound, facts, as_of)
        return
    if isinstance(bound.expression, e.Not):
        yield from _gaps(bound.parts[0], facts, as_of)
        return
    told = [fact for fact in dict.fromkeys(_all_facts(bound)) if fact in facts]
    for fact in told:
        yield NotAccepted(fact, facts[fact])
    if not told:
        yield TextLeavesOpen()


def _all_facts(bound: Bound) -> Iterator[str]:
    yield from bound.facts
    for part in bound.parts:
        yield from _all_facts(part)


def _leaf(  # noqa: C901  # one flat case for each test
    bound: Bound, facts: Facts, as_of: date
) -> Iterator[Gap]:
    expression = bound.expression
    if isinstance(expression, e.Always):
        yield TextLeavesOpen()
        return
    told = True
    for fact in bound.facts:
        value = facts.get(fact)
        if value is None:
            told = False
            yield NotAnswered(fact)
        elif value is NOT_SURE:
            told = False
            yield NotSure(fact)
    if not told:
        return
    match expression:
        case e.HeldFor(held_for=period):
            yield from _too_short(period, facts[period.fact], as_of)
        case e.Number(number=bounds):
            yield from _out_of_bounds(bounds.fact, bounds, facts[bounds.fact], None)
        case e.EveryYear(every_year=figures):
            yield from _years(figures, facts, fiscal_years(as_of, figures.years))
        case e.LatestYear(latest_year=figures):
            yield from _years(figures, facts, fiscal_years(as_of, 1))
        case e.Average(average=figures):
            yield from _average(figures, facts, fiscal_years(as_of, figures.years))
        case e.NoEvent(no_event=terms):
            yield from _events(terms, facts, as_of)
        case e.Valid() | e.Held():
            yield from _certificate(bound.facts[0], facts, as_of)
        case e.Equals(equals=choice):
            yield NotAccepted(choice.fact, facts[choice.fact], (choice.option,))
        case e.OneOf(one_of=choices):
            yield NotAccepted(choices.fact, facts[choices.fact], choices.options)
        case e.IncludesAny(includes_any=choices):
            yield NotAccepted(choices.fact, facts[choices.fact], choices.options)
        case e.IncludesAll(includes_all=choices) | e.StatedAll(stated_all=choices):
            yield _not_included(choices.fact, choices.options, facts[choices.fact])
        case e.DayBetween() | e.DayOfYear() | e.AfterWorkingDays():
            value = facts[bound.facts[0]]
            if bound.judge(facts) == UNCLEAR and isinstance(value, PartialDate):
                yield NotExact(bound.facts[0], value)
            else:
                yield NotAccepted(bound.facts[0], value)
        case _:
            for fact in bound.facts:
                yield NotAccepted(fact, facts[fact])


def _not_included(fact: str, options: tuple[str, ...], value: Value) -> Gap:
    chosen = value if isinstance(value, frozenset) else frozenset()
    return NotAccepted(fact, value, tuple(option for option in options if option not in chosen))


def _too_short(period: e.HeldForTerms, value: Value, as_of: date) -> Iterator[Gap]:
    if not isinstance(value, PartialDate):
        yield NotAccepted(period.fact, value)
        return
    months = period.total_months
    if value.earliest <= dated_leaves.last_start(as_of, months) < value.latest:
        yield NotExact(period.fact, value)
        return
    short_months, short_days = periods.shortfall(value.latest, as_of, months)
    yield TooShort(period.fact, value, months, short_months, short_days, periods.met_on(value.latest, months))


_BOUNDS: Final = ("at_least", "at_most", "more_than", "less_than")


def _out_of_bounds(fact: str, bounds: e.Bounds, value: object, year: int | None) -> Iterator[Gap]:
    if not isinstance(value, int | Decimal):
        return
    for relation in _BOUNDS:
        bound = getattr(bounds, relation)
        if bound is None or leaves.within(e.Bounds(**{relation: bound}))(value):
            continue
        yield OutOfBounds(fact, value, bound, relation, abs(value - bound), year)


def _years(figures: e.FiguresTerms, facts: Facts, years: tuple[int, ...]) -> Iterator[Gap]:
    table = facts[figures.fact]
    if not isinstance(table, Mapping):
        return
    failing = [
        gap
        for year in years
        if year in table
        for gap in _out_of_bounds(figures.fact, figures, table[year], year)
    ]
    yield from failing
    if failing:
        return
    missing = tuple(year for year in years if year not in table)
    if missing:
        yield NotAnswered(figures.fact, missing)
    elif any(table[year] is NOT_SURE for year in years):
        yield NotSure(figures.fact)


def _average(figures: e.FiguresTerms, facts: Facts, years: tuple[int, ...]) -> Iterator[Gap]:
    table = facts[figures.fact]
    if not isinstance(table, Mapping):
        return
    missing = tuple(year for year in years if year not in table)
    if missing:
        yield NotAnswered(figures.fact, missing)
        return
    known = [figure for year in years if not isinstance(figure := table[year], Unclear)]
    if len(known) < len(years):
        yield NotSure(figures.fact)
        return
    mean = sum(map(Decimal, known), Decimal(0)) / len(known)
    yield from _out_of_bounds(figures.fact, figures, mean, None)


def _events(terms: e.NoEventTerms, facts: Facts, as_of: date) -> Iterator[Gap]:
    for event in dated_leaves.counting_events(terms, as_of, facts):
        yield EventCounts(terms.fact, event, clears_on(terms, event))


def _certificate(fact: str, facts: Facts, as_of: date) -> Iterator[Gap]:
    value = facts[fact]
    if not isinstance(value, Certificate):
        return
    if not value.held:
        yield NotHeld(fact)
    elif value.valid_to is not None and value.valid_to.latest < as_of:
        yield Expired(fact, value.valid_to)
    else:
        yield ValidityNotTold(fact)
