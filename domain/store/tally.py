"""What came of the works handed to a database since it was opened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from domain.durations import Durations


@dataclass(slots=True)
class StoreTally:
    """Counted in the event loop the database is used in."""

    writing: Durations = field(default_factory=Durations)
    """From handing a work in to its commit, or to the error that came instead. What was handed in as one counts once."""

    reading: Durations = field(default_factory=Durations)
    errors: Counter[str] = field(default_factory=Counter)
    """The codes of the StoreErrors that whoever handed a work in has heard of."""
