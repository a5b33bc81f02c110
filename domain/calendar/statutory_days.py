"""Holidays that the law itself puts on days of the solar calendar, so that they are known before any list is out.

全国年节及纪念日放假办法 (Measures for Holidays of National Festivals and Memorial Days) Art. 2, as revised with effect from
2025: New Year's Day on 1 January, Labour Day on 1 and 2 May, National Day on 1 to 3 October. The other festivals of Art. 2
follow the lunar calendar, and what is put before or after a festival, or worked instead, is decided year by year: all that
is known with the list alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.calendar.holiday_lists import LATEST_YEAR

FIRST_YEAR: Final = 2025
"""Since when the days are these; the lists of all years before it are out."""

_DAYS: Final = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


def statutory_days(year: int) -> tuple[date, ...]:
    """The days off that are known by law alone; none of a year before these days were set, or after any list may be."""
    return tuple(date(year, month, day) for month, day in _DAYS) if FIRST_YEAR <= year <= LATEST_YEAR else ()


def statutory_days_without(known_years: frozenset[int]) -> Iterator[date]:
    """These days of every year whose list is not known."""
    for year in range(FIRST_YEAR, LATEST_YEAR + 1):
        if year not in known_years:
            yield from statutory_days(year)
