"""Numbers, counts and percentages, in digits or in words of either language."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from dialogs.understanding.hedges import unhedged
from dialogs.understanding.number_words import number_in_words
from dialogs.understanding.numerals import DIGITS, numeral
from dialogs.understanding.result import NotUnderstood, Reason, Result, Understood, mapped
from dialogs.understanding.text import prepared

LARGEST: Final = Decimal(10**15)
"""No figure of an organisation is larger; more is a slip of the finger."""
_MOST_DECIMALS: Final = 6

_COUNTED = re.compile(
    r"[ ]*(?:(?:人次|人|名|位|家|个|项|次|件|份|批次|批|户|种|起|台|套|期|门|场|天|个月|年|岁|分)"
    r"(?:企业|公司|单位|员工|职工|人员|证书|奖项|专利|项目)?|"
    r"people|persons?|employees|staff|companies|enterprises|firms|items|times|cases|certificates|patents|points|"
    r"years?|months?|days?)"
)
_YEARS_AND_A_HALF = re.compile(r"(.+?)(?:年|个)半")
_RANGE = re.compile(r"(.+?) ?(?:-|~|到|至| to |—) ?(.+)")
_NEGATIVE = re.compile(r"(?:-|负|(?:minus|negative)(?![a-z])) ?")
_PARTS_OF = re.compile(r"(百|千|万)分之(.+)")
_PERCENT = re.compile(r"(.+?) ?(?:%|个?百分点|per ?cent|pct)")
_TENTHS = re.compile(r"([一二两三四五六七八九十\d])成([一二三四五六七八九半\d])?")
_OF: Final = {"百": 1, "千": 10, "万": 100}


def read_number(text: str) -> Result[int | Decimal]:
    """A number of any kind; an ``int`` where it has no fraction."""
    return mapped(read_decimal(text), simplest)


def read_whole_number(text: str) -> Result[int]:
    """A number without a fraction."""
    result = read_decimal(text)
    if isinstance(result, Understood) and result.value % 1:
        return NotUnderstood(Reason.NOT_WHOLE)
    return mapped(result, int)


def read_percentage(text: str) -> Result[Decimal]:
    """A percentage, in percent: 98.5 for ``98.5%``, ``百分之九十八点五`` and ``98.5``.

    A bare number between 0 and 1 is taken as it stands, with a hundred times it as the other reading.
    """
    plain = prepared(text)
    if isinstance(plain, NotUnderstood):
        return plain
    bare, hedged = unhedged(plain)
    value = _percentage(bare)
    if value is not None:
        return checked(value, approximate=hedged)
    result = read_decimal(text)
    if isinstance(result, Understood) and 0 < result.value < 1:
        return Understood(result.value, result.approximate, (result.value * 100,))
    return result


def read_decimal(text: str) -> Result[Decimal]:
    """A number of any kind."""
    plain = prepared(text)
    if isinstance(plain, NotUnderstood):
        return plain
    return quantity(plain, without_counter)


def quantity(plain: str, without_unit: Callable[[str], str]) -> Result[Decimal]:
    """The number of a normalised text whose unit, if any, ``without_unit`` takes away."""
    bare, hedged = unhedged(plain)
    text, hedged_inside = unhedged(without_unit(bare))
    approximate = hedged or hedged_inside
    value = signed(text)
    if value is None:
        value = signed(bare)
    if value is not None:
        return checked(value, approximate=approximate)
    if (parts := _RANGE.fullmatch(text)) and all(
        magnitude(without_unit(part)) is not None for part in parts.groups()
    ):
        return NotUnderstood(Reason.RANGE)
    return NotUnderstood(Reason.NOT_RECOGNISED)


def without_counter(text: str) -> str:
    """A text without a closing counter or unit of time."""
    if found := _YEARS_AND_A_HALF.fullmatch(text):
        return f"{found[1]}点五" if magnitude(found[1]) is not None else text
    for start in range(max(1, len(text) - 12), len(text)):
        if _COUNTED.fullmatch(text, start):
            return text[:start]
    return text


def signed(text: str) -> Decimal | None:
    """A number that may be negative: with a minus sign or 负."""
    if sign := _NEGATIVE.match(text):
        value = magnitude(text[sign.end() :])
        return None if value is None else -value
    return magnitude(text.removeprefix("+"))


def magnitude(text: str) -> Decimal | None:
    """A number without a sign, in either language."""
    value = numeral(text)
    return value if value is not None else number_in_words(text)


def checked(value: Decimal, *, approximate: bool) -> Result[Decimal]:
    """The value as a result, unless it is too large or too fine to be meant."""
    if abs(value) > LARGEST:
        return NotUnderstood(Reason.TOO_LARGE)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _MOST_DECIMALS:
        return NotUnderstood(Reason.NOT_RECOGNISED)
    return Understood(value + 0, approximate)


def simplest(value: Decimal) -> int | Decimal:
    """An ``int`` where nothing is lost by it."""
    return value if value % 1 else int(value)


def _percentage(text: str) -> Decimal | None:
    if found := _PARTS_OF.fullmatch(text):
        value = magnitude(found[2])
        return None if value is None else value / _OF[found[1]]
    if text.endswith("‰"):
        value = signed(text[:-1].strip())
        return None if value is None else value / 10
    if found := _PERCENT.fullmatch(text):
        return signed(found[1])
    if found := _TENTHS.fullmatch(text):
        tenths = Decimal(10) if found[1] == "十" else _digit(found[1])
        more = Decimal(0) if not found[2] else Decimal(5) if found[2] == "半" else _digit(found[2])
        return tenths * 10 + more
    return None


def _digit(text: str) -> Decimal:
    return Decimal(DIGITS.get(text, text))
