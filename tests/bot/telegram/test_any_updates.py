"""Whatever Telegram, or somebody who poses as it, brings: it is handled, and nobody else has to wait for it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from copy import deepcopy
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


def waiting(tx: Transaction) -> int:
    """How many updates are still to be handled, or were set aside."""
    return len(tx.updates.list("waiting")) + len(tx.updates.list("set_aside"))


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

        assert await channel.house.database.read(waiting) == 0

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


_PLACES: Final = (
    ("update_id",),
    ("message", "message_id"),
    ("message", "chat", "id"),
    ("message", "from", "id"),
    ("message", "message_thread_id"),
    ("message", "migrate_to_chat_id"),
    ("message", "contact", "user_id"),
    ("message", "entities", 0, "offset"),
    ("message", "entities", 0, "length"),
    ("group", "message_id"),
    ("group", "chat", "id"),
    ("group", "message_thread_id"),
    ("edited_message", "message_id"),
    ("callback_query", "message", "message_id"),
    ("callback_query", "message", "chat", "id"),
    ("my_chat_member", "chat", "id"),
)


@pytest.mark.parametrize("place", _PLACES, ids=lambda place: ".".join(map(str, place)))
async def test_no_number_is_too_large_or_too_small_wherever_it_stands(
    tmp_path: Path, place: tuple[str | int, ...]
) -> None:
    sender = {"id": 5, "is_bot": False, "first_name": "王芳"}
    said = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, "from": sender, "text": "/help"}
    group = {"chat": {"id": -5, "type": "supergroup"}, "is_topic_message": True, "message_thread_id": 3}
    parts: dict[str | int, tuple[str, dict[str, Any]]] = {
        "message": ("message", said | {"entities": [{"type": "bot_command", "offset": 0, "length": 5}]}),
        "edited_message": ("edited_message", said),
        "callback_query": ("callback_query", {"id": "1", "from": sender, "message": said, "data": "x"}),
        "my_chat_member": (
            "my_chat_member",
            {"chat": said["chat"], "from": sender, "new_chat_member": {"status": "kicked"}},
        ),
        "group": ("message", said | group),
    }
    kind, content = parts.get(place[0], parts["message"])
    if "contact" in place:
        content |= {"contact": {"phone_number": "13800000000", "user_id": 5}}
    async with inside(tmp_path) as channel:
        for number, odd in enumerate((-1, -(2**63) - 1, 2**63, 10**40), start=1):
            update: dict[str, Any] = {"update_id": number, kind: deepcopy(content)}
            inner: Any = update if place == ("update_id",) else update[kind]
            for step in place[1:-1]:
                inner = inner[step]
            inner[place[-1]] = odd
            await channel.bring(update)
        await channel.bring({"update_id": 9, "message": said})
        assert channel.troubles == []
        assert channel.last(5) is not None
        assert await channel.house.database.read(waiting) == 0
