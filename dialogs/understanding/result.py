"""What came of trying to understand a text.

``match`` on the three results: :class:`Understood`, :class:`Ambiguous`, :class:`NotUnderstood`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Reason(Enum):
    """Why a text was not understood; each has its own thing to say to the person."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_RECOGNISED = "not_recognised"
    RANGE = "range"
    """From one value to another, where one value is asked."""
    NOT_WHOLE = "not_whole"
    """A fraction where only whole numbers make sense."""
    TOO_LARGE = "too_large"
    FOREIGN_CURRENCY = "foreign_currency"
    """An amount in another currency; it is never converted."""
    IMPOSSIBLE_DATE = "impossible_date"
    """A day or month that no calendar has, such as 30 February."""
    NO_SUCH_CHOICE = "no_such_choice"
    WRONG_COUNT = "wrong_count"
    """Another number of values than was asked for; ``detail`` is how many were found."""
    WRONG_YEAR = "wrong_year"
    """A year that was not asked for, or one named twice; ``detail`` is that year."""


@dataclass(frozen=True, slots=True)
class Understood(Generic[T]):
    """A value.

    ``approximate``: the text said "about", "nearly", "more than" and the like; ask before relying
    on it. ``alternatives``: other, less likely readings; offer them. ``future``: a date, or one of
    several, lies after today.
    """

    value: T
    approximate: bool = False
    alternatives: tuple[T, ...] = ()
    future: bool = False

    @property
    def certain(self) -> bool:
        """Whether the value can be taken as it is, without asking back."""
        return not self.approximate and not self.alternatives


@dataclass(frozen=True, slots=True)
class Ambiguous(Generic[T]):
    """Two or more readings of which none is likelier; the person has to say which."""

    readings: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """No value, and why. ``detail`` is the piece of text or the number the reason is about."""

    reason: Reason
    detail: str = ""


Result = Understood[T] | Ambiguous[T] | NotUnderstood


def mapped(result: Result[T], change: Callable[[T], U]) -> Result[U]:
    """The same result with each of its values changed by ``change``."""
    match result:
        case Understood(value, approximate, alternatives, future):
            return Understood(change(value), approximate, tuple(map(change, alternatives)), future)
        case Ambiguous(readings):
            return Ambiguous(tuple(map(change, readings)))
        case NotUnderstood():
            return result


def roughly(result: Result[T]) -> Result[T]:
    """The same result, marked as approximate where there is a value."""
    return replace(result, approximate=True) if isinstance(result, Understood) else result
