"""Whatever Telegram, or somebody who poses as it, brings: it is handled, and nobody else has to wait for it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, seed, settings

from domain.store import Transaction
from tests.support.any_updates import PRESS, batches
from tests.support.figures import Tell
from tests.support.inside import Inside, inside
from tests.support.size import SEED, patience, size

BATCHES: Final = size(100, 5_000)
"""Of twenty updates each."""

FIRST_PERSON: Final = 1_000


def placed(value: Any, first: int, channel: Inside) -> Any:
    """The update with its people in chats of their own, and buttons that were really shown."""
    if isinstance(value, dict):
        return {key: placed(inner, first, channel) for key, inner in value.items()}
    if isinstance(value, list):
        return [placed(inner, first, channel) for inner in value]
    if isinstance(value, str) and value.startswith(PRESS):
        shown = [data for one in range(1, 5) for data in buttons(channel, first + one)]
        return shown[int(value.removeprefix(PRESS)) % len(shown)] if shown else ""
    return value


def buttons(channel: Inside, person: int) -> list[str]:
    """What the person may press, the latest message first."""
    return [data for message in reversed(channel.platform.shown[person]) for data in message.data]


def kind_of(update: Any) -> str:
    """What it is, for the count."""
    if not isinstance(update, dict):
        return "junk"
    return next((key for key in update if key != "update_id"), "nothing")


def moved(value: Any, first: int) -> Any:
    """The numbers of people and their chats, moved to those of this batch."""
    if not isinstance(value, dict):
        return [moved(inner, first) for inner in value] if isinstance(value, list) else value
    changed = {key: moved(inner, first) for key, inner in value.items()}
    for key in ("id", "user_id"):
        number = changed.get(key)
        if type(number) is int and 0 < number <= 5:
            changed[key] = first + number
        elif type(number) is int and -5 <= number < 0:
            changed[key] = number - first
    return changed


@pytest.mark.timeout(patience(300, 28_800))
def test_no_update_is_too_odd_to_be_handled(tmp_path: Path, tell: Tell) -> None:
    numbers, firsts = count(1), count(FIRST_PERSON, 10)
    kinds: Counter[str] = Counter()

    async def bring(channel: Inside, batch: list[Any]) -> None:
        first = next(firsts)
        for generated in batch:
            update = placed(moved(generated, first), first, channel)
            if isinstance(update, dict):
                update = {"update_id": next(numbers), **update}
            kinds[kind_of(update)] += 1
            await channel.bring(json.loads(json.dumps(update)))
        assert channel.troubles == []

        def left(tx: Transaction) -> int:
            return len(tx.updates.list("waiting")) + len(tx.updates.list("set_aside"))

        assert await channel.house.database.read(left) == 0

    with asyncio.Runner() as runner:
        context = inside(tmp_path)
        channel = runner.run(context.__aenter__())

        @seed(SEED)
        @settings(
            max_examples=BATCHES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        )
        @given(batches)
        def handled(batch: list[Any]) -> None:
            channel.failures.clear()
            channel.sender.troubles.clear()
            runner.run(bring(channel, batch))

        try:
            handled()
        finally:
            runner.run(context.__aexit__(None, None, None))
    told = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common(8))
    tell(f"{sum(kinds.values())} generated updates, 0 unhandled errors ({told})")
    assert sum(kinds.values()) >= 20 * BATCHES
