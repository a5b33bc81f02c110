"""The answer "not sure": a button and words in every question that allows it."""

from __future__ import annotations

from dialogs.engine.answers import Json
from dialogs.engine.screen import Choice, Span, button, plain
from dialogs.understanding.answers import read_answer
from dialogs.understanding.result import Understood
from domain.values import UNCLEAR
from locales.words import Words

UNSURE = "@unsure"
UNCLEAR_VALUE = "unclear"
"""How "not sure" is stored: the JSON form of an unclear fact."""


def unsure_choice(words: Words, answer: Json = None) -> Choice:
    """The button."""
    return button(UNSURE, words.say("Not sure"), "answer", answer == UNCLEAR_VALUE)


def says_unsure(text: str) -> bool:
    """Whether a text says "not sure" in one of the languages."""
    result = read_answer(text)
    return isinstance(result, Understood) and result.value is UNCLEAR


def noted_as_unsure(words: Words) -> tuple[Span, ...]:
    """The echo."""
    return plain(words.say("Noted as “to be verified”; you can go on."))
