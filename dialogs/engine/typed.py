"""Questions answered by typing: a text, a number, an amount, a date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dialogs.engine.answers import Json
from dialogs.engine.choosing import Option
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import Expectation, ExpectationKind, Span, button, plain, strong
from dialogs.engine.unsure import UNCLEAR_VALUE, UNSURE, noted_as_unsure, says_unsure, unsure_choice
from dialogs.engine.which import Which
from locales.words import Words


@dataclass(frozen=True, slots=True)
class Understood:
    """What a typed text was understood as.

    An approximate value is confirmed before it counts; where there are ``others``, the person says which was meant.
    """

    value: Json
    approximate: bool = False
    others: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why a typed text is no answer, in words for the person; empty when there is nothing to say but the example."""

    reason: str = ""


Reader = Callable[[str], Understood | NotUnderstood]


@dataclass(frozen=True, slots=True)
class AskTyped:
    """One value that is typed; ``shortcuts`` are buttons for values that need no typing."""

    words: Words
    kind: ExpectationKind
    example: str
    read: Reader
    tell: Callable[[Json], str]
    """A value in words."""
    valid: Callable[[Json], bool]
    """Whether a stored value is still a possible answer."""
    unsure: bool = False
    shortcuts: tuple[Option, ...] = ()
    toggles: bool = field(default=False, init=False)

    @property
    def _which(self) -> Which:
        return Which(self.words, self.tell)

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """An example of what may be typed; or, for an approximate value, whether it was meant so."""
        expects = Expectation(kind=self.kind, example=self.example)
        if (asked_back := self._which.prompt(draft, expects)) is not None:
            return asked_back
        choices = [button(o.key, o.label, o.role) for o in self.shortcuts]
        if self.unsure:
            choices.append(unsure_choice(self.words, answer))
        return Prompt(tuple(choices), expects)

    def press(self, key: str, draft: Json) -> Reading | None:
        """A shortcut, *not sure*, or what an approximate or ambiguous text was meant as."""
        if draft is not None:
            return self._which.press(key, draft)
        if key == UNSURE and self.unsure:
            return Took(UNCLEAR_VALUE, self.words.say("Not sure"))
        return next(
            (Took(option.value, option.label) for option in self.shortcuts if option.key == key), None
        )

    def type(self, text: str, draft: Json) -> Reading:
        """Read the text; where an approximate value waits, yes and no answer that first."""
        if (settled := self._which.type(text, draft)) is not None:
            return settled
        for option in self.shortcuts:
            if option.is_said(text):
                return Took(option.value, text)
        if self.unsure and says_unsure(text):
            return Took(UNCLEAR_VALUE, text)
        match self.read(text):
            case NotUnderstood(reason):
                return Refused(self._refusal(reason))
            case Understood(value, approximate, others):
                possible = [reading for reading in (value, *others) if self.valid(reading)]
                if not possible:
                    return Refused(self._refusal(""))
                return (
                    Drafted(possible, text) if approximate or len(possible) > 1 else Took(possible[0], text)
                )

    def _refusal(self, reason: str) -> tuple[Span, ...]:
        if not self.example:
            return plain(reason or self.words.say("I did not understand that."))
        example = self.words.say("For example: %(example)s", example=self.example)
        return plain(f"{reason or self.words.say('I did not understand that.')} {example}")

    def holds(self, value: Json) -> bool:
        """Whether the stored value is still possible."""
        if value == UNCLEAR_VALUE and self.unsure:
            return True
        return any(option.value == value for option in self.shortcuts) or self.valid(value)

    def echo(self, value: Json) -> tuple[Span, ...]:
        """The value in words."""
        if value == UNCLEAR_VALUE and self.unsure:
            return noted_as_unsure(self.words)
        for option in self.shortcuts:
            if option.value == value:
                return strong(option.label)
        return (*plain(self.words.say("Noted: ")), Span(text=self.tell(value), strong=True))
