"""A dialog: a named, versioned set of states in which each state says what follows it.

A dialog is built for one turn, with its words in the person's language and its rules bound to what is known, so its
states are plain values and its text is final. What a state leads to is data where it can be (`a name`, or one name
per answer) and otherwise a `Goes` that lists all it may choose from; so a dialog can be drawn and checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dialogs.engine.answers import Answer, Json
from dialogs.engine.question import Question
from dialogs.engine.screen import Block, Progress, Span
from domain.made_often import made_often


@made_often(frozen=True, slots=True)
class Here:
    """What a state knows of the way to it: the answers taken so far, those still waiting, those taken back."""

    given: Mapping[str, Answer]
    waiting: tuple[str, ...] = ()
    opened: frozenset[str] = frozenset()

    def value(self, state: str) -> Json:
        """The value answered in ``state``, or null."""
        answer = self.given.get(state)
        return None if answer is None else answer.value


@dataclass(frozen=True, slots=True)
class Goes:
    """A way on that is computed; ``to`` lists every state, family and outcome it can lead to."""

    to: tuple[str, ...]
    pick: Callable[[Here], str]


Then = str | Mapping[Json, str] | Goes


def nothing(_: Here) -> tuple[Block, ...]:
    """No blocks."""
    return ()


@dataclass(frozen=True, slots=True)
class State:
    """One step of a dialog."""

    name: str
    title: str
    ask: Question
    then: Then
    blocks: Callable[[Here], tuple[Block, ...]] = nothing
    """What stands between the title and the question."""
    why: Callable[[Here], tuple[Block, ...]] = nothing
    """Why this is asked and where the answer is found; shown collapsed, and by *help*."""
    view: bool = False
    """The state shows what follows from the answers before it; its own answer falls when one of those changes."""
    revises: Mapping[str, tuple[str, Json]] = field(default_factory=dict)
    """Buttons here that set the answer of an earlier state: key to state and value."""
    echo: Callable[[Json], tuple[Span, ...]] | None = None
    """Replaces the question's own echo where more can be said than what was understood."""
    silent: bool = False
    """The answer needs no echo (a choice among ways on)."""
    short: str = ""
    """What it is about in a few words, for lists of answers; the title where that is empty."""
    title_here: Callable[[Here], str] | None = None
    """A title that depends on the answers before it."""

    def follow(self, here: Here) -> str:
        """The name of what follows, given the answers up to and including this state's own."""
        match self.then:
            case str() as name:
                return name
            case Goes() as goes:
                return goes.pick(here)
            case mapping:
                value = here.value(self.name)
                key = value if isinstance(value, str | bool | int | float) else None
                return mapping.get(key, mapping.get(None, self.name))

    def leads_to(self) -> tuple[str, ...]:
        """All that may follow."""
        match self.then:
            case str() as name:
                return (name,)
            case Goes() as goes:
                return goes.to
            case mapping:
                return tuple(dict.fromkeys(mapping.values()))


@dataclass(frozen=True, slots=True)
class Family:
    """States that are generated, one per name with ``prefix``; the first of ``names`` stands for all in a drawing."""

    prefix: str
    names: tuple[str, ...]
    make: Callable[[str], State | None]


Commands = tuple[Any, ...]
"""Commands mean nothing to the engine; whoever runs the dialogs knows their kinds."""


def no_commands(_: Here) -> Commands:
    """Nothing to do."""
    return ()


@dataclass(frozen=True, slots=True)
class Dialog:
    """States, outcomes, and what the domain is asked to do on the way."""

    name: str
    version: int
    title: str
    start: str
    states: tuple[State, ...]
    outcomes: Mapping[str, Callable[[Here], Commands]] = field(default_factory=dict)
    """What ends the dialog: the name of the outcome to the commands it carries."""
    later: Mapping[str, Callable[[], State]] = field(default_factory=dict)
    """States that are built only when somebody comes to them, by name: pages that take work to write."""
    family: Family | None = None
    on_answer: Callable[[str, Json], Commands] = lambda _state, _value: ()
    """Commands to apply as soon as a state is answered (consent, for example)."""
    on_arrival: Mapping[str, Callable[[Here], Commands]] = field(default_factory=dict)
    """Commands to apply when a turn comes to a state."""
    on_leave: Callable[[Here], Commands] = no_commands
    """Commands to apply when the conversation is parked."""
    parks: bool = False
    """Whether the conversation is kept for later when the person turns to something else."""
    progress: Callable[[Here], Progress | None] = lambda _here: None

    _known: dict[str, State] = field(default_factory=dict, init=False, repr=False, compare=False)
    """States by name, those made later as soon as somebody came to them: a turn asks for the same ones many times."""

    def __post_init__(self) -> None:
        for state in self.states:
            self._known.setdefault(state.name, state)

    def views_among(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are the names of views, in their order."""
        known = self._known
        views = []
        for name in names:
            state = known.get(name) or self.state(name)
            if state is not None and state.view:
                views.append(name)
        return views

    def state(self, name: str) -> State | None:
        """The state called ``name``, generated if need be."""
        known = self._known.get(name)
        if known is not None:
            return known
        made: State | None = None
        if name in self.later:
            made = self.later[name]()
        elif self.family is not None and name.startswith(self.family.prefix):
            made = self.family.make(name)
        if made is not None:
            self._known[name] = made
        return made
