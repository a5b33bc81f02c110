"""Deadlines of a programme computed: the safe day to act by, the outer day before harm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from domain.calendar.periods import add_months, last_day_civil, last_day_safe
from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.dated_leaves import month_day
from domain.programme import dates
from domain.programme.dates import DeadlineRule
from domain.programme.model import Programme


@dataclass(frozen=True, slots=True)
class Due:
    """One computed date of a deadline.

    ``safe``: act by then under every reading. ``outer``: nothing adverse before it has passed.
    ``paper_safe``: the last working day on or before ``safe``, where papers are handed in.
    """

    safe: date
    outer: date
    paper_safe: date | None = None
    provisional: bool = False
    """Reaches into a year whose holiday list is not out yet."""
    alternative: bool = False
    """Comes from the alternative reading only."""
    aim: date | None = None


def due_dates(rule: DeadlineRule, day: date, calendar: WorkingCalendar) -> tuple[Due, ...]:
    """The dates of a deadline.

    ``day`` is the trigger's day; for yearly deadlines the day asked on (the next one that is not
    over is given), for fixed ones it does not matter. Empty where the text gives no date.
    """
    return tuple(_due_dates(rule, day, calendar))


def _due_dates(rule: DeadlineRule, day: date, calendar: WorkingCalendar) -> Iterator[Due]:
    match rule.rule:
        case dates.Annual(annual=yearly):
            yield _annual(yearly, day, calendar)
        case dates.After(after=period):
            months = period.total_months
            yield Due(last_day_safe(day, months=months), last_day_civil(day, months=months))
        case dates.WorkingDays(working_days=count):
            safe = calendar.wd_end_incl(day, count.days)
            including = count.outer == "including_start"
            outer = safe if including else calendar.wd_end_excl(day, count.days)
            yield Due(safe.day, outer.day, provisional=safe.provisional or outer.provisional)
        case dates.Fixed(fixed=given):
            yield Due(given.safe, given.outer or given.safe)
        case dates.Schedule(schedule=plan):
            yield from _schedule(plan, day)
        case dates.BeforeEnd(before_end=lead):
            found = add_months(day, -lead.months_before)
            close = month_day(found.year, lead.window_until)
            latest = min(found, close)
            yield Due(latest, latest)
        case dates.Steps(steps=plan):
            for months in plan.months:
                yield Due(last_day_safe(day, months=months), last_day_civil(day, months=months))
        case dates.NoDate():
            return
        case _:
            assert_never(rule.rule)


def _annual(yearly: dates.AnnualTerms, day: date, calendar: WorkingCalendar) -> Due:
    # Between the safe and the outer day the year's deadline is not over yet.
    ends = (_ends(yearly, year) for year in (day.year - 1, day.year, day.year + 1))
    safe, outer = next(end for end in ends if end[1] >= day)
    if not yearly.paper:
        return Due(safe, outer)
    return Due(
        safe,
        outer,
        calendar.last_working_day_on_or_before(safe),
        calendar.is_provisional(safe, safe),
    )


def _ends(yearly: dates.AnnualTerms, year: int) -> tuple[date, date]:
    safe = month_day(year, yearly.safe)
    outer = month_day(year, yearly.outer or yearly.safe)
    if outer < safe:  # days of grace after the turn of the year
        outer = month_day(year + 1, yearly.outer or yearly.safe)
    return safe, outer


def _schedule(plan: dates.ScheduleTerms, day: date) -> Iterator[Due]:
    for offsets, alternative in (
        (plan.year_offsets, False),
        (plan.alternative_year_offsets, True),
    ):
        for offset in offsets:
            year = day.year + offset
            last = month_day(year, plan.day)
            aim = None if plan.aim is None else month_day(year, plan.aim)
            yield Due(last, last, alternative=alternative, aim=aim)


def deadline(programme: Programme, deadline_id: str) -> DeadlineRule:
    """The deadline with this id; ``KeyError`` when there is none."""
    for rule in programme.deadlines:
        if rule.id == deadline_id:
            return rule
    raise KeyError(deadline_id)
