"""Periods of months and years, counted the way the Civil Code counts them.

A period ends on the same day of the month it began on, and on the last day of the month where that
day does not exist (Civil Code Art. 202); the day it begins on is not counted (Art. 201). Many
people do count that day, which ends a period one day sooner. Hence two ends: the *safe* one, for
whoever must act in time or relies on a right, and the *outer* one, before which nobody may suffer
from being late.

Days beyond the calendar of Python (years 1 to 9999) are held at its ends; nothing here overflows.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

_FIRST_MONTH = 12
_LAST_MONTH = 12 * 9999 + 11


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day, as the participant should take it and as others must grant it.

    ``provisional`` says that the days rest on a year whose official holiday list is not out.
    """

    safe: date
    outer: date
    provisional: bool = False

    def __post_init__(self) -> None:
        if self.safe > self.outer:
            raise ValueError("the safe day cannot lie after the outer day")


def add_months(start: date, months: int) -> date:
    """The same day of the month ``months`` later (earlier when negative), else that month's end."""
    index = start.year * 12 + start.month - 1 + months
    if index < _FIRST_MONTH:
        return date.min
    if index > _LAST_MONTH:
        return date.max
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def last_day_civil(start: date, *, months: int = 0, years: int = 0) -> date:
    """The last day of a period, the day it starts on not counted."""
    return add_months(start, months + 12 * years)


def last_day_safe(start: date, *, months: int = 0, years: int = 0) -> date:
    """The last day of a period, the day it starts on counted: one day before the civil end."""
    civil = last_day_civil(start, months=months, years=years)
    return civil if civil == date.min else civil - timedelta(days=1)


def period_deadline(start: date, *, months: int = 0, years: int = 0) -> Deadline:
    """Both ends of a period of months and years."""
    return Deadline(
        safe=last_day_safe(start, months=months, years=years),
        outer=last_day_civil(start, months=months, years=years),
    )


def full_months_between(start: date, end: date) -> int:
    """How many whole months fit between two days; 0 when the end lies before the start.

    The day that completes a month is the one :func:`add_months` names, so 31 January to
    28 February is a whole month.
    """
    if end <= start:
        return 0
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def met_on(start: date, months: int) -> date:
    """The first day on which something that began on ``start`` has lasted ``months`` months."""
    return add_months(start, months)


def shortfall(start: date, as_of: date, months: int) -> tuple[int, int]:
    """How much is missing on ``as_of`` until ``months`` months since ``start`` are complete.

    Whole months and the days left over, counted onwards from ``as_of``; ``(0, 0)`` when complete.
    """
    due = met_on(start, months)
    if due <= as_of:
        return 0, 0
    whole = full_months_between(as_of, due)
    return whole, (due - add_months(as_of, whole)).days
