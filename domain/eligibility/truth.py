"""Three-valued logic (Kleene) with one more shade: what an organisation states about itself.

Truths are small integers so that "all" is a minimum; they become :class:`Result` at the edge.
``UNKNOWN`` (never answered) and ``UNCLEAR`` (not sure, or left open by the text) are both undecided.
They differ in what may follow: an unknown can still be asked.
"""

from __future__ import annotations

from typing import Final

from domain.programme.parts import Result

NOT_MET: Final = 0
UNKNOWN: Final = 1
UNCLEAR: Final = 2
SELF_STATED: Final = 3
MET: Final = 4
NOT_APPLICABLE: Final = 5

RESULTS: Final = (
    Result.NOT_MET,
    Result.UNKNOWN,
    Result.UNCLEAR,
    Result.SELF_STATED,
    Result.MET,
    Result.NOT_APPLICABLE,
)
"""The result of each truth, by its number."""

NEGATED: Final = (MET, UNKNOWN, UNCLEAR, UNCLEAR, NOT_MET)
"""The truth of "not", by number. The contrary of a mere statement is not decided by us."""

ANY_RANK: Final = (0, 2, 1, 3, 4)
"""How truths rank for "any": an unknown above an unclear one, for asking may still settle it.
The mapping is its own inverse."""


def all_of(truths: tuple[int, ...]) -> int:
    """Kleene "and"."""
    return min(truths)


def any_of(truths: tuple[int, ...]) -> int:
    """Kleene "or"."""
    return ANY_RANK[max(ANY_RANK[truth] for truth in truths)]
