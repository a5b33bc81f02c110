"""Tests over answers and numbers: each becomes one small function from facts to a truth.

Nothing here raises: a value of a type the test does not expect is ``UNCLEAR``, as somebody must look.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, cast

from domain.eligibility.truth import MET, NOT_MET, SELF_STATED, UNCLEAR, UNKNOWN
from domain.programme import expressions as e
from domain.values import UNCLEAR as NOT_SURE
from domain.values import Facts, Number, YearTable

Judge = Callable[[Facts], int]
_NUMBERS = (int, Decimal)


def answered(fact: str, wanted: bool) -> Judge:
    """Met when the fact is answered as wanted: yes, or no."""
    other = not wanted

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value is wanted:
            return MET
        if value is other:
            return NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def stated(fact: str) -> Judge:
    """Self-stated when the organisation says yes; never decided otherwise."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value is True:
            return SELF_STATED
        return UNKNOWN if value is None else UNCLEAR

    return judge


def stated_all(fact: str, options: frozenset[str]) -> Judge:
    """Self-stated when the organisation claims every option."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if isinstance(value, frozenset) and options <= value:
            return SELF_STATED
        return UNKNOWN if value is None else UNCLEAR

    return judge


def one_of(fact: str, options: frozenset[str]) -> Judge:
    """Met when the choice is among the options."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value.__class__ is str:
            return MET if value in options else NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def includes(fact: str, options: frozenset[str], *, every: bool) -> Judge:
    """Met when the choices hold any (or every) option."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if isinstance(value, frozenset):
            held = options <= value if every else not options.isdisjoint(value)
            return MET if held else NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def within(bounds: e.Bounds) -> Callable[[int | Decimal], bool]:
    """Whether a number keeps all bounds."""
    least, most = bounds.at_least, bounds.at_most
    above, below = bounds.more_than, bounds.less_than
    if above is None and below is None:
        if most is None and least is not None:
            return lambda number: number >= least
        if least is None and most is not None:
            return lambda number: number <= most
    return lambda number: (
        (least is None or number >= least)
        and (most is None or number <= most)
        and (above is None or number > above)
        and (below is None or number < below)
    )


def number(fact: str, bounds: e.Bounds) -> Judge:
    """Met when the number keeps the bounds."""
    holds = within(bounds)

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if isinstance(value, _NUMBERS) and value.__class__ is not bool:
            return MET if holds(value) else NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def every_year(fact: str, bounds: e.Bounds, years: tuple[int, ...]) -> Judge:
    """Met when every year's figure keeps the bounds; one that fails is enough to fail."""
    holds = within(bounds)

    def judge(facts: Facts) -> int:
        table = _table(facts.get(fact))
        if isinstance(table, int):
            return table
        truth = MET
        for year in years:
            figure = table.get(year)
            if figure is None:
                truth = UNKNOWN
            elif figure is NOT_SURE:
                truth = min(truth, UNCLEAR)
            elif not holds(figure):
                return NOT_MET
        return truth

    return judge


def average(fact: str, bounds: e.Bounds, years: tuple[int, ...]) -> Judge:
    """Met when the average of all years keeps the bounds, compared as an exact sum."""
    count = len(years)
    holds = within(
        e.Bounds(
            **{
                name: bound * count
                for name in ("at_least", "at_most", "more_than", "less_than")
                if (bound := getattr(bounds, name)) is not None
            }
        )
    )

    def judge(facts: Facts) -> int:
        table = _table(facts.get(fact))
        if isinstance(table, int):
            return table
        total: Number = 0
        truth = MET
        for year in years:
            figure = table.get(year)
            if figure is None:
                truth = UNKNOWN
            elif figure is NOT_SURE:
                truth = min(truth, UNCLEAR)
            else:
                total += figure
        if truth != MET:
            return truth
        return MET if holds(total) else NOT_MET

    return judge


def _table(value: object) -> YearTable | int:
    """A year table as such; the truth of a test on it when it is none."""
    if value.__class__ is dict or isinstance(value, Mapping):  # the first is the common, quick way
        return cast("YearTable", value)
    return UNKNOWN if value is None else UNCLEAR


def _two_numbers(facts: Facts, first: str, second: str) -> tuple[int | Decimal, int | Decimal] | int:
    one, two = facts.get(first), facts.get(second)
    if not _may_be_number(one) or not _may_be_number(two):
        return UNCLEAR  # where one of them is not sure, the other need not be asked
    if one is None or two is None:
        return UNKNOWN
    return one, two  # type: ignore[return-value]  # both were just found to be numbers


def _may_be_number(value: object) -> bool:
    return value is None or (isinstance(value, _NUMBERS) and not isinstance(value, bool))


def share_at_least(test: e.ShareTerms) -> Judge:
    """Met when 100 x part >= percent x whole; a whole of nothing has no share and is unclear."""

    def judge(facts: Facts) -> int:
        pair = _two_numbers(facts, test.part, test.whole)
        if isinstance(pair, int):
            return pair
        part, whole = pair
        if whole <= 0:
            return UNCLEAR
        return MET if 100 * part >= test.percent * whole else NOT_MET

    return judge


_RELATIONS: Final[Mapping[str, Callable[[Number, Number], bool]]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "equal": operator.eq,
}


def compare(test: e.CompareTerms) -> Judge:
    """Met when the two numbers stand in the relation."""
    holds = _RELATIONS[test.relation]

    def judge(facts: Facts) -> int:
        pair = _two_numbers(facts, test.fact, test.other)
        if isinstance(pair, int):
            return pair
        one, two = pair[0], pair[1] + test.plus
        return MET if holds(one, two) else NOT_MET

    return judge
