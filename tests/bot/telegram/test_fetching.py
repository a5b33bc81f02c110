"""Files are fetched however the platform answers, and no answer holds up a chat for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from telegram.error import NetworkError, RetryAfter

from bot.assembly import open_house
from bot.house import House
from bot.settings import Settings
from bot.telegram.fetching import AT_LEAST, PATIENCE, Fetcher
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

    async def download(self, file_id: str, most: int) -> bytes:
        assert (file_id, most) == ("x", 10_485_760)
        self.asked += 1
        if self.asked <= self.times:
            raise self.error
        return documents.pdf()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(Settings(data_dir=tmp_path)) as opened:
        yield opened


async def fetched(house: House, platform: Platform, late: timedelta = timedelta(0)) -> Arrived:
    """What comes of a file that was sent so long ago."""
    update = UpdateRow(7, "telegram", 7, "1", "{}", house.clock.now() - late, "waiting", 0, "")
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
