"""What this process did since it began, as it is counted on the way; whoever watches the product reads it from here."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from dialogs.incoming import Handled, Incoming
from domain.durations import Durations
from domain.store import StoreError, Transaction
from scheduler.tally import IntakeTally, SendTally
from scheduler.ticks import Tick

if TYPE_CHECKING:
    from bot.house import Answering


@dataclass(slots=True)
class Turns:
    """How long turns took inside their transaction, and how many failed by a fault of ours.

    A turn that fails and is tried again counts each time; over SQLite so do those tried together with it, as they are undone and
    run once more. On PostgreSQL turns run in several threads: nothing holds these up
    for each other, and should one of two that end in the same instant not be counted, nobody is the worse for it.
    """

    seconds: Durations = field(default_factory=Durations)
    failed: int = 0


@dataclass(slots=True)
class Figures:
    """The counts of one process."""

    turns: Turns = field(default_factory=Turns)
    web_received: int = 0
    """What pages posted: things people said, pressed or handed in."""

    intake: IntakeTally = field(default_factory=IntakeTally)
    sends: SendTally = field(default_factory=SendTally)
    ticks: MutableMapping[str, Tick] = field(default_factory=dict)
    loop_lag: Durations = field(default_factory=Durations)
    """By how much the event loop was late."""


class Timed:
    """Somebody who answers, with the time it takes."""

    def __init__(self, answering: Answering, turns: Turns) -> None:
        self.answering = answering
        self._turns = turns
        self._note = turns.seconds.note

    def handle(self, tx: Transaction, incoming: Incoming) -> Handled:
        """As whoever answers does."""
        began = perf_counter()
        try:
            handled = self.answering.handle(tx, incoming)
        except StoreError:
            # The database could not, or somebody else was quicker: that is no fault of the turn.
            raise
        except Exception:
            self._turns.failed += 1
            raise
        self._note(perf_counter() - began)
        return handled
