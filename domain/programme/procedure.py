"""How an application moves: stages, actors, limits, artefacts; materials, forms and duties."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.programme.parts import Clause, Frozen, Name, Noted, RuleId, Source, Text


class Transition(Frozen):
    """An event that leads from a stage to another."""

    event: Name
    to: Name
    guards: tuple[RuleId, ...] = ()


class Publicity(Frozen):
    """A publicity period."""

    working_days: int | None = Field(default=None, ge=1, le=250)
    """``None``: the text gives no length."""
    where: Text | None = None


class Stage(Frozen):
    """One stage of a procedure."""

    id: Name
    title: Text
    actor: Name | None = None
    action: Text | None = None
    limit: Text | None = None
    deadline: RuleId | None = None
    publicity: Publicity | None = None
    artefact: Text | None = None
    clause: Clause | None = None
    source: Source = Source.TEXT
    next: tuple[Transition, ...] = ()
    """No transition: the procedure ends here."""


class Procedure(Frozen):
    """A state machine of stages."""

    id: Name
    title: Text
    start: Name
    stages: tuple[Stage, ...] = Field(min_length=2)
    notes: tuple[Noted, ...] = ()

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        ids = [stage.id for stage in self.stages]
        if len(set(ids)) != len(ids):
            raise ValueError("two stages have the same id")
        known = set(ids)
        if self.start not in known:
            raise ValueError(f"the start {self.start!r} is not a stage")
        for stage in self.stages:
            for transition in stage.next:
                if transition.to not in known:
                    raise ValueError(f"{stage.id} leads to {transition.to!r}, which is no stage")
            events = [transition.event for transition in stage.next]
            if len(set(events)) != len(events):
                raise ValueError(f"{stage.id} has two ways for one event")
        reached = {self.start}
        waiting = [self.start]
        by_id = {stage.id: stage for stage in self.stages}
        while waiting:
            for transition in by_id[waiting.pop()].next:
                if transition.to not in reached:
                    reached.add(transition.to)
                    waiting.append(transition.to)
        if reached != known:
            raise ValueError(f"never reached: {', '.join(sorted(known - reached))}")
        return self

    def stage(self, stage_id: str) -> Stage:
        """The stage with this id; ``KeyError`` when there is none."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)

    def after(self, stage_id: str, event: str) -> str | None:
        """The stage ``event`` leads to from ``stage_id``; ``None`` when it leads nowhere."""
        for transition in self.stage(stage_id).next:
            if transition.event == event:
                return transition.to
        return None


class Material(Frozen):
    """A paper or file that goes with an application."""

    id: RuleId
    title: Text
    copies: int | None = Field(default=None, ge=1, le=20)
    """``None``: the text does not say."""
    medium: Literal["paper", "electronic", "online", "unspecified"] = "unspecified"
    form: Name | None = None
    required: bool = True
    clause: Clause
    source: Source = Source.TEXT
    note: Text | None = None
    round: Name | None = None


class Route(Frozen):
    """Where an application goes and what it costs."""

    to: Text
    steps: tuple[Name, ...] = ()
    """Actors in order."""
    fee: Text | None = None
    contact: Text | None = None
    clause: Clause
    source: Source = Source.TEXT


class FormField(Frozen):
    """One field of a form."""

    id: Name
    label: Text
    type: Literal["text", "number", "money", "date", "choice", "choices", "table", "seal", "upload"]
    options: tuple[Text, ...] = ()
    required: bool = True
    fact: Name | None = None
    """The fact of the vocabulary that fills it."""
    source: Source = Source.TEXT
    note: Text | None = None


class Form(Frozen):
    """A form of the programme; ``reproduced`` tells whether the source shows its fields."""

    id: Name
    title: Text
    reproduced: bool
    clause: Clause
    fields: tuple[FormField, ...] = ()
    notes: tuple[Noted, ...] = ()


class Duty(Frozen):
    """What somebody must do after recognition."""

    id: RuleId
    title: Text
    who: Name
    to: Text | None = None
    frequency: Text | None = None
    at_least: int | None = None
    unit: Text | None = None
    per: Literal["year", "cycle", "qualification", "once"] | None = None
    deadline: RuleId | None = None
    clause: Clause
    source: Source = Source.TEXT
    note: Text | None = None
