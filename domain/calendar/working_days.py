"""Working days in mainland China: Monday to Friday, less holidays, plus make-up days.

A period of working days can be counted with the day it starts on (*incl*) or from the next day on
(*excl*). Whoever must act goes by the first, which never ends later; staff may close a publicity
only after the second. Of a year whose official list is not out only weekends and the days that the
law itself names (`statutory_days`) are off, and every period that reaches into it is *provisional*.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Final

from domain.calendar.holiday_lists import HolidayLists, official_lists, read_holiday_file
from domain.calendar.periods import Deadline
from domain.calendar.statutory_days import statutory_days_without

LONGEST_PERIOD: Final = 2_000
"""Most working days a period may have (about eight years); no rule is anywhere near it."""

_LAST_ORDINAL: Final = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class WorkingDayEnd:
    """The last day of a period of working days, and whether it may still move."""

    day: date
    provisional: bool


class WorkingCalendar:
    """Tells working days from others and counts them.

    Counting costs a few microseconds however long the period is: the number of weekdays up to a
    day is arithmetic, and the listed exceptions are summed up once, beforehand.
    """

    def __init__(self, lists: HolidayLists) -> None:
        self._known: Final = lists.years
        known = {day for day in statutory_days_without(lists.years) if day not in lists.work}
        off = {day for day in lists.off | known if day.weekday() < 5}
        work = {day for day in lists.work if day.weekday() >= 5}
        self._off: Final = frozenset(off)
        self._work: Final = frozenset(work)
        exceptions = sorted([(day.toordinal(), -1) for day in off] + [(day.toordinal(), 1) for day in work])
        self._exception_days: Final = [ordinal for ordinal, _ in exceptions]
        self._exception_sums: Final = list(accumulate((change for _, change in exceptions), initial=0))

    @classmethod
    def load(cls, holidays_file: Path | None = None) -> WorkingCalendar:
        """The official lists, overlaid by an operator's file when there is one.

        Raises :class:`domain.calendar.holiday_lists.HolidayFileError` for a file it cannot use.
        """
        lists = official_lists()
        return cls(lists if holidays_file is None else lists.overlaid_by(read_holiday_file(holidays_file)))

    @property
    def digest(self) -> str:
        """Tells these lists from any others."""
        days = [*sorted(self._known), *map(str, sorted(self._off)), *map(str, sorted(self._work))]
        return sha256(" ".join(map(str, days)).encode()).hexdigest()

    @property
    def known_years(self) -> tuple[int, ...]:
        """The years whose official list is loaded, in order."""
        return tuple(sorted(self._known))

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day`` as far as the lists tell."""
        return day in self._work or (day.weekday() < 5 and day not in self._off)

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether any day from ``first`` to ``last`` lies in a year without a list."""
        return any(year not in self._known for year in range(first.year, last.year + 1))

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days there are from ``first`` to ``last``, both counted."""
        if last < first:
            return 0
        return self._up_to(last.toordinal()) - self._up_to(first.toordinal() - 1)

    def wd_end_incl(self, start: date, days: int) -> WorkingDayEnd:
        """The last of ``days`` working days, ``start`` counted when it is one.

        ``ValueError`` unless ``days`` is from 1 to :data:`LONGEST_PERIOD`.
        """
        return self._end(start, start.toordinal(), days)

    def wd_end_excl(self, start: date, days: int) -> WorkingDayEnd:
        """The last of ``days`` working days, counted from the day after ``start``.

        ``ValueError`` unless ``days`` is from 1 to :data:`LONGEST_PERIOD`.
        """
        return self._end(start, start.toordinal() + 1, days)

    def deadline(self, start: date, days: int) -> Deadline:
        """Both ends of a period of working days: safe is *incl*, outer is *excl*."""
        safe, outer = self.wd_end_incl(start, days), self.wd_end_excl(start, days)
        return Deadline(safe.day, outer.day, outer.provisional)

    def last_working_day_on_or_before(self, day: date) -> date:
        """``day`` itself when it is a working day, else the nearest one before."""
        count = self._up_to(day.toordinal())
        return self._nth(count, 1, day.toordinal()) if count else date.min

    def next_working_day_on_or_after(self, day: date) -> date:
        """``day`` itself when it is a working day, else the nearest one after."""
        first = day.toordinal()
        return self._nth(self._up_to(first - 1) + 1, first, min(first + 32, _LAST_ORDINAL))

    def paper_deadline(self, day: date) -> Deadline:
        """The last day to hand in papers where the last day named is ``day``.

        Safe is a working day on or before it; the outer reading moves on to the next working day
        (Civil Code Art. 203).
        """
        safe, outer = self.last_working_day_on_or_before(day), self.next_working_day_on_or_after(day)
        return Deadline(safe, outer, self.is_provisional(safe, outer))

    def _end(self, start: date, first: int, days: int) -> WorkingDayEnd:
        if not 1 <= days <= LONGEST_PERIOD:
            raise ValueError(f"a period has 1 to {LONGEST_PERIOD} working days")
        # A working week has five days in seven, and holidays make up less than one day in ten.
        end = self._nth(self._up_to(first - 1) + days, first, min(first + 2 * days + 32, _LAST_ORDINAL))
        return WorkingDayEnd(end, self.is_provisional(start, end))

    def _up_to(self, ordinal: int) -> int:
        """How many working days there are from the first day of the calendar to ``ordinal``."""
        # Ordinal 1 is a Monday, so the remainder by seven is the day of the week, Sunday being 0.
        weekdays = 5 * (ordinal // 7) + min(ordinal % 7, 5)
        return weekdays + self._exception_sums[bisect_right(self._exception_days, ordinal)]

    def _nth(self, count: int, low: int, high: int) -> date:
        """The first day by which there have been ``count`` working days, known to be in a range.

        Where the calendar of Python ends sooner, its last day.
        """
        while self._up_to(high) < count and high < _LAST_ORDINAL:
            high = min(high + (high - low) + 1, _LAST_ORDINAL)
        found = bisect_left(range(low, high + 1), count, key=self._up_to)
        return date.fromordinal(min(low + found, _LAST_ORDINAL))
