"""Typed values of facts.

A fact that was never answered is absent from a mapping of facts; a fact answered "not sure" holds
:data:`UNCLEAR`. The two are never confused: unknown is not no.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Final, NewType

Yuan = NewType("Yuan", int)
"""A whole amount of Chinese yuan."""


class Unclear(Enum):
    """The answer "not sure", as a value of its own."""

    UNCLEAR = "unclear"

    def __repr__(self) -> str:
        return "UNCLEAR"


UNCLEAR: Final = Unclear.UNCLEAR


class Never(Enum):
    """The answer "it never began" to a question since when."""

    NEVER = "never"

    def __repr__(self) -> str:
        return "NEVER"


NEVER: Final = Never.NEVER

_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date known to the year, the month or the day.

    What was said is kept at its own precision; :attr:`earliest` and :attr:`latest` are the first
    and last day it can mean, so that a rule can use the one that is safe for its purpose.
    """

    year: int
    month: int | None = None
    day: int | None = None
    earliest: date = field(init=False, compare=False, repr=False)
    latest: date = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        earliest = date(
            self.year,
            1 if self.month is None else self.month,
            1 if self.day is None else self.day,
        )
        if self.day is not None:
            latest = earliest
        else:
            month = 12 if self.month is None else self.month
            latest = date(self.year, month, calendar.monthrange(self.year, month)[1])
        # Rules read both ends far more often than dates are made, so they are worked out once.
        object.__setattr__(self, "earliest", earliest)
        object.__setattr__(self, "latest", latest)

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.day is not None

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """The exact day ``day``."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; ``ValueError`` for anything else."""
        return _parsed(text)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
        if self.day is not None:
            parts.append(f"{self.day:02d}")
        return "-".join(parts)


@lru_cache(4096)
def _parsed(text: str) -> PartialDate:
    """Frozen, and the same few thousand days again and again: read once."""
    found = _PARTIAL_DATE.match(text)
    if found is None:
        raise ValueError("expected YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = found.groups()
    return PartialDate(int(year), int(month) if month else None, int(day) if day else None)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: an accident, a complaint, a failed inspection."""

    date: PartialDate
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate held or not, with the last day it is valid (``None``: not told)."""

    held: bool
    number: str = ""
    valid_to: PartialDate | None = None


Number = int | Decimal
YearTable = Mapping[int, Number | Unclear]
"""Figures by calendar year; a year that is absent is unknown."""

Value = (
    bool
    | int
    | Decimal
    | PartialDate
    | str
    | frozenset[str]
    | Mapping[int, Number | Unclear]
    | tuple[Event, ...]
    | Certificate
    | Unclear
    | Never
)
Facts = Mapping[str, Value]
