"""When something may be said: not in quiet hours, and what is not urgent on working days only. All in Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from domain.calendar.working_days import WorkingCalendar
from domain.clock import SHANGHAI
from domain.reminders.kinds import Kind
from domain.reminders.model import Preferences, Reminder

MORNING: Final = time(8, 30)
"""When reminders are said where quiet hours end earlier."""

_LAST: Final = date.max - timedelta(days=40)
"""From here on no day is moved any more: the calendar of Python ends."""


def moment(reminder: Reminder, kind: Kind, preferences: Preferences, calendar: WorkingCalendar) -> datetime:
    """The instant (UTC) at which a reminder is to be said.

    What is not urgent and falls on a day off moves to a working day: before it where the kind says so, else after it,
    but never past the last day on which it makes sense.
    """
    day = reminder.send_on
    if _waits_for_work(reminder.urgent, preferences) and not calendar.is_working_day(day) and day < _LAST:
        if kind.on_days_off == "earlier":
            day = calendar.last_working_day_on_or_before(day)
        else:
            later = calendar.next_working_day_on_or_after(day)
            day = later if later <= max(reminder.until, day) else day
    return _instant(day, hour(preferences))


def hour(preferences: Preferences) -> time:
    """The time of the day at which reminders are said, outside quiet hours."""
    chosen = preferences.at or max(preferences.quiet_until, MORNING)
    return preferences.quiet_until if is_quiet(chosen, preferences) else chosen


def is_quiet(at: time, preferences: Preferences) -> bool:
    """Whether nothing may be said at a time of the day."""
    begin, end = preferences.quiet_from, preferences.quiet_until
    if begin <= end:
        return begin <= at < end
    return at >= begin or at < end


def next_allowed(
    now: datetime, preferences: Preferences, calendar: WorkingCalendar, *, urgent: bool
) -> datetime:
    """The first instant from `now` on at which something may be said: `now` itself when that is one."""
    local = now.astimezone(SHANGHAI)
    day, at = local.date(), local.time()
    if is_quiet(at, preferences):
        if at >= preferences.quiet_until:  # the evening part: quiet hours end tomorrow
            day += timedelta(days=1)
        at = preferences.quiet_until
    if _waits_for_work(urgent, preferences) and not calendar.is_working_day(day) and day < _LAST:
        day, at = calendar.next_working_day_on_or_after(day), hour(preferences)
    allowed = _instant(day, at)
    return max(allowed, now.astimezone(UTC))


def allowed_until(
    now: datetime, preferences: Preferences, calendar: WorkingCalendar, *, urgent: bool
) -> datetime | None:
    """The first instant after `now` at which something that may be said now may be said no more; `now` itself where that
    is none already, None where there is no such instant.
    """
    if next_allowed(now, preferences, calendar, urgent=urgent) > now:
        return now
    local = now.astimezone(SHANGHAI)
    day, ends = local.date(), []
    if day >= _LAST:
        return None
    if preferences.quiet_from != preferences.quiet_until:
        tonight = local.time() < preferences.quiet_from
        ends.append(_instant(day if tonight else day + timedelta(days=1), preferences.quiet_from))
    if _waits_for_work(urgent, preferences):
        day += timedelta(days=1)
        while calendar.is_working_day(day):
            day += timedelta(days=1)
        ends.append(_instant(day, time()))
    return min(ends, default=None)


def end_of_day(now: datetime) -> datetime:
    """The instant at which the day of `now` is over: what was said of days ("tomorrow") is no longer true then."""
    return _instant(min(now.astimezone(SHANGHAI).date(), _LAST) + timedelta(days=1), time())


def _waits_for_work(urgent: bool, preferences: Preferences) -> bool:
    return preferences.working_days_only and not urgent


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=SHANGHAI).astimezone(UTC)
