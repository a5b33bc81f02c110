"""What is kept, brought in step with what is planned: nothing twice, nothing back that is done, nothing known too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.clock import day_in_shanghai
from domain.reminders.model import Preferences, Reminder, StoredReminder
from domain.reminders.reconciling import Reconciling, Steps
from domain.reminders.tools import at_once, counted
from tests.support.programmes import calendar
from tests.support.reminding import at, tools

NOW = at(date(2026, 3, 2))
CLOSES = date(2026, 5, 29)


def closing(day: date, about: str = "a-programme:round-1") -> list[Reminder]:
    kind = tools().kinds["window_closes"]
    return [*counted(kind, about, day, until=day, programme="a-programme", subject={"round": 1})]


def news(number: int = 1) -> Reminder:
    return at_once(
        tools().kinds["round_announced"],
        f"a-programme:round-{number}",
        CLOSES,
        day_in_shanghai(NOW),
        until=CLOSES,
        programme="a-programme",
        subject={"round": number},
    )


def called_off(day: date = CLOSES) -> Reminder:
    return at_once(
        tools().kinds["window_closes"],
        "a-programme:round-1",
        day,
        day_in_shanghai(NOW),
        until=day,
        programme="a-programme",
        subject={"round": 1},
        called_off=True,
    )


def reconciling(
    now: datetime = NOW, *, news: bool = True, known_since: datetime | None = None
) -> Reconciling:
    return Reconciling(
        now=now,
        known_since=known_since or now,
        news=news,
        preferences=Preferences(),
        kinds=tools().kinds,
        calendar=calendar(),
    )


def carried_out(kept: list[StoredReminder], steps: Steps) -> list[StoredReminder]:
    """What the store makes of it."""
    again = {one.stored.id: one for one in steps.again}
    gone = {one.id for one in steps.withdrawn}
    found = []
    for one in kept:
        step = again.get(one.id)
        if step is not None:
            state = "snoozed" if one.state == "snoozed" else "planned"
            found.append(
                replace(one, reminder=step.reminder, send_at=step.send_at, state=state, reason="")  # type: ignore[arg-type]  # one of two states
            )
        else:
            found.append(replace(one, state="withdrawn") if one.id in gone else one)
    first = len(found) + 1
    return found + [
        StoredReminder(
            id=first + n,
            chat_id=1,
            reminder=new.reminder,
            state=new.state,
            send_at=new.send_at,
            reason=new.reason,
        )
        for n, new in enumerate(steps.new)
    ]


def said(kept: list[StoredReminder], now: datetime) -> list[StoredReminder]:
    """Everything due by now is said."""
    return [
        replace(one, state="sent", told=one.told + 1, told_at=now)
        if one.to_say and one.send_at <= now
        else one
        for one in kept
    ]


def test_what_is_planned_is_kept_once() -> None:
    planned = [*closing(CLOSES), news()]
    kept = carried_out([], reconciling().steps(planned, []))
    assert {one.reminder.key for one in kept} == {one.key for one in planned}
    assert not reconciling().steps(planned, kept)


def test_what_became_known_after_its_day_is_not_said() -> None:
    now = at(date(2026, 5, 20))
    steps = reconciling(now).steps(closing(CLOSES), [])
    assert [one.reminder.offset for one in steps.new] == [7, 3, 1, 0]
    # It was known since before: the service stood still.
    steps = reconciling(now, known_since=at(date(2026, 5, 10))).steps(closing(CLOSES), [])
    assert [one.reminder.offset for one in steps.new] == [14, 7, 3, 1, 0]


def test_news_that_somebody_made_themselves_are_none() -> None:
    kept = carried_out([], reconciling(news=False).steps([news()], []))
    assert [(one.state, one.reason) for one in kept] == [("dropped", "known")]
    assert not reconciling(news=True).steps([news()], kept), "and later they are old"


def test_a_date_that_nobody_heard_of_moves_without_a_word() -> None:
    kept = carried_out([], reconciling().steps(closing(CLOSES), []))
    later = CLOSES + timedelta(days=14)
    kept = carried_out(kept, reconciling().steps(closing(later), kept))
    assert {one.reminder.due for one in kept if one.to_say} == {later}
    assert all(one.reminder.moved_from is None for one in kept)


def test_a_date_somebody_heard_of_is_told_when_it_moves_and_again_when_it_moves_again() -> None:
    kept = carried_out([], reconciling().steps(closing(CLOSES), []))
    now = at(date(2026, 3, 30))
    kept = said(kept, now)
    first, second = CLOSES + timedelta(days=14), CLOSES + timedelta(days=7)
    told = []
    for day in (first, second, first):
        kept = carried_out(kept, reconciling(now).steps(closing(day), kept))
        (moved,) = [one for one in kept if one.to_say and one.reminder.moved_from is not None]
        told.append((moved.reminder.moved_from, moved.reminder.due))
        kept = said(kept, now)
        assert not reconciling(now).steps(closing(day), kept)
    assert told == [(CLOSES, first), (first, second), (second, first)]


def test_only_whoever_heard_of_it_hears_that_it_is_called_off() -> None:
    assert not reconciling().steps([called_off()], [])
    kept = carried_out([], reconciling().steps([news()], []))
    kept = said(kept, NOW)
    steps = reconciling().steps([called_off()], kept)
    assert [one.reminder.called_off for one in steps.new] == [True]
    kept = said(carried_out(kept, steps), NOW)
    assert not reconciling().steps([called_off()], kept)


def test_what_is_done_stays_done() -> None:
    kept = [replace(one, state="done") for one in carried_out([], reconciling().steps(closing(CLOSES), []))]
    for day in (CLOSES, CLOSES + timedelta(days=14)):
        assert not reconciling().steps(closing(day), kept)


def test_what_somebody_wants_to_hear_again_keeps_its_time() -> None:
    kept = carried_out([], reconciling().steps(closing(CLOSES), []))
    asked_for = NOW + timedelta(days=3)
    kept[0] = replace(kept[0], state="snoozed", told=1, told_at=NOW, send_at=asked_for)
    assert not reconciling().steps(closing(CLOSES), kept)
    wrong = replace(kept[0], send_at=NOW + timedelta(days=365))
    (again,) = reconciling().steps(closing(CLOSES), [wrong, *kept[1:]]).again
    assert again.send_at < NOW + timedelta(days=365), "the clock was wrong when that was put down"


def test_what_waits_for_the_morning_is_left_waiting() -> None:
    kept = carried_out([], reconciling().steps(closing(CLOSES), []))
    night = at(date(2026, 3, 30), 23)
    morning = at(date(2026, 3, 31), 8, 30)
    waiting = [replace(one, send_at=morning) if one.reminder.offset == 60 else one for one in kept]
    assert not reconciling(night).steps(closing(CLOSES), waiting)


WHAT: st.SearchStrategy[list[Reminder]] = st.one_of(
    st.dates(date(2026, 3, 3), date(2026, 9, 1)).map(closing),
    st.just([]),
    st.just([called_off()]),
    st.dates(date(2026, 3, 3), date(2026, 9, 1)).map(lambda day: [*closing(day), news()]),
)


@given(st.lists(st.tuples(WHAT, st.integers(0, 60), st.booleans(), st.booleans()), max_size=8))
def test_whatever_is_planned_in_whatever_order_each_key_is_said_once(
    history: list[tuple[list[Reminder], int, bool, bool]],
) -> None:
    now, kept = NOW, list[StoredReminder]()
    for planned, days, is_news, speaks in history:
        now += timedelta(days=days)
        step = reconciling(now, news=is_news)
        kept = carried_out(kept, step.steps(planned, kept))
        assert not step.steps(planned, kept), "once is enough"
        keys = [one.reminder.key for one in kept]
        assert len(keys) == len(set(keys))
        wanted = {one.key for one in planned}
        for one in kept:
            if one.to_say and one.reminder.moved_from is None:
                assert one.reminder.key in wanted
        if speaks:
            kept = said(kept, now)
        assert all(one.told <= 1 for one in kept)
