"""Dates told from today: 去年6月, 上个月, 三年前, yesterday, last June, 2 years ago."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from dialogs.understanding.absolute_dates import (
    MONTH_AND_DAY,
    PARTS_OF_YEAR,
    built,
    english_parts,
    month_and_day,
    small_number,
)
from dialogs.understanding.durations import duration
from dialogs.understanding.result import Ambiguous, NotUnderstood, Reason, Result, Understood
from domain.calendar.periods import add_months
from domain.values import PartialDate

_DAYS: Final = {
    "今天": 0, "今日": 0, "当天": 0, "今儿": 0, "现在": 0, "today": 0, "now": 0,
    "昨天": -1, "昨日": -1, "昨儿": -1, "yesterday": -1,
    "前天": -2, "前日": -2, "day before yesterday": -2, "the day before yesterday": -2, "大前天": -3,
    "明天": 1, "明日": 1, "tomorrow": 1,
    "后天": 2, "后日": 2, "day after tomorrow": 2, "the day after tomorrow": 2, "大后天": 3,
}  # fmt: skip
_YEARS: Final = {
    "今年": 0, "本年": 0, "这年": 0, "当年": 0, "this year": 0,
    "去年": -1, "上年": -1, "上一年": -1, "last year": -1, "the last year": -1, "previous year": -1,
    "前年": -2, "the year before last": -2, "year before last": -2, "大前年": -3,
    "明年": 1, "下一年": 1, "来年": 1, "next year": 1, "后年": 2,
}  # fmt: skip
_MONTHS: Final = {
    "本月": 0, "这个月": 0, "这月": 0, "当月": 0, "this month": 0,
    "上个月": -1, "上月": -1, "last month": -1, "上上个月": -2, "上上月": -2,
    "下个月": 1, "下月": 1, "next month": 1,
}  # fmt: skip


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_YEAR_TOLD = re.compile(
    rf"(?P<told>{_any_of(_YEARS)})度?的?(?:(?P<part>年?初|年?底|年?末|年?中)|{MONTH_AND_DAY})"
)
_YEAR_TOLD_IN_ENGLISH = re.compile(
    rf"(?:(?P<before>{_any_of(_YEARS)})(?: in)?,? (?P<then>.+)|(?P<first>.+?),? (?:of )?(?P<after>{_any_of(_YEARS)}))"
)
_MONTH_TOLD = re.compile(
    rf"(?P<told>{_any_of(_MONTHS)})的?(?:(?P<day>\d{{1,2}}|[一二三四五六七八九十廿卅]{{1,3}})[日号]|初|底|末|中旬?|[上下]旬)?"
)
_NO_YEAR = re.compile(MONTH_AND_DAY)
_WHICH_MONTH = re.compile(r"(last|past|previous|this|next|coming) (.+)")
_AGO = re.compile(r"(.+?) ?(?:以前|之前|前|ago|back|earlier)")
_MOST_YEARS_TO_29_FEBRUARY: Final = 8


def relative_date(text: str, today: date, *, past: bool) -> Result[PartialDate] | None:
    """The date a normalised text tells from ``today``; ``None`` when it tells none.

    ``past``: the question is about the past, so a month without a year is the latest one there was.
    """
    if text in _DAYS:
        return Understood(PartialDate.of(today + timedelta(days=_DAYS[text])))
    if found := _YEAR_TOLD.fullmatch(text):
        year = today.year + _YEARS[found["told"]]
        if found["part"]:
            return built(year, PARTS_OF_YEAR[found["part"][-1]], approximate=True)
        return built(year, *month_and_day(found))
    if found := _MONTH_TOLD.fullmatch(text):
        month = add_months(today.replace(day=1), _MONTHS[found["told"]])
        day = small_number(found["day"]) if found["day"] else None
        return built(month.year, month.month, day)
    if (found := _NO_YEAR.fullmatch(text)) and found["month"] and not text.isdigit():
        month_number, day_number = month_and_day(found)
        return _without_year(today, month_number or 0, day_number, past=past)
    return _ago(text, today) or _in_english(text, today, past=past)


def _ago(text: str, today: date) -> Result[PartialDate] | None:
    found = _AGO.fullmatch(text)
    span = duration(found[1]) if found else None
    if span is None:
        return None
    # "Three years ago" names a day only roughly; "ten days ago" does not.
    return Understood(span.before(today), approximate=span.months >= 6)


def _in_english(text: str, today: date, *, past: bool) -> Result[PartialDate] | None:
    if not text.isascii():
        return None
    if found := _YEAR_TOLD_IN_ENGLISH.fullmatch(text):
        parts = english_parts(found["then"] or found["first"])
        if parts and parts[0] is None:
            return built(today.year + _YEARS[found["before"] or found["after"]], parts[1], parts[2])
        return None
    if found := _WHICH_MONTH.fullmatch(text):
        parts = english_parts(found[2])
        return _which(found[1], parts[1], parts[2], today) if parts and parts[0] is None else None
    parts = english_parts(text)
    return _without_year(today, parts[1], parts[2], past=past) if parts and parts[0] is None else None


def _which(word: str, month: int, day: int | None, today: date) -> Result[PartialDate]:
    if word == "this":
        return built(today.year, month, day)
    if word in {"next", "coming"}:
        return built(today.year + (month <= today.month), month, day)
    latest = built(today.year - (month >= today.month), month, day)
    year_before = built(today.year - 1, month, day)
    if isinstance(latest, Understood) and isinstance(year_before, Understood) and latest != year_before:
        return Understood(latest.value, alternatives=(year_before.value,))
    return latest


def _without_year(today: date, month: int, day: int | None, *, past: bool) -> Result[PartialDate]:
    latest = _nearest(today, month, day, step=-1)
    if latest is None:
        return NotUnderstood(Reason.IMPOSSIBLE_DATE)
    if past:
        return Understood(latest)
    coming = _nearest(today, month, day, step=1)
    return Understood(latest) if coming is None or coming == latest else Ambiguous((latest, coming))


def _nearest(today: date, month: int, day: int | None, *, step: int) -> PartialDate | None:
    """The nearest such date that has begun (step -1) or has not ended (step 1)."""
    for offset in range(_MOST_YEARS_TO_29_FEBRUARY + 1):
        result = built(today.year + step * offset, month, day)
        if isinstance(result, Understood):
            found = result.value
            if (found.earliest <= today) if step < 0 else (found.latest >= today):
                return found
    return None
