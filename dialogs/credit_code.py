"""Why a unified social credit code is wrong, in words that help to put it right."""

from __future__ import annotations

from typing import assert_never

from domain.organisations import (
    CreditCode,
    CreditCodeReading,
    WrongCharacter,
    WrongCheckDigit,
    WrongLength,
)
from locales.words import Words


def why_wrong(reading: CreditCodeReading, words: Words) -> str:
    """What is wrong with a code; empty when nothing is."""
    say = words.say
    match reading:
        case CreditCode():
            return ""
        case WrongLength(found, expected):
            return say(
                "This code has %(found)s characters; a unified social credit code has %(expected)s.",
                found=found,
                expected=expected,
            )
        case WrongCharacter(position, character, None, digits_only):
            if digits_only:
                return say(
                    "Character %(position)s is “%(character)s”, but digits 3 to 8 name the region and are digits.",
                    position=position,
                    character=character,
                )
            return say(
                "Character %(position)s is “%(character)s”, which never stands in such a code.",
                position=position,
                character=character,
            )
        case WrongCharacter(position, character, probably, _):
            return say(
                "Character %(position)s is “%(character)s”, which cannot stand there. Did you mean “%(probably)s”?",
                position=position,
                character=character,
                probably=probably,
            )
        case WrongCheckDigit():
            return say(
                "The check digit does not fit: one character is mistyped, often 0 for O or 8 for B. "
                "Please compare it with the business licence."
            )
        case _:
            assert_never(reading)
