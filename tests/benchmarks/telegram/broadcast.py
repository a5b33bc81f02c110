"""A message to everybody: as quickly as it goes beside a bare loop, and within Telegram's limits beside people who chat."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Final

from tests.benchmarks._rows import Goal, Row
from tests.benchmarks.telegram.processes import HERE, Child, platform
from tests.benchmarks.telegram.sizes import Sizes

LIMIT: Final = 30.0
"""Messages a second that Telegram allows."""

CHATTING: Final = 5
"""People who chat meanwhile."""

CHATTING_RATE: Final = 2.5
"""Updates a second of all of them: each waits two seconds, for a chat may get one message a second in the long run."""

WAYS: Final = {
    "requests": "the same request class, as many under way as ours",
    "methods": "python-telegram-bot's methods, as many under way as ours",
    "one_by_one": "the same request class, one message after the other",
}
"""Of the loop that does nothing but send."""


def measure(sizes: Sizes) -> Iterator[Row]:
    """Without limits, then with them."""
    yield from without_limits(sizes.listeners)
    yield from within_limits(sizes.limited_seconds, sizes.warm_seconds)


def without_limits(listeners: int) -> Iterator[Row]:
    """This product, durable, and a loop that does nothing but send."""
    bare = {way: _bare(way, min(listeners, max(20, listeners // 5))) for way in WAYS}
    with (
        tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder,
        platform(loop="none", messages=listeners) as (api, url),
        Child(f"{HERE}.our_bot", url, folder, "--broadcast", str(listeners)) as bot,
    ):
        put = bot.told("put_seconds")["put_seconds"]
        api.told("counting")
        before = bot.processor_seconds()
        result = api.told("done")
        used = bot.processor_seconds() - before
    ours = listeners / result["seconds"]
    label = f"broadcast to {listeners:,}"
    yield Row(f"{label}: put into the outbox", listeners / put, "messages/s")
    yield Row(f"{label}: this product, durable", ours, "messages/s")
    yield Row(f"{label}: this product, by processor time", listeners / (used or 0.01), "messages/CPU s")
    for way, called in WAYS.items():
        yield Row(f"broadcast: bare loop over {called}", bare[way], "messages/s")
    for way, called in WAYS.items():
        goal = None if way == "methods" else Goal(0.8)
        yield Row(f"broadcast: this product / bare loop over {called}", ours / bare[way], "times", "", goal)


def _bare(way: str, messages: int) -> float:
    with (
        platform(loop="none", messages=messages) as (api, url),
        Child(f"{HERE}.bare_loop", url, way, str(messages)),
    ):
        result = api.told("done")
    return messages / float(result["seconds"])


def within_limits(seconds: float, warm_seconds: float) -> Iterator[Row]:
    """So many messages that they last; a few people chat, and how long they wait is counted from when they meant to write."""
    backlog = int(LIMIT * (seconds + warm_seconds + 30))
    with (
        tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder,
        platform(
            loop="open",
            rate=CHATTING_RATE,
            seconds=seconds,
            people=CHATTING,
            warm_seconds=warm_seconds,
            note_times=True,
        ) as (api, url),
        Child(f"{HERE}.our_bot", url, folder, "--limits", "--broadcast", str(backlog)) as bot,
    ):
        result = api.told("done")
        if not result["done"] or result["lost"]:
            raise AssertionError(f"not everybody was answered; {bot.complaint()}")
    sent: list[float] = result["sent"]
    whole = int(seconds) - 1 or 1
    # Whole seconds from the first on, so that neither end is half a second.
    counted = [moment for moment in sent if 0 <= moment < whole]
    pace = len(counted) / whole
    in_a_second = max(sum(1 for one in counted if first <= one < first + 1) for first in counted)
    label = f"broadcast within limits, {whole} s"
    yield Row(
        f"{label}: messages, replies among them", pace, "messages/s", f"most in any second {in_a_second}"
    )
    yield Row(
        f"{label}: off Telegram's {LIMIT:.0f}", abs(pace / LIMIT - 1) * 100, "%", "", Goal(2, at_most=True)
    )
    remark = f"{len(sent)} messages, {result['answered']} replies"
    yield Row(f"{label}: replies meanwhile, p50", result["p50"] * 1_000, "ms", remark)
    yield Row(f"{label}: replies meanwhile, p99", result["p99"] * 1_000, "ms", "", Goal(300, at_most=True))
