"""Worked cases of a programme (``cases.yaml``): what must come out, to the day and the yuan."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from pydantic import Field, model_validator

from domain.programme.parts import Clause, Frozen, Name, Result, RuleId, Status, Verdict


class BothReadings(Frozen):
    """Results that differ by reading."""

    conservative: Result
    alternative: Result


class CheckExpectation(Frozen):
    """What a self-check must give; what is not named is not looked at."""

    verdict: Verdict | None = None
    status: Status | None = None
    criteria: dict[RuleId, Result | BothReadings] = Field(default_factory=dict)
    met_on: dict[RuleId, date | None] = Field(default_factory=dict)
    missing: tuple[str, ...] | None = None
    next_question: str | None = None


class Check(Frozen):
    """A self-check on a day."""

    as_of: date
    round: Name | None = None
    given: tuple[str, ...] = ()
    """Named sets of facts to start from, in order."""
    facts: dict[str, Any] = Field(default_factory=dict)
    """Facts that add to or replace the given ones; ``null`` takes one away."""
    expect: CheckExpectation


class RulesTested(Frozen):
    """Grounds, quotas, guards or targets tested on facts."""

    as_of: date
    given: tuple[str, ...] = ()
    facts: dict[str, Any] = Field(default_factory=dict)
    expect: dict[RuleId, Result | BothReadings] = Field(min_length=1)


class StatusOn(Frozen):
    """The programme's standing on a day."""

    on: date
    expect: Status
    accepts_applications: bool | None = None


class DeadlineFrom(Frozen):
    """A deadline computed from a day (its trigger, or the day it is asked for yearly ones)."""

    id: RuleId
    from_: date = Field(alias="from")
    safe: date | tuple[date, ...]
    outer: date | tuple[date, ...] | None = None
    paper_safe: date | None = None
    alternative: tuple[date, ...] | None = None
    provisional: bool | None = None


class WorkingDaysFrom(Frozen):
    """The last of N working days, both ways of counting."""

    start: date
    days: int = Field(ge=1, le=250)
    including_start: date
    excluding_start: date
    provisional: bool | None = None


class Payable(Frozen):
    """What a money line pays after earlier grants, in yuan."""

    line: RuleId
    granted: dict[RuleId, int] = Field(default_factory=dict)
    conservative: int
    alternative: int | None = None


class TransitionFrom(Frozen):
    """An event at a stage; ``to`` is ``null`` where it leads nowhere."""

    procedure: Name
    stage: Name
    event: Name
    to: Name | None


class Taught(Frozen):
    """Whether a class has scheduled teaching on a day of a cycle."""

    cycle_start: date
    on: date
    classes: dict[str, str | None]
    """For each class its teaching, ``null`` for none."""


class CycleOn(Frozen):
    """Which cycle and which year of it a day lies in, and the cycle's last safe day."""

    first_start: date
    on: date
    cycle: int
    year: int
    safe_end: date


class Case(Frozen):
    """One worked case: exactly one question with its answer."""

    id: str = Field(min_length=3, max_length=60)
    about: str = Field(min_length=3, max_length=300)
    clause: Clause | None = None
    check: Check | None = None
    rules: RulesTested | None = None
    status: StatusOn | None = None
    deadline: DeadlineFrom | None = None
    working_days: WorkingDaysFrom | None = None
    payable: Payable | None = None
    transition: TransitionFrom | None = None
    taught: Taught | None = None
    cycle: CycleOn | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        about = {"id", "about", "clause"}
        asked = [
            name for name in type(self).model_fields if name not in about and getattr(self, name) is not None
        ]
        if len(asked) != 1:
            raise ValueError("a case asks exactly one thing (check, rules, status, deadline, ...)")
        return self


class Cases(Frozen):
    """All worked cases of one programme."""

    given: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Named sets of facts that cases start from."""
    cases: tuple[Case, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [case.id for case in self.cases]
        for index, case_id in enumerate(ids):
            if case_id in ids[:index]:
                raise ValueError(f"the case {case_id} stands twice")
        return self
