"""Questions answered by typing: a text, a number, an amount, a date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dialogs.engine.answers import Json
from dialogs.engine.choosing import UNCLEAR_VALUE, UNSURE, Option, folded, says_unsure, unsure_choice
from dialogs.engine.question import Drafted, Prompt, Reading, Refused, Took
from dialogs.engine.screen import Choice, Expectation, ExpectationKind, Span, plain, strong
from locales.words import Words


@dataclass(frozen=True, slots=True)
class Understood:
    """What a typed text was understood as; an approximate value is confirmed before it counts."""

    value: Json
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why a typed text is no answer, in words for the person; empty when there is nothing to say but the example."""

    reason: str = ""


Reader = Callable[[str], Understood | NotUnderstood]

YES_WORDS = frozenset({"对", "是", "是的", "对的", "没错", "好", "嗯", "yes", "y", "right", "ok", "correct"})
NO_WORDS = frozenset({"不对", "不是", "否", "不", "错", "错了", "no", "n", "wrong"})


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

    def prompt(self, draft: Json, answer: Json) -> Prompt:
        """An example of what may be typed; or, for an approximate value, whether it was meant so."""
        expects = Expectation(kind=self.kind, example=self.example)
        if draft is not None:
            title = self.words.say(
                "I understand this as “about %(value)s”. Is that right?", value=self.tell(draft)
            )
            yes = Choice(key="@yes", label=self.words.say("Yes, that is right"))
            no = Choice(key="@no", label=self.words.say("No, enter it again"))
            return Prompt((yes, no), expects, title=title)
        choices = [Choice(key=o.key, label=o.label, role=o.role) for o in self.shortcuts]
        if self.unsure:
            choices.append(unsure_choice(self.words).model_copy(update={"selected": answer == UNCLEAR_VALUE}))
        return Prompt(tuple(choices), expects)

    def press(self, key: str, draft: Json) -> Reading | None:
        """A shortcut, *not sure*, or the confirmation of an approximate value."""
        if draft is not None:
            if key == "@yes":
                return Took(draft, self.words.say("Yes, that is right"))
            return Drafted(None, self.words.say("No, enter it again")) if key == "@no" else None
        if key == UNSURE and self.unsure:
            return Took(UNCLEAR_VALUE, self.words.say("Not sure"))
        return next(
            (Took(option.value, option.label) for option in self.shortcuts if option.key == key), None
        )

    def type(self, text: str, draft: Json) -> Reading:
        """Read the text; where an approximate value waits, yes and no answer that first."""
        if draft is not None and folded(text) in YES_WORDS:
            return Took(draft, text)
        if draft is not None and folded(text) in NO_WORDS:
            return Drafted(None, text)
        for option in self.shortcuts:
            if option.is_said(text):
                return Took(option.value, text)
        if self.unsure and says_unsure(text, self.words):
            return Took(UNCLEAR_VALUE, text)
        match self.read(text):
            case NotUnderstood(reason):
                return Refused(self._refusal(reason))
            case Understood(value, approximate) if not self.valid(value):
                return Refused(self._refusal(""))
            case Understood(value, approximate):
                return Drafted(value, text) if approximate else Took(value, text)

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
            return plain(self.words.say("Noted as “to be verified”; you can go on."))
        for option in self.shortcuts:
            if option.value == value:
                return strong(option.label)
        return (*plain(self.words.say("Noted:") + " "), Span(text=self.tell(value), strong=True))
