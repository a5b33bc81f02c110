"""Incubation cycles of whole years: which cycle and year a day lies in, and who is taught then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.calendar.periods import add_months, last_day_safe
from domain.programme.model import Programme


@dataclass(frozen=True, slots=True)
class CycleDay:
    """A day's place: cycle 1, 2, ... and year 1, 2, ... in it; the cycle's first and last day."""

    cycle: int
    year: int
    start: date
    safe_end: date


def cycle_on(first_start: date, years: int, day: date) -> CycleDay:
    """The cycle ``day`` lies in; ``ValueError`` when it lies before the first one."""
    if day < first_start:
        raise ValueError("the day lies before the first cycle")
    number = 1
    # The calendar ends with the year 9999; a cycle that reaches it is the last.
    while add_months(first_start, 12 * years * number) <= day < date.max:
        number += 1
    start = add_months(first_start, 12 * years * (number - 1))
    year = 1
    while year < years and add_months(start, 12 * year) <= day:
        year += 1
    return CycleDay(number, year, start, last_day_safe(start, years=years))


def teaching_on(programme: Programme, class_id: str, cycle_start: date, day: date) -> str | None:
    """The teaching planned for a class on a day; ``None`` when none is planned in that year.

    ``KeyError`` for a class the programme does not have.
    """
    found = next((one for one in programme.classes if one.id == class_id), None)
    if found is None or programme.cycle_years is None:
        raise KeyError(class_id)
    place = cycle_on(cycle_start, programme.cycle_years, day)
    return found.teaching if place.cycle == 1 and place.year == found.year else None
