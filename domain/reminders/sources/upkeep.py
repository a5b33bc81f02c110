"""What staff have to see to, so that days come out right. Subject of ``holiday_list_missing``: ``year``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.reminders.model import Reminder, Situation
from domain.reminders.tools import Tools, counted
from domain.staff import Role

_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.CITY_OFFICER})


def find(situation: Situation, tools: Tools) -> Iterator[Reminder]:
    """The official holiday list of this year and the next, as long as it is not loaded."""
    if not situation.roles & _KEEPERS:
        return
    for year in (situation.as_of.year, situation.as_of.year + 1):
        if year in tools.calendar.known_years:
            continue
        yield from counted(
            tools.kinds["holiday_list_missing"],
            str(year),
            date(year, 1, 1),
            until=date(year, 12, 31),
            subject={"year": year},
        )
