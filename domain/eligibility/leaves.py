"""Tests over single facts, bound to a day: each becomes one small function from facts to a truth.

Nothing here raises: a value of a type the test does not expect is ``UNCLEAR``, as somebody must look.
Dates and figures that are known only in part decide a test only when every day they can mean does.
"""

from __future__ import annotations

import operator
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, cast

from domain.calendar import windows
from domain.calendar.periods import add_months
from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.truth import MET, NOT_MET, SELF_STATED, UNCLEAR, UNKNOWN
from domain.programme import expressions as e
from domain.values import NEVER, Certificate, Event, Facts, Number, PartialDate, YearTable
from domain.values import UNCLEAR as NOT_SURE

Judge = Callable[[Facts], int]
_NUMBERS = (int, Decimal)


def yes(fact: str) -> Judge:
    """Met when the fact is yes."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value is True:
            return MET
        if value is False:
            return NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def no(fact: str) -> Judge:
    """Met when the fact is no."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value is False:
            return MET
        if value is True:
            return NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def stated(fact: str) -> Judge:
    """Self-stated when the organisation says yes; never decided otherwise."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value is True:
            return SELF_STATED
        return UNKNOWN if value is None else UNCLEAR

    return judge


def stated_all(fact: str, options: frozenset[str]) -> Judge:
    """Self-stated when the organisation claims every option."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if isinstance(value, frozenset) and options <= value:
            return SELF_STATED
        return UNKNOWN if value is None else UNCLEAR

    return judge


def one_of(fact: str, options: frozenset[str]) -> Judge:
    """Met when the choice is among the options."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if value.__class__ is str:
            return MET if value in options else NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def includes(fact: str, options: frozenset[str], *, every: bool) -> Judge:
    """Met when the choices hold any (or every) option."""

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if isinstance(value, frozenset):
            held = options <= value if every else not options.isdisjoint(value)
            return MET if held else NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def within(bounds: e.Bounds) -> Callable[[int | Decimal], bool]:
    """Whether a number keeps all bounds."""
    least, most = bounds.at_least, bounds.at_most
    above, below = bounds.more_than, bounds.less_than
    if above is None and below is None:
        if most is None and least is not None:
            return lambda number: number >= least
        if least is None and most is not None:
            return lambda number: number <= most
    return lambda number: (
        (least is None or number >= least)
        and (most is None or number <= most)
        and (above is None or number > above)
        and (below is None or number < below)
    )


def number(fact: str, bounds: e.Bounds) -> Judge:
    """Met when the number keeps the bounds."""
    holds = within(bounds)

    def judge(facts: Facts) -> int:
        value = facts.get(fact)
        if isinstance(value, _NUMBERS) and value.__class__ is not bool:
            return MET if holds(value) else NOT_MET
        return UNKNOWN if value is None else UNCLEAR

    return judge


def every_year(fact: str, bounds: e.Bounds, years: tuple[int, ...]) -> Judge:
    """Met when every year's figure keeps the bounds; one that fails is enough to fail."""
    holds = within(bounds)

    def judge(facts: Facts) -> int:
        table = _table(facts.get(fact))
        if isinstance(table, int):
            return table
        truth = MET
        for year in years:
            figure = table.get(year)
            if figure is None:
                truth = UNKNOWN
            elif figure is NOT_SURE:
                truth = min(truth, UNCLEAR)
            elif not holds(figure):
                return NOT_MET
        return truth

    return judge


def average(fact: str, bounds: e.Bounds, years: tuple[int, ...]) -> Judge:
    """Met when the average of all years keeps the bounds, compared as an exact sum."""
    count = len(years)
    holds = within(
        e.Bounds(
            **{
                name: bound * count
                for name in ("at_least", "at_most", "more_than", "less_than")
                if (bound := getattr(bounds, name)) is not None
            }
        )
    )

    def judge(facts: Facts) -> int:
        table = _table(facts.get(fact))
        if isinstance(table, int):
            return table
        total: Number = 0
        truth = MET
        for year in years:
            figure = table.get(year)
            if figure is None:
                truth = UNKNOWN
            elif figure is NOT_SURE:
                truth = min(truth, UNCLEAR)
            else:
                total += figure
        if truth != MET:
            return truth
        return MET if holds(total) else NOT_MET

    return judge


def _table(value: object) -> YearTable | int:
    """A year table as such; the truth of a test on it when it is none."""
    if value.__class__ is dict or isinstance(value, Mapping):  # the first is the common, quick way
        return cast("YearTable", value)
    return UNKNOWN if value is None else UNCLEAR


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
            counted = event_counts(event, window, kinds)
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
        if event_counts(event, window, kinds) is not False
        and (test.after is None or _happened_since(event, facts.get(test.after)) != NOT_MET)
    ]


def event_counts(event: Event, window: windows.Window, kinds: frozenset[str]) -> bool | None:
    """Whether an event lies in the window; ``None`` when only some of its days do, or when its
    kind was not told and only some kinds count."""
    held = window.holds(event.date.earliest, event.date.latest)
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
    return add_months(start, 12 * test.years)


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


def _two_numbers(facts: Facts, first: str, second: str) -> tuple[int | Decimal, int | Decimal] | int:
    one, two = facts.get(first), facts.get(second)
    if not _may_be_number(one) or not _may_be_number(two):
        return UNCLEAR  # where one of them is not sure, the other need not be asked
    if one is None or two is None:
        return UNKNOWN
    return one, two  # type: ignore[return-value]  # both were just found to be numbers


def _may_be_number(value: object) -> bool:
    return value is None or (isinstance(value, _NUMBERS) and not isinstance(value, bool))


def share_at_least(test: e.ShareTerms) -> Judge:
    """Met when 100 x part >= percent x whole; a whole of nothing has no share and is unclear."""

    def judge(facts: Facts) -> int:
        pair = _two_numbers(facts, test.part, test.whole)
        if isinstance(pair, int):
            return pair
        part, whole = pair
        if whole <= 0:
            return UNCLEAR
        return MET if 100 * part >= test.percent * whole else NOT_MET

    return judge


_RELATIONS: Final[Mapping[str, Callable[[Number, Number], bool]]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "equal": operator.eq,
}


def compare(test: e.CompareTerms) -> Judge:
    """Met when the two numbers stand in the relation."""
    holds = _RELATIONS[test.relation]

    def judge(facts: Facts) -> int:
        pair = _two_numbers(facts, test.fact, test.other)
        if isinstance(pair, int):
            return pair
        one, two = pair[0], pair[1] + test.plus
        return MET if holds(one, two) else NOT_MET

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
