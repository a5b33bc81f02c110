"""How soon updates are asked for again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

import pytest

from bot.telegram.api import Api
from bot.telegram.polling import BATCH, GATHERING, Poller

SLEEP = asyncio.sleep
"""As it is, whoever watches over it."""


class Near:
    """A Bot API that answers at once: with so many updates each time, and with nothing but waiting after that."""

    def __init__(self, *batches: int) -> None:
        self.exhausted = asyncio.Event()
        self.asked: list[float] = []
        self.offsets: list[int | None] = []
        self._batches = list(batches)
        self._number = 0

    async def updates(self, offset: int | None, *_: Any) -> list[dict[str, int]]:
        self.asked.append(asyncio.get_running_loop().time())
        self.offsets.append(offset)
        if not self._batches:
            self.exhausted.set()
            await asyncio.Event().wait()
        first = self._number + 1
        self._number += self._batches.pop(0)
        return [{"update_id": number} for number in range(first, self._number + 1)]


class Keeping:
    """Keeps updates."""

    async def keep(self, updates: Sequence[Any]) -> None:
        assert updates


class SlowKeeping:
    """Keeps updates, and takes longer than anybody gathers."""

    async def keep(self, updates: Sequence[Any]) -> None:
        assert updates
        await SLEEP(2 * GATHERING)


async def polled(near: Near, keeping: Keeping | SlowKeeping, gathering: float) -> list[float]:
    """Seconds between one poll and the next, until nothing comes any more."""
    polling = asyncio.create_task(Poller(cast(Api, near), keeping, gathering=gathering).run())
    async with asyncio.timeout(20):
        await near.exhausted.wait()
    polling.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await polling
    return [after - before for before, after in pairwise(near.asked)]


async def test_a_server_that_is_very_near_is_given_a_moment_to_bring_several() -> None:
    near = Near(1, 3)
    assert min(await polled(near, Keeping(), gathering=0.2)) >= 0.2
    assert near.offsets == [None, 2, 5]


@pytest.mark.parametrize("updates", [0, BATCH])
async def test_nobody_waits_where_more_may_be_there_or_where_nothing_came(updates: int) -> None:
    assert len(await polled(Near(updates, updates), Keeping(), gathering=3600)) == 2


async def test_what_took_its_time_anyway_is_not_made_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await SLEEP(seconds)

    monkeypatch.setattr("bot.telegram.polling.asyncio.sleep", noted)
    assert len(await polled(Near(1, 1), SlowKeeping(), GATHERING)) == 2
    assert pauses == []
