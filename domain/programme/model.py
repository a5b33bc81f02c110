"""A programme: one version of one policy, whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.programme.dates import DeadlineRule
from domain.programme.identity import Actor, Identity, StatusPeriod
from domain.programme.money import MoneyLine
from domain.programme.parts import Clause, Frozen, Name, Noted, Source, Text, Window
from domain.programme.procedure import Duty, Form, Material, Procedure, Route
from domain.programme.rules import (
    Ambiguity,
    Class,
    Criterion,
    Ground,
    Guard,
    LeftToAuthority,
    OurDefault,
    Quota,
    Rule,
    Target,
)

ProgrammeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,59}$")]


class Round(Frozen):
    """One call of a programme (申报批次), with what it adds locally."""

    id: Name
    name: Text
    document_number: str | None = None
    issuer: Text | None = None
    opens: date | None = None
    closes_safe: date | None = None
    closes_outer: date | None = None
    note: Text
    """What a person should know of this round today."""
    clause: Clause | None = None
    source: Source = Source.TEXT

    @model_validator(mode="after")
    def _days_follow_each_other(self) -> Self:
        days = [day for day in (self.opens, self.closes_safe, self.closes_outer) if day is not None]
        if days != sorted(days):
            raise ValueError("opens, closes_safe and closes_outer follow each other")
        return self


class Programme(Frozen):
    """All that is known of a programme, typed."""

    id: ProgrammeId
    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,5}$")]
    version: Annotated[str, Field(min_length=1, max_length=40)]
    """Our name of this version of the text."""
    in_force: Window = Window()
    """Which days this version is the one to use (not the legal standing: see statuses)."""
    identity: Identity
    statuses: tuple[StatusPeriod, ...] = Field(min_length=1)
    actors: tuple[Actor, ...] = ()
    rounds: tuple[Round, ...] = ()
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    structure: Text | None = None
    """How the criteria combine, when not simply all of them."""
    grounds: tuple[Ground, ...] = ()
    quotas: tuple[Quota, ...] = ()
    guards: tuple[Guard, ...] = ()
    targets: tuple[Target, ...] = ()
    route: Route | None = None
    materials: tuple[Material, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    duties: tuple[Duty, ...] = ()
    classes: tuple[Class, ...] = ()
    cycle_years: int | None = Field(default=None, ge=1, le=10)
    incubation: tuple[Noted, ...] = ()
    money: tuple[MoneyLine, ...] = ()
    money_notes: tuple[Noted, ...] = ()
    forms: tuple[Form, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()
    left_to_authority: tuple[LeftToAuthority, ...] = ()
    defaults: tuple[OurDefault, ...] = ()
    remarks: tuple[Noted, ...] = ()
    """Slips of the source and other things a reader of the official text should know."""

    @model_validator(mode="after")
    def _statuses_cover_time(self) -> Self:
        first, last = self.statuses[0], self.statuses[-1]
        if first.since is not None or last.until is not None:
            raise ValueError("statuses cover all time: the first has no since, the last no until")
        for period in self.statuses:
            if period.since and period.until and period.until < period.since:
                raise ValueError(f"a status ends on {period.until}, before it begins")
        for earlier, later in pairwise(self.statuses):
            if earlier.until is None or later.since is None:
                raise ValueError("only the first status has no since, only the last no until")
            if (later.since - earlier.until).days != 1:
                raise ValueError(f"a gap or overlap between {earlier.until} and {later.since}")
        return self

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [rule.id for rule in self.rules()]
        ids += [material.id for material in self.materials]
        ids += [deadline.id for deadline in self.deadlines]
        ids += [duty.id for duty in self.duties]
        ids += [line.id for line in self.money]
        seen: set[str] = set()
        for item in ids:
            if item in seen:
                raise ValueError(f"the id {item} stands twice")
            seen.add(item)
            if item.split("-")[0] != self.code:
                raise ValueError(f"the id {item} does not begin with the code {self.code}")
        return self

    def rules(self) -> Iterator[Rule]:
        """Everything that can be tested."""
        yield from self.criteria
        yield from self.grounds
        yield from self.quotas
        yield from self.guards
        yield from self.targets

    @cached_property
    def rules_by_id(self) -> dict[str, Rule]:
        """Everything that can be tested, by id."""
        return {rule.id: rule for rule in self.rules()}

    def status_on(self, day: date) -> StatusPeriod:
        """The programme's standing on a day."""
        for period in self.statuses:
            if period.until is None or day <= period.until:
                return period
        raise AssertionError("statuses cover all time")

    def procedure(self, procedure_id: str) -> Procedure:
        """The procedure with this id; ``KeyError`` when there is none."""
        for found in self.procedures:
            if found.id == procedure_id:
                return found
        raise KeyError(procedure_id)

    def round(self, round_id: str) -> Round:
        """The round with this id; ``KeyError`` when there is none."""
        for found in self.rounds:
            if found.id == round_id:
                return found
        raise KeyError(round_id)
