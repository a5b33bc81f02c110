"""Deadlines as data: how each date is found, safe for the participant and outer before harm."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from domain.programme.parts import Clause, Frozen, MonthDay, Name, RuleId, Source, Text


class AnnualTerms(Frozen):
    """The terms of :class:`Annual`."""

    safe: MonthDay
    outer: MonthDay | None = None
    paper: bool = False
    """Handed in on paper: the safe day moves back to a working day."""
    since: MonthDay | None = None


class Annual(Frozen):
    """Every year by a day."""

    annual: AnnualTerms


class AfterTerms(Frozen):
    """The terms of :class:`After`."""

    years: int = Field(default=0, ge=0, le=50)
    months: int = Field(default=0, ge=0, le=600)

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if not self.years and not self.months:
            raise ValueError("give years or months")
        return self

    @property
    def total_months(self) -> int:
        """The period in months."""
        return 12 * self.years + self.months


class After(Frozen):
    """A period of months or years after the trigger: safe = start day counted, outer = civil."""

    after: AfterTerms


class WorkingDaysTerms(Frozen):
    """The terms of :class:`WorkingDays`."""

    days: Annotated[int, Field(ge=1, le=250)]
    outer: Literal["excluding_start", "including_start"] = "excluding_start"
    """Staff close a publicity after the excluding count; a staff duty is due at the including one."""


class WorkingDays(Frozen):
    """A number of working days from the trigger."""

    working_days: WorkingDaysTerms


class FixedTerms(Frozen):
    """The terms of :class:`Fixed`."""

    safe: date
    outer: date | None = None
    safe_note: Text | None = None

    @model_validator(mode="after")
    def _safe_comes_first(self) -> Self:
        if self.outer is not None and self.outer < self.safe:
            raise ValueError("the outer day lies before the safe one")
        return self


class Fixed(Frozen):
    """One given day."""

    fixed: FixedTerms


class ScheduleTerms(Frozen):
    """The terms of :class:`Schedule`."""

    year_offsets: tuple[int, ...] = Field(min_length=1)
    alternative_year_offsets: tuple[int, ...] = ()
    day: MonthDay
    aim: MonthDay | None = None
    """A day of the same year to aim at, before the outer day."""


class Schedule(Frozen):
    """On a day of several years counted from the trigger's year."""

    schedule: ScheduleTerms


class BeforeEndTerms(Frozen):
    """The terms of :class:`BeforeEnd`."""

    months_before: int = Field(ge=0, le=60)
    window_until: MonthDay


class BeforeEnd(Frozen):
    """So long before the trigger (an end date), inside a yearly window that closes on a day.

    When the day found lies after the window of its year, the last day of that window counts.
    """

    before_end: BeforeEndTerms


class StepsTerms(Frozen):
    """The terms of :class:`Steps`."""

    months: tuple[int, ...] = Field(min_length=1)


class Steps(Frozen):
    """Several anniversaries of the trigger, in months."""

    steps: StepsTerms


class NoDateTerms(Frozen):
    """The terms of :class:`NoDate`."""

    reason: Text
    default: Text | None = None
    """What we use instead, shown as not from the policy text."""


class NoDate(Frozen):
    """The text gives no date that could be computed."""

    no_date: NoDateTerms


def _name(value: Any) -> str | None:
    if isinstance(value, dict):
        return str(next(iter(value))) if len(value) == 1 else None
    return next(iter(type(value).model_fields), None) if isinstance(value, Frozen) else None


DateRule = Annotated[
    Annotated[Annual, Tag("annual")]
    | Annotated[After, Tag("after")]
    | Annotated[WorkingDays, Tag("working_days")]
    | Annotated[Fixed, Tag("fixed")]
    | Annotated[Schedule, Tag("schedule")]
    | Annotated[BeforeEnd, Tag("before_end")]
    | Annotated[Steps, Tag("steps")]
    | Annotated[NoDate, Tag("no_date")],
    Discriminator(
        _name,
        custom_error_type="date_rule",
        custom_error_message="a date rule is a mapping with exactly one key, the name of a known rule",
    ),
]


class DeadlineRule(Frozen):
    """A date that matters to somebody."""

    id: RuleId
    title: Text
    trigger: Name | None = None
    """The event the date is counted from (``application_received``); none for yearly and fixed days."""
    rule: DateRule
    to: tuple[Name, ...] = ()
    clause: Clause | None = None
    source: Source = Source.TEXT
    readings: Text | None = None
    """Why the safe and the outer day differ."""
    consequence: Text | None = None
    remind_days_before: tuple[int, ...] = ()
    """Defaults of ours: when to remind before the safe day."""
    round: Name | None = None

    @model_validator(mode="after")
    def _trigger_fits(self) -> Self:
        counted = not isinstance(self.rule, Annual | Fixed | NoDate)
        if counted and self.trigger is None:
            raise ValueError("this rule counts from an event: name it in trigger")
        return self
