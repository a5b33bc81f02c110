from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.backoff import Backoff
from scheduler.limits import Limits, Pace, Rates, Window

UNLIMITED = Rates(overall_per_second=None, private_per_second=None, group_per_minute=None)


def send_for(seconds: float, limits: Limits, chat: int, *, group: bool = False) -> list[float]:
    """When messages go out to a chat that has endlessly many."""
    now, times = 0.0, []
    while now < seconds:
        wait = limits.wait(chat, now)
        if wait == 0:
            limits.take(chat, now, group=group)
            times.append(now)
        now += wait
    return times


def test_a_private_chat_gets_three_at_once_and_then_one_a_second() -> None:
    assert send_for(5, Limits(Rates(overall_per_second=None)), 1) == pytest.approx([0, 0, 0, 1, 2, 3, 4])


def test_after_a_quiet_time_the_burst_is_back_but_no_more_than_that() -> None:
    pace = Pace(1.0, 3)
    for _ in range(3):
        pace.take(0.0)
    assert pace.wait(0.0) == pytest.approx(1)
    assert pace.room(3.0) == 3
    assert pace.room(1000.0) == 3


def test_a_group_gets_twenty_in_any_minute() -> None:
    times = send_for(200, Limits(Rates()), 1, group=True)
    for start in times:
        assert sum(start <= one <= start + 60 for one in times) <= 20
    assert len(times) == 80


def test_overall_it_is_thirty_a_second_however_many_chats() -> None:
    limits = Limits(Rates())
    now, sent = 0.0, 0
    while now < 10:
        if limits.room(now):
            limits.take(sent, now)
            sent += 1
        # Timers are late: that is made up for.
        now += limits.wait_overall(now) + 0.004
    assert 300 <= sent <= 303


def test_lateness_of_most_of_a_second_is_made_up_for_and_not_all_at_once() -> None:
    limits, dice = Limits(Rates()), random.Random(5)  # noqa: S311
    now, times = 0.0, list[float]()
    while now < 120:
        for _ in range(int(limits.room(now, spare=True))):
            limits.take(len(times), now)
            times.append(now)
        late = 0.7 if dice.random() < 0.002 else 0.03 * dice.random()
        now += limits.wait_overall(now, spare=True) + late
    assert abs(len(times) / 120 / 30 - 1) < 0.01
    assert max(sum(first <= one < first + 1 for one in times) for first in times) <= 33


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 0.099)), min_size=1, max_size=300), st.booleans())
def test_a_platform_that_holds_thirty_never_refuses_although_messages_travel_at_different_speeds(
    steps: list[tuple[float, float]], quiet: bool
) -> None:
    limits, now, arrivals = Limits(Rates()), 100.0, list[float]()
    limits.room(now)
    now += 10.0 if quiet else 0.0
    for number, (late, journey) in enumerate(steps):
        for _ in range(int(limits.room(now))):
            limits.take(number, now)
            arrivals.append(now + journey)
        now += limits.wait_overall(now) + (late if number % 7 == 0 else late / 100)
    left, at = 30.0, 0.0
    for arrival in sorted(arrivals):
        left, at = min(30.0, left + (arrival - at) * 30) - 1, arrival
        assert left >= -1e-6


def test_broadcasts_leave_some_to_replies() -> None:
    limits, now = Limits(Rates()), 0.0
    while now < 3:
        for _ in range(int(limits.room(now, spare=True))):
            limits.take(1, now, group=True)
        now += limits.wait_overall(now, spare=True) + 0.001
        assert limits.room(now) >= 3
        assert limits.wait_overall(now) == 0


def test_a_process_that_starts_does_not_know_what_the_one_before_has_sent() -> None:
    limits = Limits(Rates())
    assert limits.room(50) == 3
    assert limits.room(50, spare=True) == 0
    assert limits.wait_overall(50, spare=True) == pytest.approx(1 / 30)
    assert limits.room(60) == 27


@pytest.mark.parametrize("rate", [0.1, 1, 5, 30, 1_000])
def test_any_rate_lets_messages_and_broadcasts_through(rate: float) -> None:
    limits, now, sent = Limits(Rates(overall_per_second=rate)), 0.0, 0
    while now < 100:
        if limits.room(now, spare=True):
            limits.take(1, now, group=True)
            sent += 1
        now += limits.wait_overall(now, spare=True)
    assert rate * 100 * 0.9 <= sent <= rate * 100 + max(3, rate)


@given(st.floats(0.5, 1000), st.integers(1, 5), st.lists(st.floats(0, 0.5), min_size=1, max_size=200))
def test_no_stretch_of_time_sees_more_than_its_share_and_the_burst(
    rate: float, burst: int, gaps: list[float]
) -> None:
    pace, now, times = Pace(rate, burst), 0.0, []
    for gap in gaps:
        now += gap
        room = pace.room(now)
        assert (room > 0) == (pace.wait(now) == 0)
        assert room <= burst
        if room:
            pace.take(now)
            times.append(now)
    for first in range(len(times)):
        for last in range(first, len(times)):
            assert last - first + 1 <= (times[last] - times[first]) * rate + burst + 1e-6


def test_a_hold_covers_one_chat_or_all_and_the_longer_one_counts() -> None:
    limits = Limits(UNLIMITED)
    limits.hold(1, 5, now=0)
    limits.hold(1, 2, now=0)
    assert limits.wait(1, 0) == 5
    assert limits.wait(2, 0) == 0
    assert limits.room(0) == math.inf
    assert limits.resting(0) == {1: 5}
    limits.hold(None, 3, now=1)
    assert limits.room(1) == 0
    assert limits.wait_overall(1) == 3
    assert limits.wait(2, 1) == 3
    assert limits.holds(1) == {1: 4, None: 3}
    assert limits.holds(5) == {}
    assert limits.wait(1, 5) == 0


def test_without_limits_nothing_ever_waits() -> None:
    limits = Limits(UNLIMITED)
    for _ in range(1000):
        limits.take(1, 0)
        limits.take(2, 0, group=True)
    assert limits.wait(1, 0) == limits.wait(2, 0) == 0
    assert limits.resting(0) == {}


def test_chats_that_rested_are_forgotten() -> None:
    limits = Limits(Rates(overall_per_second=None))
    for chat in range(100):
        limits.take(chat, 0, group=chat % 2 == 0)
    limits.resting(1000)
    assert limits._chats == {}


def test_what_had_to_go_out_though_it_should_have_waited_counts_too() -> None:
    limits = Limits(Rates())
    for _ in range(33):
        limits.take(1, 0)
    assert limits.wait_overall(0) == pytest.approx(31 / 30)
    assert limits.wait(1, 0) == pytest.approx(31)


def test_a_window_knows_when_the_next_one_may_go() -> None:
    window = Window(2, 10)
    window.take(0)
    window.take(4)
    assert window.wait(5) == 5
    window.take(5)
    assert window.wait(10) == 4
    assert window.rested(100)


@given(st.integers(1, 10_000), st.integers())
def test_pauses_double_up_to_their_bound_and_differ_a_little(attempt: int, seed: int) -> None:
    pause = Backoff(300).after(attempt, random.Random(seed)).total_seconds()  # noqa: S311
    even = min(300, 2**attempt)
    assert even * 0.9 - 1e-3 <= pause <= even * 1.1 + 1e-3
    assert pause <= Backoff(300).longest_seconds + 1e-3
