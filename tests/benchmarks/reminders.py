"""A tick that finds 1,000 reminders due among 1,000,000 that are not, and says them."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from dialogs.reminder_cards import ReminderCards
from domain.clock import FixedClock
from domain.store import Chat, Database
from domain.store.instants import to_stored
from domain.store.repositories import reminders as repository
from domain.store.repositories import replanning as marks
from domain.store.repositories import standing
from domain.store.statements import Statement
from locales.words import Catalogues
from scheduler.planning import Planner
from scheduler.reminding import Speaker, reminding
from tests.support.database import KEY, new_database_url
from tests.support.reminding import HANGZHOU, Clockwork, at

DUE: Final = 1_000
FUTURE: Final = 1_000_000
FEW: Final = 10_000
OTHERS: Final = 20_000
"""Chats the future reminders belong to."""

BEGIN: Final = date(2026, 3, 2)
CLOSES: Final = date(2026, 5, 29)
FACTS: Final = {
    "operating_since": "2015-03",
    "excellence_model_since": "2020-06",
    "excellence_model_uninterrupted": True,
    "iso_9001_certificate": {"held": True, "valid_to": "2029-06-30"},
    "mu_yield_grade": "a",
    "major_accidents": [],
    "net_profit": {"2023": 1_000_000, "2024": 1_200_000, "2025": 900_000},
}


def measure() -> Iterator[tuple[str, float, str]]:
    """Seconds of a tick, with a million future reminders and with few."""
    for future in (FEW, FUTURE):
        with tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder:
            url = new_database_url(Path(folder))
            yield from asyncio.run(_measure(url, Path(folder) / "zhuoyue.sqlite3", future))


async def _measure(url: str, path: Path, future: int) -> list[tuple[str, float, str]]:
    clock = FixedClock(at(BEGIN))
    named = f"{future:,} future"
    figures: list[tuple[str, float, str]] = []
    async with await Database.open(url, master_key=KEY) as database:
        service = Clockwork(database, clock)
        await _somebodies(service)
        await service.announces(CLOSES)
        began = time.perf_counter()
        await service.replan.run(database, clock)
        figures.append((f"reminders: plan for {DUE:,} chats", time.perf_counter() - began, "s"))
        await service.remind.run(database, clock)  # that the round is announced
        await asyncio.to_thread(_fill, path, future)
        clock.set(at(date(2026, 3, 30), 9))  # 60 days before the round closes
        began = time.perf_counter()
        await service.replan.run(database, clock)
        figures.append((f"reminders: nobody to plan for, {named}", time.perf_counter() - began, "s"))
        began = time.perf_counter()
        found = await database.read(lambda tx: tx.reminders.due_chats(clock.now(), 10 * DUE))
        figures.append((f"reminders: find {len(found):,} due, {named}", time.perf_counter() - began, "s"))
        asked = (("find", repository._DUE_CHATS), ("plan", marks._DUE), ("scrape", standing._LOOK))
        for label, statement in asked:
            figures.append(
                (f"reminders: steps of SQLite to {label}, {named}", _steps(path, statement, clock), "")
            )
        cards = ReminderCards(service.tools.programmes, service.tools.examiner, Catalogues.load())
        speaker = Speaker(Planner(service.tools), cards)
        remind, _ = reminding(speaker)
        began, used = time.perf_counter(), time.process_time()
        said = await remind.run(database, clock)
        took, worked = time.perf_counter() - began, time.process_time() - used
        figures.append((f"reminders: tick that says {said:,}, {named}", took, "s"))
        figures.append((f"reminders: processor time of that, {named}", worked, "s"))
        began = time.perf_counter()
        await remind.run(database, clock)
        figures.append((f"reminders: tick that finds nothing, {named}", time.perf_counter() - began, "s"))
    return figures


async def _somebodies(service: Clockwork) -> None:
    """People who checked the programme, each with an organisation and facts of its own."""
    for number in range(DUE):
        chat: Chat = await service.somebody(str(number))
        await service.checks(chat, HANGZHOU, FACTS)


def _steps(path: Path, statement: Statement, clock: FixedClock) -> float:
    """How many steps SQLite takes for a statement: what it reads, told apart from how quickly."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    text, pick, fixed, *_ = statement.bound
    values = pick({**fixed, "now": to_stored(clock.now()), "most": 10 * DUE, "channel": "telegram"})
    with closing(sqlite3.connect(path)) as connection:
        connection.set_progress_handler(step, 1)
        connection.execute(text, values).fetchall()
    return steps


def _fill(path: Path, future: int) -> None:
    """Reminders of other people, on the days of the coming year, and when to plan for these people again."""
    first = to_stored(at(date(2026, 4, 1), 9))
    day = timedelta(days=1) // timedelta(microseconds=1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        (person,) = connection.execute("SELECT min(id) FROM people").fetchone()
        (content,) = connection.execute("SELECT content FROM planned_reminders LIMIT 1").fetchone()
        chats = "INSERT INTO chats (channel, address, person_id, language, created_at) VALUES ('telegram', ?, ?, 'en', 0)"
        connection.executemany(chats, ((f"other-{number}", person) for number in range(OTHERS)))
        ids = [row[0] for row in connection.execute("SELECT id FROM chats WHERE address LIKE 'other-%'")]
        connection.executemany(
            "INSERT INTO replans (chat_id, due_at, looked_at, why) VALUES (?, ?, 0, 'time')",
            ((chat_id, first + number % 30 * day) for number, chat_id in enumerate(ids)),
        )
        rows = (
            (chat_id, f"window_closes:x:{n}", content, first + (n * 7 + chat_id) % 365 * day)
            for n in range(future // OTHERS + 1)
            for chat_id in ids
        )
        connection.executemany(
            "INSERT INTO planned_reminders (chat_id, key, content, send_at, thread, kind, programme, due, state,"
            " reason, told, failures) VALUES (?, ?, ?, ?, 'window_closes:x', 'window_closes', 'x', '2027-01-01',"
            " 'planned', '', 0, 0)",
            islice(rows, future),
        )
        connection.commit()
        # What was put here is no part of the tick: it leaves the log before that.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    for name, value, unit in measure():
        print(f"{name}: {value:,.4f} {unit}")  # noqa: T201 -- printing is its purpose
