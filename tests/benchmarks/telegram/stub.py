"""The platform inside the process, answering at once: what is counted is the work of the bot alone."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Final

from tests.benchmarks._rows import Goal, Row
from tests.benchmarks.telegram import ours, ptb
from tests.benchmarks.telegram.crowd import STEPS, ClosedLoop, Crowd, OpenLoop, percentile
from tests.benchmarks.telegram.sizes import Sizes

OURS: Final = "this product, durable"
MEMORY: Final = "PTB ConversationHandler, in memory"
PICKLE: Final = "PTB ConversationHandler, PicklePersistence"

Bot = Callable[[Path, Crowd], Awaitable[float]]
"""Lets a crowd talk to a bot that may keep things in a folder; gives the processor time that took."""

BOTS: Final[dict[str, Bot]] = {
    OURS: ours.talk,
    MEMORY: lambda _, crowd: ptb.talk(crowd, None),
    PICKLE: lambda folder, crowd: ptb.talk(crowd, folder / "pickle"),
}


def converse(bot: Bot, crowd: Crowd) -> float:
    """One conversation with a crowd in a folder of its own; gives the answers measured in a second of processor time."""

    async def run() -> float:
        return await bot(Path(folder), crowd)

    with tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder:
        used = asyncio.run(run())
    if crowd.astray:
        raise AssertionError(f"{crowd.astray} answers were not the next question")
    return len(crowd.took) / used


def measure(sizes: Sizes) -> Iterator[Row]:
    """Closed loop of each in turns, then an open loop of each at half of what it could do."""
    per_second: dict[str, list[float]] = {name: [] for name in BOTS}
    per_processor: dict[str, list[float]] = {name: [] for name in BOTS}
    for _ in range(sizes.times):
        for name, bot in BOTS.items():
            crowd = ClosedLoop(sizes.people, STEPS * sizes.rounds_inside + 1, warm=sizes.people)
            per_processor[name].append(converse(bot, crowd))
            per_second[name].append(crowd.per_second)
    for name, values in per_second.items():
        yield Row(f"stub, closed loop: {name}", median(values), "updates/s")
        yield Row(
            f"stub, closed loop: {name}, by processor time", median(per_processor[name]), "updates/CPU s"
        )
    for other in (MEMORY, PICKLE):
        ratio = median(per_second[OURS]) / median(per_second[other])
        by_processor = median(per_processor[OURS]) / median(per_processor[other])
        label = f"stub, closed loop: {OURS} / {other}"
        yield Row(label, ratio, "times", "aim: 2", Goal(1))
        yield Row(f"{label}, by processor time", by_processor, "times")
    for name, bot in BOTS.items():
        yield from in_the_open(f"stub, open loop: {name}", bot, median(per_second[name]) / 2, sizes)


def in_the_open(label: str, bot: Bot, rate: float, sizes: Sizes) -> Iterator[Row]:
    """How long answers take at a fixed rate."""
    crowd = OpenLoop(rate, sizes.seconds, sizes.people, sizes.warm_seconds)
    converse(bot, crowd)
    remark = f"at {rate:,.0f} updates/s"
    yield Row(f"{label}, p50", percentile(crowd.took, 50) * 1_000, "ms", remark)
    yield Row(f"{label}, p99", percentile(crowd.took, 99) * 1_000, "ms", remark)
