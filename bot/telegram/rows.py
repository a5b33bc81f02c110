"""Buttons and rows of them, before they become Telegram's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Key(NamedTuple):
    """A button: what is written on it, and what it sends back."""

    label: str
    data: str


Rows = tuple[tuple[Key, ...], ...]


def in_rows(keys: Sequence[Key], per_row: int) -> Rows:
    """The keys, so many to a row."""
    return tuple([tuple(keys[at : at + per_row]) for at in range(0, len(keys), per_row)])
