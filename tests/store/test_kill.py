"""Killed at any moment, the database holds everything that was acknowledged, each thing once."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.support.database import new_database_url, open_database

KILLS: Final = 10
LONGEST_LIFE_SECONDS: Final = 0.6
SAID_AGAIN: Final = 20

WRITER: Final = """
import asyncio, sys
from datetime import UTC, datetime
from domain.store import Database
from tests.support.database import KEY

NOW = datetime(2025, 6, 1, tzinfo=UTC)

def turn(chat, number):
    def work(tx):
        if tx.inbox.accept(chat.id, str(number), NOW):
            tx.outbox.put(chat.id, str(number), NOW)
            tx.audit.append("written", {"number": number}, NOW)
        return number
    return work

async def main(url, first):
    database = await Database.open(url, master_key=KEY)
    chat = await database.run(lambda tx: tx.chats.open("web", "writer", "en", NOW))
    async def writer(lane):
        for step in range(1_000_000):
            number = await database.run(turn(chat, first + lane + 8 * step))
            sys.stdout.write(f"{number}\\n")
            sys.stdout.flush()
    await asyncio.gather(*map(writer, range(8)))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def life(url: str, first: int, seconds: float) -> list[int]:
    """Let a process write until it is killed; gives the numbers it acknowledged."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(first)], stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        beginning = process.stdout.readline()
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
        said = beginning + process.stdout.read()
    # A line the kill cut short acknowledged nothing.
    return [int(line) for line in said.split(b"\n")[:-1]]


def test_a_kill_at_any_moment_loses_nothing_acknowledged_and_repeats_nothing(tmp_path: Path) -> None:
    url = new_database_url(tmp_path)
    chance = random.Random(20250601)  # noqa: S311 -- moments to kill at, no secret
    acknowledged: list[int] = []
    for _ in range(KILLS):
        # As people do, each life first says again what may have got lost in the one before.
        first = max(max(acknowledged, default=0) - SAID_AGAIN, 0)
        acknowledged += life(url, first, chance.uniform(0, LONGEST_LIFE_SECONDS))

    async def look() -> tuple[list[int], int | None]:
        async with await open_database(tmp_path) as database:
            rows = await database.read(lambda tx: tx.outbox.all(1))
            report = await database.read(lambda tx: tx.audit.verify())
            assert report.entries == len(rows)
            return [json.loads(row.message_json) for row in rows], report.broken_at

    written, broken_at = asyncio.run(look())
    assert len(acknowledged) > KILLS
    assert set(acknowledged) - set(written) == set()
    assert len(written) == len(set(written))
    assert broken_at is None
