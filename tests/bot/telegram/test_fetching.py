"""Files are fetched however the platform answers, and no answer holds up a chat for ever."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from telegram.error import NetworkError, RetryAfter

from bot.assembly import open_house
from bot.house import House
from bot.settings import Settings
from bot.telegram.fetching import AT_LEAST, KEPT, PATIENCE, Fetcher
from bot.telegram.reading import SentFile
from domain.store import UpdateRow
from domain.uploads import Arrived, Received, Unusable
from tests.support import documents

SENT = SentFile("document", "x", "证书.pdf", 0)


class Platform:
    """Hands out a file after it has failed so often in this way."""

    def __init__(self, error: Exception, times: float) -> None:
        self.error = error
        self.times = times
        self.asked = 0
        self.open = asyncio.Event()
        self.open.set()

    async def download(self, file_id: str, most: int) -> bytes:
        assert (file_id, most) == ("x", 10_485_760)
        self.asked += 1
        await self.open.wait()
        if self.asked <= self.times:
            raise self.error
        return documents.pdf()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(Settings(data_dir=tmp_path)) as opened:
        yield opened


def an_update(house: House, late: timedelta = timedelta(0)) -> UpdateRow:
    return UpdateRow(7, "telegram", 70, "1", "{}", house.clock.now() - late, "waiting", 0, "")


async def fetched(house: House, platform: Platform, late: timedelta = timedelta(0)) -> Arrived:
    """What comes of a file that was sent so long ago."""
    update = an_update(house, late)
    here = asyncio.Event()
    fetcher = Fetcher(house, platform, here.set, pause=0.001)
    try:
        assert isinstance(fetcher.get(SENT, update), datetime)
        async with asyncio.timeout(10):
            await here.wait()
        found = fetcher.get(SENT, update)
        assert not isinstance(found, datetime)
        return found
    finally:
        await fetcher.close()


@pytest.mark.parametrize("error", [TypeError("an answer of no known form"), NetworkError("broken")])
async def test_a_file_comes_whatever_its_platform_answered_before(house: House, error: Exception) -> None:
    assert await fetched(house, Platform(error, 4)) == Received("证书.pdf", "pdf", documents.pdf())


@pytest.mark.parametrize("error", [TypeError("an answer of no known form"), NetworkError("broken")])
async def test_whatever_goes_wrong_the_chat_goes_on_after_an_hour(house: House, error: Exception) -> None:
    late = PATIENCE + timedelta(seconds=1)
    assert await fetched(house, Platform(error, float("inf")), late) == Unusable("证书.pdf", "vanished")


async def test_a_file_sent_while_this_process_did_not_run_is_not_given_up_at_the_first_failure(
    house: House,
) -> None:
    platform = Platform(NetworkError("broken"), AT_LEAST - 1)
    assert isinstance(await fetched(house, platform, timedelta(days=2)), Received)
    assert platform.asked == AT_LEAST


async def test_no_time_to_wait_holds_up_a_chat_for_longer_than_a_file_is_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def at_once(seconds: float) -> None:
        waits.append(seconds)

    with monkeypatch.context() as patched:
        patched.setattr("bot.telegram.fetching.asyncio.sleep", at_once)
        assert isinstance(await fetched(house, Platform(RetryAfter(10**6), 1)), Received)
    assert PATIENCE.total_seconds() in waits


async def test_an_update_that_is_overtaken_in_its_line_takes_its_file_and_leaves_nothing_in_memory(
    house: House,
) -> None:
    update, platform, here = an_update(house), Platform(NetworkError("broken"), 0), asyncio.Event()
    fetcher = Fetcher(house, platform, here.set, pause=0.001)
    assert isinstance(fetcher.get(SENT, update), datetime)
    async with asyncio.timeout(10):
        await here.wait()
    found = fetcher.get(SENT, replace(update, id=9))
    assert isinstance(found, Received)
    assert platform.asked == 1
    await asyncio.sleep(0)
    still_there = weakref.ref(found)
    del found
    gc.collect()
    assert still_there() is None
    await fetcher.close()


async def test_an_update_that_was_overtaken_meanwhile_waits_no_longer_than_its_file(house: House) -> None:
    now = house.clock.now()
    await house.database.run(lambda tx: tx.updates.store("telegram", [(70, "1", "its file")], now))
    (first,) = await house.database.read(lambda tx: tx.updates.list("waiting"))
    platform, here = Platform(NetworkError("broken"), 0), asyncio.Event()
    platform.open.clear()
    fetcher = Fetcher(house, platform, here.set, pause=0.001)

    until = fetcher.get(SENT, first)
    assert isinstance(until, datetime)
    await house.database.run(lambda tx: tx.updates.store("telegram", [(69, "1", "late")], now))
    (late, behind) = await house.database.read(lambda tx: tx.updates.list("waiting"))
    assert (late.update_id, behind.update_id) == (69, 70)
    assert behind.id != first.id
    await house.database.run(lambda tx: tx.updates.finish(late))
    await house.database.run(lambda tx: tx.updates.postpone(behind.id, until))
    platform.open.set()
    async with asyncio.timeout(10):
        await here.wait()
    due = await house.database.run(lambda tx: tx.updates.claim("telegram", now))
    assert due is not None
    assert due.id == behind.id
    await fetcher.close()


async def test_a_file_nobody_comes_for_stays_in_memory_for_a_minute_at_most(house: House) -> None:
    assert timedelta(minutes=1) >= KEPT
    update, platform, here = an_update(house), Platform(NetworkError("broken"), 0), asyncio.Event()
    fetcher = Fetcher(house, platform, here.set, kept=timedelta(seconds=0.05))
    assert isinstance(fetcher.get(SENT, update), datetime)
    async with asyncio.timeout(10):
        await here.wait()
        while fetcher._at_hand:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert isinstance(fetcher.get(SENT, update), datetime), "it is fetched once more"
    await fetcher.close()
