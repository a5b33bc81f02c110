"""Spans of time and sizes, roughly, as people say them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from locales.words import Words

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")


def span(words: Words, time: timedelta) -> str:
    """How long, in the largest unit of which there are two."""
    seconds = round(abs(time.total_seconds()))
    if seconds < 120:
        return words.count("%(n)s second", "%(n)s seconds", seconds)
    if seconds < 2 * 3600:
        return words.count("%(n)s minute", "%(n)s minutes", seconds // 60)
    if seconds < 2 * 86_400:
        return words.count("%(n)s hour", "%(n)s hours", seconds // 3600)
    return words.count("%(n)s day", "%(n)s days", seconds // 86_400)


def size(words: Words, n: int) -> str:
    """So many bytes."""
    amount, unit = Decimal(n), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{words.number(round(amount, 1))} {_UNITS[unit]}"
