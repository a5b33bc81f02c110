"""Words that make a value approximate, and words that add nothing to it."""

from __future__ import annotations

import re
from typing import Final

_BEFORE = re.compile(
    r"(?:大约莫?|大概|大致|约莫|约[为有是合]?|差不多|将近|接近|近|几乎|快到?|刚?不到|未到|不足|不满|已?超过|超出|超|逾|已满|"
    r"至少|起码|最少|至多|最多|不超过|不少于|不低于|不高于|高于|低于|多于|少于|大于|小于|估计|估摸|预计|可能|应该|好像|"
    r"(?:about|around|approximately|approx\.?|roughly|nearly|almost|over|under|above|below|more than|less than|"
    r"fewer than|at least|at most|up to|some|circa|maybe|perhaps|probably|i think|just over|just under|not quite)(?![a-z])|"
    r"ca?\.(?=[ \d])|[~≈<>≤≥]=?)[ ]*"
)
_AFTER = re.compile(
    r"[ ]*(?:左右|上下|以上|以下|以内|有余|出头|不到|不止|多|余|吧|or so|or more|or less|more or less|"
    r"approximately|approx\.?|roughly|plus|\+)"
)
_WITHIN = re.compile(
    r"(?<=[\d十百千万亿个])(?:多|余|来)(?=个?[十百千万亿]*[元块人家名项次件年月天个]|个?[万亿]|$)"
)
_SAYS_NOTHING = re.compile(
    r"(?:我们|我司|本公司|本企业|本单位|公司|企业|单位)?(?:一共|总共|总计|共计|合计|累计|共)?(?:是|有|为|了)?[:= ]*"
)
_SAYS_NOTHING_IN_ENGLISH = re.compile(r"(?:it is|it was|it's|we have|we had|we are|there are|there were)[ ]+")
_FINAL_MARKS: Final = " 。.!?;;,、"


def without_fillers(text: str) -> str:
    """A normalised text without polite beginnings and closing marks."""
    bare = text.rstrip(_FINAL_MARKS)
    for pattern in (_SAYS_NOTHING, _SAYS_NOTHING_IN_ENGLISH):
        if (found := pattern.match(bare)) and found.end() < len(bare):
            bare = bare[found.end() :]
    return bare


def unhedged(text: str) -> tuple[str, bool]:
    """A normalised text without words such as 约, 左右 or "about", and whether there were any."""
    bare, hedged = without_fillers(text), False
    for _ in range(3):
        before = bare
        if (found := _BEFORE.match(bare)) and found.end() < len(bare):
            bare, hedged = without_fillers(bare[found.end() :]), True
        if found := _closing(bare):
            bare, hedged = bare[: found.start()], True
        if bare == before:
            break
    within = _WITHIN.sub("", bare)
    return within, hedged or within != bare


def _closing(text: str) -> re.Match[str] | None:
    """The match of a closing word that is not the whole text."""
    for start in range(max(1, len(text) - 16), len(text)):
        if found := _AFTER.fullmatch(text, start):
            return found
    return None
