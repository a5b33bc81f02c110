"""The same figures with few and with a million conversations stored."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Table,
    Text,
    cast,
    create_engine,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from domain.store.schema import chats, conversations, deliveries, inbox, outbox, people, updates
from tests.benchmarks._rows import Goal, Row
from tests.benchmarks.telegram import ours
from tests.benchmarks.telegram.crowd import STEPS, ClosedLoop, OpenLoop, percentile
from tests.benchmarks.telegram.sizes import Sizes

TABLES: Final = (people, chats, conversations, inbox, outbox, deliveries, updates)
"""What a conversation leaves, in the order of their foreign keys."""

FAR: Final = 10_000_000
"""So far from those who chat in the measurement are the addresses of those who did before."""

FILE: Final = "zhuoyue.sqlite3"

MOVED: Final = frozenset({"chat_id", "update_id", "living_conversation"})
"""Columns that hold such a number without being a key."""


def measure(sizes: Sizes) -> Iterator[Row]:
    """Fill a file with few and one with many, then let a crowd talk over each in turns."""
    with tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder:
        folders = {stored: Path(folder) / str(stored) for stored in sizes.stored}
        source = Path(folder) / "source"
        fill(source, sizes.copied)
        for stored, one in folders.items():
            began = time.perf_counter()
            shutil.copytree(source, one)
            if stored > sizes.copied:
                multiply(one, stored // sizes.copied)
            size = (one / FILE).stat().st_size / 2**20
            took = time.perf_counter() - began
            yield Row(f"stored: {stored:,} conversations, filling", took, "s", f"{size:,.0f} MB")
        found: dict[int, list[float]] = {stored: [] for stored in folders}
        for turn in range(sizes.rounds_in_turns):
            for stored, one in folders.items() if turn % 2 == 0 else reversed(folders.items()):
                crowd = ClosedLoop(sizes.people, STEPS * sizes.rounds_inside + 1, warm=sizes.people)
                asyncio.run(ours.talk(one, crowd))
                # Those who talked are to be new again.
                forget_crowd(one)
                found[stored].append(crowd.per_second)
        for stored, values in found.items():
            yield Row(f"stored: {stored:,} conversations, closed loop", median(values), "updates/s")
        few, many = (found[stored] for stored in sizes.stored)
        times = sorted([then / before for before, then in zip(few, many, strict=True)])
        remark = f"flat: about 1; in each turn {times[0]:.2f} to {times[-1]:.2f}"
        yield Row("stored: many / few", median(times), "times", remark, Goal(0.9))
        rate = median(few) / 2
        for stored, one in folders.items():
            steady = OpenLoop(rate, sizes.seconds, sizes.people, sizes.warm_seconds)
            asyncio.run(ours.talk(one, steady))
            label = f"stored: {stored:,} conversations, open loop"
            yield Row(f"{label}, p99", percentile(steady.took, 99) * 1_000, "ms", f"at {rate:,.0f} updates/s")


def fill(folder: Path, real: int) -> None:
    """As many people as `real` answer all questions. Of each the latest update, message and delivery stay beside the conversation."""
    folder.mkdir(parents=True)
    asyncio.run(ours.talk(folder, ClosedLoop(real, STEPS)))
    with _work_on(folder) as sql:
        for table in (inbox, outbox):
            _leave(sql, table, table.c.chat_id)
        sql.execute(delete(deliveries).where(deliveries.c.outbox_id.not_in(select(outbox.c.id))))
        _leave(sql, updates, updates.c.order_key)
        sql.execute(update(chats).values(address=cast(cast(chats.c.address, Integer) + FAR, Text)))
        sql.execute(update(updates).values(update_id=updates.c.update_id + FAR))


def multiply(folder: Path, times: int) -> None:
    """So many times as many, as copies under other numbers. They are never opened: their seals are those of the first."""
    copies = select(literal(1).label("number")).cte("copies", recursive=True)
    copies = copies.union_all(select(copies.c.number + 1).where(copies.c.number < times - 1))
    with _work_on(folder) as sql:
        for table in TABLES:
            values = [_of_a_copy(column, copies.c.number * FAR) for column in table.columns]
            copied = select(*values).select_from(copies.join(table, true()))
            sql.execute(insert(table).from_select(list(table.columns), copied))


def forget_crowd(folder: Path) -> None:
    """Remove those who talked since the file was filled."""
    with _work_on(folder) as sql:
        new = select(chats.c.id).where(cast(chats.c.address, Integer) < FAR)
        for table in (deliveries, outbox, inbox, conversations):
            sql.execute(delete(table).where(table.c.chat_id.in_(new)))
        sql.execute(delete(updates).where(updates.c.update_id < FAR))
        sql.execute(delete(chats).where(cast(chats.c.address, Integer) < FAR))
        sql.execute(delete(people).where(people.c.id.not_in(select(chats.c.person_id))))


@contextmanager
def _work_on(folder: Path) -> Iterator[Connection]:
    """One transaction on the file itself, quick and not durable; in the end all of it is in the one file."""
    engine = create_engine(f"sqlite:///{folder / FILE}")
    with engine.connect() as sql:
        for setting in ("synchronous = OFF", "cache_size = -400000"):
            sql.exec_driver_sql(f"PRAGMA {setting}")
        sql.commit()
        yield sql
        sql.commit()
        sql.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _leave(sql: Connection, table: Table, of: Column[Any]) -> None:
    """Leave of each only the latest."""
    sql.execute(delete(table).where(table.c.id.not_in(select(func.max(table.c.id)).group_by(of))))


def _of_a_copy(column: Column[Any], further: ColumnElement[int]) -> ColumnElement[Any]:
    """Numbers of rows and of the platform are moved on, all else stays."""
    if column.name == "address":
        return cast(cast(column, Integer) + further, Text)
    if column.primary_key or column.foreign_keys or column.name in MOVED:
        return column + further
    return column
