"""Looking at how things stand costs the same however much is stored, and no more than its bounds however much waits."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from domain.store.instants import to_stored
from domain.store.repositories.standing import _LOOK, LOOKED_AT, MOST, MOST_ROWS
from tests.store.conftest import NOW
from tests.support.database import open_database

PAST: Final = to_stored(NOW - timedelta(minutes=1))
FUTURE: Final = to_stored(NOW + timedelta(days=30))

BOUND: Final = 15 * MOST + 5 * MOST_ROWS + 11 * LOOKED_AT
"""The rows one look reads at most: what is counted through indexes alone, what is counted row by row, and heads."""

STEPS_OF_A_ROW: Final = 12


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database with one person in it."""
    async with await open_database(tmp_path) as database:
        await database.run(lambda tx: tx.chats.open("telegram", "somebody", "zh_CN", NOW))
    return tmp_path / "zhuoyue.sqlite3"


def values() -> dict[str, object]:
    return {"channel": "telegram", "now": to_stored(NOW)}


def steps(path: Path) -> int:
    """How many steps SQLite takes for one look: what it reads, told apart from how quickly."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    text, pick, fixed, *_ = _LOOK.bound
    with closing(sqlite3.connect(path)) as connection:
        connection.set_progress_handler(step, 1)
        connection.execute(text, pick({**fixed, **values()})).fetchall()
    return count


def add(path: Path, number: int, *, delivery: str, planned: int, update: str, at: int) -> None:
    """So many chats, each with a delivery in every lane, an update, a reminder, and a plan for an instant."""
    with closing(sqlite3.connect(path)) as connection:
        (person, before) = connection.execute("SELECT min(person_id), max(id) FROM chats").fetchone()
        chats = range(before + 1, before + 1 + number)

        def into(table: str, columns: str, row: str) -> None:
            statement = f"INSERT INTO {table} ({columns}) VALUES ({row})"  # noqa: S608 - of this file
            connection.executemany(statement, ({"chat": one, "at": at} for one in chats))

        into(
            "chats",
            "id, channel, address, person_id, language, created_at",
            f":chat, 'telegram', :chat, {person}, 'en', 0",
        )
        into("replans", "chat_id, due_at, looked_at, why", ":chat, :at, 0, 'time'")
        into(
            "planned_reminders",
            "chat_id, key, content, send_at, thread, kind, due, state, reason, told, failures",
            ":chat, 'k', x'00', :at, 't', 'k', '2027-01-01', 'planned', '', 0, 0",
        )
        into(
            "updates",
            "channel, update_id, order_key, received_at, state, due_at, attempts",
            f"'telegram', :chat, :chat, 0, '{update}', 0, 0",
        )
        for place, lane in enumerate(("reply", "reminder", "broadcast")):
            message = f":chat * 3 + {place}"
            into("outbox", "id, chat_id, lane, message, created_at", f"{message}, :chat, '{lane}', x'00', 0")
            into(
                "deliveries",
                "outbox_id, channel, chat_id, lane, planned, state, due_at, attempts, fence, repeatable",
                f"{message}, 'telegram', :chat, '{lane}', {planned}, '{delivery}', :at, 0, 0, 1",
            )
        connection.commit()


async def test_what_is_over_or_for_later_costs_nothing(path: Path) -> None:
    add(path, 2_000, delivery="sent", planned=0, update="done", at=FUTURE)
    few = steps(path)
    add(path, 10_000, delivery="dropped", planned=0, update="done", at=FUTURE)
    assert steps(path) == few < 2_000


async def test_messages_planned_for_a_time_to_come_are_counted_up_to_a_bound(path: Path) -> None:
    add(path, MOST + 1, delivery="waiting", planned=1, update="done", at=FUTURE)
    some = steps(path)
    add(path, MOST, delivery="waiting", planned=1, update="done", at=FUTURE)
    assert steps(path) == some


async def test_however_much_waits_a_look_stays_within_its_bounds(path: Path) -> None:
    add(path, MOST + 1, delivery="waiting", planned=0, update="waiting", at=PAST)
    much = steps(path)
    assert much < BOUND * STEPS_OF_A_ROW
    add(path, MOST, delivery="waiting", planned=0, update="waiting", at=PAST)
    assert steps(path) == much
    async with await open_database(path.parent) as database:
        found = await database.read(lambda tx: tx.standings.look("telegram", NOW))
    assert found.outbox["reply", "waiting"] == MOST
    assert (found.inbox.count, found.reminders.count, found.plans.count) == (MOST_ROWS,) * 3


@pytest.mark.parametrize(
    "table", ["deliveries", "updates", "planned_reminders", "replans", "outbox", "chats"]
)
async def test_no_table_is_walked_through(path: Path, table: str) -> None:
    text, pick, fixed, *_ = _LOOK.bound
    with closing(sqlite3.connect(path)) as connection:
        plan = [
            row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", pick({**fixed, **values()}))
        ]
    assert any(f"SEARCH {table} " in line for line in plan) or table == "chats", plan
    assert not any(line.startswith(f"SCAN {table}") or "TEMP B-TREE" in line for line in plan), plan
