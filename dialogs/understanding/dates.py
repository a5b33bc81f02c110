"""Dates and years: written out, or told from today.

What is said keeps its precision: 2024年10月 is a month. Where one text names two dates, as 03/04/2024
does, both are given back. A span of time (两年半) answers "since when?": it began that long ago.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final

from dialogs.understanding.absolute_dates import absolute_date
from dialogs.understanding.durations import duration
from dialogs.understanding.hedges import unhedged
from dialogs.understanding.relative_dates import relative_date
from dialogs.understanding.result import Ambiguous, NotUnderstood, Reason, Result, Understood, mapped
from dialogs.understanding.text import prepared
from domain.values import PartialDate

_BEFORE = re.compile(
    r"(?:大?约?(?:自从|始于|开始于|自|从|于|在)|已经?|已?满|足足|整整|连续|持续|(?:应用|导入|实施|推行|使用|坚持|用|做)了?|有|"
    r"(?:since|from|in|on|as of|starting(?: from| in)?|started(?: in| on)?|began(?: in| on)?|for|the|early|late|mid|"
    r"(?:the )?(?:beginning|start|end|middle) of)(?![a-z])[ -]?) ?"
)
_ROUGH = re.compile(r"(?:early|late|mid|(?:the )?(?:beginning|start|end|middle) of)(?![a-z])[ -]?")
_AFTER = re.compile(
    r" ?(?:开始(?:的|用|应用|导入|实施)?|起(?:始)?|以来|至今|到现在|到今天|了|的时候|时|"
    r"onwards?|till now|until now|to date|so far|already)"
)
_AROUND_UNITS = re.compile(r" ?([年月日号]) ?")
_TIME = re.compile(r"(?<=\d)[ t]\d{1,2}:\d{2}(?::\d{2})?z?$", re.ASCII)
_LONGEST_AFTER: Final = 12
_RANGE = re.compile(r"(.{4,}?) ?(?:-|~|到|至(?!今)| to | until ) ?(.{2,})")
_TWO_DIGITS = re.compile(r"(\d{2})年", re.ASCII)


def read_date(text: str, today: date, *, past: bool = True, spans: bool = True) -> Result[PartialDate]:
    """A date, in the precision it was told in.

    ``past``: the question is about the past or "since when?". Then a span of time counts back from
    ``today`` and a month without a year is the latest one there was; otherwise such a month is
    ambiguous and a span of time is not a date; nor is it without ``spans``.
    """
    plain = prepared(text)
    if isinstance(plain, NotUnderstood):
        return plain
    plain = _TIME.sub("", _AROUND_UNITS.sub(r"\1", plain))
    result = _read(plain, today, past=past, spans=spans)
    if result is None:
        return NotUnderstood(_why(plain, today))
    return replace(result, future=result.value.earliest > today) if isinstance(result, Understood) else result


def read_year(text: str, today: date) -> Result[int]:
    """A calendar year; of a date, its year."""
    result = mapped(read_date(text, today, past=False), lambda value: value.year)
    if isinstance(result, Ambiguous) and len(set(result.readings)) == 1:
        return Understood(result.readings[0], future=result.readings[0] > today.year)
    return result


def _read(plain: str, today: date, *, past: bool, spans: bool) -> Result[PartialDate] | None:
    for candidate, rough in _stripped(plain):
        result = _exactly(candidate, today, past=past, spans=spans and past)
        if result is not None:
            return replace(result, approximate=True) if rough and isinstance(result, Understood) else result
    return None


def _exactly(text: str, today: date, *, past: bool, spans: bool) -> Result[PartialDate] | None:
    result = absolute_date(text, today.year)
    if not spans:
        return result or relative_date(text, today, past=past)
    span = duration(text)
    began = None if span is None else span.before(today)
    if began and isinstance(result, Understood) and _TWO_DIGITS.fullmatch(text):
        # 24年 is the year 2024 or a span of 24 years.
        return Ambiguous((result.value, began))
    if result is None and began:
        return Understood(began)
    return result or relative_date(text, today, past=True)


def _stripped(plain: str) -> list[tuple[str, bool]]:
    """The text, and what is left of it without words around a date; whether they make it rough."""
    bare, rough = unhedged(plain)
    candidates = [(plain, False), (bare, rough)]
    for _ in range(3):
        before = bare
        if (found := _BEFORE.match(bare)) and found.end() < len(bare):
            rough = rough or _ROUGH.match(bare) is not None
            bare = bare[found.end() :]
        for start in range(max(1, len(bare) - _LONGEST_AFTER), len(bare)):
            if _AFTER.fullmatch(bare, start):
                bare = bare[:start]
                break
        bare, hedged = unhedged(bare)
        rough = rough or hedged
        if bare == before:
            break
        candidates.append((bare, rough))
    return list(dict.fromkeys(candidates))


def _why(plain: str, today: date) -> Reason:
    found = _RANGE.fullmatch(plain)
    if found and all(
        isinstance(_read(part, today, past=True, spans=True), Understood) for part in found.groups()
    ):
        return Reason.RANGE
    return Reason.NOT_RECOGNISED
