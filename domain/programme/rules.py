"""Rules of a programme: criteria, grounds for removal, quotas, guards, targets.

All share one form: a test for the conservative reading and, where the text can be read in another
way, one for the alternative.
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from domain.programme.expressions import Expression
from domain.programme.parts import Clause, Force, Frozen, Kind, Name, Noted, RuleId, Source, Text


class Readings(Frozen):
    """Both readings of an unclear text, in words."""

    conservative: Text
    alternative: Text


class Rule(Frozen):
    """Something that can be tested, with its clause."""

    id: RuleId
    title: Text
    """What it asks, in a short sentence."""
    clause: Clause
    source: Source = Source.TEXT
    test: Expression | None = None
    """The conservative reading."""
    alternative: Expression | None = None
    """The alternative reading; the same as ``test`` where there is none."""
    applies_when: Expression | None = None
    readings: Readings | None = None
    notes: tuple[Noted, ...] = ()

    @model_validator(mode="after")
    def _readings_fit(self) -> Self:
        if self.alternative is not None and self.test is None:
            raise ValueError("an alternative needs a test")
        if self.alternative is not None and self.readings is None:
            raise ValueError("two readings need words: readings.conservative and .alternative")
        if self.applies_when is not None and self.test is None:
            raise ValueError("applies_when needs a test")
        return self


class Criterion(Rule):
    """A condition, preference or form question put to an applicant."""

    kind: Kind
    force: Force
    test: Expression
    period: Text | None = None
    """The time it looks at (at application, near three years)."""
    confirmed_by: tuple[Name, ...] = ()
    """Actors who confirm it."""
    confirmed_source: Source = Source.TEXT
    advice: Text | None = None
    """What to check, or what to do when it is not met."""
    round: Name | None = None
    """Only in this round; ``None``: in the standing programme and in every round."""
    standing_only: bool = False
    """Not inside a round: the round itself answers it (whether a call is open)."""


class Ground(Rule):
    """A ground for exclusion or removal: ``met`` means the ground is there.

    It raises a task for people; the software never removes anybody.
    """

    decided_by: tuple[Name, ...] = ()
    decided_source: Source = Source.TEXT
    effect: Text
    time_frame: Text | None = None


class Quota(Rule):
    """A number that limits a round, a list or a recommender."""

    force: Force = Force.HARD
    at_least: int | None = None
    at_most: int | None = None
    unit: Text | None = None
    period: Text | None = None


class Guard(Rule):
    """What must hold before a step of the procedure; ``met`` opens the way."""

    test: Expression


class Target(Rule):
    """A counted aim of a plan."""

    counter: Name
    due: Text
    unit: Text | None = None


class Ambiguity(Frozen):
    """A place where the text is open, and what this product does about it."""

    id: Name
    title: Text
    conservative: Text | None = None
    alternative: Text | None = None
    handling: Text | None = None
    clause: Clause | None = None
    criteria: tuple[RuleId, ...] = ()


class LeftToAuthority(Frozen):
    """What cannot be encoded, said as such."""

    text: Text
    clause: Clause | None = None


class OurDefault(Frozen):
    """A value the policy does not give; shown as "not from the policy text"."""

    id: Name
    what: Text
    value: Text
    why: Text


class Class(Frozen):
    """A maturity class and what is taught to it, in which year of the cycle."""

    id: str = Field(pattern=r"^[A-Z]$")
    condition: Text
    introduced: Text
    teaching: Name
    teaching_text: Text
    audience: Text
    form: Text
    year: int = Field(ge=1, le=5)
    clause: Clause
