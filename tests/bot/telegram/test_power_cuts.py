"""The power goes at any moment of the work: what was acknowledged is there afterwards, and the rest is made up for.

On the disk that is cut run the product's keeper, intake, reception, assistant, repositories, group commits, pragmas and courier,
and every statement they make; not the interpreter's `sqlite3`, in whose place is apsw's SQLite, and not the migrations, which
are made before. What is left is then opened by the product as it is, with the interpreter's `sqlite3`.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from bot.telegram.reception import CHANNEL
from bot.telegram.updates import Update
from domain.store import StoreError, Transaction, UpdateRow
from scheduler.intake import Intake
from tests.support.figures import Tell
from tests.support.inside import Inside, inside
from tests.support.power import Disk, storing_on
from tests.support.size import SEED, patience, size

CUTS: Final = size(30, 500)
PEOPLE: Final = tuple(range(1, 7))
WORKERS: Final = 4
SAYINGS: Final = (
    "/start check_zhengzhou-incubation-base",
    "暂不留资料",
    "快速结论",
    "郑州市",
    "不清楚",
    "是",
    "/back",
    "2024年5月20日",
    "/start check_wuhu-incubation-pool",
    "不清楚",
    "3、3、3",
    "/menu",
    "/data",
    "我在哪",
)

Updates = list[dict[str, Any]]


def everything_said(chance: random.Random) -> list[Updates]:
    """Batches of updates: everybody says something in each, in an order of their own."""
    number, batches = 0, []
    talks = {person: [SAYINGS[0], *chance.choices(SAYINGS, k=7)] for person in PEOPLE}
    for step in range(8):
        batch = []
        for person in chance.sample(PEOPLE, len(PEOPLE)):
            number += 1
            message = {
                "message_id": number,
                "date": 1,
                "chat": {"id": person, "type": "private"},
                "from": {"id": person, "is_bot": False, "language_code": "zh-hans"},
                "text": talks[person][step],
            }
            batch.append({"update_id": number, "message": message})
        batches.append(batch)
    return batches


@dataclass
class Acknowledged:
    """What the product said is done, at any time before the power went."""

    kept: set[int] = field(default_factory=set)
    handled: set[int] = field(default_factory=set)
    shown: dict[int, str] = field(default_factory=dict)
    """Messages that went out, by their number in the outbox."""


async def work(channel: Inside, batches: list[Updates], noted: Acknowledged) -> None:
    """Take everything in and answer it, several at once, until all is done or the store fails."""
    send = channel.sender.send

    async def sending(parcel: Any) -> Any:
        noted.shown[parcel.outbox_id] = parcel.message_json
        return await send(parcel)

    channel.sender.send = sending  # type: ignore[method-assign]

    turn_of, begun = channel.keeper._turn_of, set[int]()

    def noting(update: Update) -> Any:
        turn = turn_of(update)

        def noted_turn(tx: Transaction) -> None:
            if turn is not None:
                turn(tx)
            begun.add(update.update_id)

        return None if turn is None else noted_turn

    channel.keeper._turn_of = noting

    async def worker() -> None:
        current: list[int] = []

        def take(tx: Transaction, update: UpdateRow) -> None:
            current[:] = [update.update_id]
            channel.reception.take(tx, update.payload_json)

        intake = Intake(channel.house.database, CHANNEL, take, channel.house.clock)
        while await intake.turn():
            noted.handled.update(current)

    for batch in batches:
        await channel.keeper.keep(batch)
        noted.kept.update(update["update_id"] for update in batch)
        noted.handled.update(begun)
        sent = asyncio.create_task(channel.courier.round())
        outcomes = await asyncio.gather(*(worker() for _ in range(WORKERS)), return_exceptions=True)
        await sent
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
    await channel.send()


def told(tx: Transaction) -> dict[int, Any]:
    """Where everybody stands in the end, and how much they were told."""
    found: dict[int, Any] = {}
    for person in PEOPLE:
        chat = tx.chats.find(CHANNEL, str(person))
        assert chat is not None
        conversations = [
            (one.dialog, one.status, one.revision, [(answer.state, answer.said) for answer in one.answers])
            for one in tx.conversations.of_chat(chat.id)
        ]
        # Whether old buttons are tidied away depends on when the courier came; what is said does not.
        found[person] = (conversations, sum(row.lane == "reply" for row in tx.outbox.all(chat.id)))
    return found


async def without_a_cut(folder: Path, batches: list[Updates], pages: int) -> tuple[dict[int, Any], int, int]:
    """Where everything leads when the power stays: and the operations of the disk, before the work and after it."""
    disk = Disk(random.Random(1), None, pages)  # noqa: S311
    with storing_on(disk):
        async with inside(folder) as channel:
            before = disk.operations
            await work(channel, batches, Acknowledged())
            return await channel.house.database.read(told), before, disk.operations


async def until_the_cut(folder: Path, batches: list[Updates], disk: Disk) -> Acknowledged:
    """Work until the power goes."""
    noted = Acknowledged()
    with storing_on(disk):
        context = inside(folder)
        channel = await context.__aenter__()
        working = asyncio.create_task(work(channel, batches, noted))
        while not (disk.is_cut or working.done()):
            await asyncio.wait({working}, timeout=0.001)
        # The courier goes on trying to store what came of its messages; nobody waits for that without power.
        working.cancel()
        await asyncio.gather(working, channel.courier.let_go(), return_exceptions=True)
        with suppress(StoreError, sqlite3.Error):
            await context.__aexit__(None, None, None)
    assert disk.is_cut
    return noted


def look_at_the_file(path: Path, noted: Acknowledged) -> None:
    """With nothing of the product: the file is sound, and holds what was acknowledged."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        states = dict(connection.execute("SELECT update_id, state FROM updates").fetchall())
        outbox = {row[0] for row in connection.execute("SELECT id FROM outbox").fetchall()}
    connection.close()
    assert noted.kept <= set(states), "an update that was acknowledged is lost"
    assert noted.handled <= {number for number, state in states.items() if state == "done"}, "a turn is lost"
    assert set(noted.shown) <= outbox, "something was said that nobody knows of"


async def one_cut(folder: Path, seed: int) -> tuple[bool, int]:
    """Whether there was a log to recover, and how many turns were acknowledged before the power went."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    batches = everything_said(chance)
    pages = chance.choice((8, 40, 1_000))
    for name in ("calm", "cut", "left"):
        (folder / name).mkdir(parents=True)
    expected, before, after = await without_a_cut(folder / "calm", batches, pages)
    disk = Disk(chance, chance.randrange(before + 1, after + 1), pages)
    noted = await until_the_cut(folder / "cut", batches, disk)
    left = folder / "left"
    disk.remains(left)
    wal = left / "zhuoyue.sqlite3-wal"
    has_log = wal.exists() and wal.stat().st_size > 0
    look_at_the_file(left / "zhuoyue.sqlite3", noted)
    async with inside(left) as channel:
        # What Telegram was not told of, it brings again.
        again = [batch for batch in batches if batch[-1]["update_id"] not in noted.kept]
        await work(channel, again, Acknowledged())
        await channel.bring()
        assert await channel.house.database.read(told) == expected
    return has_log, len(noted.handled)


@pytest.mark.timeout(patience(300, 14_400))
def test_power_cuts_lose_nothing_that_was_acknowledged(tmp_path: Path, tell: Tell) -> None:
    logs = acknowledged = 0
    for seed in range(SEED, SEED + CUTS):
        try:
            has_log, handled = asyncio.run(one_cut(tmp_path / str(seed), seed))
        except AssertionError:
            sys.stderr.write(f"the seed of this power cut: {seed}\n")
            raise
        shutil.rmtree(tmp_path / str(seed))
        logs += has_log
        acknowledged += handled
    tell(
        f"{CUTS} power cuts, {logs} with a log to recover, {acknowledged} acknowledged turns: "
        "0 lost, 0 doubled, 0 corrupt files"
    )
    assert acknowledged > CUTS
