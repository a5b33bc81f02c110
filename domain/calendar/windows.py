"""Windows of "near N years", for figures and for incidents.

Figures are those of the latest complete fiscal years. For incidents the texts leave the start
open: the conservative reading starts on 1 January of the Nth year before the application and runs
to the decision; the alternative one reaches back N times twelve months from the application. An
incident between the two starts is neither in nor out: it is for the authority to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.calendar.periods import add_months


@dataclass(frozen=True, slots=True)
class Window:
    """The days from ``first`` to ``last``, both counted."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def holds(self, earliest: date, latest: date) -> bool | None:
        """Whether something that happened between two days happened within the window.

        ``None`` when only some of those days lie in it.
        """
        if self.first <= earliest and latest <= self.last:
            return True
        if latest < self.first or earliest > self.last:
            return False
        return None


def fiscal_years(as_of: date, years: int = 3) -> tuple[int, ...]:
    """The latest ``years`` complete fiscal years before ``as_of``, oldest first.

    An application at any time in 2026 looks at 2023, 2024 and 2025.
    """
    return tuple(range(max(as_of.year - years, 1), as_of.year))


def incidents_conservative(applied: date, years: int = 3, *, decided: date | None = None) -> Window:
    """From 1 January of the Nth year before the application up to the decision.

    While nothing is decided (``None``) the window ends with the application.
    """
    last = applied if decided is None else max(applied, decided)
    return Window(date(max(applied.year - years, 1), 1, 1), last)


def incidents_alternative(applied: date, years: int = 3) -> Window:
    """The N times twelve months that end with the application."""
    return Window(add_months(applied, -12 * years), applied)
