"""Audiences of announcements: whether anybody belongs to one now, how many, and whether somebody still does."""

from __future__ import annotations

from typing import Final

from domain.announcements import FEW, LOOKED_AT, Audience, Looked, hides_nobody
from domain.store.context import Context
from domain.store.repositories.announcement_candidates import PORTION, is_meant, portion_of

GLANCE: Final = LOOKED_AT // PORTION
"""Portions looked at in a turn at most, whatever is stored."""


class Audiences:
    """`tx.audiences`."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def count(self, audience: Audience) -> int:
        """How many people belong to an audience now. Looks at everybody who could: not for the turn of a chat."""
        return self._look(audience, None, None).found

    def glance(self, audience: Audience) -> Looked:
        """How many people of an audience are among the first `LOOKED_AT` who could belong to it."""
        return self._look(audience, None, GLANCE)

    def told_empty(self, audience: Audience) -> bool:
        """Whether it is sure that nobody belongs to an audience now, and that may be told."""
        if not self._look(audience, 1, GLANCE).nobody:
            return False
        if audience.verdict is None:
            return True
        around = self._look(audience.whatever_result, FEW, GLANCE)
        return not hides_nobody(audience, around.found)

    def wants(self, audience: Audience, chat_id: int) -> bool:
        """Whether somebody who was listed has not refused it since."""
        return is_meant(self._context, audience, chat_id)

    def _look(self, audience: Audience, most: int | None, portions: int | None) -> Looked:
        """Look until everybody was looked at, `most` were found, or so many portions were looked at."""
        number, last, looked = 0, 0, 0
        while True:
            found, reached = portion_of(self._context, audience, last)
            number, looked = number + len(found), looked + 1
            if reached is None:
                return Looked(number)
            if (most is not None and number >= most) or looked == portions:
                return Looked(number, all_of_them=False)
            last = reached
