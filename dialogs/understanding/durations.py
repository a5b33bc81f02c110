"""Spans of time: 两年半, 18个月, 2年3个月, "two and a half years", "3 months"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from dialogs.understanding.numbers import magnitude
from domain.calendar.periods import add_months
from domain.values import PartialDate

_PART = re.compile(
    r"(?P<amount>半|[^年月周天]{1,24}?)[ -]?"
    r"(?P<unit>周年|年|个半月|个月|个星期|个礼拜|星期|礼拜|周|天|"
    r"(?:years?|yrs?|months?|mths?|weeks?|wks?|days?)(?![a-z]))"
    r"(?P<half>半| and a half)?(?:,|零|又|，| and |(?: ))*"
)
_UNITS: Final = {"年": "year", "周年": "year", "y": "year", "个月": "month", "个半月": "month", "m": "month"} | {
    "个星期": "week", "个礼拜": "week", "星期": "week", "礼拜": "week", "周": "week", "w": "week", "天": "day", "d": "day"
}  # fmt: skip
_FROM_LONG_TO_SHORT: Final = ("year", "month", "week", "day")
_HALF: Final = Decimal("0.5")
_ONE: Final = {
    "a": Decimal(1),
    "an": Decimal(1),
    "半": _HALF,
    "半个": _HALF,
    "half a": _HALF,
    "a half": _HALF,
}
_HALF_A_MONTH: Final = 15
_MOST_YEARS: Final = 200


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of months and days."""

    months: int
    days: int = 0

    def before(self, day: date) -> PartialDate:
        """When a span that ends on ``day`` began.

        Who says "two years" does not mean the day: a span of whole months is known to the month, so that close to a
        limit the exact day is asked for.
        """
        began = date.fromordinal(max(add_months(day, -self.months).toordinal() - self.days, 1))
        return PartialDate.of(began) if self.days else PartialDate(began.year, began.month)


def duration(text: str) -> Duration | None:
    """The span a normalised text names; ``None`` when it is none, or longer than two centuries."""
    amounts: dict[str, Decimal] = {}
    position = 0
    while position < len(text):
        found = _PART.match(text, position)
        if found is None:
            return None
        unit = _UNITS.get(found["unit"]) or _UNITS[found["unit"][0]]
        amount = _amount(found["amount"])
        later = _FROM_LONG_TO_SHORT[_FROM_LONG_TO_SHORT.index(unit) :]
        if amount is None or any(known in later for known in amounts):
            return None
        if found["half"] or found["unit"] == "个半月":
            amount = amount + _HALF if not amount % 1 else Decimal(-1)
        amounts[unit] = amount
        position = found.end()
    return _span(amounts)


def _span(amounts: dict[str, Decimal]) -> Duration | None:
    months = amounts.get("year", Decimal(0)) * 12 + amounts.get("month", Decimal(0))
    days = amounts.get("week", Decimal(0)) * 7 + amounts.get("day", Decimal(0))
    if months % 1 == _HALF:
        months, days = months - _HALF, days + _HALF_A_MONTH
    if months % 1 or days % 1 or any(amount < 0 for amount in amounts.values()):
        return None
    if not 0 < months * 30 + days <= _MOST_YEARS * 365:
        return None
    return Duration(int(months), int(days))


def _amount(text: str) -> Decimal | None:
    bare = text.strip()
    return _ONE[bare] if bare in _ONE else magnitude(bare)
