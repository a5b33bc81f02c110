"""Asking back: a text that was understood only approximately, or in more than one way, is settled before it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dialogs.engine.answers import Json
from dialogs.engine.question import Drafted, Prompt, Reading, Took
from dialogs.engine.screen import Choice, Expectation
from dialogs.understanding.answers import read_answer
from dialogs.understanding.result import Understood
from locales.words import Words

_READING = "@reading"
_AGAIN = "@again"


@dataclass(frozen=True, slots=True)
class Which:
    """The step of a question whose draft is a list of what a text may have meant."""

    words: Words
    tell: Callable[[Json], str]

    def readings(self, draft: Json) -> list[Json]:
        """What the text may have meant; empty when nothing is to be settled."""
        return list(draft) if isinstance(draft, list) else []

    def prompt(self, draft: Json, expects: Expectation) -> Prompt | None:
        """The question back; None when nothing is to be settled."""
        say, readings = self.words.say, self.readings(draft)
        if not readings:
            return None
        if expects.kind != "choice":
            # Neither an example nor fields of its own: what was told is on the buttons, or it is typed afresh.
            expects = Expectation(kind="text", example="")
        again = Choice(key=_AGAIN, label=say("No, answer again"))
        if len(readings) == 1:
            title = say("I understand this as “%(value)s”. Is that right?", value=self.tell(readings[0]))
            return Prompt(
                (Choice(key=f"{_READING}0", label=say("Yes, that is right")), again), expects, title=title
            )
        meant = [Choice(key=f"{_READING}{i}", label=self.tell(value)) for i, value in enumerate(readings)]
        return Prompt(
            (*meant, again), expects, title=say("This can be read in more than one way. Which do you mean?")
        )

    def press(self, key: str, draft: Json) -> Reading | None:
        """One of the readings, or *again*."""
        if key == _AGAIN:
            return Drafted(None, self.words.say("No, answer again"))
        for index, value in enumerate(self.readings(draft)):
            if key == f"{_READING}{index}":
                return Took(value, self.tell(value))
        return None

    def type(self, text: str, draft: Json) -> Reading | None:
        """Yes and no settle a single reading, the number of a reading several; None for any other text."""
        readings = self.readings(draft)
        if not readings:
            return None
        if len(readings) > 1:
            number = text.strip()
            chosen = number.isascii() and number.isdecimal() and 1 <= int(number[:3]) <= len(readings)
            return Took(readings[int(number[:3]) - 1], text) if chosen else None
        match read_answer(text):
            case Understood(True):
                return Took(readings[0], text)
            case Understood(False):
                return Drafted(None, text)
            case _:
                return None
