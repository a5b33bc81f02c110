"""How large the measurements are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sizes:
    """The defaults take about a quarter of an hour on two cores, all parts together."""

    people: int = 300
    """Who talk at once."""

    rounds: int = 1
    """How often everybody answers all questions in a closed loop over HTTP."""

    rounds_inside: int = 3
    """And inside the process, where a round takes a second or two."""

    rounds_in_turns: int = 7
    """Closed loops inside the process, of each in turns."""

    times: int = 3
    """Measurements of each in turns: open loops over HTTP, of which the middle one counts. Closed loops over HTTP one fewer."""

    seconds: float = 10.0
    """What is measured of an open loop."""

    warm_seconds: float = 2.0
    """Of an open loop, before that."""

    settle: float = 1.0
    """Seconds from a bot's first poll to the first update, over HTTP: what it does at its start is not measured."""

    patience: float = 15.0
    """Seconds of silence after which what is not answered counts as lost."""

    calls: int = 20_000
    """Calls by which the platform itself is measured."""

    stored: tuple[int, int] = (1_000, 1_000_000)
    """Conversations stored, few and many."""

    copied: int = 1_000
    """Conversations really held, of which the many are copies."""

    visitors: int = 100_000
    """People who talked before the memory is read."""

    listeners: int = 100_000
    """People who are sent a broadcast."""

    limited_seconds: float = 75.0
    """What is measured of a broadcast within Telegram's limits."""

    peers_made: bool = True
    """Make the environments of peers that are not there yet."""


FULL: Final = Sizes()

TINY: Final = Sizes(
    people=2,
    rounds_inside=1,
    rounds_in_turns=2,
    times=1,
    seconds=0.3,
    warm_seconds=0.1,
    settle=0.0,
    patience=3.0,
    calls=50,
    stored=(10, 30),
    copied=10,
    visitors=5,
    listeners=20,
    limited_seconds=2.0,
    peers_made=False,
)
"""To see that everything still runs."""
