"""One clock: instants in UTC, days in Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.clock import SHANGHAI, Clock, FixedClock, SystemClock, day_in_shanghai


def test_a_new_day_begins_in_shanghai_eight_hours_before_utc() -> None:
    clock = FixedClock(datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC))
    assert clock.today() == date(2026, 11, 20)
    clock.advance(timedelta(seconds=1))
    assert clock.today() == date(2026, 11, 21)


def test_a_clock_set_to_a_day_shows_that_day() -> None:
    clock = FixedClock(date(2026, 11, 21))
    assert clock.today() == date(2026, 11, 21)
    clock.set(datetime(2027, 1, 1, 0, 30, tzinfo=SHANGHAI))
    assert clock.now() == datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert clock.today() == date(2027, 1, 1)


def test_the_clock_of_the_machine_tells_aware_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert abs((clock.today() - clock.now().date()).days) <= 1


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(naive)
    with pytest.raises(ValueError, match="time zone"):
        day_in_shanghai(naive)
