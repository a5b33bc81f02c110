"""Tests over dates, dated events and certificates, bound to a day: functions from facts to a truth.

Nothing here raises: a value of a type the test does not expect is ``UNCLEAR``, as somebody must look.
A date known only in part decides a test only when every day it can mean does.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from domain.calendar import windows
from domain.calendar.periods import add_months, last_day_civil, last_day_safe
from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.leaves import Judge
from domain.eligibility.truth import MET, NOT_MET, UNCLEAR, UNKNOWN
from domain.programme import expressions as e
from domain.values import NEVER, Certificate, Event, Facts, PartialDate


def last_start(as_of: date, months: int) -> date:
    """The latest day from which ``months`` months are complete on ``as_of``."""
    start = add_months(as_of, -months)
    while start < date.max and add_months(start + timedelta(days=1), months) <= as_of:
        start += timedelta(days=1)
    return start


def held_for(fact: str, as_of: date, months: int) -> Judge:
    """Met when the date lies at least so many months back."""
    limit = last_start(as_of, months)

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value.__class__ is PartialDate:
            if value.latest <= limit:
                return MET
            return NOT_MET if value.earliest > limit else UNCLEAR
        if value is NEVER:
            return NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def event_window(test: e.NoEventTerms, as_of: date) -> windows.Window:
    """The days in which an event counts."""
    match test.window:
        case "calendar_years":
            return windows.incidents_conservative(as_of, test.years)
        case "rolling":
            return windows.incidents_alternative(as_of, test.years)
        case "ever":
            return windows.Window(date.min, as_of)


def no_event(test: e.NoEventTerms, as_of: date) -> Judge:
    """Met when no event that counts lies in the window."""
    window = event_window(test, as_of)
    fact, kinds, after = test.fact, frozenset(test.kinds), test.after

    def judge(facts: Facts) -> int:
        events = facts.get(fact)
        if events == ():
            return MET
        if not isinstance(events, tuple):
            return UNKNOWN if events is None else UNCLEAR
        truth = MET
        for event in events:
            counted = event_counts(event, window, kinds, as_of)
            if counted is False:
                continue
            known = MET if after is None else _happened_since(event, facts.get(after))
            if known == NOT_MET:
                continue
            if known == MET and counted:
                return NOT_MET
            truth = min(truth, UNKNOWN if known == UNKNOWN else UNCLEAR)
        return truth

    return judge


def _happened_since(event: Event, start: object) -> int:
    """Whether an event lies on or after a day that is told as a fact."""
    if start is NEVER:
        return NOT_MET
    if not isinstance(start, PartialDate):
        return UNKNOWN if start is None else UNCLEAR
    if event.date.latest < start.earliest:
        return NOT_MET
    return MET if event.date.earliest >= start.latest else UNCLEAR


def counting_events(test: e.NoEventTerms, as_of: date, facts: Facts) -> list[Event]:
    """The events that count against :func:`no_event`, or may count."""
    events, window, kinds = facts.get(test.fact), event_window(test, as_of), frozenset(test.kinds)
    return [
        event
        for event in (events if isinstance(events, tuple) else ())
        if event_counts(event, window, kinds, as_of) is not False
        and (test.after is None or _happened_since(event, facts.get(test.after)) != NOT_MET)
    ]


def event_counts(
    event: Event, window: windows.Window, kinds: frozenset[str], as_of: date | None = None
) -> bool | None:
    """Whether an event lies in the window; ``None`` when only some of its days do, or when its
    kind was not told and only some kinds count."""
    earliest, latest = event.date.earliest, event.date.latest
    if as_of is not None and earliest <= as_of:
        # What is told has happened: no day after that on which it is looked at can be meant (decision 2).
        latest = min(latest, as_of)
    held = window.holds(earliest, latest)
    if held is False or not kinds or event.kind in kinds:
        return held
    return None if event.kind == "" else False


def event_within(test: e.EventWithinTerms) -> Judge:
    """Met when an event lies within N years after a date."""
    kinds = frozenset(test.kinds)

    def judge(facts: Facts) -> int:
        events, start = facts.get(test.fact), facts.get(test.after)
        if events == () or start is NEVER:
            return NOT_MET
        if events is None:
            return UNKNOWN
        if not isinstance(events, tuple) or not isinstance(start, PartialDate | None):
            return UNCLEAR
        if start is None:
            return UNKNOWN
        inner = windows.Window(start.latest, _end(start.earliest, test))
        outer = windows.Window(start.earliest, _end(start.latest, test))
        truth = NOT_MET
        for event in events:
            if event_counts(event, inner, kinds):
                return MET
            if event_counts(event, outer, kinds) is not False:
                truth = UNCLEAR
        return truth

    return judge


def _end(start: date, test: e.EventWithinTerms) -> date:
    if test.counted == "calendar_years":
        return date(min(start.year + test.years, 9999), 12, 31)
    if test.counted == "start_counted":
        return last_day_safe(start, years=test.years)
    return last_day_civil(start, years=test.years)


def valid(fact: str, as_of: date) -> Judge:
    """Met when the certificate is held and valid on the day; unclear while its end is not told."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value.__class__ is Certificate:
            if not value.held:
                return NOT_MET
            end = value.valid_to
            if end is None:
                return UNCLEAR
            if end.earliest >= as_of:
                return MET
            return NOT_MET if end.latest < as_of else UNCLEAR
        return UNKNOWN if value is None else UNCLEAR

    return judge


def held(fact: str) -> Judge:
    """Met when the certificate is held, valid or not."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if isinstance(value, Certificate):
            return MET if value.held else NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def _day_judge(fact: str, first: Callable[[int], date], last: Callable[[int], date]) -> Judge:
    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value is NEVER:
            return NOT_MET
        if not isinstance(value, PartialDate):
            return UNKNOWN if value is None else UNCLEAR
        window = windows.Window(first(value.year), last(value.year))
        inside = window.holds(value.earliest, value.latest)
        if inside is None:
            return UNCLEAR
        return MET if inside else NOT_MET

    return judge


def day_between(test: e.DayBoundsTerms) -> Judge:
    """Met when the date lies between two fixed days."""
    first = test.on_or_after or date.min
    last = test.on_or_before or date.max
    return _day_judge(test.fact, lambda _: first, lambda _: last)


def day_of_year(test: e.DayOfYearTerms) -> Judge:
    """Met when the date lies in a window of its own year."""
    return _day_judge(
        test.fact, lambda year: month_day(year, test.since), lambda year: month_day(year, test.until)
    )


def month_day(year: int, text: str) -> date:
    """The day ``MM-DD`` of a year; a day the month does not have is the month's last."""
    month, day = int(text[:2]), int(text[3:])
    return date(year, month, min(day, monthrange(year, month)[1]))


def after_working_days(test: e.AfterWorkingDaysTerms, calendar: WorkingCalendar) -> Judge:
    """Met when the date is later than the last of N working days from another date."""
    including = test.counting == "including_start"

    def judge(facts: Facts) -> int:
        day, start = facts.get(test.fact), facts.get(test.start)
        if not isinstance(day, PartialDate | None) or not isinstance(start, PartialDate | None):
            return UNCLEAR
        if day is None or start is None:
            return UNKNOWN
        count = calendar.wd_end_incl if including else calendar.wd_end_excl
        if day.earliest > count(start.latest, test.days).day:
            return MET
        return NOT_MET if day.latest <= count(start.earliest, test.days).day else UNCLEAR

    return judge
