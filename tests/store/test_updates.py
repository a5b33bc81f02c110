from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.store import Chat, Database, Transaction, UpdateRow
from tests.store.conftest import NOW
from tests.support.database import open_database

SOON = NOW + timedelta(seconds=10)


def turn(tx: Transaction) -> UpdateRow | None:
    """Claim the next update and finish it."""
    claimed = tx.updates.claim("telegram", NOW)
    if claimed is not None:
        tx.updates.finish(claimed)
    return claimed


async def handled(database: Database) -> list[str]:
    """What is handled until nothing is due."""
    payloads = []
    while (row := await database.run(turn)) is not None:
        payloads.append(row.payload_json)
    return payloads


async def store(database: Database, *batch: tuple[int, str, str]) -> int:
    return await database.run(lambda tx: tx.updates.store("telegram", batch, NOW))


async def test_an_update_delivered_again_is_stored_once(database: Database) -> None:
    assert await store(database, (7, "a", "1"), (8, "a", "2")) == 2
    assert await store(database, (8, "a", "2"), (9, "a", "3")) == 1
    assert await handled(database) == ["1", "2", "3"]
    assert await store(database, (7, "a", "1")) == 0
    assert await handled(database) == []


async def test_batches_stored_at_once_lose_nothing(database: Database) -> None:
    batches = [
        [(number, f"chat {number % 3}", str(number)) for number in range(n, n + 20)] for n in range(10)
    ]
    stored = await asyncio.gather(*(store(database, *batch) for batch in batches))
    assert sum(stored) == 29
    assert sorted(map(int, await handled(database))) == list(range(29))


async def test_a_batch_is_handled_in_the_order_of_the_platform(database: Database) -> None:
    await store(database, (3, "a", "third"), (1, "a", "first"), (2, "a", "second"))
    assert await handled(database) == ["first", "second", "third"]


async def test_what_comes_late_goes_before_what_waits_and_was_said_after_it(database: Database) -> None:
    for number in (4, 9, 2, 3, 8, 1):
        await store(database, (number, "a", str(number)), (number + 100, "b", f"b{number}"))
    assert sorted(done := await handled(database), key=lambda one: (one[0] == "b", one)) == [
        *(one for one in done if one[0] != "b"),
        *(one for one in done if one[0] == "b"),
    ]
    assert [one for one in done if one[0] != "b"] == ["1", "2", "3", "4", "8", "9"]


async def test_what_was_tried_before_is_not_overtaken_and_nothing_is_lost(database: Database) -> None:
    await store(database, (5, "a", "5"), (6, "a", "6"))

    def fails(tx: Transaction) -> None:
        claimed = tx.updates.claim("telegram", NOW)
        assert claimed is not None
        assert tx.updates.retry(claimed, 1, NOW, "trouble")

    await database.run(fails)
    await store(database, (4, "a", "4"))
    assert await handled(database) == ["5", "4", "6"]


async def test_late_updates_stored_while_others_are_handled_lose_nothing(database: Database) -> None:
    numbers = [number ^ 1 for number in range(60)]
    done: list[str] = []

    async def bring() -> None:
        for number in numbers:
            await store(database, (number, f"chat {number % 3}", str(number)))

    async def work() -> None:
        for _ in range(40):
            done.extend(await handled(database))
            await asyncio.sleep(0)

    await asyncio.gather(bring(), work(), work())
    done.extend(await handled(database))
    assert sorted(map(int, done)) == list(range(60))


async def test_ids_of_channels_do_not_get_into_each_others_way(database: Database) -> None:
    await store(database, (1, "a", "telegram"))
    assert await database.run(lambda tx: tx.updates.store("other", [(1, "a", "other")], NOW)) == 1
    assert await handled(database) == ["telegram"]
    assert await database.read(lambda tx: tx.updates.last_update_id("other")) == 1


async def test_the_last_update_is_the_one_stored_last(database: Database) -> None:
    assert await database.read(lambda tx: tx.updates.last_update_id("telegram")) is None
    await store(database, (900, "a", ""), (901, "b", ""))
    # Platforms begin anew somewhere else after a long silence.
    await store(database, (17, "a", ""))
    assert await database.read(lambda tx: tx.updates.last_update_id("telegram")) == 17


async def test_a_turn_that_fails_leaves_its_update_where_it_was(database: Database) -> None:
    await store(database, (1, "a", "first"), (2, "a", "second"))

    def fail(tx: Transaction) -> None:
        assert turn(tx) is not None
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.run(fail)
    assert await handled(database) == ["first", "second"]


async def test_a_chat_waits_for_its_update_that_is_tried_again_and_others_do_not(database: Database) -> None:
    await store(database, (1, "a", "fails"), (2, "a", "behind it"), (3, "b", "elsewhere"))

    def retry(tx: Transaction) -> bool:
        claimed = tx.updates.claim("telegram", NOW)
        assert claimed is not None
        return tx.updates.retry(claimed, 1, SOON, "ValueError")

    assert await database.run(retry)
    assert await handled(database) == ["elsewhere"]
    again = await database.run(lambda tx: tx.updates.claim("telegram", SOON))
    assert again is not None
    assert (again.payload_json, again.attempts, again.error) == ("fails", 1, "ValueError")


async def test_a_failure_is_counted_once_whoever_reports_it(database: Database) -> None:
    await store(database, (1, "a", "x"))
    claimed = await database.run(lambda tx: tx.updates.claim("telegram", NOW))
    assert claimed is not None
    assert await database.run(lambda tx: tx.updates.retry(claimed, 1, NOW, "")) is True
    assert await database.run(lambda tx: tx.updates.retry(claimed, 1, NOW, "")) is False
    assert await database.run(lambda tx: tx.updates.set_aside(claimed, 1, "")) is False


async def test_a_chat_goes_on_after_an_update_was_set_aside(database: Database) -> None:
    await store(database, (1, "a", "bad"), (2, "a", "good"))
    claimed = await database.run(lambda tx: tx.updates.claim("telegram", NOW))
    assert claimed is not None
    assert await database.run(lambda tx: tx.updates.set_aside(claimed, 1, "KeyError: 'x'"))
    assert await handled(database) == ["good"]
    (aside,) = await database.read(lambda tx: tx.updates.list("set_aside"))
    assert aside == replace(claimed, state="set_aside", attempts=1, error="KeyError: 'x'")
    assert await database.run(lambda tx: tx.updates.again(aside.id))
    assert await handled(database) == ["bad"]


async def test_what_is_done_keeps_its_id_alone(database: Database) -> None:
    await store(database, (1, "a", "secret"))
    await handled(database)
    (row,) = await database.read(lambda tx: tx.updates.list("done"))
    assert (row.update_id, row.order_key, row.payload_json, row.error) == (1, "", "", "")


async def test_an_update_can_be_dropped_once(database: Database) -> None:
    await store(database, (1, "a", "unwanted"), (2, "a", "wanted"))
    (first, _) = await database.read(lambda tx: tx.updates.list("waiting"))
    assert await database.run(lambda tx: tx.updates.drop(first.id)) is True
    assert await database.run(lambda tx: tx.updates.drop(first.id)) is False
    assert await database.run(lambda tx: tx.updates.drop(99)) is False
    assert await database.run(lambda tx: tx.updates.again(first.id)) is False
    assert await handled(database) == ["wanted"]


async def test_what_waits_outlives_every_purge(database: Database) -> None:
    await store(database, (1, "a", "done"))
    await handled(database)
    await store(database, (2, "a", "waits"))
    assert await database.read(lambda tx: tx.updates.oldest_waiting("telegram")) == NOW
    assert await database.run(lambda tx: tx.updates.purge(NOW)) == 0
    assert await database.run(lambda tx: tx.updates.purge(SOON)) == 1
    assert await handled(database) == ["waits"]
    assert await database.read(lambda tx: tx.updates.oldest_waiting("telegram")) is None


async def test_nothing_waits_for_a_time_that_was_never_meant(database: Database) -> None:
    await store(database, (1, "a", "x"))
    claimed = await database.run(lambda tx: tx.updates.claim("telegram", NOW))
    assert claimed is not None
    await database.run(lambda tx: tx.updates.retry(claimed, 1, NOW + timedelta(days=1), ""))
    assert await handled(database) == []
    minute = timedelta(minutes=1)
    assert await database.run(lambda tx: tx.updates.recover("telegram", NOW, longest_wait=minute)) == 1
    assert await handled(database) == ["x"]


async def test_workers_at_once_handle_every_update_once_and_in_order(database: Database) -> None:
    await store(database, *((number, f"chat {number % 5}", str(number)) for number in range(100)))
    done: list[int] = []

    async def worker() -> None:
        done.extend(map(int, await handled(database)))

    await asyncio.gather(*(worker() for _ in range(6)))
    # On PostgreSQL a worker may find every chat taken and leave; nothing is lost by it.
    done.extend(map(int, await handled(database)))
    assert sorted(done) == list(range(100))


async def test_what_a_chat_said_and_nobody_handled_is_in_its_export(database: Database, chat: Chat) -> None:
    await database.run(lambda tx: tx.updates.store("web", [(1, chat.address, '{"text": "你好"}')], NOW))
    exported = await database.read(lambda tx: tx.privacy.export(chat.person_id))
    assert isinstance(exported["chats"], list)
    (only,) = exported["chats"]
    assert isinstance(only, dict)
    assert only["not_handled_yet"] == [{"received_at": NOW.isoformat(), "update": {"text": "你好"}}]


async def test_erasing_a_person_forgets_what_was_set_aside(database: Database, chat: Chat) -> None:
    def leave(tx: Transaction) -> None:
        tx.updates.store("web", [(1, chat.address, "aside"), (2, "somebody else", "other")], NOW)
        for _ in range(2):
            claimed = tx.updates.claim("web", NOW)
            assert claimed is not None
            tx.updates.set_aside(claimed, 1, "error")
        tx.privacy.erase(chat.person_id)

    await database.run(leave)
    (left,) = await database.read(lambda tx: tx.updates.list("set_aside"))
    assert left.payload_json == "other"
    (forgotten,) = await database.read(lambda tx: tx.updates.list("done"))
    assert (forgotten.payload_json, forgotten.order_key, forgotten.error) == ("", "", "")


async def test_without_consent_what_was_set_aside_is_forgotten_in_time(
    database: Database, chat: Chat
) -> None:
    def leave(tx: Transaction) -> None:
        tx.people.set_consent(chat.person_id, "given", NOW)
        tx.updates.store(
            "web", [(1, chat.address, "agreed"), (2, "nobody known", "x"), (3, "nobody", "y")], NOW
        )
        for _ in range(2):
            claimed = tx.updates.claim("web", NOW)
            assert claimed is not None
            tx.updates.set_aside(claimed, 1, "error")

    await database.run(leave)
    await database.run(lambda tx: tx.privacy.purge_unconsented(SOON))
    assert [row.payload_json for row in await database.read(lambda tx: tx.updates.list("set_aside"))] == [
        "agreed"
    ]
    assert [row.payload_json for row in await database.read(lambda tx: tx.updates.list("waiting"))] == ["y"]


async def test_what_people_say_stands_sealed_in_the_files(tmp_path: Path) -> None:
    async with await open_database(tmp_path) as database:
        await store(database, (1, "a", "我们去年净利润一百五十万"))
        claimed = await database.run(lambda tx: tx.updates.claim("telegram", NOW))
        assert claimed is not None
        await database.run(lambda tx: tx.updates.set_aside(claimed, 1, "could not read 一百五十万"))
        files = contents(tmp_path)
    assert "一百五十万".encode() not in files
    assert b"could not read" not in files


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())
