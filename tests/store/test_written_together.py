"""What many turns leave behind is written together, and nobody can tell: whoever looks finds it, and what is undone was never there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.store import LANES, Chat, ClaimedDelivery, Database, Lane, Living, StoredAnswer, Transaction
from domain.store.postponed import ROWS_AT_ONCE
from tests.store.conftest import NOW

MANY = 2 * ROWS_AT_ONCE + 3
ROOM: dict[Lane, int] = dict.fromkeys(LANES, 100)


class Told(Exception):  # noqa: N818
    """Told to fail."""


def chats(tx: Transaction, count: int) -> list[Chat]:
    return [tx.chats.open("telegram", str(number), "en", NOW) for number in range(count)]


def texts(tx: Transaction, chat: Chat) -> list[str]:
    return [row.message_json for row in tx.outbox.all(chat.id)]


async def test_many_messages_have_the_ids_that_were_told_and_each_the_next(database: Database) -> None:
    def put(tx: Transaction) -> dict[int, tuple[int, ...]]:
        there = chats(tx, MANY)
        return {chat.id: tuple(tx.outbox.put(chat.id, f'"{n}"', NOW) for n in (1, 2)) for chat in there}

    told = await database.run(put)
    ids = [one for pair in told.values() for one in pair]
    assert ids == list(range(ids[0], ids[0] + 2 * MANY))
    for chat_id, pair in told.items():
        rows = await database.read(lambda tx, chat_id=chat_id: tx.outbox.all(chat_id))  # type: ignore[misc]
        assert [(row.id, row.message_json) for row in rows] == [(pair[0], '"1"'), (pair[1], '"2"')]
    taken = await database.run(lambda tx: tx.deliveries.claim("telegram", NOW, timedelta(seconds=60), ROOM))
    assert {one.outbox_id for one in taken.deliveries} == {first for first, _ in told.values()}, (
        "in a line each"
    )


async def test_whoever_looks_in_the_same_work_finds_what_was_put(database: Database) -> None:
    def put_and_look(tx: Transaction) -> tuple[list[str], str, int]:
        (chat,) = chats(tx, 1)
        tx.outbox.put(chat.id, '"a"', NOW)
        keyed = tx.outbox.put(chat.id, '"b"', NOW, unique_key="k")
        again = tx.outbox.put(chat.id, '"not once more"', NOW, unique_key="k")
        last = tx.outbox.put(chat.id, '"c"', NOW)
        row = tx.deliveries.get(last)
        assert row is not None
        assert again == keyed < last == tx.outbox.last_id(chat.id)
        return texts(tx, chat), row.state, row.chat_id - chat.id

    assert await database.run(put_and_look) == (['"a"', '"b"', '"c"'], "waiting", 0)


async def test_a_part_that_fails_leaves_nothing_and_takes_nothing_along(database: Database) -> None:
    def put(tx: Transaction) -> list[str]:
        first, second = chats(tx, 2)
        tx.outbox.put(first.id, '"before"', NOW)

        def fail(part: Transaction) -> None:
            part.outbox.put(first.id, '"undone"', NOW)
            part.outbox.put(second.id, '"undone"', NOW)
            raise Told

        tx.alone(fail)
        tx.alone(lambda part: part.outbox.put(first.id, '"alone"', NOW))
        tx.outbox.put(first.id, '"after"', NOW)
        assert texts(tx, second) == []
        return texts(tx, first)

    assert await database.run(put) == ['"before"', '"alone"', '"after"']


async def test_a_work_that_fails_leaves_nothing_to_the_next_one(database: Database) -> None:
    (chat,) = await database.run(lambda tx: chats(tx, 1))

    def fail(tx: Transaction) -> None:
        tx.outbox.put(chat.id, '"undone"', NOW)
        raise Told

    with pytest.raises(Told):
        await database.run(fail)
    await database.run(lambda tx: tx.outbox.put(chat.id, '"kept"', NOW))
    assert await database.read(lambda tx: texts(tx, chat)) == ['"kept"']


async def test_a_message_waits_or_is_dropped_as_the_chat_was_when_it_was_put(database: Database) -> None:
    def put(tx: Transaction) -> list[str]:
        (chat,) = chats(tx, 1)
        ids = [tx.outbox.put(chat.id, '"a"', NOW)]
        tx.chats.block(chat.id, NOW)
        ids.append(tx.outbox.put(chat.id, '"b"', NOW))
        tx.chats.revive(chat.id)
        ids.append(tx.outbox.put(chat.id, '"c"', NOW))
        rows = [tx.deliveries.get(one) for one in ids]
        return ["" if row is None else row.state for row in rows]

    assert await database.run(put) == ["dropped", "dropped", "waiting"]


async def test_answers_that_are_saved_again_and_again_are_the_last_ones_wherever_one_looks(
    database: Database,
) -> None:
    answers = tuple(StoredAnswer(str(number), number, "", NOW) for number in range(5))

    def say(tx: Transaction) -> None:
        for chat in chats(tx, MANY):
            tx.conversations.start(chat.id, "check", 1, {}, NOW)
            for count in range(1, len(answers) + 1):
                stood = tx.chats.visit(chat.id).conversation
                assert stood is not None
                tx.conversations.save_answers(replace(stood, answers=answers[:count]), stood.revision)
                if chat.id % 3 == 0:
                    assert tx.conversations.get(stood.id) == replace(
                        stood, answers=answers[:count], revision=count
                    )

    await database.run(say)
    for chat in await database.run(lambda tx: chats(tx, MANY)):
        kept = await database.read(lambda tx, chat=chat: tx.conversations.active(chat.id))  # type: ignore[misc]
        assert kept is not None
        assert (kept.answers, kept.revision) == (answers, len(answers))


async def test_what_was_said_just_before_an_erasure_is_erased(database: Database) -> None:
    def erase(tx: Transaction) -> int:
        (chat,) = chats(tx, 1)
        message = tx.outbox.put(chat.id, '"a"', NOW)
        tx.privacy.erase(chat.person_id)
        assert tx.deliveries.get(message) is None
        return message

    message = await database.run(erase)
    assert await database.read(lambda tx: tx.deliveries.get(message)) is None


async def test_of_messages_that_arrived_together_only_those_taken_over_are_told(database: Database) -> None:
    def put(tx: Transaction) -> None:
        for chat in chats(tx, 5):
            tx.outbox.put(chat.id, '"a"', NOW)
            tx.outbox.put(chat.id, '"b"', NOW)

    await database.run(put)
    lease = timedelta(seconds=60)
    mine = (await database.run(lambda tx: tx.deliveries.claim("telegram", NOW, lease, ROOM))).deliveries
    stolen = mine[2]
    later = NOW + 2 * lease
    others = {one.chat.id for one in mine} - {stolen.chat.id}
    theirs = await database.run(lambda tx: tx.deliveries.claim("telegram", later, lease, ROOM, others))
    assert [one.outbox_id for one in theirs.deliveries] == [stolen.outbox_id]
    batch = [(one, "42", Living(1, "42@1") if number == 1 else None) for number, one in enumerate(mine)]
    assert await database.run(lambda tx: tx.deliveries.arrived(batch)) == [stolen]
    living = await database.read(lambda tx: tx.chats.get(mine[1].chat.id).living)
    assert living == Living(1, "42@1")
    following = await database.run(lambda tx: tx.deliveries.claim("telegram", NOW, lease, ROOM))
    assert {one.chat.id for one in following.deliveries} == others, "the next of each line"
    whole = [(one, "43", None) for one in following.deliveries]
    assert await database.run(lambda tx: tx.deliveries.arrived(whole)) == []
    assert (await database.run(lambda tx: tx.deliveries.claim("telegram", NOW, lease, ROOM))).deliveries == ()


async def test_each_of_many_that_arrived_together_is_noted_as_itself_and_lets_the_next_of_its_line_go(
    database: Database,
) -> None:
    behind: Lane = "broadcast"

    def put(tx: Transaction) -> None:
        for chat in chats(tx, MANY):
            tx.outbox.put(chat.id, '"a"', NOW)
            tx.outbox.put(chat.id, '"b"', NOW, behind)
            tx.outbox.put(chat.id, '"c"', NOW, behind)

    await database.run(put)
    lease = timedelta(seconds=60)

    async def take() -> tuple[ClaimedDelivery, ...]:
        return (await database.run(lambda tx: tx.deliveries.claim("telegram", NOW, lease, ROOM))).deliveries

    for said in ("a", "b", "c"):
        taken = await take()
        assert [one.message_json for one in taken] == [f'"{said}"'] * MANY
        assert all((one.attempt, one.fence) == (1, 1) for one in taken)
        batch = [(one, f"{said}{one.chat.id}", Living(1, f"{one.chat.id}@1")) for one in taken]
        assert await database.run(lambda tx, batch=batch: tx.deliveries.arrived(batch)) == []  # type: ignore[misc]
        for one, ref, living in batch:
            row = await database.read(lambda tx, one=one: tx.deliveries.get(one.outbox_id))  # type: ignore[misc]
            assert row is not None
            assert (row.state, row.message_ref) == ("sent", ref)
            assert await database.read(lambda tx, one=one: tx.chats.get(one.chat.id).living) == living  # type: ignore[misc]
    assert await take() == ()
