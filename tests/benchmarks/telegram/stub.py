"""The platform inside the process, answering at once: what is counted is the work of the bot alone."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

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


class _Done(NamedTuple):
    """What a closed loop showed: updates answered by the clock, and by the time the processor worked for them."""

    per_second: float
    per_processor_second: float


def measure(sizes: Sizes) -> Iterator[Row]:
    """Closed loops of each in turns, then an open loop of each at half of what it could do."""
    done: dict[str, list[_Done]] = {name: [] for name in BOTS}
    for turn in range(sizes.rounds_in_turns):
        # Whoever comes first finds the machine in another state than whoever comes last.
        for name in BOTS if turn % 2 == 0 else reversed(BOTS):
            crowd = ClosedLoop(sizes.people, STEPS * sizes.rounds_inside + 1, warm=sizes.people)
            per_processor_second = converse(BOTS[name], crowd)
            done[name].append(_Done(crowd.per_second, per_processor_second))
    per_second = {name: median([one.per_second for one in loops]) for name, loops in done.items()}
    for name, loops in done.items():
        yield Row(f"stub, closed loop: {name}", per_second[name], "updates/s")
        by_processor = median([one.per_processor_second for one in loops])
        yield Row(f"stub, closed loop: {name}, by processor time", by_processor, "updates/CPU s")
    for other in (MEMORY, PICKLE):
        label = f"stub, closed loop: {OURS} / {other}"
        turns = list(zip(done[OURS], done[other], strict=True))
        times = sorted([us.per_second / them.per_second for us, them in turns])
        by_processor = median([us.per_processor_second / them.per_processor_second for us, them in turns])
        remark = f"aim: 2; in each turn {times[0]:.2f} to {times[-1]:.2f}"
        yield Row(label, median(times), "times", remark, Goal(1))
        yield Row(f"{label}, by processor time", by_processor, "times")
    for name, bot in BOTS.items():
        yield from in_the_open(f"stub, open loop: {name}", bot, per_second[name] / 2, sizes)


def in_the_open(label: str, bot: Bot, rate: float, sizes: Sizes) -> Iterator[Row]:
    """How long answers take at a fixed rate."""
    crowd = OpenLoop(rate, sizes.seconds, sizes.people, sizes.warm_seconds)
    converse(bot, crowd)
    remark = f"at {rate:,.0f} updates/s"
    yield Row(f"{label}, p50", percentile(crowd.took, 50) * 1_000, "ms", remark)
    yield Row(f"{label}, p99", percentile(crowd.took, 99) * 1_000, "ms", remark)
