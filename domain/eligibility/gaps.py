"""What can keep a criterion from being met, each with what is missing and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.values import Event, Number, PartialDate, Value


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """The fact was never told (for a table: some of its years)."""

    fact: str
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NotSure:
    """The fact was answered "not sure"."""

    fact: str


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """The answer is not one the criterion accepts."""

    fact: str
    value: Value
    accepted: tuple[str, ...] = ()
    """Option ids that would be accepted; empty for yes/no."""


@dataclass(frozen=True, slots=True)
class TooShort:
    """Not long enough yet."""

    fact: str
    since: PartialDate
    needed_months: int
    short_months: int
    short_days: int
    met_on: date


@dataclass(frozen=True, slots=True)
class OutOfBounds:
    """A number outside its bounds; ``bound`` is the one it misses, ``by`` the distance."""

    fact: str
    value: Number
    bound: Number
    relation: str  # at_least, at_most, more_than, less_than
    by: Number
    year: int | None = None


@dataclass(frozen=True, slots=True)
class EventCounts:
    """Something happened inside the window; ``clears_on`` is the day it no longer counts."""

    fact: str
    event: Event
    clears_on: date | None


@dataclass(frozen=True, slots=True)
class NotHeld:
    """The certificate is not held."""

    fact: str


@dataclass(frozen=True, slots=True)
class Expired:
    """The certificate's last valid day has passed."""

    fact: str
    valid_to: PartialDate


@dataclass(frozen=True, slots=True)
class ValidityNotTold:
    """The certificate is held, but the last day it is valid was not told (or not exactly)."""

    fact: str


@dataclass(frozen=True, slots=True)
class NotExact:
    """The date is known too roughly to decide; the exact day would."""

    fact: str
    value: PartialDate


@dataclass(frozen=True, slots=True)
class TextLeavesOpen:
    """The policy's text leaves it open, whatever the facts."""


Gap = (
    NotAnswered
    | NotSure
    | NotAccepted
    | TooShort
    | OutOfBounds
    | EventCounts
    | NotHeld
    | Expired
    | ValidityNotTold
    | NotExact
    | TextLeavesOpen
)
