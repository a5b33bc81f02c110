"""How soon updates are asked for again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
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
        self.offsets: list[int | None] = []
        self._batches = list(batches)
        self._number = 0

    async def updates(self, offset: int | None, *_: Any) -> list[dict[str, int]]:
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


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the poller means to wait; nobody does."""
    noted: list[float] = []

    async def note(seconds: float) -> None:
        noted.append(seconds)
        await SLEEP(0)

    monkeypatch.setattr("bot.telegram.polling.asyncio.sleep", note)
    return noted


async def polled(near: Near, keeping: Keeping | SlowKeeping, gathering: float) -> None:
    """Poll until nothing comes any more."""
    polling = asyncio.create_task(Poller(cast(Api, near), keeping, gathering=gathering).run())
    async with asyncio.timeout(20):
        await near.exhausted.wait()
    polling.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await polling


async def test_a_server_that_is_very_near_is_given_a_moment_to_bring_several(pauses: list[float]) -> None:
    near = Near(1, 3)
    await polled(near, Keeping(), gathering=3600)
    assert near.offsets == [None, 2, 5]
    assert len(pauses) == 2
    assert all(3500 < seconds <= 3600 for seconds in pauses)


async def test_nobody_waits_where_more_may_be_there(pauses: list[float]) -> None:
    await polled(Near(BATCH, BATCH), Keeping(), gathering=3600)
    assert pauses == []


async def test_a_server_that_waits_for_updates_is_asked_again_as_soon_as_it_says_that_there_are_none(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.polling.EMPTY_AT_ONCE", 0.0)
    await polled(Near(0, 0), Keeping(), gathering=3600)
    assert pauses == []


async def test_a_server_that_waits_for_nothing_is_asked_less_and_less_often_until_it_brings_something(
    pauses: list[float],
) -> None:
    await polled(Near(0, 0, 0, 0, 0, 0, 0, 1, 0), Keeping(), gathering=0)
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 0.05]


async def test_what_took_its_time_anyway_is_not_made_to_wait(pauses: list[float]) -> None:
    near = Near(1, 1)
    await polled(near, SlowKeeping(), GATHERING)
    assert near.offsets == [None, 2, 3]
    assert pauses == []
