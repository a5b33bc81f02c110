"""What staff have to see to, so that days come out right. Subject of ``holiday_list_missing``: ``year``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.calendar.working_days import WorkingCalendar
from domain.reminders.kinds import Kinds
from domain.reminders.model import Reminder, Situation
from domain.reminders.tools import Tools, counted
from domain.staff import Role

_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.CITY_OFFICER})


def find(situation: Situation, tools: Tools) -> Iterator[Reminder]:
    """The official holiday lists that are missing, for those who can see to it."""
    if situation.roles & _KEEPERS:
        yield from lists_missing(situation.as_of, tools.kinds, tools.calendar)


def lists_missing(as_of: date, kinds: Kinds, calendar: WorkingCalendar) -> Iterator[Reminder]:
    """The official holiday list of this year and the next, as long as it is not loaded."""
    for year in (as_of.year, as_of.year + 1):
        if year in calendar.known_years:
            continue
        yield from counted(
            kinds["holiday_list_missing"],
            str(year),
            date(year, 1, 1),
            until=date(year, 12, 31),
            subject={"year": year},
        )
