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

YES_WORDS = frozenset({"对", "是", "是的", "对的", "没错", "好", "嗯", "yes", "y", "right", "ok", "correct"})
NO_WORDS = frozenset({"不对", "不是", "否", "不", "错", "错了", "no", "n", "wrong"})


_READING = "@reading"


def _readings(draft: Json) -> list[Json]:
    """The values a text may have meant, while the person is asked which."""
    return list(draft) if isinstance(draft, list) else []


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
        readings = _readings(draft)
        if readings:
            return self._which(readings, expects)
        choices = [Choice(key=o.key, label=o.label, role=o.role) for o in self.shortcuts]
        if self.unsure:
            choices.append(unsure_choice(self.words).model_copy(update={"selected": answer == UNCLEAR_VALUE}))
        return Prompt(tuple(choices), expects)

    def _which(self, readings: list[Json], expects: Expectation) -> Prompt:
        say = self.words.say
        no = Choice(key="@no", label=say("No, enter it again"))
        if len(readings) == 1:
            title = say(
                "I understand this as “about %(value)s”. Is that right?", value=self.tell(readings[0])
            )
            return Prompt(
                (Choice(key=f"{_READING}0", label=say("Yes, that is right")), no), expects, title=title
            )
        meant = tuple(
            Choice(key=f"{_READING}{index}", label=self.tell(value)) for index, value in enumerate(readings)
        )
        return Prompt(
            (*meant, no), expects, title=say("This can be read in more than one way. Which do you mean?")
        )

    def press(self, key: str, draft: Json) -> Reading | None:
        """A shortcut, *not sure*, or what an approximate or ambiguous text was meant as."""
        readings = _readings(draft)
        if readings:
            if key == "@no":
                return Drafted(None, self.words.say("No, enter it again"))
            meant = next((value for index, value in enumerate(readings) if key == f"{_READING}{index}"), None)
            return None if meant is None else Took(meant, self.tell(meant))
        if key == UNSURE and self.unsure:
            return Took(UNCLEAR_VALUE, self.words.say("Not sure"))
        return next(
            (Took(option.value, option.label) for option in self.shortcuts if option.key == key), None
        )

    def type(self, text: str, draft: Json) -> Reading:
        """Read the text; where an approximate value waits, yes and no answer that first."""
        readings = _readings(draft)
        if len(readings) == 1 and folded(text) in YES_WORDS:
            return Took(readings[0], text)
        if readings and folded(text) in NO_WORDS:
            return Drafted(None, text)
        for option in self.shortcuts:
            if option.is_said(text):
                return Took(option.value, text)
        if self.unsure and says_unsure(text, self.words):
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
            return plain(self.words.say("Noted as “to be verified”; you can go on."))
        for option in self.shortcuts:
            if option.value == value:
                return strong(option.label)
        return (*plain(self.words.say("Noted:") + " "), Span(text=self.tell(value), strong=True))
