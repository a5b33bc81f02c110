"""Values of which every turn makes many.

A frozen dataclass sets each of its fields by way of `object.__setattr__`, which takes several times as long as an assignment.
`made_often` is `dataclass` to whoever checks types, so that nobody assigns to a field of these either; only the guard at run time is
left out (docs/decisions/0019).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as made_often
else:
    from dataclasses import dataclass

    def made_often(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
        """As `dataclass`: equal and hashed by its fields."""
        if not (frozen and slots):
            raise TypeError("only what never changes and has slots is made like this")
        return dataclass(slots=True, kw_only=kw_only, unsafe_hash=True)


__all__ = ["made_often"]
