"""When something may be said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import SHANGHAI
from domain.reminders.kinds import Kind
from domain.reminders.model import Preferences, Reminder
from domain.reminders.quiet import allowed_until, end_of_day, hour, is_quiet, moment, next_allowed
from tests.support.programmes import calendar

EARLIER = Kind(id="a_kind", title="一类", offsets=(3,), on_days_off="earlier")
LATER = Kind(id="a_kind", title="一类", offsets=(3,))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
PREFERENCES = st.builds(
    Preferences,
    quiet_from=TIMES,
    quiet_until=TIMES,
    working_days_only=st.booleans(),
    at=st.none() | TIMES,
)
INSTANTS = st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware


def reminder(day: date, *, urgent: bool = False, until: date | None = None) -> Reminder:
    return Reminder(
        key="k",
        thread="t",
        kind="a_kind",
        programme=None,
        due=day,
        offset=0,
        send_on=day,
        until=until or day + timedelta(days=30),
        urgent=urgent,
    )


def local(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def test_a_reminder_is_said_in_the_morning_when_quiet_hours_are_over() -> None:
    assert local(moment(reminder(date(2026, 5, 29)), LATER, Preferences(), calendar())) == "2026-05-29 08:30"


def test_it_is_said_at_the_time_somebody_chose_unless_that_is_quiet() -> None:
    assert hour(Preferences(at=time(18))) == time(18)
    assert hour(Preferences(at=time(22))) == time(8, 30)
    assert hour(Preferences(quiet_from=time(0), quiet_until=time(6))) == time(8, 30)
    assert hour(Preferences(quiet_from=time(20), quiet_until=time(10))) == time(10)


def test_what_is_not_urgent_keeps_clear_of_days_off() -> None:
    holiday = date(2026, 5, 3)  # a Sunday inside the May holiday, which ends with the 5th
    said = moment(reminder(holiday), EARLIER, Preferences(), calendar())
    assert local(said) == "2026-04-30 08:30"
    assert local(moment(reminder(holiday), LATER, Preferences(), calendar())) == "2026-05-06 08:30"
    urgent = reminder(holiday, urgent=True)
    assert local(moment(urgent, EARLIER, Preferences(), calendar())) == "2026-05-03 08:30"
    anyway = Preferences(working_days_only=False)
    assert local(moment(reminder(holiday), LATER, anyway, calendar())) == "2026-05-03 08:30"


def test_it_does_not_wait_beyond_the_day_on_which_it_is_over() -> None:
    holiday = date(2026, 5, 3)
    said = moment(reminder(holiday, until=date(2026, 5, 4)), LATER, Preferences(), calendar())
    assert local(said) == "2026-05-03 08:30"


def test_a_weekend_at_work_is_a_working_day() -> None:
    at_work = next(
        day
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
        if day.weekday() == 6 and calendar().is_working_day(day)
    )
    assert moment(reminder(at_work), LATER, Preferences(), calendar()).astimezone(SHANGHAI).date() == at_work


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2026-05-27 20:59", "2026-05-27 20:59"),
        ("2026-05-27 21:00", "2026-05-28 08:30"),
        ("2026-05-28 02:00", "2026-05-28 08:30"),
        ("2026-05-28 08:30", "2026-05-28 08:30"),
        ("2026-05-29 22:00", "2026-06-01 08:30"),
        ("2026-05-30 12:00", "2026-06-01 08:30"),
    ],
)
def test_late_reminders_wait_for_the_morning_and_for_a_working_day(now: str, allowed: str) -> None:
    instant = datetime.strptime(now, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    assert local(next_allowed(instant, Preferences(), calendar(), urgent=False)) == allowed


def test_urgent_ones_wait_for_the_morning_alone() -> None:
    friday_night = datetime(2026, 5, 29, 22, tzinfo=SHANGHAI)
    assert local(next_allowed(friday_night, Preferences(), calendar(), urgent=True)) == "2026-05-30 08:30"


@given(now=INSTANTS, preferences=PREFERENCES, urgent=st.booleans())
def test_what_is_allowed_is_not_quiet_not_earlier_and_stays_allowed(
    now: datetime, preferences: Preferences, *, urgent: bool
) -> None:
    allowed = next_allowed(now, preferences, calendar(), urgent=urgent)
    there = allowed.astimezone(SHANGHAI)
    assert allowed >= now
    assert not is_quiet(there.time(), preferences)
    assert next_allowed(allowed, preferences, calendar(), urgent=urgent) == allowed
    if preferences.working_days_only and not urgent:
        assert calendar().is_working_day(there.date())


@given(
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    preferences=PREFERENCES,
    urgent=st.booleans(),
    kind=st.sampled_from([EARLIER, LATER]),
)
def test_no_moment_is_quiet_or_after_the_end(
    day: date, preferences: Preferences, kind: Kind, *, urgent: bool
) -> None:
    one = reminder(day, urgent=urgent)
    said = moment(one, kind, preferences, calendar()).astimezone(SHANGHAI)
    assert not is_quiet(said.time(), preferences)
    assert said.date() <= one.until
    if urgent or not preferences.working_days_only:
        assert said.date() == day


def test_the_last_days_of_the_calendar_are_no_trouble() -> None:
    last = reminder(date.max, until=date.max)
    assert moment(last, LATER, Preferences(), calendar()).year == date.max.year


def until(now: datetime, wishes: Preferences = Preferences(), *, urgent: bool = False) -> str:  # noqa: B008 -- frozen
    found = allowed_until(now, wishes, calendar(), urgent=urgent)
    return "for ever" if found is None else local(found)


def test_what_is_on_its_way_may_be_sent_until_quiet_hours_or_a_day_off_begin() -> None:
    thursday = datetime(2026, 5, 28, 20, 58, tzinfo=SHANGHAI)
    assert until(thursday) == "2026-05-28 21:00"
    assert until(thursday.replace(hour=22)) == "2026-05-28 22:58"  # it is quiet already
    awake = Preferences(quiet_from=time(0), quiet_until=time(0))
    assert until(thursday, awake) == "2026-05-30 00:00"
    assert until(thursday, awake, urgent=True) == "for ever"
    late = Preferences(quiet_from=time(1), quiet_until=time(8))
    assert until(thursday, late, urgent=True) == "2026-05-29 01:00"
    assert local(end_of_day(thursday)) == "2026-05-29 00:00"


@given(now=INSTANTS, wishes=PREFERENCES, urgent=st.booleans(), data=st.data())
def test_until_then_it_may_be_said_at_every_moment_and_then_no_more(
    now: datetime, wishes: Preferences, urgent: bool, data: st.DataObject
) -> None:
    end = allowed_until(now, wishes, calendar(), urgent=urgent)
    far = now + timedelta(days=40)
    if end != now:
        most = ((end or far) - now) // timedelta(microseconds=1) - 1
        between = now + timedelta(microseconds=data.draw(st.integers(0, most)))
        assert next_allowed(between, wishes, calendar(), urgent=urgent) == between
    if end is not None:
        assert next_allowed(end, wishes, calendar(), urgent=urgent) > end
