"""Instants in the database: microseconds since 1970 in UTC, exact and ordered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_last: Final[list[tuple[datetime, int]]] = [(_EPOCH, 0)]
"""Whatever one turn stores, it stores with the same instant."""


def to_stored(instant: datetime) -> int:
    """The number kept for an aware instant. ValueError for a naive one: nobody knows when that was."""
    known, number = _last[0]
    if instant is known:
        return number
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    number = (instant - _EPOCH) // _MICROSECOND
    _last[0] = instant, number
    return number


def from_stored(number: int) -> datetime:
    """The aware UTC instant of a kept number."""
    return _EPOCH + timedelta(microseconds=number)
