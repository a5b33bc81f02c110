"""How things stand is told truly: what waits, how much of it, and since when."""

from __future__ import annotations

from datetime import timedelta

from domain.reminders.model import Reminder
from domain.store import Chat, Database, Standing, Transaction
from scheduler.announcing import UNDER_WAY
from tests.store.conftest import NOW
from tests.support.announcing import AUDIENCE, Office

CHANNEL = "telegram"
MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=15)


async def chats(database: Database, number: int) -> list[Chat]:
    return await database.run(
        lambda tx: [tx.chats.open(CHANNEL, str(one), "zh_CN", NOW) for one in range(number)]
    )


async def look(database: Database, after: timedelta = timedelta()) -> Standing:
    return await database.read(lambda tx: tx.standings.look(CHANNEL, NOW + after))


async def test_where_nothing_waits_everything_is_zero(database: Database) -> None:
    found = await look(database)
    assert (found.inbox.count, found.inbox.since, found.set_aside) == (0, None, 0)
    assert set(found.outbox.values()) == {0}
    assert set(found.oldest.values()) == {None}
    assert (found.reminders.count, found.plans.count, found.announcements) == (0, 0, 0)
    assert found.recipients == {"due": 0, "later": 0, "queued": 0}


async def test_messages_are_counted_by_lane_and_state_and_the_oldest_is_the_one_that_waits_longest(
    database: Database,
) -> None:
    first, second, third = await chats(database, 3)

    def queue(tx: Transaction) -> None:
        tx.outbox.put(first.id, "1", NOW)
        tx.outbox.put(first.id, "2", NOW + MINUTE)
        tx.outbox.put(second.id, "3", NOW + 2 * MINUTE)
        tx.outbox.put(third.id, "4", NOW + 3 * MINUTE, "reminder")

    await database.run(queue)
    found = await look(database, 5 * MINUTE)
    assert found.outbox["reply", "waiting"] == 3
    assert found.outbox["reminder", "waiting"] == 1
    assert found.oldest == {"reply": NOW, "reminder": NOW + 3 * MINUTE, "broadcast": None}

    room = {"reply": 9, "reminder": 9, "broadcast": 9}
    claimed = await database.run(
        lambda tx: tx.deliveries.claim(CHANNEL, NOW + 5 * MINUTE, LEASE, room, ())  # type: ignore[arg-type]
    )
    held = {one.message_json: one for one in claimed.deliveries}
    assert set(held) == {"1", "3", "4"}
    sending = await look(database, 5 * MINUTE)
    assert sending.outbox["reply", "sending"] == 2
    assert sending.oldest["reply"] == NOW, "what is being sent has not arrived yet"

    def settle(tx: Transaction) -> None:
        tx.deliveries.retry(held["1"].outbox_id, held["1"].fence, NOW + 20 * MINUTE, "5xx")
        tx.deliveries.sent(held["3"].outbox_id, held["3"].fence, "m")
        tx.deliveries.dead(held["4"].outbox_id, held["4"].fence, "refused")

    await database.run(settle)
    settled = await look(database, 6 * MINUTE)
    assert settled.outbox["reply", "waiting"] == 2
    assert settled.outbox["reminder", "dead"] == 1
    assert settled.oldest == {"reply": NOW, "reminder": None, "broadcast": None}, "it is tried again later"


async def test_what_is_planned_for_later_waits_from_its_time_on(database: Database) -> None:
    (chat,) = await chats(database, 1)
    later = NOW + 60 * MINUTE
    await database.run(lambda tx: tx.outbox.put(chat.id, "1", NOW, not_before=later))
    before = await look(database, MINUTE)
    assert (before.outbox["reply", "waiting"], before.oldest["reply"]) == (1, None)
    assert (await look(database, 61 * MINUTE)).oldest["reply"] == later


async def test_updates_are_counted_and_the_oldest_waits_however_often_it_was_tried(
    database: Database,
) -> None:
    await database.run(lambda tx: tx.updates.store(CHANNEL, [(1, "a", "{}"), (2, "a", "{}")], NOW))
    await database.run(lambda tx: tx.updates.store(CHANNEL, [(3, "b", "{}"), (4, "c", "{}")], NOW + MINUTE))

    def fails(tx: Transaction) -> None:
        first, second = tx.updates.claim(CHANNEL, NOW + MINUTE), None
        assert first is not None
        tx.updates.retry(first, 1, NOW + 30 * MINUTE, "error")
        second = tx.updates.claim(CHANNEL, NOW + MINUTE)
        assert second is not None
        tx.updates.set_aside(second, 1, "error")

    await database.run(fails)
    found = await look(database, 2 * MINUTE)
    assert (found.inbox.count, found.inbox.since, found.set_aside) == (3, NOW, 1)
    assert (await database.read(lambda tx: tx.standings.look("another", NOW))).inbox.count == 0


async def test_reminders_and_plans_that_are_due_are_counted_and_those_of_the_future_are_not(
    database: Database,
) -> None:
    first, second = await chats(database, 2)

    def plan(tx: Transaction) -> None:
        for number, chat in enumerate((first, second)):
            reminder = Reminder(
                key=f"k{number}",
                thread="t",
                kind="window_closes",
                programme=None,
                due=NOW.date(),
                offset=0,
                send_on=NOW.date(),
                until=NOW.date(),
            )
            tx.reminders.add(chat.id, reminder, NOW + number * 60 * MINUTE)
        tx.replanning.mark(first.id, "facts", NOW + MINUTE)
        tx.replanning.mark(second.id, "facts", NOW)
        tx.replanning.planned(second.id, NOW, NOW + 60 * MINUTE)

    await database.run(plan)
    found = await look(database, 5 * MINUTE)
    assert (found.reminders.count, found.reminders.since) == (1, NOW)
    assert (found.plans.count, found.plans.since) == (1, NOW + MINUTE)
    assert (await look(database, 61 * MINUTE)).reminders.count == 2


async def test_whom_announcements_have_yet_to_reach_is_counted(database: Database) -> None:
    office = Office(database)
    await office.crowd(UNDER_WAY + 30)
    sent = await office.writes(AUDIENCE)
    await office.tick()
    at = office.clock.now()
    found = await database.read(lambda tx: tx.standings.look(CHANNEL, at))
    assert found.announcements == 1
    assert found.recipients == {"due": 30, "later": 0, "queued": UNDER_WAY}
    assert found.outbox["broadcast", "waiting"] == UNDER_WAY
    await office.carries_all()
    assert sent.id
    done = await database.read(lambda tx: tx.standings.look(CHANNEL, office.clock.now()))
    assert (done.announcements, done.recipients) == (0, {"due": 0, "later": 0, "queued": 0})
