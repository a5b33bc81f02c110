"""From one time of the day to another: 22:00-7:30, 晚上10点到早上8点半, 9pm to 8am."""

from __future__ import annotations

import re
from datetime import time
from typing import Final

from dialogs.understanding.absolute_dates import small_number
from dialogs.understanding.result import NotUnderstood, Reason, Result, Understood
from dialogs.understanding.text import prepared

_BEFORE_NOON: Final = "凌晨|清晨|早上|早晨|上午|早"
_AFTER_NOON: Final = "中午|下午|傍晚|晚上|夜里|夜间|晚"
_HOUR: Final = r"\d{1,2}|[零〇一二两三四五六七八九十]{1,3}"
_MINUTES: Final = r"半|一刻|三刻|\d{1,2}|[零〇一二三四五六七八九十]{1,4}"


def _a_time(n: int) -> str:
    """The pattern of a time, with its groups numbered."""
    return (
        rf"(?P<part{n}>{_BEFORE_NOON}|{_AFTER_NOON})? ?(?P<hour{n}>{_HOUR})"
        rf"(?: ?(?::|点钟?|时) ?(?P<minute{n}>{_MINUTES})?分?)? ?(?P<half{n}>am|pm|a\.m\.|p\.m\.)?"
    )


_HOURS: Final = re.compile(
    rf"(?:从|由|自|from|between)? ?{_a_time(1)} ?(?:-|~|到|至|to|until|till|and) ?(?:第二天|次日|明天)? ?{_a_time(2)}",
    re.ASCII,
)
_QUARTERS: Final = {"半": 30, "一刻": 15, "三刻": 45}


def read_hours(text: str) -> Result[tuple[time, time]]:
    """Both times, the first as it begins; over midnight where the second is the earlier one."""
    plain = prepared(text)
    if isinstance(plain, NotUnderstood):
        return plain
    found = _HOURS.fullmatch(plain.strip(" 。."))
    if found is None:
        return NotUnderstood(Reason.NOT_RECOGNISED)
    times = [_time(*(found[f"{group}{n}"] for group in ("part", "hour", "minute", "half"))) for n in (1, 2)]
    if times[0] is None or times[1] is None:
        return NotUnderstood(Reason.NOT_RECOGNISED)
    return Understood((times[0], times[1]))


def _time(part: str | None, hour: str, minute: str | None, half: str | None) -> time | None:
    hours, minutes = small_number(hour), _minutes(minute)
    later = (part is not None and part in _AFTER_NOON.split("|")) or (half or "").startswith("p")
    earlier = (part is not None and not later) or (half or "").startswith("a")
    if later and hours < 12 and not (part in {"夜里", "夜间"} and hours < 5):
        hours += 12
    elif earlier and hours == 12:
        hours = 0
    if hours == 24 and minutes == 0:
        hours = 0
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def _minutes(text: str | None) -> int:
    if not text:
        return 0
    return _QUARTERS.get(text) or small_number(text.removeprefix("零").removeprefix("〇") or "0")
