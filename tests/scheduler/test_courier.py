from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from domain.store import Chat, Database, DeliveryRow, Lane, Living, Transaction
from domain.store.repositories.deliveries import Deliveries
from domain.store.statements import Brief
from scheduler.courier import Courier
from scheduler.courier_rules import CourierRules
from scheduler.limits import Limits, Rates
from scheduler.sending import Delivered, Gone, Moved, Parcel, Receipt, Refused, TryAgain, Unsure, Wait
from tests.support.database import open_database
from tests.support.queues import DrivenTime, ScriptedSender

T = TypeVar("T")

NO_LIMITS = Rates(overall_per_second=None, private_per_second=None, group_per_minute=None)
RULES = CourierRules(max_attempts=4)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(tmp_path, busy_timeout_ms=50) as opened:
        yield opened


@pytest.fixture
def time() -> DrivenTime:
    return DrivenTime()


@pytest.fixture
def sender() -> ScriptedSender:
    return ScriptedSender()


class Post:
    """A courier, the chats it serves and what is put for them."""

    def __init__(
        self,
        database: Database,
        time: DrivenTime,
        sender: ScriptedSender,
        rates: Rates = NO_LIMITS,
        rules: CourierRules = RULES,
    ) -> None:
        self.database = database
        self.time = time
        self.courier = Courier(
            database,
            "telegram",
            sender,
            Limits(rates),
            time.clock,
            is_group=lambda chat: chat.address.startswith("-"),
            rules=rules,
            monotonic=time.monotonic,
            dice=random.Random(1),  # noqa: S311
        )

    async def chat(self, address: str = "1") -> Chat:
        return await self.database.run(
            lambda tx: tx.chats.open("telegram", address, "en", self.time.clock.now())
        )

    async def put(self, chat: Chat, text: str, lane: Lane = "reply", *, repeatable: bool = True) -> int:
        return await self.database.run(
            lambda tx: tx.outbox.put(chat.id, text, self.time.clock.now(), lane, repeatable=repeatable)
        )

    async def go(self, seconds: float = 0) -> None:
        """Work for so long, by the driven clock."""
        until = self.time.monotonic() + seconds
        while True:
            before, pause = -1, 0.0
            while self.courier.claims != before:
                before = self.courier.claims
                pause = await self.courier.round()
                await self.courier.settled()
            if self.time.monotonic() >= until:
                return
            self.time.pass_by(max(min(pause, until - self.time.monotonic()), 0.001))

    async def row(self, outbox_id: int) -> DeliveryRow:
        row = await self.database.read(lambda tx: tx.deliveries.get(outbox_id))
        assert row is not None
        return row


@pytest.fixture
def post(database: Database, time: DrivenTime, sender: ScriptedSender) -> Post:
    return Post(database, time, sender)


async def test_messages_reach_each_chat_in_order(post: Post, sender: ScriptedSender) -> None:
    chats = [await post.chat(str(number)) for number in range(3)]
    for number in range(4):
        for chat in chats:
            await post.put(chat, f"{number}")
    await post.go()
    for chat in chats:
        assert [p.message_json for p in sender.parcels if p.chat.id == chat.id] == ["0", "1", "2", "3"]


async def test_what_was_delivered_is_kept_with_the_living_message(post: Post, sender: ScriptedSender) -> None:
    chat = await post.chat()
    message = await post.put(chat, "screen")
    sender.script = [Delivered("77", living=Living(5, "77"))]
    await post.go()
    assert (await post.row(message)).message_ref == "77"
    await post.put(chat, "next")
    await post.go()
    assert sender.parcels[1].chat.living == Living(5, "77")


async def test_what_failed_is_tried_again_with_growing_pauses_and_then_set_aside(
    post: Post, sender: ScriptedSender
) -> None:
    chat = await post.chat()
    bad, good = await post.put(chat, "bad"), await post.put(chat, "good")
    sender.script = [TryAgain("502")] * 4
    times = []
    for _ in range(40):
        before = len(sender.parcels)
        await post.go(0.5)
        times += [post.time.monotonic()] * (len(sender.parcels) - before)
    assert sender.said == ["bad"] * 4 + ["good"]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[:3] == pytest.approx([2, 4, 8], rel=0.1, abs=0.5)
    assert [parcel.attempt for parcel in sender.parcels] == [1, 2, 3, 4, 1]
    assert ((await post.row(bad)).state, (await post.row(bad)).error) == ("dead", "502")
    assert (await post.row(good)).state == "sent"


async def test_a_reminder_is_tried_as_long_as_it_may_be_said_and_what_is_refused_is_not(
    post: Post, sender: ScriptedSender
) -> None:
    chat = await post.chat()
    until = post.time.clock.now() + timedelta(hours=2)

    def put(tx: Transaction) -> int:
        return tx.outbox.put(chat.id, "soon", post.time.clock.now(), "reminder", not_after=until)

    message = await post.database.run(put)
    sender.script = [TryAgain("502")] * 1000
    await post.go(3600)
    assert len(sender.parcels) > 2 * RULES.max_attempts
    assert (await post.row(message)).state == "waiting"
    await post.go(3601)
    tried = len(sender.parcels)
    await post.go(3600)
    assert len(sender.parcels) == tried, "out of time: it waits to be taken back"
    assert await post.database.read(lambda tx: tx.outbox.overdue(post.time.clock.now(), 9)) == (message,)
    sender.script = [Refused("no")]
    refused = await post.put(await post.chat("2"), "refused", "reminder")
    await post.go()
    assert (await post.row(refused)).state == "dead"


async def test_what_is_refused_is_set_aside_at_once(post: Post, sender: ScriptedSender) -> None:
    chat = await post.chat()
    bad = await post.put(chat, "bad")
    await post.put(chat, "good")
    sender.script = [Refused("400 can't parse entities")]
    await post.go()
    assert sender.said == ["bad", "good"]
    assert (await post.row(bad)).error == "400 can't parse entities"


async def test_a_blocked_chat_gets_nothing_until_the_person_writes(
    post: Post, sender: ScriptedSender
) -> None:
    chat = await post.chat()
    for text in ("first", "second"):
        await post.put(chat, text)
    sender.script = [Gone("403 blocked")]
    await post.go(60)
    await post.put(chat, "reminder", "reminder")
    await post.go(60)
    assert sender.said == ["first"]
    await post.database.run(lambda tx: tx.chats.revive(chat.id))
    await post.put(chat, "welcome back")
    await post.go()
    assert sender.said == ["first", "welcome back"]


async def test_a_moved_chat_is_followed(post: Post, sender: ScriptedSender) -> None:
    chat = await post.chat("-5")
    await post.put(chat, "hello")
    await post.put(chat, "again")
    sender.script = [Moved("-1005")]
    await post.go()
    assert [(p.chat.address, p.message_json) for p in sender.parcels] == [
        ("-5", "hello"),
        ("-1005", "hello"),
        ("-1005", "again"),
    ]


async def test_a_chat_that_moves_for_ever_is_given_up(post: Post, sender: ScriptedSender) -> None:
    message = await post.put(await post.chat("-5"), "hello")
    sender.script = [Moved("-6"), Moved("-5")] * 2
    await post.go()
    assert (await post.row(message)).state == "dead"


async def test_asked_to_wait_one_chat_waits_and_the_others_do_not(post: Post, sender: ScriptedSender) -> None:
    one, two = await post.chat("1"), await post.chat("2")
    message = await post.put(one, "held")
    sender.script = [Wait(30, "chat")]
    await post.go()
    await post.put(one, "also held", "broadcast")
    await post.put(two, "free")
    await post.go(29.9)
    assert sender.said == ["held", "free"]
    await post.go(1)
    assert sender.said == ["held", "free", "held", "also held"]
    assert (await post.row(message)).attempts == 1


async def test_asked_to_wait_at_all_everybody_waits_also_after_a_new_start(
    post: Post, sender: ScriptedSender, database: Database, time: DrivenTime
) -> None:
    for number in range(3):
        await post.put(await post.chat(str(number)), str(number))
    sender.script = [Wait(30, "all")] * 3
    await post.go(20)
    asked = len(sender.parcels)
    fresh = Post(database, time, sender)
    await fresh.go(9.9)
    assert len(sender.parcels) == asked
    await fresh.go(1)
    assert sorted(sender.said[asked:]) == ["0", "1", "2"]


async def test_when_nobody_knows_what_is_repeatable_is_repeated_and_the_rest_is_not(
    post: Post, sender: ScriptedSender
) -> None:
    chat = await post.chat()
    await post.put(chat, "repeatable")
    once = await post.put(chat, "once", repeatable=False)
    sender.script = [Unsure("time-out"), Delivered("1"), Unsure("time-out")]
    await post.go(10)
    assert sender.said == ["repeatable", "repeatable", "once"]
    assert (await post.row(once)).state == "unknown"


async def test_a_sender_that_breaks_leaves_nothing_lying(post: Post, sender: ScriptedSender) -> None:
    chat = await post.chat()
    message = await post.put(chat, "hello")
    sender.script = [RuntimeError("https://api.example/bot123:SECRET/sendMessage")]
    await post.go()
    assert (await post.row(message)).error == "RuntimeError"
    await post.go(10)
    assert (await post.row(message)).state == "sent"


async def test_a_sender_cut_off_by_something_else_is_tried_again(post: Post, sender: ScriptedSender) -> None:
    message = await post.put(await post.chat(), "hello")
    sender.script = [asyncio.CancelledError()]
    await post.go()
    assert (await post.row(message)).error == "cancelled"
    await post.go(10)
    assert (await post.row(message)).state == "sent"


async def test_a_sender_that_hangs_is_not_waited_for_for_ever(database: Database, time: DrivenTime) -> None:
    class Hanging(ScriptedSender):
        async def send(self, parcel: Parcel) -> Receipt:
            await asyncio.sleep(60)
            raise AssertionError

    rules = replace(RULES, send_timeout=timedelta(seconds=0.05))
    post = Post(database, time, Hanging(), rules=rules)
    message = await post.put(await post.chat(), "hello")
    await post.go()
    assert (await post.row(message)).error == "no answer in time"


async def test_the_limits_of_chats_groups_and_the_whole_are_kept(
    database: Database, time: DrivenTime, sender: ScriptedSender
) -> None:
    post = Post(database, time, sender, Rates())
    private, group = await post.chat("1"), await post.chat("-1")
    for number in range(30):
        await post.put(private, f"p{number}")
        await post.put(group, f"g{number}")
    await post.go(10)
    assert sum(one.startswith("p") for one in sender.said) == 13
    assert sum(one.startswith("g") for one in sender.said) == 20
    await post.go(60)
    assert sum(one.startswith("g") for one in sender.said) == 30


async def test_a_reply_overtakes_a_broadcast_to_thousands(
    database: Database, time: DrivenTime, sender: ScriptedSender
) -> None:
    post = Post(database, time, sender, Rates())
    chats = [await post.chat(str(number)) for number in range(200)]
    for chat in chats:
        await post.put(chat, "broadcast", "broadcast")
    await post.go(2)
    before = len(sender.parcels)
    assert 58 <= before <= 66
    await post.put(chats[-1], "reply")
    await post.go(0.1)
    assert "reply" in sender.said[before : before + 2]


async def test_slow_broadcasts_leave_places_to_replies(database: Database, time: DrivenTime) -> None:
    gate = asyncio.Event()

    class Slow(ScriptedSender):
        async def send(self, parcel: Parcel) -> Receipt:
            self.parcels.append(parcel)
            if parcel.lane == "broadcast":
                await gate.wait()
            return Delivered("1")

    sender = Slow()
    post = Post(database, time, sender, rules=replace(RULES, concurrency=4))
    chats = [await post.chat(str(number)) for number in range(10)]
    for chat in chats:
        await post.put(chat, "broadcast", "broadcast")
    for _ in range(3):
        await post.courier.round()
    await asyncio.sleep(0)
    assert post.courier.under_way == 2
    await post.put(chats[9], "reply")
    await post.courier.round()
    await asyncio.sleep(0)
    assert sender.said[-1] == "reply"
    gate.set()
    await post.courier.settled()


async def test_the_clock_set_back_a_day_holds_up_nothing(post: Post, sender: ScriptedSender) -> None:
    chat = await post.chat()
    await post.put(chat, "first")
    sender.script = [TryAgain("502")]
    await post.go()
    post.time.jump(timedelta(days=-1))
    await post.put(chat, "second")
    await post.go(5)
    assert sender.said == ["first", "first", "second"]


async def test_the_clock_set_forward_a_day_sends_nothing_inside_a_hold(
    post: Post, sender: ScriptedSender
) -> None:
    await post.put(await post.chat(), "first")
    sender.script = [Wait(30, "all")]
    await post.go()
    post.time.jump(timedelta(days=1))
    await post.go(29.9)
    assert sender.said == ["first"]
    await post.go(1)
    assert sender.said == ["first", "first"]


async def test_the_clock_set_back_does_not_prolong_a_hold(post: Post, sender: ScriptedSender) -> None:
    await post.put(await post.chat(), "first")
    sender.script = [Wait(30, "all")]
    await post.go()
    post.time.jump(timedelta(days=-1))
    await post.go(29.9)
    assert sender.said == ["first"]
    await post.go(40)
    assert sender.said == ["first", "first"]


async def test_what_a_dead_process_was_sending_is_sent_by_the_next(
    post: Post, sender: ScriptedSender, database: Database, time: DrivenTime
) -> None:
    chat = await post.chat()
    await post.put(chat, "lost")
    await database.run(
        lambda tx: tx.deliveries.claim("telegram", time.clock.now(), RULES.lease, {"reply": 1})
    )
    await post.go(RULES.lease.total_seconds() - 1)
    assert sender.said == []
    await post.go(2)
    assert sender.said == ["lost"]


class Slow(ScriptedSender):
    """One whose messages arrive when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = asyncio.Event()

    async def send(self, parcel: Parcel) -> Receipt:
        receipt = await super().send(parcel)
        await self.arrived.wait()
        return receipt


async def test_what_takes_long_to_send_is_not_sent_by_anybody_else_meanwhile(
    database: Database, time: DrivenTime
) -> None:
    slow, other = Slow(), ScriptedSender()
    post = Post(database, time, slow)
    await post.put(await post.chat(), "long")
    await post.courier.round()
    for _ in range(10):
        time.pass_by(RULES.lease.total_seconds() / 3 + 0.1)
        await post.courier.round()
        await Post(database, time, other).go()
    slow.arrived.set()
    await post.courier.settled()
    assert (slow.said, other.said) == (["long"], [])


async def test_what_was_dropped_in_doubt_and_arrived_all_the_same_is_not_sent_again(
    database: Database, time: DrivenTime
) -> None:
    slow, other = Slow(), ScriptedSender()
    away, beside = Post(database, time, slow), Post(database, time, other)
    message = await away.put(await away.chat(), "once", repeatable=False)
    await away.courier.round()
    # It stands still for longer than its lease in the middle of sending, and another process goes on without it.
    time.pass_by(RULES.lease.total_seconds())
    await beside.go()
    assert (await beside.row(message)).state == "unknown"
    assert await database.run(lambda tx: tx.deliveries.drop(message))
    slow.arrived.set()
    await away.courier.settled()
    assert (await beside.row(message)).state == "sent"
    assert not await database.run(lambda tx: tx.deliveries.again(message))
    await beside.go(5)
    assert (slow.said, other.said) == (["once"], [])


async def test_what_came_of_a_message_is_stored_when_the_database_can_again(
    post: Post, sender: ScriptedSender, tmp_path: Path
) -> None:
    message = await post.put(await post.chat(), "hello")
    thief = sqlite3.connect(tmp_path / "zhuoyue.sqlite3", isolation_level=None)
    try:
        await post.courier.round()
        thief.execute("BEGIN IMMEDIATE")
        assert await post.courier.round() == RULES.poll.total_seconds()
        await asyncio.sleep(0.2)
        assert post.courier.under_way == 1
    finally:
        thief.close()
    await post.courier.settled()
    assert sender.said == ["hello"]
    assert (await post.row(message)).state == "sent"


async def test_what_arrived_is_settled_in_one_commit(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [await post.put(await post.chat(str(number)), "hello") for number in range(20)]
    works = 0
    run = post.database.run

    async def counted(work: Callable[[Transaction], T], *, brief: Brief = False) -> T:
        nonlocal works
        works += 1
        return await run(work, brief=brief)

    monkeypatch.setattr(post.database, "run", counted)
    await post.courier.round()
    await post.courier.settled()
    assert [(await post.row(message)).state for message in messages] == ["sent"] * 20
    assert works == 3  # once after the start, once to claim them, once to settle them


async def test_one_that_cannot_be_settled_is_left_to_its_lease_and_holds_up_none_of_the_others(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = [await post.put(await post.chat(str(number)), "hello") for number in range(5)]
    sent = Deliveries.sent

    def broken(self: Deliveries, outbox_id: int, *rest: Any) -> bool:
        if outbox_id == messages[2]:
            raise ValueError(outbox_id)
        return sent(self, outbox_id, *rest)

    monkeypatch.setattr(Deliveries, "_alone_here", lambda _: False)
    monkeypatch.setattr(Deliveries, "sent", broken)
    await post.courier.round()
    await post.courier.settled()
    states = [(await post.row(message)).state for message in messages]
    assert states == ["sent", "sent", "sending", "sent", "sent"]


async def test_a_running_courier_looks_at_once_when_woken_and_stops_when_told(
    database: Database, time: DrivenTime
) -> None:
    arrived = asyncio.Event()

    class Noticed(ScriptedSender):
        async def send(self, parcel: Parcel) -> Receipt:
            arrived.set()
            return await super().send(parcel)

    sender = Noticed()
    post = Post(database, time, sender, rules=replace(RULES, poll=timedelta(seconds=60)))
    chat = await post.chat()
    running = asyncio.create_task(post.courier.run())
    await asyncio.sleep(0.05)
    await post.put(chat, "hello")
    post.courier.wake()
    async with asyncio.timeout(5):
        await arrived.wait()
        post.courier.stop()
        await running
    assert sender.said == ["hello"]


async def test_told_to_stop_it_finishes_what_is_under_way_and_leaves_the_rest(
    database: Database, time: DrivenTime
) -> None:
    class Slow(ScriptedSender):
        async def send(self, parcel: Parcel) -> Receipt:
            await asyncio.sleep(0.1 if parcel.chat.address == "quick" else 60)
            return Delivered("1")

    post = Post(database, time, Slow(), rules=replace(RULES, grace=timedelta(seconds=0.5)))
    quick = await post.put(await post.chat("quick"), "1")
    slow = await post.put(await post.chat("slow"), "2")
    running = asyncio.create_task(post.courier.run())
    await asyncio.sleep(0.05)
    post.courier.stop()
    async with asyncio.timeout(5):
        await running
    assert (await post.row(quick)).state == "sent"
    assert (await post.row(slow)).state == "sending"
