"""What a state asks, and how an answer is read: the closed set of ways a question can react."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dialogs.engine.answers import Json
from dialogs.engine.screen import Block, Choice, Expectation, Span
from domain.made_often import made_often


@made_often(frozen=True, slots=True)
class Took:
    """The answer is understood and complete."""

    value: Json
    said: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """Understood so far, but the question needs another step; null starts it afresh."""

    value: Json
    said: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not understood, or not possible: the reason, in words for the person."""

    reason: tuple[Span, ...]


Reading = Took | Drafted | Refused


@made_often(frozen=True, slots=True)
class Prompt:
    """How a question shows itself: what stands above the buttons, the buttons, and what may be typed."""

    choices: tuple[Choice, ...] = ()
    expects: Expectation | None = None
    blocks: tuple[Block, ...] = ()
    title: str = ""
    """Replaces the title of the state while a question is in a later step of its own."""


class Question(Protocol):
    """One thing to ask. Questions are values: they keep nothing between calls."""

    @property
    def toggles(self) -> bool:
        """Whether a draft is only a selection on the same screen, and no step that *back* could undo."""
        ...

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """How it shows itself, given what was drafted so far and the answer that stands (or null)."""
        ...

    def press(self, key: str, draft: Json) -> Reading | None:
        """Read a pressed button; None when there is no such button now."""
        ...

    def type(self, text: str, draft: Json) -> Reading:
        """Read a typed text. Never raises: what is not understood is refused with an example."""
        ...

    def holds(self, value: Json) -> bool:
        """Whether a stored answer is still an answer to this question."""
        ...

    def echo(self, value: Json) -> tuple[Span, ...]:
        """How an answer that holds was understood, in words."""
        ...
