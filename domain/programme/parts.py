"""Small things every part of a programme is made of."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
"""Words for people: a Chinese source string, paraphrased from the policy, never pasted."""

Clause = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
"""Where the policy says it, in the policy's own numbering (第六条（一）, §三(二)2, 三(一)3)."""

RuleId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,5}-[A-Z0-9]+[a-z]?$")]
"""An id such as ``ZZ-E02``: the programme's code, a dash, a letter and number."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,49}$")]
"""An English identifier in snake_case."""

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""A day of any year, ``MM-DD``."""


class Frozen(BaseModel):
    """Base of all parts: immutable, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Source(StrEnum):
    """Where a statement comes from (FACTS 0.3)."""

    TEXT = "text"  # stated in the policy
    INFERRED = "inferred"  # follows from the policy, not literally stated
    DEFAULT = "default"  # a default of ours; the policy gives nothing
    BACKGROUND = "background"  # general law or calendar, outside the policy


class Force(StrEnum):
    """What it means when a criterion is not met."""

    HARD = "hard"  # a condition
    PREFERENCE = "preference"  # counts only between equals
    SOFT = "soft"  # "in principle", "generally"
    FORM_ONLY = "form_only"  # asked on a form, not a condition


class Kind(StrEnum):
    """How a criterion can be known."""

    COMPUTABLE = "computable"  # a number or a date
    EVIDENCE = "evidence"  # yes or no, with evidence
    CHOICE = "choice"  # one or several from a list
    JUDGEMENT = "judgement"  # experts judge; a self-check records a statement only


class Status(StrEnum):
    """What a programme is on a day."""

    NOT_YET_IN_FORCE = "not_yet_in_force"
    IN_FORCE = "in_force"
    IN_FORCE_EXPIRING = "in_force_expiring"
    CONTESTED = "contested"  # readings of the end date differ
    LAPSED = "lapsed"
    DRAFT_NOT_ADOPTED_PER_SOURCE = "draft_not_adopted_per_source"
    STANDING_UNVERIFIED = "standing_unverified"  # in force by its text alone
    TARGETS_RUNNING = "targets_running"
    TARGETS_ENDED = "targets_ended"


class Verdict(StrEnum):
    """How a self-check ends. It never says "eligible": the authority decides."""

    NO_OBSTACLE_FOUND = "no_obstacle_found"
    OBSTACLE_FOUND = "obstacle_found"
    CONFIRM_WITH_AUTHORITY = "confirm_with_authority"
    MORE_ANSWERS_NEEDED = "more_answers_needed"


class Result(StrEnum):
    """How one criterion stands under one reading."""

    MET = "met"
    NOT_MET = "not_met"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "not_applicable"
    SELF_STATED = "self_stated"
    UNKNOWN = "unknown"


class Noted(Frozen):
    """A statement with its clause and source."""

    text: Text
    clause: Clause | None = None
    source: Source = Source.TEXT


class Window(Frozen):
    """Days from ``since`` to ``until``, both included; an open end is ``None``."""

    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("the window ends before it begins")
        return self

    def holds(self, day: date) -> bool:
        """Whether ``day`` lies in the window."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
