"""A date chosen by buttons: first the year, then the month, then the day or the month as a whole.

Nothing is answered before the last press; what it fills in is read like a text that was typed.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final

from bot.telegram.callback_data import Binding
from bot.telegram.rows import Key, Rows, in_rows
from dialogs.engine.screen import Screen
from locales.words import Words

YEARS: Final = 12
_YEARS: Final = re.compile(r"y(\d{4})", re.ASCII)
_MONTHS: Final = re.compile(r"m(\d{4})", re.ASCII)
_DAYS: Final = re.compile(r"e(\d{4})-(\d{2})", re.ASCII)


def offers_dates(screen: Screen) -> bool:
    """Whether this screen asks for a date or a year."""
    return screen.expects is not None and screen.expects.kind in {"date", "year"}


def date_rows(screen: Screen, words: Words, view: str, today: date) -> Rows:
    """The row that opens the calendar, or the part of the calendar that was asked for."""
    by = _Buttons(screen, words)
    if (found := _DAYS.fullmatch(view)) is not None and 1 <= int(found[2]) <= 12 and int(found[1]) >= 1:
        return by.days(int(found[1]), int(found[2]))
    if (found := _MONTHS.fullmatch(view)) is not None and int(found[1]) >= 1:
        return by.months(int(found[1]))
    if (found := _YEARS.fullmatch(view)) is not None:
        return by.years(min(max(int(found[1]), 1), 9000))
    is_year = screen.expects is not None and screen.expects.kind == "year"
    label = words.say("Choose the year") if is_year else words.say("Choose the date")
    return ((by.look(f"🗓 {label}", f"y{today.year - YEARS + 3:04d}"),),)


class _Buttons:
    def __init__(self, screen: Screen, words: Words) -> None:
        self._binding = Binding(screen.conversation, screen.revision)
        self._words = words
        self._year_alone = screen.expects is not None and screen.expects.kind == "year"

    def look(self, label: str, view: str) -> Key:
        return Key(label, self._binding.look(view))

    def fill(self, label: str, text: str) -> Key:
        return Key(label, self._binding.fill(text))

    def years(self, first: int) -> Rows:
        keys = []
        for year in range(first, first + YEARS):
            label = self._words.year(date(year, 1, 1))
            keys.append(
                self.fill(label, f"{year:04d}") if self._year_alone else self.look(label, f"m{year:04d}")
            )
        turning = (
            self.look("◀", f"y{max(first - YEARS, 1):04d}"),
            self._close(),
            self.look("▶", f"y{first + YEARS:04d}"),
        )
        return (*in_rows(keys, 3), turning)

    def months(self, year: int) -> Rows:
        keys = [
            self.look(self._words.month(date(year, month, 1)), f"e{year:04d}-{month:02d}")
            for month in range(1, 13)
        ]
        return (*in_rows(keys, 3), (self._back(f"y{year - YEARS // 2:04d}"), self._close()))

    def days(self, year: int, month: int) -> Rows:
        last = calendar.monthrange(year, month)[1]
        keys = [self.fill(str(day), f"{year:04d}-{month:02d}-{day:02d}") for day in range(1, last + 1)]
        name = self._words.month(date(year, month, 1))
        whole = self._words.say("%(month)s, day not known", month=name)
        return (
            (self.fill(whole, f"{year:04d}-{month:02d}"),),
            *in_rows(keys, 7),
            (self._back(f"m{year:04d}"), self._close()),
        )

    def _back(self, view: str) -> Key:
        return self.look(self._words.say("Other dates"), view)

    def _close(self) -> Key:
        return self.look(self._words.say("Close the calendar"), "o1")
