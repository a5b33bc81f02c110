"""Dated events in one text: ``2023年5月 火灾; 去年8月``, or 没有 for none."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dialogs.understanding.answers import read_answer
from dialogs.understanding.dates import read_date
from dialogs.understanding.result import Ambiguous, NotUnderstood, Reason, Result, Understood
from dialogs.understanding.text import normalised, phrases, read_text
from domain.values import Event, PartialDate

_NONE: Final = phrases(
    "没有, 无, 没有发生, 没有发生过, 未发生, 未发生过, 从未发生, 没发生过, 没有过, 一次也没有, 一次都没有, 0, 零, 0次, 零次, 0起, 无事故, 没有事故, 未发生事故, "
    "none, no, never, nothing, no accidents, no events, no incidents, none happened, not happened, zero"
)
_BETWEEN = re.compile(r"[;；\n]+")
_LESSER = re.compile(r"[,，、]+|以及|和|与|及| and ")
# Such a note says that the date before it is no event, or was no date.
_NO_NOTE = re.compile(r"\s*(?:没有?|无|未|不是|none\b|no\b|not\b|[-\d][\s\d.,，、%万亿元-]*$)", re.IGNORECASE)
_BEFORE_NOTE: Final = " :：,，、。.-—)）"
_AFTER_NOTE: Final = " :：,，、-—"
_MOST_READINGS: Final = 4
_LONGEST_DATE: Final = 40
_MOST_EVENTS: Final = 50
_MOST_NOTE: Final = 300
# Where a date may end and a note begin, and the other way round.
_DATE_END = re.compile(
    r"(?<=[年月日号天初底末中前份])|(?<=\d)(?!\d)|(?<=[a-z])(?= )|(?=[ :：,，(（])|$", re.IGNORECASE
)
_DATE_BEGIN = re.compile(r"(?<!\d)(?=\d)|(?=[去前今昨上本大])|(?<= )")


def read_events(text: str, today: date) -> Result[tuple[Event, ...]]:
    """Events with their dates and what was said about them; empty when nothing happened.

    Separated by semicolons or lines; by commas where each part has a date.
    """
    tidy = read_text(text, lines=True)
    if isinstance(tidy, NotUnderstood):
        return tidy
    if isinstance(tidy, Ambiguous):
        return NotUnderstood(Reason.NOT_RECOGNISED)
    if nothing_happened(tidy.value):
        return Understood(())
    parts = [part for part in _BETWEEN.split(tidy.value) if part.strip(_BEFORE_NOTE)]
    if len(parts) > _MOST_EVENTS:
        return NotUnderstood(Reason.WRONG_COUNT, str(len(parts)))
    events: list[_Readings] = []
    for part in parts:
        found = _one_or_several(part.strip(), today)
        if isinstance(found, NotUnderstood):
            return found
        events.extend(found)
    if not events:
        return NotUnderstood(Reason.EMPTY)
    if math.prod(len(event.readings) for event in events) > _MOST_READINGS:
        return NotUnderstood(Reason.NOT_RECOGNISED)
    told = tuple(itertools.product(*(event.readings for event in events)))
    if len(told) > 1:
        return Ambiguous(told)
    return Understood(
        told[0],
        approximate=any(event.approximate for event in events),
        future=any(event.future for event in events),
    )


def nothing_happened(text: str) -> bool:
    """Whether a text says that there were no such events."""
    if normalised(text).strip(" 。.!,") in _NONE:
        return True
    answer = read_answer(text)
    return isinstance(answer, Understood) and answer.value is False and not answer.approximate


@dataclass(frozen=True, slots=True)
class _Readings:
    """One event, once for each date it may have had."""

    readings: tuple[Event, ...]
    approximate: bool = False
    future: bool = False


def _one_or_several(part: str, today: date) -> list[_Readings] | NotUnderstood:
    pieces = [piece.strip() for piece in _LESSER.split(part) if piece.strip()]
    if 1 < len(pieces) <= _MOST_EVENTS:
        each = [_event(piece, today) for piece in pieces]
        understood = [event for event in each if isinstance(event, _Readings)]
        if len(understood) == len(each):
            return understood
    event = _event(part, today)
    return event if isinstance(event, NotUnderstood) else [event]


def _event(text: str, today: date) -> _Readings | NotUnderstood:
    for told, note in _splits(text):
        result = read_date(told, today, spans=False)
        if not isinstance(result, NotUnderstood) and _NO_NOTE.match(note.lstrip(_BEFORE_NOTE)):
            return NotUnderstood(Reason.NOT_RECOGNISED, text[:_LONGEST_DATE])
        match result:
            case Understood(value, approximate, alternatives, future):
                return _Readings((_made(value, note),), approximate or bool(alternatives), future)
            case Ambiguous(readings):
                return _Readings(tuple(_made(reading, note) for reading in readings))
            case NotUnderstood(Reason.IMPOSSIBLE_DATE):
                return NotUnderstood(Reason.IMPOSSIBLE_DATE, told)
            case NotUnderstood():
                pass
    return NotUnderstood(Reason.NOT_RECOGNISED, text[:_LONGEST_DATE])


def _made(day: PartialDate, note: str) -> Event:
    return Event(day, note=note.lstrip(_BEFORE_NOTE).rstrip(_AFTER_NOTE)[:_MOST_NOTE])


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Where the date may stand: at the beginning, longest first, or at the end, longest first."""
    ends = sorted({found.start() for found in _DATE_END.finditer(text[: _LONGEST_DATE + 1])}, reverse=True)
    yield from ((text[:end], text[end:]) for end in ends if end)
    offset = max(0, len(text) - _LONGEST_DATE)
    for found in _DATE_BEGIN.finditer(text, offset):
        if found.start():
            yield text[found.start() :], text[: found.start()]
