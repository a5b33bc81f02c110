"""Instants in the database: microseconds since 1970 in UTC, exact and ordered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_stored(instant: datetime) -> int:
    """The number kept for an aware instant. ValueError for a naive one: nobody knows when that was."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (instant - _EPOCH) // _MICROSECOND


def from_stored(number: int) -> datetime:
    """The aware UTC instant of a kept number."""
    return _EPOCH + timedelta(microseconds=number)
