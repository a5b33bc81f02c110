"""What was done in this process since it began, counted where it is done; reminders once they are committed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from domain.reminders.reconciling import Steps
from domain.reminders.saying import Said
from scheduler.sending import Receipt


@dataclass(slots=True)
class Tally:
    """Counts of reminders: ``planned`` (new, or to be said after all), ``withdrawn``, ``said``, ``late`` (of those said),
    ``put_off``, ``failed``, ``set_aside``, and ``dropped_`` with the reason.
    """

    counts: Counter[str] = field(default_factory=Counter)

    def take_steps(self, steps: Steps) -> None:
        """Count what planning for one chat changed."""
        self.counts["planned"] += sum(new.state == "planned" for new in steps.new)
        self.counts["planned"] += sum(not again.stored.to_say for again in steps.again)
        self.counts["withdrawn"] += len(steps.withdrawn)

    def take_said(self, said: Said) -> None:
        """Count what came of what was due in one chat."""
        self.counts["said"] += sum(map(len, said.messages))
        self.counts["late"] += said.late
        self.counts["put_off"] += len(said.put_off)
        for _, reason in said.dropped:
            self.counts[f"dropped_{reason}"] += 1


@dataclass(slots=True)
class IntakeTally:
    """Updates a platform delivered (again and again, if it did), and those that were set aside because they kept failing."""

    received: int = 0
    set_aside: int = 0


@dataclass(slots=True)
class SendTally:
    """What came of each attempt to send, and how many messages were given up."""

    outcomes: Counter[type[Receipt]] = field(default_factory=Counter)
    dead: int = 0
