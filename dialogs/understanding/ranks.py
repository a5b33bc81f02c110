"""Ranks: 第3, 第三名, "2nd", "No. 1"; 前三 and "top three" are approximate."""

from __future__ import annotations

import re
from typing import Final

from dialogs.understanding.hedges import unhedged
from dialogs.understanding.numbers import magnitude
from dialogs.understanding.result import NotUnderstood, Reason, Result, Understood
from dialogs.understanding.text import prepared

_COUNTED = re.compile(
    r"(?:(?:我们|本公司|公司)?(?:排名?在?|位居|位列|居|列|名列|并列)*(?:全市|全省|全国|行业|同行业|市内|省内)?(?:并列)?第?"
    r"|(?:we )?(?:are )?(?:ranked|rank|number|place|no\.?|#) ?)?(?P<rank>[\d,零〇一二两三四五六七八九十百千万]+|[a-z]+(?:-[a-z]+)?) ?(?:名|位|st|nd|rd|th)?(?: place)?"
)
_AT_MOST = re.compile(
    r"(?:(?:排名?|位居|位列|居|列|名列|行业|全市|同行业)*前(?P<most>.+?)(?:名|位|强)?(?:以内|之内|之列)?|(?:the )?top (?P<top>.+))"
)
_FIRST: Final = frozenset(
    {"首位", "榜首", "冠军", "龙头", "老大", "行业第一", "first", "the first", "champion"}
)
_ENGLISH: Final = {
    word: rank
    for rank, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
        start=1,
    )
}
_LARGEST: Final = 100_000


def read_rank(text: str) -> Result[int]:
    """A place in a ranking, from 1. "Among the first three" is 3 and approximate: it may be better."""
    plain = prepared(text)
    if isinstance(plain, NotUnderstood):
        return plain
    bare, hedged = unhedged(plain)
    if bare in _FIRST:
        return Understood(1, hedged)
    if found := _AT_MOST.fullmatch(bare):
        return _rank(found["most"] or found["top"], approximate=True)
    if bare.removeprefix("the ").removesuffix(" place") in _ENGLISH:
        return Understood(_ENGLISH[bare.removeprefix("the ").removesuffix(" place")], hedged)
    found = _COUNTED.fullmatch(bare)
    return _rank(found["rank"], approximate=hedged) if found else NotUnderstood(Reason.NOT_RECOGNISED)


def _rank(text: str, *, approximate: bool) -> Result[int]:
    value = magnitude(text)
    if value is None or value < 1:
        return NotUnderstood(Reason.NOT_RECOGNISED)
    if value % 1:
        return NotUnderstood(Reason.NOT_WHOLE)
    return Understood(int(value), approximate) if value <= _LARGEST else NotUnderstood(Reason.TOO_LARGE)
