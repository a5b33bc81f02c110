"""Numerals as Chinese texts write them: 三千二百万, 1亿5千万, 一万二, 3.2万, 1,500,000.

Numbers may be written in characters, in digits, or half and half. What is no numeral as people
write them, such as 三千二亿 or 1万25, is no number: better asked again than misread.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL_UNITS: Final = {"十": 10, "百": 100, "千": 1_000}
_LARGE_UNITS: Final = (("亿", 10**8), ("万", 10**4))

_WRITTEN_OTHERWISE: Final = str.maketrans(
    {
        "壹": "一",
        "贰": "二",
        "貳": "二",
        "叁": "三",
        "參": "三",
        "肆": "四",
        "伍": "五",
        "陆": "六",
        "陸": "六",
    }
    | {"柒": "七", "捌": "八", "玖": "九", "拾": "十", "佰": "百", "仟": "千", "廿": "二十", "卅": "三十"}
)
# Groups of three (1,234,567), of four as Chinese texts have them (1,5000,0000), or none at all.
_SEPARATOR: Final = r"[,、']"
_ARABIC = re.compile(
    rf"(?:\d{{1,3}}(?:{_SEPARATOR}\d{{3}})+|\d{{1,3}}(?: \d{{3}})+|\d{{1,4}}(?:{_SEPARATOR}\d{{4}})+|\d+)(?:\.\d+)?",
    re.ASCII,
)
_IN_PARTS = re.compile(r"\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千]", re.ASCII)
_MEASURE_WORD = re.compile(r"个(?=[十百千]?[万亿])")
_AROUND_UNITS = re.compile(r" ?([十百千万亿]) ?")
_MOST_DIGITS: Final = 24


def numeral(text: str) -> Decimal | None:
    """The number a normalised text writes out, not negative; ``None`` when it is none."""
    plain = text.translate(_WRITTEN_OTHERWISE).strip()
    plain = _MEASURE_WORD.sub("", _AROUND_UNITS.sub(r"\1", plain))
    return _number(plain, short=True) if plain else None


def arabic(text: str) -> Decimal | None:
    """A number in digits, with or without groups and decimals."""
    if not _ARABIC.fullmatch(text) or len(text) > 2 * _MOST_DIGITS:
        return None
    bare = re.sub(r"[^0-9.]", "", text)
    return Decimal(bare) if len(bare) <= _MOST_DIGITS else None


def _number(text: str, *, short: bool) -> Decimal | None:
    """Any numeral; ``short`` allows the last unit to go unsaid, as in 一万二."""
    for unit, size in _LARGE_UNITS:
        if unit not in text:
            continue
        left, _, right = text.rpartition(unit)
        if unit in left:
            return None
        head = _number(left, short=False) if left else None
        tail = _rest(right, size, short=short)
        if head is None or tail is None or (tail and head % 1):
            return None
        return head * size + tail
    return _up_to_thousands(text, short=short)


def _rest(text: str, size: int, *, short: bool) -> Decimal | None:
    """What follows a unit of ``size``: nothing, a smaller numeral, or a digit of the next unit."""
    if not text:
        return Decimal(0)
    if text == "半":
        return Decimal(size // 2)
    if len(text) == 1 and _is_digit(text):
        return Decimal(_digit(text) * size // 10) if short and _digit(text) else None
    after_zero = text.lstrip("零〇")
    if text.isdigit() and text.isascii():
        return Decimal(text) if 10 ** len(text) == size else None
    if all(character in DIGITS for character in after_zero) and len(after_zero) != 1:
        return None
    # 五亿三千 is said for 530 million as well as for 500,003,000, which properly is 五亿零三千.
    if size > 10**4 and "万" not in text and after_zero == text:
        return None
    value = _number(after_zero, short=short)
    return value if value is not None and value < size and not value % 1 else None


def _up_to_thousands(text: str, *, short: bool) -> Decimal | None:
    if text == "半":
        return Decimal("0.5")
    if (plain := arabic(text)) is not None:
        return plain
    whole, point, fraction = text.partition("点")
    if point:
        if not fraction or len(fraction) > 9 or not all(map(_is_digit, fraction)):
            return None
        before = _up_to_thousands(whole, short=False) if whole else None
        if before is None or before % 1:
            return None
        return before + Decimal("0." + "".join(str(_digit(each)) for each in fraction))
    if text and all(character in DIGITS for character in text):
        return _digit_by_digit(text)
    return _with_units(text, short=short)


def _digit_by_digit(text: str) -> Decimal | None:
    """二〇二四. Two digits side by side, as in 三五, mean "three to five": no number."""
    if len(text) > _MOST_DIGITS or (len(text) > 1 and "两" in text):
        return None
    if len(text) == 2 and not {"零", "〇"} & set(text):
        return None
    return Decimal("".join(str(DIGITS[character]) for character in text))


def _with_units(text: str, *, short: bool) -> Decimal | None:
    """三千二百, 2千5百, 十二; the units get smaller from left to right."""
    parts = _IN_PARTS.findall(text)
    if not parts or "".join(parts) != text or len(parts) > 12:
        return None
    total, last_unit, pending, zero = Decimal(0), 10_000, "", False
    for part in parts:
        if unit := _SMALL_UNITS.get(part):
            # 十二 has no digit before its unit, nor has 百万 at the beginning of a number.
            if unit >= last_unit or (not pending and unit != 10 and last_unit != 10_000) or total % 1:
                return None
            total += (_value(pending) if pending else 1) * unit
            last_unit, pending, zero = unit, "", False
        elif pending or (part in "零〇" and last_unit == 10_000):
            return None
        elif part in "零〇":
            zero = True
        else:
            pending = part
    if last_unit == 10_000 or (zero and not pending) or (pending and total % 1):
        return None
    if not pending:
        return total
    rest = _ones(pending, last_unit, zero=zero, short=short)
    return None if rest is None else total + rest


def _ones(text: str, unit: int, *, zero: bool, short: bool) -> Decimal | None:
    """The digits after the last unit: ones after 十 or 零, else a digit of the next unit unsaid."""
    value = _value(text)
    if value % 1:
        return None
    if len(text) > 1:
        return value if 10 ** len(text) == unit else None
    if zero or unit == 10:
        return value
    return value * unit / 10 if short else None


def _value(part: str) -> Decimal:
    return Decimal(DIGITS[part]) if part in DIGITS else Decimal(part)


def _is_digit(character: str) -> bool:
    return character in DIGITS or (character.isascii() and character.isdigit())


def _digit(character: str) -> int:
    return DIGITS[character] if character in DIGITS else int(character)
