from __future__ import annotations

import asyncio
import random
from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from domain.store import (
    LANES,
    Chat,
    Claimed,
    ClaimedDelivery,
    Database,
    DeliveryState,
    Lane,
    Living,
    NotFound,
    Transaction,
)
from tests.store.conftest import NOW

LEASE = timedelta(seconds=60)
SOON = NOW + timedelta(seconds=10)
ROOM: dict[Lane, int] = dict.fromkeys(LANES, 10)


@pytest.fixture
async def chat(database: Database) -> Chat:
    return await open_chat(database, "100")


async def open_chat(database: Database, address: str) -> Chat:
    return await database.run(lambda tx: tx.chats.open("telegram", address, "en", NOW))


async def put(
    database: Database,
    chat: Chat,
    text: str = "hello",
    lane: Lane = "reply",
    *,
    not_before: datetime | None = None,
    repeatable: bool = True,
) -> int:
    return await database.run(
        lambda tx: tx.outbox.put(
            chat.id, f'"{text}"', NOW, lane, not_before=not_before, repeatable=repeatable
        )
    )


async def claim(
    database: Database, now: datetime = NOW, room: dict[Lane, int] = ROOM, busy: Collection[int] = ()
) -> Claimed:
    return await database.run(lambda tx: tx.deliveries.claim("telegram", now, LEASE, room, busy))


async def claim_one(database: Database, now: datetime = NOW) -> ClaimedDelivery:
    (one,) = (await claim(database, now)).deliveries
    return one


async def arrive(database: Database, delivery: ClaimedDelivery) -> bool:
    return await database.run(lambda tx: tx.deliveries.sent(delivery.outbox_id, delivery.fence, "42"))


async def state(database: Database, outbox_id: int) -> DeliveryState:
    row = await database.read(lambda tx: tx.deliveries.get(outbox_id))
    assert row is not None
    return row.state


async def carried(database: Database, now: datetime = NOW) -> list[int]:
    """Send all there is, and give the ids in the order in which it went out."""
    order: list[int] = []
    while batch := (await claim(database, now)).deliveries:
        for one in batch:
            order.append(one.outbox_id)
            assert await arrive(database, one)
    return order


async def test_only_chats_that_messages_are_carried_to_have_deliveries(
    database: Database, chat: Chat
) -> None:
    web = await database.run(lambda tx: tx.chats.open("web", "a-browser", "en", NOW))
    here, there = await put(database, chat), await put(database, web)
    assert chat.pushed
    assert not web.pushed
    assert await database.read(lambda tx: tx.deliveries.get(there)) is None
    assert await state(database, here) == "waiting"


async def test_a_claimed_message_is_complete_and_comes_once(database: Database, chat: Chat) -> None:
    message = await put(database, chat, "你好")
    delivery = await claim_one(database)
    assert (delivery.outbox_id, delivery.chat, delivery.message_json) == (message, chat, '"你好"')
    assert (delivery.attempt, delivery.fence, delivery.repeatable, delivery.lane) == (1, 1, True, "reply")
    assert (await claim(database)).deliveries == ()
    assert await arrive(database, delivery)
    row = await database.read(lambda tx: tx.deliveries.get(message))
    assert row is not None
    assert (row.state, row.message_ref, row.attempts) == ("sent", "42", 1)
    assert (await claim(database)).deliveries == ()


async def test_messages_of_a_chat_go_one_after_another(database: Database, chat: Chat) -> None:
    other = await open_chat(database, "200")
    mine = [await put(database, chat) for _ in range(3)]
    yours = [await put(database, other) for _ in range(2)]
    assert [one.outbox_id for one in (await claim(database)).deliveries] == [mine[0], yours[0]]
    assert (await claim(database)).deliveries == ()
    later = NOW + 2 * LEASE
    assert await carried(database, later) == [mine[0], yours[0], mine[1], yours[1], mine[2]]


async def test_replies_go_before_reminders_and_these_before_broadcasts(database: Database) -> None:
    chats = [await open_chat(database, str(number)) for number in range(3)]
    broadcast = await put(database, chats[0], lane="broadcast")
    reminder = await put(database, chats[1], lane="reminder")
    reply = await put(database, chats[2], lane="reply")
    # Within one chat as well: a reply does not wait for what was queued before it in another lane.
    overtaking = await put(database, chats[0], lane="reply")
    claimed = (await claim(database)).deliveries
    assert [one.outbox_id for one in claimed] == [reply, overtaking, reminder]
    for one in claimed:
        await arrive(database, one)
    assert await carried(database) == [broadcast]


async def test_a_lane_gets_no_more_room_than_it_is_given(database: Database) -> None:
    for number in range(6):
        chat = await open_chat(database, str(number))
        await put(database, chat, lane="broadcast" if number % 2 else "reply")
    claimed = await claim(database, room={"reply": 4, "reminder": 4, "broadcast": 4})
    assert [one.lane for one in claimed.deliveries] == ["reply"] * 3 + ["broadcast"]
    assert (await claim(database, room={"reply": 0, "reminder": 0, "broadcast": 0})).deliveries == ()


async def test_chats_that_rest_are_left_alone_and_those_behind_them_are_found(database: Database) -> None:
    chats = [await open_chat(database, str(number)) for number in range(30)]
    ids = [await put(database, chat) for chat in chats]
    busy = {chat.id for chat in chats[:27]}
    claimed = await claim(database, room=dict.fromkeys(LANES, 2), busy=busy)
    assert [one.outbox_id for one in claimed.deliveries] == ids[27:29]


async def test_what_is_planned_waits_for_its_time_and_holds_up_nothing(
    database: Database, chat: Chat
) -> None:
    planned = await put(database, chat, lane="reminder", not_before=SOON)
    at_once = await put(database, chat, lane="reminder")
    assert await carried(database) == [at_once]
    assert (await claim(database)).next_due == SOON
    assert await carried(database, SOON) == [planned]


async def test_a_unique_key_is_put_once(database: Database, chat: Chat) -> None:
    first = await database.run(lambda tx: tx.outbox.put(chat.id, "1", NOW, "reminder", unique_key="due-2025"))
    again = await database.run(lambda tx: tx.outbox.put(chat.id, "2", NOW, "reminder", unique_key="due-2025"))
    assert again == first
    assert [row.message_json for row in await database.read(lambda tx: tx.outbox.all(chat.id))] == ["1"]
    assert await carried(database) == [first]


async def test_a_unique_key_put_many_times_at_once_is_put_once(database: Database, chat: Chat) -> None:
    ids = await asyncio.gather(
        *(database.run(lambda tx: tx.outbox.put(chat.id, "1", NOW, unique_key="once")) for _ in range(8))
    )
    assert len(set(ids)) == 1


async def test_a_retry_comes_back_in_its_place(database: Database, chat: Chat) -> None:
    first, second = await put(database, chat), await put(database, chat)
    delivery = await claim_one(database)
    assert await database.run(lambda tx: tx.deliveries.retry(first, delivery.fence, SOON, "502"))
    assert (await claim(database)).deliveries == ()
    assert (await claim(database)).next_due == SOON
    row = await database.read(lambda tx: tx.deliveries.get(first))
    assert row is not None
    assert (row.error, row.attempts, row.due_at) == ("502", 1, SOON)
    again = await claim_one(database, SOON)
    assert (again.outbox_id, again.attempt) == (first, 2)
    await arrive(database, again)
    assert await carried(database) == [second]


async def test_being_asked_to_wait_is_no_attempt(database: Database, chat: Chat) -> None:
    await put(database, chat)
    delivery = await claim_one(database)
    assert await database.run(lambda tx: tx.deliveries.release(delivery.outbox_id, delivery.fence, SOON))
    assert (await claim_one(database, SOON)).attempt == 1


@pytest.mark.parametrize("ending", ["dead", "unknown"])
async def test_what_ends_without_arriving_lets_the_line_go_on(
    database: Database, chat: Chat, ending: DeliveryState
) -> None:
    first, second = await put(database, chat), await put(database, chat)
    delivery = await claim_one(database)

    def end(tx: Transaction) -> bool:
        finish = tx.deliveries.dead if ending == "dead" else tx.deliveries.unknown
        return finish(first, delivery.fence, "because")

    assert await database.run(end)
    assert await state(database, first) == ending
    assert await carried(database) == [second]
    # The operator sends it once more: its place in the line is gone, it just goes.
    assert await database.run(lambda tx: tx.deliveries.again(first))
    assert await carried(database) == [first]
    assert not await database.run(lambda tx: tx.deliveries.again(first))


async def test_a_lease_that_ended_gives_a_repeatable_message_back(database: Database, chat: Chat) -> None:
    message = await put(database, chat)
    lost = await claim_one(database)
    assert (await claim(database, NOW + LEASE, busy={chat.id})).deliveries == ()
    again = await claim_one(database, NOW + LEASE)
    assert (again.outbox_id, again.attempt, again.fence) == (message, 2, 2)
    # The first worker comes back too late to change anything.
    for late in (
        lambda tx: tx.deliveries.sent(message, lost.fence, "1"),
        lambda tx: tx.deliveries.retry(message, lost.fence, NOW, ""),
        lambda tx: tx.deliveries.dead(message, lost.fence, ""),
        lambda tx: tx.deliveries.unknown(message, lost.fence, ""),
        lambda tx: tx.deliveries.gone(lost, NOW, ""),
    ):
        assert await database.run(late) is False
    assert await arrive(database, again)


async def test_a_lease_that_ended_leaves_the_rest_as_unknown(database: Database, chat: Chat) -> None:
    once, next_one = await put(database, chat, repeatable=False), await put(database, chat)
    lost = await claim_one(database)
    assert await carried(database, NOW + LEASE) == [next_one]
    assert await state(database, once) == "unknown"
    # Nobody sent it again, so who comes late with the truth is believed.
    assert await arrive(database, lost)
    assert await state(database, once) == "sent"


async def test_what_was_dropped_and_had_arrived_all_the_same_is_not_sent_again(
    database: Database, chat: Chat
) -> None:
    once = await put(database, chat, repeatable=False)
    lost = await claim_one(database)
    assert await carried(database, NOW + LEASE) == []
    assert await database.run(lambda tx: tx.deliveries.drop(once))
    assert await arrive(database, lost)
    assert await state(database, once) == "sent"
    assert not await database.run(lambda tx: tx.deliveries.again(once))
    assert await carried(database, NOW + LEASE) == []


async def test_late_truth_does_not_let_two_messages_of_a_chat_out_at_once(
    database: Database, chat: Chat
) -> None:
    await put(database, chat, repeatable=False)
    second, third = await put(database, chat), await put(database, chat)
    lost = await claim_one(database)
    under_way = await claim_one(database, NOW + LEASE)
    assert under_way.outbox_id == second
    await arrive(database, lost)
    assert (await claim(database, NOW + LEASE)).deliveries == ()
    await arrive(database, under_way)
    assert await carried(database, NOW + LEASE) == [third]


async def test_a_chat_that_is_gone_is_blocked_and_gets_nothing(database: Database, chat: Chat) -> None:
    ids = [await put(database, chat), await put(database, chat), await put(database, chat, lane="broadcast")]
    delivery = await claim_one(database)
    assert await database.run(lambda tx: tx.deliveries.gone(delivery, SOON, "403"))
    ids.append(await put(database, chat, lane="reminder"))
    assert [await state(database, one) for one in ids] == ["dropped"] * 4
    assert (await database.read(lambda tx: tx.chats.get(chat.id))).blocked_at == SOON
    assert await carried(database) == []


async def test_a_message_from_the_person_revives_the_chat(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: tx.chats.block(chat.id, NOW))
    assert await database.run(lambda tx: tx.chats.revive(chat.id)) is True
    assert await database.run(lambda tx: tx.chats.revive(chat.id)) is False
    assert await carried(database) == []
    message = await put(database, chat)
    assert await carried(database) == [message]
    assert (await database.read(lambda tx: tx.chats.get(chat.id))).blocked_at is None


async def test_a_person_who_wrote_while_the_chat_seemed_closed_gets_the_answer(
    database: Database, chat: Chat
) -> None:
    reminder = await put(database, chat, lane="reminder")
    delivery = await claim_one(database)
    reply = await put(database, chat)
    assert await database.run(lambda tx: tx.deliveries.gone(delivery, NOW, "403"))
    assert (await database.read(lambda tx: tx.chats.get(chat.id))).blocked_at is None
    assert await carried(database) == [reply, reminder]


async def test_a_chat_that_moved_is_followed(database: Database, chat: Chat) -> None:
    await put(database, chat)
    await database.run(lambda tx: tx.chats.migrate(chat.id, "-100200"))
    assert (await claim_one(database)).chat.address == "-100200"
    assert (await open_chat(database, "-100200")).id == chat.id


async def test_a_chat_that_moved_where_somebody_already_wrote_sends_there(
    database: Database, chat: Chat
) -> None:
    other = await open_chat(database, "-100200")
    await put(database, chat)
    await database.run(lambda tx: tx.chats.migrate(chat.id, "-100200"))
    delivery = await claim_one(database)
    assert (delivery.chat.id, delivery.chat.address) == (chat.id, "-100200")
    assert (await open_chat(database, "-100200")).id == other.id
    await database.run(lambda tx: tx.chats.migrate(chat.id, "-100300"))
    assert (await open_chat(database, "-100300")).id == chat.id


async def test_the_message_that_is_edited_in_place_is_remembered(database: Database, chat: Chat) -> None:
    living = Living(conversation=7, message_ref="99")
    await database.run(lambda tx: tx.chats.set_living(chat.id, living))
    assert (await database.read(lambda tx: tx.chats.get(chat.id))).living == living
    await database.run(lambda tx: tx.privacy.erase(chat.person_id))
    assert (await database.read(lambda tx: tx.chats.get(chat.id))).living is None


async def test_what_was_shown_before_something_was_heard_is_not_edited_in_place(
    database: Database, chat: Chat
) -> None:
    async def living(shown: Living | None = None, heard: int | None = None) -> Living | None:
        if shown is not None:
            await database.run(lambda tx: tx.chats.set_living(chat.id, shown))
        if heard is not None:
            await database.run(lambda tx: tx.chats.heard(chat.id, heard))
        return (await database.read(lambda tx: tx.chats.get(chat.id))).living

    assert await living(heard=5) is None
    assert await living(Living(7, "4", place=4)) == Living(0, "4"), "somebody wrote while it was being sent"
    assert await living(Living(7, "6", place=6)) == Living(7, "6")
    assert await living(heard=8) == Living(0, "6")
    assert await living(heard=7) == Living(0, "6")
    assert await living(Living(7, "7", place=7)) == Living(0, "7"), "what comes late takes nothing back"
    assert await living(Living(7, "x")) == Living(7, "x"), "messages that are not counted"


async def test_a_hold_covers_what_it_concerns_until_it_is_over(database: Database, chat: Chat) -> None:
    other = await open_chat(database, "200")
    mine, yours = await put(database, chat), await put(database, other)
    await database.run(lambda tx: tx.deliveries.hold("telegram", chat.id, SOON, NOW))
    held = await claim(database, room={"reply": 10})
    assert [one.outbox_id for one in held.deliveries] == [yours]
    assert [(hold.chat_id, hold.until) for hold in held.holds] == [(chat.id, SOON)]
    await arrive(database, held.deliveries[0])
    await database.run(lambda tx: tx.deliveries.hold("telegram", None, SOON + LEASE, NOW))
    # A shorter one does not end a longer one.
    await database.run(lambda tx: tx.deliveries.hold("telegram", None, SOON, NOW))
    assert (await claim(database, SOON)).deliveries == ()
    assert await carried(database, SOON + LEASE) == [mine]


async def test_after_the_clock_was_set_back_nothing_waits_for_the_old_time(
    database: Database, chat: Chat
) -> None:
    other = await open_chat(database, "200")
    await put(database, chat)
    await put(database, other)
    future = NOW + timedelta(days=1)
    retried, lost = (await claim(database, future)).deliveries
    await database.run(lambda tx: tx.deliveries.retry(retried.outbox_id, retried.fence, future, ""))
    planned = await put(database, chat, lane="reminder", not_before=future)
    minute = timedelta(minutes=1)
    await database.run(lambda tx: tx.deliveries.hold("telegram", None, future + LEASE, future))
    await database.run(lambda tx: tx.deliveries.recover("telegram", NOW, longest_wait=minute, lease=LEASE))
    assert (await claim(database, NOW + LEASE - minute / 60)).deliveries == ()
    assert await carried(database, NOW + LEASE) == [retried.outbox_id, lost.outbox_id]
    assert await state(database, planned) == "waiting"


async def test_the_operator_sees_what_is_open_and_may_drop_it(database: Database, chat: Chat) -> None:
    first, second = await put(database, chat), await put(database, chat)
    planned = await put(database, chat, lane="reminder", not_before=SOON)
    rows = await database.read(lambda tx: tx.deliveries.list())
    assert {row.outbox_id for row in rows} == {first, second, planned}
    depths = await database.read(lambda tx: tx.deliveries.depths("telegram", NOW))
    assert [(depth.lane, depth.state, depth.count, depth.oldest) for depth in depths] == [
        ("reminder", "waiting", 1, None),
        ("reply", "waiting", 2, NOW),
    ]
    assert await database.run(lambda tx: tx.deliveries.drop(first)) is True
    assert await database.run(lambda tx: tx.deliveries.drop(first)) is False
    assert await database.run(lambda tx: tx.deliveries.drop(99)) is False
    assert await carried(database) == [second]
    assert [row.outbox_id for row in await database.read(lambda tx: tx.deliveries.list("dropped"))] == [first]
    assert [row.outbox_id for row in await database.read(lambda tx: tx.deliveries.list("waiting"))] == [
        planned
    ]
    assert await database.run(lambda tx: tx.deliveries.again(planned))
    assert await carried(database) == [planned]


async def test_retention_takes_no_message_that_is_on_its_way(database: Database, chat: Chat) -> None:
    sent = await put(database, chat)
    await carried(database)
    waiting = await put(database, chat)
    assert await database.run(lambda tx: tx.outbox.purge(SOON)) == 1
    assert await database.read(lambda tx: tx.deliveries.get(sent)) is None
    assert await carried(database) == [waiting]


async def test_erasing_a_person_takes_what_is_on_its_way_and_the_chat_goes_on(
    database: Database, chat: Chat
) -> None:
    await put(database, chat)
    under_way = await claim_one(database)
    await put(database, chat)
    await database.run(lambda tx: tx.privacy.erase(chat.person_id))
    assert await database.read(lambda tx: tx.deliveries.list()) == ()
    goodbye = await put(database, chat)
    assert await arrive(database, under_way) is False
    assert await carried(database) == [goodbye]


async def test_old_messages_without_consent_go_and_younger_ones_move_up(
    database: Database, chat: Chat
) -> None:
    await put(database, chat)
    young = await database.run(lambda tx: tx.outbox.put(chat.id, "2", SOON))
    await database.run(lambda tx: tx.privacy.purge_unconsented(SOON))
    assert await carried(database, SOON) == [young]


async def test_a_chat_nobody_knows_cannot_be_blocked(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.run(lambda tx: tx.chats.block(99, NOW))


async def test_workers_at_once_send_everything_once_and_in_order(database: Database) -> None:
    chats = [await open_chat(database, str(number)) for number in range(8)]
    put_ids = [await put(database, random.Random(n).choice(chats)) for n in range(60)]  # noqa: S311
    sent: list[tuple[int, int]] = []

    async def worker() -> None:
        while batch := (await claim(database, room=dict.fromkeys(LANES, 3))).deliveries:
            for one in batch:
                sent.append((one.chat.id, one.outbox_id))
                await asyncio.sleep(0)
                assert await arrive(database, one)

    await asyncio.gather(*(worker() for _ in range(4)))
    await worker()
    assert sorted(outbox_id for _, outbox_id in sent) == sorted(put_ids)
    for chat in chats:
        mine = [outbox_id for chat_id, outbox_id in sent if chat_id == chat.id]
        assert mine == sorted(mine)
