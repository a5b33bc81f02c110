"""The tests of criteria: small typed expressions over facts.

In YAML a test is a mapping with exactly one key, the name of the test. Evaluation is three-valued
(see :mod:`domain.eligibility.truth`); a fact that is not known never decides a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from domain.facts.vocabulary import FactId, OptionId
from domain.programme.parts import Frozen, MonthDay

Bound = int | Decimal


class Yes(Frozen):
    """The yes/no fact is yes."""

    yes: FactId


class No(Frozen):
    """The yes/no fact is no."""

    no: FactId


class Stated(Frozen):
    """The organisation states it (yes/no fact); only experts can judge it.

    Yes is ``self_stated``; no and not sure are ``unclear``: the software never decides it.
    """

    stated: FactId


class StatedAllTerms(Frozen):
    """The terms of :class:`StatedAll`."""

    fact: FactId
    options: tuple[OptionId, ...] = Field(min_length=1)


class StatedAll(Frozen):
    """The organisation states every one of the options of a many-choices fact."""

    stated_all: StatedAllTerms


class EqualsTerms(Frozen):
    """The terms of :class:`Equals`."""

    fact: FactId
    option: OptionId


class Equals(Frozen):
    """The choice is this option."""

    equals: EqualsTerms


class OneOfTerms(Frozen):
    """The terms of :class:`OneOf`."""

    fact: FactId
    options: tuple[OptionId, ...] = Field(min_length=1)


class OneOf(Frozen):
    """The choice is one of the options."""

    one_of: OneOfTerms


class IncludesAny(Frozen):
    """The many choices hold at least one of the options."""

    includes_any: OneOfTerms


class IncludesAll(Frozen):
    """The many choices hold all of the options."""

    includes_all: OneOfTerms


class Bounds(Frozen):
    """One or two bounds of a number."""

    at_least: Bound | None = None
    at_most: Bound | None = None
    more_than: Bound | None = None
    less_than: Bound | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        bounds = (self.at_least, self.at_most, self.more_than, self.less_than)
        if all(bound is None for bound in bounds):
            raise ValueError("give at least one of at_least, at_most, more_than, less_than")
        return self


class NumberTerms(Bounds):
    """The terms of :class:`Number`."""

    fact: FactId


class Number(Frozen):
    """A number, count, amount, percentage or year within bounds."""

    number: NumberTerms


class FiguresTerms(Bounds):
    """The terms of :class:`Figures`."""

    fact: FactId
    years: Annotated[int, Field(ge=1, le=10)] = 3


class EveryYear(Frozen):
    """The figure of each of the latest complete years is within bounds."""

    every_year: FiguresTerms


class LatestYear(Frozen):
    """The figure of the latest complete year is within bounds."""

    latest_year: FiguresTerms


class Average(Frozen):
    """The average of the latest complete years is within bounds."""

    average: FiguresTerms


class HeldForTerms(Frozen):
    """The terms of :class:`HeldFor`."""

    fact: FactId
    years: Annotated[int, Field(ge=0, le=100)] = 0
    months: Annotated[int, Field(ge=0, le=1200)] = 0

    @property
    def total_months(self) -> int:
        """The period in months."""
        return 12 * self.years + self.months


class HeldFor(Frozen):
    """Since the date at least this long; exactly that long passes."""

    held_for: HeldForTerms


class NoEventTerms(Frozen):
    """The terms of :class:`NoEvent`."""

    fact: FactId
    window: Literal["calendar_years", "rolling", "ever"]
    """``calendar_years``: from 1 January of the Nth year before; ``rolling``: N years back to the day;
    ``ever``: as far as records go."""
    years: Annotated[int, Field(ge=1, le=20)] = 3
    kinds: tuple[OptionId, ...] = ()
    """Only events of these kinds count; empty means all."""
    after: FactId | None = None
    """Only events on or after this date fact count."""


class NoEvent(Frozen):
    """No dated event in the window up to the day of the check."""

    no_event: NoEventTerms


class EventWithinTerms(Frozen):
    """The terms of :class:`EventWithin`."""

    fact: FactId
    after: FactId
    """The date the window runs from."""
    years: Annotated[int, Field(ge=1, le=20)]
    counted: Literal["civil", "start_counted", "calendar_years"] = "civil"
    """``civil``: to the same day N years later, included; ``start_counted``: to the day before it;
    ``calendar_years``: to the end of that year."""
    kinds: tuple[OptionId, ...] = ()


class EventWithin(Frozen):
    """At least one dated event lies within N years after a date."""

    event_within: EventWithinTerms


class Valid(Frozen):
    """The certificate is held and valid on the day of the check."""

    valid: FactId


class Held(Frozen):
    """The certificate is held, valid or not."""

    held: FactId


class ShareTerms(Frozen):
    """The terms of :class:`Share`."""

    part: FactId
    whole: FactId
    percent: Annotated[int, Field(ge=0, le=100)]


class ShareAtLeast(Frozen):
    """part / whole is at least so many percent, compared in whole numbers, never rounded."""

    share_at_least: ShareTerms


class CompareTerms(Frozen):
    """The terms of :class:`Compare`."""

    fact: FactId
    relation: Literal["at_least", "at_most", "more_than", "less_than", "equal"]
    other: FactId
    plus: int = 0
    """Added to ``other`` before comparing."""


class Compare(Frozen):
    """Two numbers compared."""

    compare: CompareTerms


class DayBoundsTerms(Frozen):
    """The terms of :class:`DayBounds`."""

    fact: FactId
    on_or_after: date | None = None
    on_or_before: date | None = None

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.on_or_after is None and self.on_or_before is None:
            raise ValueError("give on_or_after, on_or_before or both")
        if self.on_or_after and self.on_or_before and self.on_or_before < self.on_or_after:
            raise ValueError("the span ends before it begins")
        return self


class DayBetween(Frozen):
    """The date lies between two fixed days, both included."""

    day_between: DayBoundsTerms


class DayOfYearTerms(Frozen):
    """The terms of :class:`DayOfYear`."""

    fact: FactId
    since: MonthDay = "01-01"
    until: MonthDay = "12-31"

    @model_validator(mode="after")
    def _lies_in_one_year(self) -> Self:
        if self.until < self.since:
            raise ValueError("the window ends before it begins; one over the new year is two windows")
        return self


class DayOfYear(Frozen):
    """The date lies in a window of its own year, both days included."""

    day_of_year: DayOfYearTerms


class AfterWorkingDaysTerms(Frozen):
    """The terms of :class:`AfterWorkingDays`."""

    fact: FactId
    start: FactId
    days: Annotated[int, Field(ge=1, le=250)]
    counting: Literal["including_start", "excluding_start"] = "excluding_start"


class AfterWorkingDays(Frozen):
    """The date is later than the last of N working days counted from another date."""

    after_working_days: AfterWorkingDaysTerms


class Known(Frozen):
    """The fact was told (not sure counts as not told). For ``applies_when`` of facts never asked."""

    known: FactId


class Always(Frozen):
    """The same whatever the facts: what the text leaves open, or a reading that asks nothing."""

    always: Literal["met", "not_met", "unclear"]


class AllOf(Frozen):
    """Every expression holds."""

    all: tuple[Expression, ...] = Field(min_length=1)


class AnyOf(Frozen):
    """At least one test holds."""

    any: tuple[Expression, ...] = Field(min_length=1)


class Not(Frozen):
    """The test does not hold."""

    not_: Annotated[Expression, Field(alias="not")]


class WhenTerms(Frozen):
    """The terms of :class:`When`."""

    if_: Annotated[Expression, Field(alias="if")]
    then: Expression
    else_: Annotated[Expression, Field(alias="else")]


class When(Frozen):
    """One test or another, by a condition."""

    when: WhenTerms


def _name(value: Any) -> str | None:
    if isinstance(value, Mapping):
        return str(next(iter(value))) if len(value) == 1 else None
    if isinstance(value, Frozen):
        field = next(iter(type(value).model_fields.values()))
        return field.alias or next(iter(type(value).model_fields))
    return None


Expression = Annotated[
    Annotated[Yes, Tag("yes")]
    | Annotated[No, Tag("no")]
    | Annotated[Stated, Tag("stated")]
    | Annotated[StatedAll, Tag("stated_all")]
    | Annotated[Equals, Tag("equals")]
    | Annotated[OneOf, Tag("one_of")]
    | Annotated[IncludesAny, Tag("includes_any")]
    | Annotated[IncludesAll, Tag("includes_all")]
    | Annotated[Number, Tag("number")]
    | Annotated[EveryYear, Tag("every_year")]
    | Annotated[LatestYear, Tag("latest_year")]
    | Annotated[Average, Tag("average")]
    | Annotated[HeldFor, Tag("held_for")]
    | Annotated[NoEvent, Tag("no_event")]
    | Annotated[EventWithin, Tag("event_within")]
    | Annotated[Valid, Tag("valid")]
    | Annotated[Held, Tag("held")]
    | Annotated[ShareAtLeast, Tag("share_at_least")]
    | Annotated[Compare, Tag("compare")]
    | Annotated[DayBetween, Tag("day_between")]
    | Annotated[DayOfYear, Tag("day_of_year")]
    | Annotated[AfterWorkingDays, Tag("after_working_days")]
    | Annotated[Known, Tag("known")]
    | Annotated[Always, Tag("always")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[When, Tag("when")],
    Discriminator(
        _name,
        custom_error_type="test",
        custom_error_message="a test is a mapping with exactly one key, the name of a known test",
    ),
]

for _model in (AllOf, AnyOf, Not, WhenTerms, When):
    _model.model_rebuild()


def children(test: Expression) -> tuple[Expression, ...]:
    """The tests directly inside ``test``."""
    match test:
        case AllOf():
            return test.all
        case AnyOf():
            return test.any
        case Not():
            return (test.not_,)
        case When():
            return (test.when.if_, test.when.then, test.when.else_)
        case _:
            return ()


_FACT_TERMS = ("fact", "part", "whole", "other", "start", "after")


def facts_of(test: Expression) -> Iterator[str]:
    """The ids of the facts a test reads, in reading order, repeated when read again."""
    for child in children(test):
        yield from facts_of(child)
    if isinstance(test, Always | AllOf | AnyOf | Not | When):
        return
    terms = getattr(test, next(iter(type(test).model_fields)))
    if isinstance(terms, str):
        yield terms
        return
    for name in _FACT_TERMS:
        fact = getattr(terms, name, None)
        if fact is not None:
            yield fact
