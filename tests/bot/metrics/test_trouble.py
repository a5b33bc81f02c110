"""A database that does not answer costs the scrape what is in it, and nothing else."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.assembly import open_house
from bot.metrics.looking import Look, Looking
from bot.settings import Settings
from domain.clock import SystemClock
from domain.store import Locked, Transaction, Unavailable
from tests.support.faults import locked_by_another_process
from tests.support.metrics import Scrape, scraped

T = TypeVar("T")

OF_THE_DATABASE = ("bot_outbox_rows", "bot_inbox_oldest_age_seconds", "bot_reminders_due")
OF_THE_PROCESS = ("bot_updates_received_total", "bot_send_attempts_total", "process_resident_memory_bytes")


def told_apart(scrape: Scrape, *, up: bool) -> None:
    assert scrape("bot_database_up") == up
    assert [scrape.has(name) for name in OF_THE_DATABASE] == [up] * len(OF_THE_DATABASE)
    assert all(scrape.has(name) for name in OF_THE_PROCESS)


async def test_while_another_process_holds_the_database_for_writing_all_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, busy_timeout_ms=50, _env_file=None)
    async with open_house(settings) as house, scraped(house) as scraper:
        with locked_by_another_process(tmp_path / "zhuoyue.sqlite3"):
            with pytest.raises(Locked):
                await house.database.run(lambda tx: tx.sessions.purge(house.clock.now(), house.clock.now()))
            scrape = await scraper.scrape()
        told_apart(scrape, up=True)
        assert scrape("bot_db_errors_total", code="locked") == 1


async def test_a_database_that_is_gone_is_told_and_so_is_its_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        open_house(Settings(data_dir=tmp_path, _env_file=None)) as house,
        scraped(house) as scraper,
    ):
        told_apart(await scraper.scrape(), up=True)
        with monkeypatch.context() as meanwhile:

            async def fails(_work: Callable[[Transaction], Any]) -> None:
                raise Unavailable

            meanwhile.setattr(house.database._gate, "read", fails)
            told_apart(await scraper.scrape(), up=False)
            assert (await scraper.scrape())("bot_db_errors_total", code="unavailable") == 2
        told_apart(await scraper.scrape(), up=True)


async def test_a_database_that_hangs_keeps_no_scraper_waiting_and_is_not_asked_twice(tmp_path: Path) -> None:
    free = threading.Event()

    def hangs(_tx: Transaction) -> None:
        free.wait(20)

    async with open_house(Settings(data_dir=tmp_path, _env_file=None)) as house, scraped(house) as scraper:
        scraper.looking._patience = 0.2
        # Both connections that read are taken.
        busy = [asyncio.create_task(house.database.read(hangs)) for _ in range(2)]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        scrapes = await asyncio.gather(*(scraper.scrape() for _ in range(3)))
        assert time.monotonic() - began < 2
        for scrape in scrapes:
            told_apart(scrape, up=False)
            assert scrape("bot_database_look_duration_seconds") >= 0.2
        told_apart(await scraper.scrape(), up=False)
        assert scraper.looking.looks == 1
        free.set()
        await asyncio.gather(*busy)
        told_apart(await scraper.scrape(), up=True)


async def test_looking_ends_in_the_middle_without_a_word(tmp_path: Path) -> None:
    class Hanging:
        async def read(self, work: Callable[[Transaction], T]) -> T:
            await asyncio.Event().wait()
            raise AssertionError

    database: Any = Hanging()
    looking = Looking(database, "telegram", SystemClock(), patience=0.01)
    look = await looking.look()
    assert look == Look(None, look.seconds)
    await looking.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "metrics look"]
