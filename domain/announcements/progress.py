"""How an announcement fares, in numbers that give nobody away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from domain.announcements.model import Audience

FEW: Final = 5
"""Numbers between 0 and this one are not told: in a small group they would say who is in it. 0 is told, except where
`hides_nobody`."""


class RecipientState(StrEnum):
    """What became of one person's message."""

    WAITING = "waiting"
    QUEUED = "queued"
    """On its way."""
    DELIVERED = "delivered"
    UNCERTAIN = "uncertain"
    """It may have arrived: nobody can tell, and it is not repeated."""
    FAILED = "failed"
    BLOCKED = "blocked"
    """Nothing reaches the person any more."""
    REFUSED = "refused"
    """The person stopped such announcements before theirs was on its way."""
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    """The person was erased before theirs was on its way."""


_ALIASES: Final[Mapping[str, tuple[RecipientState, ...]]] = {
    "waiting": (RecipientState.WAITING, RecipientState.QUEUED),
    "delivered": (RecipientState.DELIVERED,),
    "uncertain": (RecipientState.UNCERTAIN,),
    "failed": (RecipientState.FAILED,),
    "blocked": (RecipientState.BLOCKED,),
    "left_out": (RecipientState.REFUSED, RecipientState.GONE),
    "withdrawn": (RecipientState.WITHDRAWN,),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people an announcement is for, and how many of them are how far."""

    by_state: Mapping[RecipientState, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everybody listed."""
        return sum(self.by_state.values())

    @property
    def open(self) -> int:
        """Those whose message waits or is on its way."""
        return self.figures["waiting"]

    @property
    def figures(self) -> Mapping[str, int]:
        """The numbers people are told, under ``delivered``, ``failed``, ``blocked`` and so on."""
        return {
            name: sum(self.by_state.get(state, 0) for state in states) for name, states in _ALIASES.items()
        }


def few(number: int) -> bool:
    """Whether a number of people is so small that it is told as "fewer than five"."""
    return 0 < number < FEW


def hides_nobody(audience: Audience, around: int) -> bool:
    """Whether it is not told that nobody belongs to an audience, with so many people `around` whatever their result.

    Of a few people, that nobody has a result says what the others have. How many were around when an announcement
    went out is not known afterwards, so about a correction it is never told.
    """
    return audience.verdict is not None and (audience.corrects is not None or few(around))
