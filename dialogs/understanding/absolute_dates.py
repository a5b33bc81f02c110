"""Dates that need no today: 2024-10-20, 2024年10月, 二〇二四年十月, 20 Oct 2024."""

from __future__ import annotations

import re
from typing import Final

from dialogs.understanding.numerals import numeral
from dialogs.understanding.result import Ambiguous, NotUnderstood, Reason, Result, Understood
from domain.values import PartialDate

EARLIEST_YEAR: Final = 1800
LATEST_YEAR: Final = 2199

_CHINESE_DIGITS: Final = "零〇一二三四五六七八九"
_SMALL: Final = r"\d{1,2}|[一二三四五六七八九十廿卅]{1,3}"
MONTH_AND_DAY: Final = rf"(?:(?P<month>{_SMALL})(?:月份?|$)(?:的?(?P<day>{_SMALL})(?:[日号]|$))?)?"
_IN_CHINESE = re.compile(
    rf"(?P<year>\d{{4}}|\d{{2}}|[{_CHINESE_DIGITS}]{{4}}|[{_CHINESE_DIGITS}]{{2}})(?:年度?|年份)的?"
    rf"(?:(?P<part>年?初|年?底|年?末|年?中|年中)|{MONTH_AND_DAY})"
)
_YEAR_FIRST = re.compile(r"(\d{4}) ?([-/.]| ) ?(\d{1,2})(?: ?\2 ?(\d{1,2}))?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{4})", re.ASCII)
_MONTH_AND_YEAR = re.compile(r"(\d{1,2}) ?[-/.] ?(\d{4})", re.ASCII)
_IN_ONE = re.compile(r"(\d{4})(?:(\d{2})(\d{2})?)?", re.ASCII)

_MONTHS: Final = {
    name[:length]: month
    for month, name in enumerate(
        ["january", "february", "march", "april", "may", "june",
         "july", "august", "september", "october", "november", "december"],
        start=1,
    )
    for length in {3, 4 if name == "september" else 3, len(name)}
}  # fmt: skip
_ENGLISH_WORD = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?|(?P<year>\d{4})|(?P<month>[a-z]+)", re.ASCII)
PARTS_OF_YEAR: Final = {"初": 1, "中": 6, "底": 12, "末": 12}


def absolute_date(text: str, this_year: int) -> Result[PartialDate] | None:
    """The date a normalised text writes out; ``None`` when it writes none.

    ``this_year`` tells the century of a year of two digits: up to ten years ahead is this one.
    """
    if found := _IN_CHINESE.fullmatch(text):
        if len(found["year"]) == 2 and not (found["year"].isascii() or found["part"] or found["month"]):
            return None  # 三五年 is a span of three to five years
        year = _year(found["year"], this_year)
        if found["part"]:
            return built(year, PARTS_OF_YEAR[found["part"][-1]], approximate=True)
        return built(year, *month_and_day(found))
    if found := _IN_ONE.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        groups = found.groups()
        month, day = groups[-2], groups[-1]
        return built(int(groups[0]), int(month) if month else None, int(day) if day else None)
    if found := _MONTH_AND_YEAR.fullmatch(text):
        return built(int(found[2]), int(found[1]))
    if found := _YEAR_LAST.fullmatch(text):
        return _either_order(int(found[1]), int(found[3]), int(found[4]))
    if text.isascii() and (words := english_parts(text)) and (year_told := words[0]) is not None:
        return built(year_told, words[1], words[2])
    return None


def built(
    year: int, month: int | None = None, day: int | None = None, *, approximate: bool = False
) -> Result[PartialDate]:
    """The date with these parts, or that no calendar has it."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR or month == 0 or day == 0:
        return NotUnderstood(Reason.IMPOSSIBLE_DATE)
    try:
        return Understood(PartialDate(year, month, day), approximate)
    except ValueError:
        return NotUnderstood(Reason.IMPOSSIBLE_DATE)


def month_and_day(found: re.Match[str]) -> tuple[int | None, int | None]:
    """The month and day of a match of :data:`MONTH_AND_DAY`; 0 for what is no number."""
    month, day = found["month"], found["day"]
    return (small_number(month) if month else None), (small_number(day) if day else None)


def english_parts(text: str) -> tuple[int | None, int, int | None] | None:
    """Year, month and day of a text with the English name of a month, in whatever order."""
    words = [word for word in re.split(r"[ ,./-]+", text) if word not in {"", "of", "the"}]
    if not 1 <= len(words) <= 3:
        return None
    year = month = day = None
    for word in words:
        found = _ENGLISH_WORD.fullmatch(word)
        if found is None:
            return None
        if found["month"] and month is None and found["month"] in _MONTHS:
            month = _MONTHS[found["month"]]
        elif found["year"] and year is None:
            year = int(found["year"])
        elif found["day"] and day is None:
            day = int(found["day"])
        else:
            return None
    return None if month is None else (year, month, day)


def _either_order(first: int, second: int, year: int) -> Result[PartialDate]:
    """03/04/2024 is 3 April to some and March 4 to others."""
    readings = {
        result.value: None
        for result in (built(year, second, first), built(year, first, second))
        if isinstance(result, Understood)
    }
    match tuple(readings):
        case ():
            return NotUnderstood(Reason.IMPOSSIBLE_DATE)
        case (only,):
            return Understood(only)
        case several:
            return Ambiguous(several)


def _year(text: str, this_year: int) -> int:
    digits = "".join(
        str(_CHINESE_DIGITS.index(each) - 1) if each in _CHINESE_DIGITS[1:] else each for each in text
    )
    year = int(digits.replace("零", "0"))
    if len(text) == 4:
        return year
    century = this_year - this_year % 100
    return century + year if century + year <= this_year + 10 else century + year - 100


def small_number(text: str) -> int:
    """A day or month in digits or characters; 0 for what is no number."""
    value = numeral(text)
    return 0 if value is None else int(value)
