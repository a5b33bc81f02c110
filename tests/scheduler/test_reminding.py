"""Reminders through time: each is said once, on its day or late, whatever happens to the service and the clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import get_args

import pytest

from domain.calendar.holiday_lists import official_lists
from domain.calendar.working_days import WorkingCalendar
from domain.clock import FixedClock
from domain.eligibility.evaluate import Examiner
from domain.programme.parts import Force
from domain.staff import Grant, Role
from domain.store import Chat, Database, Transaction
from domain.store.repositories.replanning import Why
from scheduler.planning import note_what_plans_are_made_with
from tests.support.database import KEY, new_database_url, open_database
from tests.support.postgresql import new_postgresql_url
from tests.support.reminding import HANGZHOU, ZHENGZHOU, Clockwork, at, tools_with

CLOSES = date(2026, 5, 29)
"""A Friday."""

BEGIN = date(2026, 3, 2)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Clockwork]:
    async with await open_database(tmp_path) as database:
        yield Clockwork(database, FixedClock(at(BEGIN)))


def closing(round_id: int, day: date, *offsets: int) -> list[str]:
    """The keys of reminders before a closing day."""
    return [f"window_closes:{HANGZHOU}:round-{round_id}:{day}:{offset}" for offset in offsets]


async def test_each_reminder_of_a_round_is_said_once_on_its_day(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 6, 10))
    said = await service.said(chat)
    assert [line["key"] for line in said] == [
        f"round_announced:{HANGZHOU}:round-{round_.id}:now",
        *closing(round_.id, CLOSES, 60, 30, 14, 7, 3, 1, 0),
    ]
    # 30 days before is a Wednesday; 60 days before a Monday.
    assert [line["on"] for line in said[1:]] == [
        "2026-03-30",
        "2026-04-29",
        "2026-05-15",
        "2026-05-22",
        "2026-05-26",
        "2026-05-28",
        "2026-05-29",
    ]
    assert not any(line["late"] for line in said)


async def test_what_is_not_urgent_is_said_before_days_off_and_the_last_days_are_said_on_any_day(
    service: Clockwork,
) -> None:
    closes = date(2026, 5, 5)  # the last day of the May holiday
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(closes)
    await service.until(closes + timedelta(days=3))
    days = {line["key"].rpartition(":")[2]: line["on"] for line in await service.said(chat)}
    assert days["3"] == "2026-04-30"  # 2 May is a day off
    assert days["1"] == "2026-05-04"
    assert days["0"] == "2026-05-05"


async def test_nothing_is_said_at_night(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    service.clock.set(at(BEGIN, 22, 0))
    await service.announces(CLOSES)
    await service.tick()
    assert await service.said(chat) == []
    service.clock.set(at(BEGIN + timedelta(days=1), 8, 29))
    await service.tick()
    assert await service.said(chat) == []
    service.clock.set(at(BEGIN + timedelta(days=1), 8, 30))
    await service.tick()
    assert len(await service.said(chat)) == 1


@pytest.mark.parametrize(
    "down", [timedelta(minutes=1), timedelta(hours=10), timedelta(days=21), timedelta(days=200)]
)
async def test_after_standing_still_each_is_said_once_and_only_what_still_matters(
    service: Clockwork, down: timedelta
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 5, 14))
    before = await service.keys(chat)
    # The reminders of 15, 22, 26, 28 and 29 May come due while nobody ticks, as long as it takes.
    service.clock.set(at(date(2026, 5, 15), 8, 29) + down)
    await service.tick()
    since = (await service.said(chat))[len(before) :]
    if down < timedelta(days=21):
        assert [line["key"] for line in since] == closing(round_.id, CLOSES, 14)
    else:
        assert since == []  # the outer day has passed: nothing of it matters any more
    await service.until(service.clock.today() + timedelta(days=10))
    assert max(Counter(await service.keys(chat)).values()) == 1


async def test_what_became_due_together_is_one_message_with_what_still_matters(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    second_closes = date(2026, 6, 12)
    first, second = await service.announces(CLOSES), await service.announces(second_closes)
    await service.until(date(2026, 5, 12))
    before = len(await service.messages(chat))
    service.clock.set(at(date(2026, 5, 27), 9))  # down for two weeks
    await service.tick()
    (message,) = (await service.messages(chat))[before:]
    assert message["card"].startswith("g")
    assert [(line["key"], line["late"]) for line in message["says"]] == [
        (closing(first.id, CLOSES, 3)[0], 1),
        (closing(second.id, second_closes, 30)[0], 14),
    ]
    states = await service.states_of(chat)
    assert [states[key] for key in closing(first.id, CLOSES, 14, 7)] == ["dropped superseded"] * 2
    assert service.speaker.tally.counts["late"] >= 1


async def test_a_clock_set_back_says_nothing_twice(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 5, 23))
    service.clock.advance(timedelta(days=-20))
    await service.tick()
    await service.until(date(2026, 6, 10))
    assert Counter(await service.keys(chat))[closing(round_.id, CLOSES, 7)[0]] == 1
    assert max(Counter(await service.keys(chat)).values()) == 1
    assert set(closing(round_.id, CLOSES, 60, 30, 14, 7, 3, 1, 0)) <= set(await service.keys(chat))


@pytest.mark.parametrize("hour", [9, 23])
async def test_a_clock_that_was_a_year_ahead_for_an_hour_puts_nothing_off_for_a_year(
    service: Clockwork, hour: int
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 3, 20))
    before = service.clock.now()
    service.clock.set(at(date(2027, 3, 20), hour))
    await service.tick()
    service.clock.set(before + timedelta(hours=1))
    await service.until(date(2026, 6, 10))
    keys = await service.keys(chat)
    assert max(Counter(keys).values()) == 1
    assert set(closing(round_.id, CLOSES, 60, 30, 14, 7, 3, 1, 0)) <= set(keys)


async def test_dates_at_the_end_of_february_of_a_leap_year_and_at_the_turn_of_the_year(
    tmp_path: Path,
) -> None:
    async with await open_database(tmp_path) as database:
        service = Clockwork(database, FixedClock(at(date(2027, 11, 1))))
        chat = await service.somebody()
        await service.asks_for(chat, HANGZHOU)
        await service.prefers(chat, working_days_only=False)
        leap = await service.announces(date(2028, 2, 29))
        new_year = await service.announces(date(2028, 1, 1))
        await service.until(date(2028, 3, 5), every=timedelta(hours=12))
        days = {line["key"]: line["on"] for line in await service.said(chat)}
        assert days[closing(leap.id, date(2028, 2, 29), 60)[0]] == "2027-12-31"
        assert days[closing(leap.id, date(2028, 2, 29), 0)[0]] == "2028-02-29"
        assert days[closing(leap.id, date(2028, 2, 29), 1)[0]] == "2028-02-28"
        assert days[closing(new_year.id, date(2028, 1, 1), 1)[0]] == "2027-12-31"
        assert days[closing(new_year.id, date(2028, 1, 1), 0)[0]] == "2028-01-01"


async def test_a_deadline_that_moves_withdraws_the_old_and_is_told_once(service: Clockwork) -> None:
    heard, asleep = await service.somebody("1"), await service.somebody("2")
    await service.asks_for(heard, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 5, 16))
    await service.asks_for(asleep, HANGZHOU)  # heard of no date so far
    await service.tick()
    later = date(2026, 6, 12)
    await service.moves(round_, later)
    await service.until(date(2026, 6, 20))
    said = await service.said(heard)
    moved = [line for line in said if line["moved_from"]]
    assert [(line["moved_from"], line["due"]) for line in moved] == [(CLOSES.isoformat(), later.isoformat())]
    assert [line for line in await service.said(asleep) if line["moved_from"]] == []
    after = [line["key"] for line in said[said.index(moved[0]) + 1 :]]
    assert after == closing(round_.id, later, 14, 7, 3, 1, 0)
    assert (await service.states_of(heard))[closing(round_.id, CLOSES, 7)[0]] == "withdrawn"


async def test_a_deadline_that_moves_there_and_back_before_anybody_looks_is_not_spoken_of(
    service: Clockwork,
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 5, 16))
    service.clock.set(at(date(2026, 5, 17), 23))  # quiet
    moved = await service.moves(round_, date(2026, 6, 12))
    await service.tick()
    await service.moves(moved, CLOSES)
    await service.tick()
    await service.until(date(2026, 6, 20))
    said = await service.said(chat)
    assert [line["moved_from"] for line in said if line["moved_from"]] == []
    assert set(closing(round_.id, CLOSES, 60, 30, 14, 7, 3, 1, 0)) <= {line["key"] for line in said}


async def test_a_deadline_that_moves_twice_is_told_twice_each_time_from_what_was_said_last(
    service: Clockwork,
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 5, 16))
    moved = await service.moves(round_, date(2026, 6, 12))
    await service.until(date(2026, 5, 19))
    await service.moves(moved, CLOSES)
    await service.until(date(2026, 6, 20))
    told = [(line["moved_from"], line["due"]) for line in await service.said(chat) if line["moved_from"]]
    assert told == [("2026-05-29", "2026-06-12"), ("2026-06-12", "2026-05-29")]


@pytest.mark.parametrize("heard_until", [date(2026, 4, 1), date(2026, 4, 22)])
async def test_a_round_that_moves_to_another_year_is_told_once_with_both_days(
    service: Clockwork, heard_until: date
) -> None:
    """A programme with a window every year names its rounds by their year: the round is the same all the same."""
    heard, asleep = await service.somebody("1"), await service.somebody("2")
    await service.asks_for(heard, ZHENGZHOU)
    first, later = date(2026, 5, 20), date(2027, 1, 6)
    round_ = await service.announces(first, programme=ZHENGZHOU)
    await service.until(heard_until)
    await service.asks_for(asleep, ZHENGZHOU)
    await service.tick()
    await service.moves(round_, later)
    await service.until(date(2026, 6, 2))
    told = [(line["moved_from"], line["due"]) for line in await service.said(heard) if line["moved_from"]]
    assert told == [(first.isoformat(), later.isoformat())]
    assert [line for line in await service.said(asleep) if line["moved_from"]] == []
    assert not any(":2026-05-20:" in key for key in (await service.keys(heard))[-3:])
    await service.until(date(2027, 1, 8))
    keys = await service.keys(heard)
    window = f"window_closes:{ZHENGZHOU}:2027:{later}"
    assert [key for key in keys if key.startswith(window)][-3:] == [f"{window}:{days}" for days in (3, 1, 0)]
    assert sum(key.startswith("moved:") for key in keys) == 1


async def test_a_round_that_comes_back_from_another_year_is_told_from_where_it_was(
    service: Clockwork,
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, ZHENGZHOU)
    round_ = await service.announces(date(2026, 5, 20), programme=ZHENGZHOU)
    await service.until(date(2026, 4, 1))
    moved = await service.moves(round_, date(2027, 1, 6))
    await service.until(date(2026, 4, 8))
    await service.moves(moved, date(2026, 5, 28))
    await service.until(date(2026, 6, 2))
    told = [(line["moved_from"], line["due"]) for line in await service.said(chat) if line["moved_from"]]
    assert told == [("2026-05-20", "2027-01-06"), ("2027-01-06", "2026-05-28")]


async def test_a_round_that_is_done_stays_done_in_another_year(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, ZHENGZHOU)
    round_ = await service.announces(date(2026, 5, 20), programme=ZHENGZHOU)
    await service.until(date(2026, 4, 1))
    kept = await service.database.read(lambda tx: tx.reminders.of_chat(chat.id))
    closing = next(one for one in kept if one.reminder.kind == "window_closes" and one.told)
    assert await service.do(lambda tx, _: tx.reminders.done(closing))
    before = await service.keys(chat)
    await service.moves(round_, date(2027, 1, 6))
    await service.until(date(2027, 1, 8))
    after = (await service.keys(chat))[len(before) :]
    assert [key for key in after if ":2027-01-06" in key] == []


async def test_what_is_said_at_once_does_not_wait_for_a_day_the_clock_was_wrong_about(
    service: Clockwork,
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 3, 6))
    service.clock.set(at(date(2026, 4, 3), 22))  # three weeks ahead, and quiet
    await service.moves(round_, date(2026, 6, 12))
    await service.tick()
    service.clock.set(at(date(2026, 3, 9), 9))
    await service.tick()
    assert (await service.said(chat))[-1]["moved_from"] == CLOSES.isoformat()


async def test_a_round_that_is_called_off_is_told_once_to_whoever_had_heard_of_it(service: Clockwork) -> None:
    heard, asleep = await service.somebody("1"), await service.somebody("2")
    await service.asks_for(heard, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 5, 16))
    await service.asks_for(asleep, HANGZHOU)
    await service.tick()
    await service.calls_off(round_)
    await service.until(date(2026, 6, 20))
    said = await service.said(heard)
    assert [line["called_off"] for line in said if line["called_off"]] == [True]
    assert said[-1]["called_off"]
    assert await service.said(asleep) == []


async def test_two_processes_that_plan_and_say_at_once_say_each_reminder_once(tmp_path: Path) -> None:
    url = await asyncio.to_thread(new_database_url, tmp_path)
    await _two_at_once(url)


@pytest.fixture
def postgresql() -> Iterator[str]:
    with new_postgresql_url() as url:
        yield url


async def test_two_processes_on_postgresql_say_each_reminder_once(postgresql: str) -> None:
    await _two_at_once(postgresql)


async def _two_at_once(url: str) -> None:
    clock = FixedClock(at(BEGIN))
    async with (
        await Database.open(url, master_key=KEY) as one,
        await Database.open(url, master_key=KEY) as two,
    ):
        first, second = Clockwork(one, clock), Clockwork(two, clock)
        chats = [await first.somebody(str(number)) for number in range(12)]
        for chat in chats:
            await first.asks_for(chat, HANGZHOU)
        round_ = await first.announces(CLOSES)
        for day in (0, 28, 58, 60, 74, 81, 85, 87, 88, 92):
            clock.set(at(BEGIN + timedelta(days=day)))
            await asyncio.gather(first.tick(), second.tick(), second.tick(), first.tick())
        for chat in chats:
            assert await first.keys(chat) == [
                f"round_announced:{HANGZHOU}:round-{round_.id}:now",
                *closing(round_.id, CLOSES, 60, 30, 14, 7, 3, 1, 0),
            ]


async def test_who_checked_hears_of_the_yearly_window_and_who_met_an_obstacle_does_not(
    service: Clockwork,
) -> None:
    fits, fails = await service.somebody("1"), await service.somebody("2")
    assert await service.checks(fits, ZHENGZHOU, {"operating_since": "2015"}) == "more_answers_needed"
    assert await service.checks(fails, ZHENGZHOU, {"registered_city": "wuhu"}) == "obstacle_found"
    await service.until(date(2026, 6, 5))
    keys = await service.keys(fits)
    window = f"window_closes:{ZHENGZHOU}:2026:2026-05-31"
    assert [key for key in keys if key.startswith("window_closes")] == [
        f"{window}:{offset}" for offset in (60, 30, 14, 7, 3, 2, 1, 0)
    ]
    assert [key for key in await service.keys(fails) if key.startswith("window")] == []


async def test_nothing_is_said_right_away_about_what_somebody_just_did_or_what_was_due_before(
    service: Clockwork,
) -> None:
    round_ = await service.announces(CLOSES)
    service.clock.set(at(date(2026, 5, 20)))
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.tick()
    assert await service.said(chat) == []
    await service.until(date(2026, 6, 5))
    assert await service.keys(chat) == closing(round_.id, CLOSES, 7, 3, 1, 0)


async def test_what_is_done_is_not_spoken_of_again(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 5, 16))
    kept = await service.database.read(lambda tx: tx.reminders.of_chat(chat.id))
    fourteen = next(one for one in kept if one.reminder.key == closing(round_.id, CLOSES, 14)[0])
    assert await service.do(lambda tx, _: tx.reminders.done(fourteen))
    before = await service.keys(chat)
    await service.moves(round_, date(2026, 6, 12))
    await service.until(date(2026, 6, 20))
    assert await service.keys(chat) == before


async def test_remind_me_in_three_days_says_it_once_more(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 4, 29))
    key = closing(round_.id, CLOSES, 30)[0]
    kept = await service.database.read(lambda tx: tx.reminders.of_chat(chat.id))
    thirty = next(one for one in kept if one.reminder.key == key)
    until = at(date(2026, 5, 7), 9)
    assert await service.do(lambda tx, _: tx.reminders.snooze(thirty.id, until))
    await service.prefers(chat, bundling="one_by_one")  # planned for anew meanwhile
    await service.until(date(2026, 6, 5))
    said = [line for line in await service.said(chat) if line["key"] == key]
    assert [(line["on"], line["told_before"], line["late"]) for line in said] == [
        ("2026-04-29", 0, 0),
        ("2026-05-07", 1, 0),
    ]


async def test_a_kind_switched_off_and_a_programme_refused_are_not_spoken_of(service: Clockwork) -> None:
    one, other, paused = [await service.somebody(name) for name in "123"]
    for chat in (one, other, paused):
        await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 5, 16))
    await service.prefers(one, kinds={"window_closes": False})
    await service.asks_for(other, HANGZHOU, wanted=False)
    await service.prefers(paused, paused=True)
    before = [await service.keys(chat) for chat in (one, other, paused)]
    await service.until(date(2026, 5, 23))
    assert [await service.keys(chat) for chat in (one, other, paused)] == before
    await service.prefers(paused, paused=False)
    await service.until(date(2026, 6, 5))
    assert (await service.keys(paused))[len(before[2]) :] == closing(round_.id, CLOSES, 3, 1, 0)
    assert await service.keys(one) == before[0]


async def test_one_by_one_is_one_message_each_and_together_is_one_for_all(service: Clockwork) -> None:
    one, all_ = await service.somebody("1"), await service.somebody("2")
    await service.prefers(one, bundling="one_by_one")
    for chat in (one, all_):
        await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    await service.announces(CLOSES)
    await service.until(BEGIN + timedelta(days=1))
    assert [len(message["says"]) for message in await service.messages(one)] == [1, 1]
    assert [len(message["says"]) for message in await service.messages(all_)] == [2]


async def test_without_consent_only_what_was_asked_for_is_planned(service: Clockwork) -> None:
    chat = await service.somebody(consent=False)
    await service.do(lambda tx, now: tx.replanning.mark(chat.id, "check", now))
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 4, 1))
    assert closing(round_.id, CLOSES, 60)[0] in await service.keys(chat)
    await service.asks_for(chat, HANGZHOU, wanted=None)
    before = await service.keys(chat)
    await service.until(date(2026, 6, 5))
    assert await service.keys(chat) == before


async def test_a_blocked_chat_hears_nothing_and_nothing_is_made_up_for_when_it_returns(
    service: Clockwork,
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    await service.until(date(2026, 4, 1))
    before = await service.keys(chat)
    await service.do(lambda tx, now: tx.chats.block(chat.id, now))
    await service.until(date(2026, 5, 23))
    assert await service.keys(chat) == before
    assert (await service.states_of(chat))[closing(round_.id, CLOSES, 14)[0]] == "dropped blocked"
    await service.do(lambda tx, _: tx.chats.revive(chat.id))
    await service.until(date(2026, 6, 5))
    assert (await service.keys(chat))[len(before) :] == closing(round_.id, CLOSES, 3, 1, 0)


async def test_a_message_that_cannot_be_made_stops_no_other_and_is_set_aside_in_the_end(
    service: Clockwork,
) -> None:
    chat, other = await service.somebody("1"), await service.somebody("2")
    for one in (chat, other):
        await service.asks_for(one, HANGZHOU)
    bad, good = await service.announces(CLOSES), await service.announces(CLOSES)
    service.renderer.fails = lambda key: f"round-{bad.id}:now" in key
    await service.tick()
    announced = f"round_announced:{HANGZHOU}:round-{good.id}:now"
    assert await service.keys(chat) == await service.keys(other) == [announced]
    await service.until(BEGIN + timedelta(days=2), every=timedelta(minutes=30))
    assert (await service.states_of(chat))[f"round_announced:{HANGZHOU}:round-{bad.id}:now"] == (
        "set_aside not_made"
    )
    assert service.speaker.tally.counts["set_aside"] == 2
    aside = await service.database.read(lambda tx: tx.reminders.set_aside(10))
    assert len(aside) == 2


async def test_it_is_said_in_the_language_of_that_moment(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    await service.tick()
    await service.do(lambda tx, _: tx.chats.set_language(chat.id, "en"))
    await service.until(date(2026, 4, 1))
    assert [message["language"] for message in await service.messages(chat)] == ["zh_CN", "en"]


async def test_a_certificate_that_was_renewed_is_not_spoken_of_by_its_old_day(service: Clockwork) -> None:
    chat = await service.somebody()
    old = {"held": True, "valid_to": "2026-06-30"}
    await service.checks(chat, "wuhu-incubation-pool", {"iso_9001_certificate": old})
    await service.until(date(2026, 4, 5))
    assert await service.keys(chat) == ["certificate_expires:iso_9001_certificate:2026-06-30:2026-06-30:90"]
    await service.states(chat, {"iso_9001_certificate": {"held": True, "valid_to": "2029-06-30"}})
    await service.until(date(2026, 7, 10))
    assert len(await service.keys(chat)) == 1


async def test_a_holiday_list_that_comes_out_makes_days_certain_and_ends_the_reminders_to_load_it(
    service: Clockwork,
) -> None:
    lists = official_lists()
    without = WorkingCalendar(replace(lists, years=lists.years - {2026}))
    early = Clockwork(service.database, service.clock, replace(service.tools, examiner=Examiner(without)))
    early.clock.set(at(date(2025, 11, 10)))
    await early.do(lambda tx, now: note_what_plans_are_made_with(tx, early.tools, now))
    chat = await early.somebody()
    await early.asks_for(chat, ZHENGZHOU)
    keeper = await early.somebody("keeper")
    await early.do(lambda tx, now: tx.staff.add(keeper.person_id, Grant(Role.ADMINISTRATOR), now, None))
    await early.do(lambda tx, now: tx.replanning.of_person(keeper.person_id, "role", now))
    await early.tick()
    assert "holiday_list_missing:2026:2026-01-01:45" in await early.states_of(keeper)

    async def provisional() -> set[bool]:
        kept = await early.database.read(lambda tx: tx.reminders.upcoming(chat.id))
        return {one.reminder.provisional for one in kept if one.reminder.kind == "window_closes"}

    assert await provisional() == {True}
    assert await service.do(lambda tx, now: note_what_plans_are_made_with(tx, service.tools, now)) == 2
    await service.tick()
    assert await provisional() == {False}
    states = await service.states_of(keeper)
    assert set(states.values()) == {"withdrawn"}
    assert service.planner.tally.counts["withdrawn"] == len(states)
    assert early.planner.tally.counts["planned"] > len(states)


async def test_what_was_said_long_ago_is_forgotten(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    await service.until(date(2026, 6, 5))
    kept = len(await service.states_of(chat))
    service.clock.set(at(CLOSES + timedelta(days=400)))
    assert await service.do(service.forget.work) == 0
    service.clock.set(at(CLOSES + timedelta(days=402)))
    assert await service.do(service.forget.work) == kept
    await service.tick()
    assert await service.states_of(chat) == {}


def mark(tx: Transaction, now: datetime, chat: Chat, why: str) -> None:
    tx.replanning.mark(chat.id, next(one for one in get_args(Why) if one == why), now)


async def test_planning_again_and_again_changes_nothing(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.checks(chat, ZHENGZHOU, {"operating_since": "2024-06"})
    await service.announces(CLOSES, programme=ZHENGZHOU)
    await service.tick()
    before = await service.database.read(lambda tx: tx.reminders.of_chat(chat.id))
    assert before
    for why in ("check", "round", "time"):
        await service.do(partial(mark, chat=chat, why=why))
        steps = await service.do(lambda tx, now: service.planner.plan_for(tx, chat.id, now))
        assert not steps
    assert await service.database.read(lambda tx: tx.reminders.of_chat(chat.id)) == before


async def test_a_changed_text_is_noticed_at_the_start_and_told_with_what_changed(service: Clockwork) -> None:
    await service.do(lambda tx, now: note_what_plans_are_made_with(tx, service.tools, now))
    chat = await service.somebody()
    verdict = await service.checks(chat, "wuhu-incubation-pool", {"registered_city": "zhengzhou"})
    assert verdict == "obstacle_found"
    await service.tick()
    assert await service.do(lambda tx, now: note_what_plans_are_made_with(tx, service.tools, now)) == 0
    programme = service.tools.programmes.on("wuhu-incubation-pool", BEGIN).programme
    softer = tuple(
        one.model_copy(update={"force": Force.PREFERENCE}) if one.force is Force.HARD else one
        for one in programme.criteria
    )
    changed = tools_with(programme.model_copy(update={"criteria": softer, "version": "2"}))
    anew = Clockwork(service.database, service.clock, changed)
    assert await anew.do(lambda tx, now: note_what_plans_are_made_with(tx, changed, now)) == 1
    await anew.tick()
    (said,) = await anew.said(chat)
    assert said["key"].startswith("text_changed:wuhu-incubation-pool:")
    await anew.tick()
    assert len(await anew.said(chat)) == 1
