"""Announcements on their way: everybody gets them once, whatever dies, stops or collides; nobody gets what was taken back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TypeVar

import pytest

from domain.announcements import AnnouncementAct, AnnouncementState, Audience, Texts
from domain.clock import SHANGHAI, FixedClock
from domain.rounds import Bilingual
from domain.staff import Grant, Role
from domain.store import Database, StoreError, Transaction, Unavailable
from domain.store.statements import Brief
from scheduler import announcing
from tests.support.announcing import NOON, Office

T = TypeVar("T")
PAUSE, RESUME, WITHDRAW = AnnouncementAct.PAUSE, AnnouncementAct.RESUME, AnnouncementAct.WITHDRAW


@pytest.fixture
async def office(database: Database) -> Office:
    return Office(database)


class Mortal(Database):
    """A database whose process dies at a chosen transaction: it is undone, or committed and nobody hears of it."""

    def __init__(self, alive: Database, dies_at: int, *, committed: bool) -> None:
        self._alive, self._left, self._committed = alive, dies_at, committed

    async def run(self, work: Callable[[Transaction], T], *, brief: Brief = False) -> T:
        """Run a work, unless it is the one at which the process dies."""
        self._left -= 1
        if self._left >= 0:
            return await self._alive.run(work, brief=brief)
        if self._left == -1 and self._committed:
            await self._alive.run(work, brief=brief)
        raise Unavailable("the process died")

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Read, while alive."""
        if self._left < 0:
            raise Unavailable("the process died")
        return await self._alive.read(work)


async def test_everybody_gets_it_once_and_then_it_is_sent(office: Office) -> None:
    chats = await office.crowd(12)
    sent = await office.writes()
    assert sent.state is AnnouncementState.SENDING
    await office.carries_all()
    assert await office.messages(sent.id, chats) == {chat.id: 1 for chat in chats}
    assert await office.figures(sent.id) == {"delivered": 12}
    over = await office.state(sent.id)
    assert (over.state, over.ended_at) == (AnnouncementState.SENT, NOON)
    trail = await office.database.read(lambda tx: [entry.kind for entry in tx.audit.entries()])
    assert trail == ["announcement_draft", "announcement_send", "announcement_finished"]
    await office.carries_all()
    assert await office.messages(sent.id, chats) == {chat.id: 1 for chat in chats}


@pytest.mark.parametrize("committed", [False, True])
async def test_killed_anywhere_it_goes_on_and_nobody_gets_it_twice(office: Office, committed: bool) -> None:
    chats = await office.crowd(6)
    sent = await office.writes()
    for dies_at in (0, 1, 3, 5, 2, 7, 4, 0, 6, 8, 2, 1):
        process = Office(Mortal(office.database, dies_at, committed=committed), office.clock)
        with contextlib.suppress(StoreError):
            await process.tick()
        await office.sends(await office.claims(dies_at % 3))
    await office.carries_all()
    assert await office.messages(sent.id, chats) == {chat.id: 1 for chat in chats}
    assert await office.figures(sent.id) == {"delivered": 6}


async def test_two_processes_send_it_once(office: Office) -> None:
    chats = await office.crowd(30)
    sent = await office.writes()
    other = Office(office.database, office.clock)
    await asyncio.gather(office.tick(), other.tick(), office.tick())
    assert await office.messages(sent.id, chats) == {chat.id: 1 for chat in chats}
    await asyncio.gather(office.carries_all(2), other.tick())
    assert await office.figures(sent.id) == {"delivered": 30}


async def test_few_are_on_their_way_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "UNDER_WAY", 4)
    chats = await office.crowd(10)
    sent = await office.writes()
    await office.tick()
    await office.tick()
    assert sum((await office.messages(sent.id, chats)).values()) == 4
    await office.carries_all()
    assert await office.figures(sent.id) == {"delivered": 10}


async def test_it_goes_after_replies_and_reminders(office: Office) -> None:
    (chat,) = await office.crowd(1)
    await office.writes()
    await office.tick()
    await office.do(lambda tx, now: tx.outbox.put(chat.id, "a reply", now))
    await office.do(lambda tx, now: tx.outbox.put(chat.id, "a reminder", now, "reminder"))
    lanes = []
    while claimed := await office.claims(1):
        lanes += [one.lane for one in claimed]
        await office.sends(claimed)
    assert lanes == ["reply", "reminder", "broadcast"]


async def test_what_is_paused_waits_and_goes_on_once(office: Office) -> None:
    chats = await office.crowd(8)
    sent = await office.writes()
    await office.tick()
    arrived = await office.claims(2)
    await office.sends(arrived)
    under_way = await office.claims(1)
    await office.does(sent.id, PAUSE)
    # What a worker holds is sent; the rest is out of reach of everybody.
    assert await office.claims(50) == ()
    await office.sends(under_way)
    await office.carries_all(3)
    assert await office.figures(sent.id) == {"delivered": 3, "waiting": 5}
    assert (await office.state(sent.id)).state is AnnouncementState.PAUSED
    await office.does(sent.id, RESUME)
    await office.carries_all()
    assert await office.figures(sent.id) == {"delivered": 8}
    assert await office.messages(sent.id, chats) == {chat.id: 1 for chat in chats}


async def test_what_was_withdrawn_before_it_was_sent_is_not_sent(office: Office) -> None:
    chats = await office.crowd(8)
    sent = await office.writes()
    await office.tick()
    await office.sends(await office.claims(3))
    await office.does(sent.id, WITHDRAW)
    assert await office.claims(50) == ()
    await office.carries_all()
    assert await office.figures(sent.id) == {"delivered": 3, "withdrawn": 5}
    assert sum((await office.messages(sent.id, chats)).values()) == 3
    assert (await office.state(sent.id)).state is AnnouncementState.WITHDRAWN


async def test_withdrawing_in_the_middle_of_everything_leaves_each_message_sent_or_not(
    office: Office,
) -> None:
    chats = await office.crowd(40)
    sent = await office.writes()
    taken: list[int] = []

    async def carry() -> None:
        for _ in range(30):
            claimed = await office.claims(3)
            taken.extend(one.chat.id for one in claimed)
            await office.sends(claimed)

    async def stop_and_go() -> None:
        for act in (PAUSE, RESUME, PAUSE, RESUME, WITHDRAW):
            await asyncio.sleep(0.02)
            await office.does(sent.id, act)

    other = Office(office.database, office.clock)
    await asyncio.gather(office.tick(), other.tick(), carry(), stop_and_go(), office.tick())
    after_withdrawal = len(taken)
    await office.carries_all(3)
    figures = await office.figures(sent.id)
    assert len(taken) == len(set(taken)) == after_withdrawal == figures.get("delivered", 0)
    assert figures.get("waiting", 0) == 0
    messages = await office.messages(sent.id, chats)
    assert set(messages) == set(taken)
    assert set(messages.values()) <= {1}


async def test_a_paused_one_is_withdrawn_too(office: Office) -> None:
    await office.crowd(3)
    sent = await office.writes()
    await office.tick()
    await office.does(sent.id, PAUSE)
    await office.does(sent.id, WITHDRAW)
    await office.carries_all()
    assert await office.figures(sent.id) == {"withdrawn": 3}


async def test_a_correction_follows_what_was_sent_and_goes_to_nobody_else(office: Office) -> None:
    chats = await office.crowd(5)
    sent = await office.writes()
    await office.tick()
    arrived = await office.claims(2)
    await office.sends(arrived)
    await office.does(sent.id, WITHDRAW)
    await office.carries_all(2)
    texts = Texts(Bilingual("更正"), Bilingual("四月开班。"))
    correction = await office.writes(replace(sent.audience, corrects=sent.id), texts)
    await office.carries_all()
    assert set(await office.messages(correction.id, chats)) == {one.chat.id for one in arrived}
    assert await office.figures(correction.id) == {"delivered": 2}


async def test_one_behind_another_moves_up_when_that_is_withdrawn(office: Office) -> None:
    (chat,) = await office.crowd(1)
    first, second = await office.writes(), await office.writes()
    await office.tick()
    await office.does(first.id, WITHDRAW)
    await office.carries_all()
    assert await office.messages(first.id, [chat]) == {}
    assert await office.figures(second.id) == {"delivered": 1}


async def test_who_cannot_be_reached_is_counted_and_stops_nothing(office: Office) -> None:
    await office.crowd(5)
    sent = await office.writes()
    await office.tick()
    blocked, dead, unknown, *others = await office.claims(5)

    def fare(tx: Transaction, now: datetime) -> None:
        tx.deliveries.gone(blocked, now, "blocked by the user")
        tx.deliveries.dead(dead.outbox_id, dead.fence, "refused")
        tx.deliveries.unknown(unknown.outbox_id, unknown.fence, "timed out")

    await office.do(fare)
    await office.sends(tuple(others))
    await office.tick()
    assert await office.figures(sent.id) == {"blocked": 1, "failed": 1, "uncertain": 1, "delivered": 2}
    assert (await office.state(sent.id)).state is AnnouncementState.SENT


async def test_a_send_that_may_have_arrived_is_not_repeated(office: Office) -> None:
    await office.crowd(1)
    sent = await office.writes()
    await office.tick()
    assert len(await office.claims(1)) == 1
    office.clock.advance(timedelta(minutes=5))  # the worker died with it in its hands
    assert await office.claims(1) == ()
    await office.tick()
    assert await office.figures(sent.id) == {"uncertain": 1}


async def test_who_blocks_or_refuses_meanwhile_gets_nothing(office: Office) -> None:
    blocked, stopped, refused, paused, last = await office.crowd(5)
    sent = await office.writes()
    await office.do(lambda tx, _now: office.announcer.list_more(tx, sent.id))

    def change(tx: Transaction, now: datetime) -> None:
        tx.chats.block(blocked.id, now)
        tx.announcements.stop(stopped.id, sent.audience.programme)
        tx.reminder_preferences.subscribe(refused.id, sent.audience.programme, wanted=False, now=now)
        wishes = tx.reminder_preferences.get(paused.id)
        tx.reminder_preferences.save(paused.id, replace(wishes, paused=True), now)

    await office.do(change)
    await office.carries_all()
    assert await office.messages(sent.id, [blocked, stopped, refused, paused, last]) == {last.id: 1}
    assert await office.figures(sent.id) == {"blocked": 1, "left_out": 3, "delivered": 1}


async def test_who_holds_the_role_no_more_when_it_goes_out_gets_nothing(office: Office) -> None:
    kept, lost = await office.crowd(2)

    def appoint(tx: Transaction, now: datetime) -> int:
        tx.staff.add(kept.person_id, Grant(Role.EXPERT), now, None)
        return tx.staff.add(lost.person_id, Grant(Role.EXPERT), now, None)

    role = await office.do(appoint)
    sent = await office.writes(Audience(role=Role.EXPERT))
    await office.do(lambda tx, _now: office.announcer.list_more(tx, sent.id))
    assert await office.figures(sent.id) == {"waiting": 2}
    await office.do(lambda tx, now: tx.staff.revoke(role, now, None))
    await office.carries_all()
    assert await office.messages(sent.id, [kept, lost]) == {kept.id: 1}
    assert await office.figures(sent.id) == {"delivered": 1, "left_out": 1}


async def test_nobody_is_disturbed_in_quiet_hours_or_on_days_off(office: Office) -> None:
    early, late = await office.crowd(2)
    evening = datetime.combine(NOON.date(), time(22, 0), tzinfo=SHANGHAI)  # a Friday

    def choose(tx: Transaction, now: datetime) -> None:
        wishes = tx.reminder_preferences.get(early.id)
        tx.reminder_preferences.save(early.id, replace(wishes, working_days_only=False), now)

    await office.do(choose)
    office.clock.set(evening)
    sent = await office.writes()
    await office.tick()
    assert await office.messages(sent.id, [early, late]) == {}
    office.clock.set(evening + timedelta(hours=10, minutes=31))  # Saturday, 08:31
    await office.tick()
    assert await office.messages(sent.id, [early, late]) == {early.id: 1}
    office.clock.set(evening + timedelta(days=2, hours=10, minutes=31))
    await office.carries_all()
    assert await office.messages(sent.id, [early, late]) == {early.id: 1, late.id: 1}


async def test_a_clock_that_was_ahead_puts_nothing_off_for_long(office: Office) -> None:
    chats = await office.crowd(1)
    office.clock.set(NOON.replace(year=2027, hour=14))  # 22:00 in Shanghai
    sent = await office.writes()
    await office.tick()
    office.clock.set(NOON)
    await office.carries_all()
    assert await office.messages(sent.id, chats) == {chats[0].id: 1}


async def test_where_messages_are_fetched_they_are_there_at_once(office: Office) -> None:
    chats = await office.crowd(2, channel="web")
    sent = await office.writes()
    await office.tick()
    assert await office.figures(sent.id) == {"delivered": 2}
    assert await office.messages(sent.id, chats) == {chat.id: 1 for chat in chats}
    assert (await office.state(sent.id)).state is AnnouncementState.SENT


async def test_a_message_that_cannot_be_made_is_counted_and_stops_nothing(office: Office) -> None:
    await office.crowd(2)
    sent = await office.writes()
    office.renderer.fails = True
    await office.carries_all(2)
    assert await office.figures(sent.id) == {"failed": 2}
    assert (await office.state(sent.id)).state is AnnouncementState.SENT


async def test_each_reads_it_in_their_own_language(office: Office) -> None:
    chats = await office.crowd(2)
    await office.do(lambda tx, _now: tx.chats.set_language(chats[1].id, "en"))
    await office.writes()
    await office.tick()
    told = await office.database.read(lambda tx: [tx.outbox.all(chat.id)[0].message_json for chat in chats])
    assert ["Training" in one for one in told] == [False, True]


async def test_weeks_of_standing_still_repeat_nothing(office: Office) -> None:
    chats = await office.crowd(3)
    sent = await office.writes()
    await office.tick()
    await office.sends(await office.claims(1))
    again = Office(office.database, FixedClock(NOON + timedelta(weeks=3)))
    await again.carries_all()
    assert await office.messages(sent.id, chats) == {chat.id: 1 for chat in chats}
    assert await office.figures(sent.id) == {"delivered": 3}
