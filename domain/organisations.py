"""Organisations and the people who speak for them; the unified social credit code (统一社会信用代码)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from stdnum.cn import uscc

Consent = Literal["unasked", "given", "refused"]
"""Whether a person agreed that personal data is stored."""

CREDIT_CODE_LENGTH: Final = 18
"""Characters of a unified social credit code (GB 32100-2015)."""

_ALPHABET: Final = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
_LOOK_ALIKES: Final = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
_LETTER_LIKE_DIGITS: Final = {"B": "8", "D": "0", "G": "6", "L": "1", "Q": "0", **_LOOK_ALIKES}
_REGION: Final = range(2, 8)
"""Where the six digits of the registering region stand, counted from 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """An organisation a person speaks for. `id` is 0 until it is stored.

    `credit_code` is the normalised code of `read_credit_code`, or None when the person gave none.
    """

    id: int = 0
    name: str
    credit_code: str | None = None
    district: str = ""
    industry: str = ""
    size: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A person in touch with the assistant. Name, phone and e-mail are there only with consent."""

    id: int
    consent: Consent
    consent_at: datetime | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A code whose length, characters and check digit are right; `value` is the normal form."""

    value: str


@dataclass(frozen=True, slots=True)
class WrongLength:
    """The code has `found` characters instead of `expected`."""

    found: int
    expected: int = CREDIT_CODE_LENGTH


@dataclass(frozen=True, slots=True)
class WrongCharacter:
    """The character at `position` (counted from 1) cannot stand there.

    `probably` is the character it is easily confused with (I and 1, O and 0), if there is one;
    `digits_only` says that the place belongs to the region, which is written in digits.
    """

    position: int
    character: str
    probably: str | None
    digits_only: bool


@dataclass(frozen=True, slots=True)
class WrongCheckDigit:
    """Every character is possible, but the last does not fit the others: one of them is mistyped."""


CreditCodeReading = CreditCode | WrongLength | WrongCharacter | WrongCheckDigit


def normalise_credit_code(text: str) -> str:
    """The code as it is written officially: half-width, upper case, without spaces and dashes."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text).upper()
        if not character.isspace() and unicodedata.category(character) not in {"Pd", "Cf"}
    )


def read_credit_code(text: str) -> CreditCodeReading:
    """Read a unified social credit code as people type it, and say why when it is wrong."""
    code = normalise_credit_code(text)
    if len(code) != CREDIT_CODE_LENGTH:
        return WrongLength(len(code))
    for index, character in enumerate(code):
        digits_only = index in _REGION
        if character not in _ALPHABET:
            meant = (_LETTER_LIKE_DIGITS if digits_only else _LOOK_ALIKES).get(character)
            return WrongCharacter(
                index + 1, character, meant if _fits(meant, digits_only) else None, digits_only
            )
        if digits_only and not character.isdecimal():
            return WrongCharacter(index + 1, character, _LETTER_LIKE_DIGITS.get(character), digits_only)
    if uscc.calc_check_digit(code) != code[-1]:
        return WrongCheckDigit()
    return CreditCode(code)


def _fits(meant: str | None, digits_only: bool) -> bool:
    return meant is not None and (meant.isdecimal() or not digits_only)
