"""What waited too long on its way is not sent at night: it is taken back and said when it may be."""

from __future__ import annotations

from collections import Counter
from datetime import date, time, timedelta

import pytest

from domain.announcements import AnnouncementAct, RecipientState
from domain.clock import FixedClock
from domain.store import Database
from scheduler.taking_back import taking_back
from tests.support.announcing import Office
from tests.support.reminding import HANGZHOU, LEASE, ROOM, Clockwork, at

CLOSES = date(2026, 5, 29)
"""A Friday."""

BEGIN = date(2026, 3, 2)
"""A Monday."""

SIXTY = date(2026, 3, 30)
"""A Monday, 60 days before."""


@pytest.fixture
async def service(database: Database) -> Clockwork:
    return Clockwork(database, FixedClock(at(BEGIN)))


async def test_what_was_queued_before_nine_in_the_evening_does_not_arrive_at_two_but_in_the_morning(
    service: Clockwork,
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    await service.until(date(2026, 3, 29))
    service.clock.set(at(SIXTY, 20, 58))
    service.reachable = False
    await service.tick()
    assert await service.queued(chat) == 1
    service.reachable = True
    before = len(await service.said(chat))
    service.clock.set(at(SIXTY + timedelta(days=1), 2))
    await service.carry()  # before anybody took it back
    await service.tick()
    assert len(await service.said(chat)) == before
    assert await service.queued(chat) == 0, "it was taken back"
    service.clock.set(at(SIXTY + timedelta(days=1), 8, 30))
    await service.tick()
    (line,) = (await service.said(chat))[before:]
    assert (line["due"], line["on"], line["late"]) == (str(CLOSES), "2026-03-31", 1)
    await service.until(date(2026, 6, 10))
    assert max(Counter(await service.keys(chat)).values()) == 1


async def test_what_waits_over_midnight_is_written_anew_also_where_nobody_sleeps(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.prefers(chat, quiet_from=time(0), quiet_until=time(0), working_days_only=False)
    await service.announces(CLOSES)
    await service.until(date(2026, 3, 29))
    service.reachable = False
    service.clock.set(at(SIXTY, 23, 50))
    await service.tick()
    service.reachable = True
    service.clock.set(at(SIXTY + timedelta(days=1), 0, 10))
    await service.tick()
    assert (await service.said(chat))[-1]["on"] == "2026-03-31"


async def test_a_channel_out_of_reach_for_three_weeks_leaves_one_message_with_what_still_matters(
    service: Clockwork,
) -> None:
    """The same as after standing still: nothing piles up on its way while nothing goes out."""
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    first, second = await service.announces(CLOSES), await service.announces(date(2026, 6, 12))
    await service.until(date(2026, 5, 5))
    before = len(await service.messages(chat))
    service.reachable = False
    await service.until(date(2026, 5, 26), every=timedelta(hours=3))
    assert await service.queued(chat) <= 1
    service.reachable = True
    service.clock.set(at(date(2026, 5, 26), 22))
    await service.tick()
    assert len(await service.messages(chat)) == before, "it is quiet"
    service.clock.set(at(date(2026, 5, 27), 9))
    await service.tick()
    (message,) = (await service.messages(chat))[before:]
    assert [line["key"].rpartition(":round-")[2] for line in message["says"]] == [
        f"{first.id}:{CLOSES}:3",
        f"{second.id}:2026-06-12:30",
    ]
    assert all(line["late"] for line in message["says"])


async def test_down_for_three_weeks_and_back_just_before_it_is_quiet(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    await service.announces(date(2026, 6, 12))
    await service.until(date(2026, 5, 5))
    before = len(await service.messages(chat))
    # Nobody ticks for three weeks; then one message is queued, and the channel does not get to it in time.
    service.reachable = False
    service.clock.set(at(date(2026, 5, 26), 20, 59))
    await service.tick()
    assert await service.queued(chat) == 1
    service.reachable = True
    for hour in (22, 23):
        service.clock.set(at(date(2026, 5, 26), hour))
        await service.tick()
    assert len(await service.messages(chat)) == before
    service.clock.set(at(date(2026, 5, 29), 9))  # and nobody ticked for two more days
    await service.tick()
    (message,) = (await service.messages(chat))[before:]
    keys = [line["key"] for line in message["says"]]
    assert [key.rpartition(":")[2] for key in keys] == ["0", "14"], "the last day is today"
    await service.until(date(2026, 6, 20))
    assert max(Counter(await service.keys(chat)).values()) == 1


async def test_what_is_wanted_no_more_is_not_sent_though_it_is_on_its_way(service: Clockwork) -> None:
    pauses, refuses = await service.somebody("1"), await service.somebody("2")
    for chat in (pauses, refuses):
        await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    service.reachable = False
    await service.tick()
    await service.prefers(pauses, paused=True)
    await service.asks_for(refuses, HANGZHOU, wanted=False)
    service.reachable = True
    await service.tick()
    assert await service.said(pauses) == await service.said(refuses) == []
    await service.prefers(pauses, paused=False)
    await service.tick()
    assert len(await service.said(pauses)) == 1


async def test_what_is_heard_again_and_taken_back_is_still_heard_again(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    await service.until(SIXTY)
    kept = await service.database.read(lambda tx: tx.reminders.of_chat(chat.id))
    said = next(one for one in kept if one.reminder.kind == "window_closes" and one.told)
    again = at(date(2026, 4, 2), 20, 30)
    assert await service.do(lambda tx, _: tx.reminders.snooze(said.id, again))
    service.reachable = False
    service.clock.set(again)
    await service.tick()
    assert (await service.do(lambda tx, _: tx.reminders.get(said.id))).told == 2  # type: ignore[union-attr]  # it is kept
    service.clock.set(at(date(2026, 4, 2), 21))
    await service.take_back.run(service.database, service.clock)
    kept_now = await service.do(lambda tx, _: tx.reminders.get(said.id))
    assert kept_now is not None
    assert (kept_now.state, kept_now.told, kept_now.told_at) == ("snoozed", 1, at(date(2026, 4, 2), 20, 30))
    service.reachable = True
    service.clock.set(at(date(2026, 4, 3), 9))
    await service.tick()
    assert [line["told_before"] for line in (await service.said(chat))[-1:]] == [1]


async def test_what_is_being_sent_is_not_taken_back_and_nothing_overtakes_it(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    service.clock.set(at(BEGIN, 20, 59))
    service.reachable = False
    await service.tick()
    (claimed,) = (
        await service.do(lambda tx, now: tx.deliveries.claim("telegram", now, LEASE, ROOM))
    ).deliveries
    service.clock.set(at(BEGIN, 21, 1))
    await service.take_back.run(service.database, service.clock)
    assert await service.do(
        lambda tx, now: tx.deliveries.sent(claimed.outbox_id, claimed.fence, now.isoformat())
    )
    assert len(await service.said(chat)) == 1


async def test_a_clock_that_was_wrong_when_something_was_queued_wakes_nobody(service: Clockwork) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    service.reachable = False
    service.clock.set(at(BEGIN + timedelta(days=1), 9))  # in truth it is the night before
    await service.tick()
    service.clock.set(at(BEGIN, 23))
    service.reachable = True
    await service.tick()
    assert await service.said(chat) == []
    service.clock.set(at(BEGIN + timedelta(days=1), 9))
    await service.tick()
    assert len(await service.said(chat)) == 1


async def test_an_announcement_does_not_arrive_at_night_either(database: Database) -> None:
    office = Office(database)
    night = taking_back()
    alive, gone, _ = await office.crowd(3)
    sent = await office.writes()
    await office.tick()
    office.clock.set(office.clock.now().replace(hour=19))  # three in the night
    await office.do(lambda tx, now: tx.chats.block(gone.id, now))

    async def claimed() -> int:
        work = await office.do(lambda tx, now: tx.deliveries.claim("telegram", now, LEASE, ROOM))
        for one in work.deliveries:
            await office.do(lambda tx, _, one=one: tx.deliveries.sent(one.outbox_id, one.fence, "1"))  # type: ignore[misc]  # a bound value
        return len(work.deliveries)

    assert await claimed() == 0
    assert await night.run(database, office.clock) == 2
    await office.tick()
    assert await claimed() == 0
    states = dict(await office.do(lambda tx, _: tx.recipients.of_chat(alive.id)))
    assert states[sent.id] == RecipientState.WAITING
    office.clock.set(at(date(2026, 11, 23), 9))  # the next working day
    await office.tick()
    assert await claimed() == 2
    await office.tick()
    progress = await office.do(lambda tx, _: tx.recipients.progress(sent.id))
    assert progress.by_state[RecipientState.DELIVERED] == 2


async def test_a_withdrawn_announcement_that_comes_back_at_night_is_withdrawn(database: Database) -> None:
    office = Office(database)
    (chat,) = await office.crowd(1)
    sent = await office.writes()
    await office.tick()
    ((one,),) = [
        (await office.do(lambda tx, now: tx.deliveries.claim("telegram", now, LEASE, ROOM))).deliveries
    ]
    await office.does(sent.id, AnnouncementAct.WITHDRAW)
    later = office.clock.now() + timedelta(minutes=1)
    await office.do(lambda tx, _: tx.deliveries.retry(one.outbox_id, one.fence, later, "no answer"))
    office.clock.set(office.clock.now().replace(hour=19))
    assert await taking_back().run(database, office.clock) == 1
    states = dict(await office.do(lambda tx, _: tx.recipients.of_chat(chat.id)))
    assert states[sent.id] == RecipientState.WITHDRAWN


async def test_who_follows_on_the_web_finds_what_was_said_whenever_they_look(service: Clockwork) -> None:
    chat = await service.somebody(channel="web")
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    await service.tick()
    service.clock.set(at(BEGIN, 23))
    await service.tick()
    assert len(await service.said(chat)) == 1


async def test_what_was_dropped_on_its_way_to_somebody_who_blocked_us_counts_as_not_heard(
    service: Clockwork,
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    round_ = await service.announces(CLOSES)
    service.reachable = False
    await service.tick()
    assert await service.queued(chat) == 1
    await service.do(lambda tx, now: tx.chats.block(chat.id, now))
    states = await service.states_of(chat)
    assert states[f"round_announced:{HANGZHOU}:round-{round_.id}:now"] == "dropped blocked"
    later = date(2026, 6, 12)
    await service.moves(round_, later)
    await service.tick()
    await service.do(lambda tx, _: tx.chats.revive(chat.id))
    service.reachable = True
    await service.until(date(2026, 6, 20))
    said = await service.said(chat)
    assert [line["moved_from"] for line in said if line["moved_from"]] == []
    assert [line["due"] for line in said] == [str(later)] * 7


async def test_the_one_at_which_it_turns_out_that_we_are_blocked_counts_as_not_heard_either(
    service: Clockwork,
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    service.reachable = False
    await service.tick()
    claimed = await service.do(lambda tx, now: tx.deliveries.claim("telegram", now, LEASE, ROOM))
    assert await service.do(lambda tx, now: tx.deliveries.gone(claimed.deliveries[0], now, "blocked"))
    assert "dropped blocked" in (await service.states_of(chat)).values()


async def test_a_digest_that_is_taken_back_night_after_night_is_said_once_and_whole(
    service: Clockwork,
) -> None:
    chat = await service.somebody()
    await service.asks_for(chat, HANGZHOU)
    await service.announces(CLOSES)
    await service.announces(CLOSES)
    await service.until(date(2026, 3, 29))
    before = len(await service.said(chat))
    service.reachable = False
    for night in range(3):
        service.clock.set(at(SIXTY + timedelta(days=night), 20, 59) + timedelta(seconds=59))
        await service.tick()
        assert await service.queued(chat) == 1
        service.clock.set(at(SIXTY + timedelta(days=night), 21))
        await service.tick()
        await service.tick()
        assert await service.queued(chat) == 0, "at nine sharp it is quiet"
    service.reachable = True
    await service.carry()
    assert len(await service.said(chat)) == before
    service.clock.set(at(SIXTY + timedelta(days=3), 8, 29) + timedelta(seconds=59))
    await service.tick()
    assert len(await service.said(chat)) == before
    service.clock.set(at(SIXTY + timedelta(days=3), 8, 30))
    await service.tick()
    assert len((await service.said(chat))[before:]) == 2
    await service.until(date(2026, 6, 10))
    assert max(Counter(await service.keys(chat)).values()) == 1
