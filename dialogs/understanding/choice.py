"""Choosing from a list: by number, by key, by label, or by the beginning of a label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dialogs.understanding.numerals import numeral
from dialogs.understanding.result import Ambiguous, NotUnderstood, Reason, Result, Understood
from dialogs.understanding.text import LONG, normalised, phrases, prepared

_ORDINAL = re.compile(
    r"(?:选择?|我选|第|no\.? ?|number |option |choose |#)*\(?([\d一二两三四五六七八九十]{1,3})\)?"
    r"(?:个|项|条|种|号)?[.、)]?"
)
_TO = re.compile(r"(.{1,6}?) ?(?:-|~|到|至| to ) ?(.{1,6})")
_STRONG = re.compile(r"[,、;；/|+&\n]+")
_WEAK = re.compile(r"( ?(?:和|与|以及|及|跟|还有|(?<![a-z])and(?![a-z])) ?| )")
_MOST_WORDS: Final = 24
_MARKS: Final = " 。.!,;、"
_ALL: Final = phrases(
    "全部, 全部都有, 全部都是, 全选, 全都, 全都有, 全都是, 全有, 全是, 所有, 所有的, 都有, 都是, 都选, "
    "都满足, 都符合, 都具备, 以上都有, 以上都是, 以上全部, 以上全有, all, both, everything all, "
    "all of them, all of these, all of the above, both of them"
)
_NONE: Final = phrases(
    "都没有, 都不是, 都无, 都不, 全没有, 全无, 全都没有, 没有, 没, 无, 一个都没有, 一个也没有, "
    "一项都没有, 一项也没有, 以上都没有, 以上都不是, 以上均无, 均无, 都不满足, 都不符合, 不选, none, no, "
    "neither, nothing, none of them, none of these, none of the above, neither of them"
)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its key, and its label in the language of the screen."""

    key: str
    label: str


def read_choice(text: str, options: Sequence[Option]) -> Result[str]:
    """The key of the option chosen.

    A number counts the options from one, unless a label is written like that. The beginning of a label will
    do when only one label begins so.
    """
    plain = prepared(text, LONG)
    return plain if isinstance(plain, NotUnderstood) else _one(plain, options)


def read_choices(text: str, options: Sequence[Option]) -> Result[frozenset[str]]:
    """The keys of the options chosen: ``1,3、5``, ``1-3``, ``1 和 3``, labels, 全部 (all) or 都没有 (none)."""
    plain = prepared(text, LONG)
    if isinstance(plain, NotUnderstood):
        return plain
    whole = _one(plain, options)
    if isinstance(whole, Understood):
        return Understood(frozenset({whole.value}))
    bare = plain.strip(_MARKS)
    if bare in _ALL:
        return Understood(frozenset(option.key for option in options))
    if bare in _NONE:
        return Understood(frozenset())
    if isinstance(whole, Ambiguous):
        return Ambiguous(tuple(frozenset({key}) for key in whole.readings))
    chosen: set[str] = set()
    for part in _split(plain, options):
        keys = _several(part, options)
        if keys is None:
            return NotUnderstood(Reason.NO_SUCH_CHOICE, part[:40])
        chosen |= keys
    return Understood(frozenset(chosen)) if chosen else NotUnderstood(Reason.NO_SUCH_CHOICE)


def _one(plain: str, options: Sequence[Option]) -> Result[str]:
    bare = plain.strip(_MARKS) or plain
    labels = {option.key: normalised(option.label) for option in options}
    exact = [key for key, label in labels.items() if bare in {label, label.strip(_MARKS), key.casefold()}]
    counted = _position(bare, options)
    begun = [key for key, label in labels.items() if label.startswith(bare)]
    # A number counts the options, even where a label begins with it ("3 years"), but not where one is that number.
    readings = dict.fromkeys([counted, *exact] if counted is not None else exact or begun)
    match tuple(readings):
        case ():
            return NotUnderstood(Reason.NO_SUCH_CHOICE)
        case (only,):
            return Understood(only)
        case several:
            return Ambiguous(several)


def _position(text: str, options: Sequence[Option]) -> str | None:
    number = _number(text)
    return options[number - 1].key if number is not None and 1 <= number <= len(options) else None


def _number(text: str) -> int | None:
    found = _ORDINAL.fullmatch(text)
    value = numeral(found[1]) if found else None
    return None if value is None else int(value)


def _split(plain: str, options: Sequence[Option]) -> list[str]:
    """The parts of an enumeration. Words such as 和 separate only where they are not part of a label."""
    parts: list[str] = []
    for piece in _STRONG.split(plain):
        # Words, with what separates them in between.
        words = _WEAK.split(piece.strip(_MARKS))[: 2 * _MOST_WORDS - 1]
        while words:
            longest = next(
                (
                    end
                    for end in range(len(words), 0, -2)
                    if _several("".join(words[:end]).strip(), options) is not None
                ),
                1,
            )
            parts.append("".join(words[:longest]).strip(_MARKS))
            words = words[longest + 1 :]
    return [part for part in parts if part]


def _several(part: str, options: Sequence[Option]) -> set[str] | None:
    single = _one(part, options)
    if isinstance(single, Understood):
        return {single.value}
    if not (found := _TO.fullmatch(part)):
        return None
    first, last = _number(found[1].strip()), _number(found[2].strip())
    if first is None or last is None or not 1 <= first <= last <= len(options):
        return None
    return {option.key for option in options[first - 1 : last]}
