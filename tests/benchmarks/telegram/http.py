"""Every bot and the platform each in a process of its own, with HTTP on the loopback between them."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median
from typing import Final
from urllib.parse import urlsplit

from tests.benchmarks._rows import Goal, Row
from tests.benchmarks.telegram import disk
from tests.benchmarks.telegram.crowd import STEPS
from tests.benchmarks.telegram.processes import HERE, BotCommand, Outcome, converse, platform
from tests.benchmarks.telegram.sizes import Sizes
from tests.support.on_this_thread import IN_MEMORY

OURS: Final = "this product, durable"
OURS_IN_MEMORY: Final = "this product, its file in memory"
MEMORY: Final = "PTB ConversationHandler, in memory"
AT_ONCE: Final = f"{MEMORY}, concurrent updates"
PICKLE: Final = "PTB ConversationHandler, PicklePersistence"

CONNECTIONS: Final = 32
"""How many ask the platform at once when it is measured itself."""


def bots(folder: Path) -> dict[str, BotCommand]:
    """Everybody, with what they keep in a folder."""
    return {
        OURS: BotCommand(f"{HERE}.our_bot", (str(folder / "ours"),)),
        MEMORY: BotCommand(f"{HERE}.ptb"),
        AT_ONCE: BotCommand(f"{HERE}.ptb", ("--at-once",)),
        PICKLE: BotCommand(f"{HERE}.ptb", ("--pickle", str(folder / "pickle"))),
    }


def measure(sizes: Sizes) -> Iterator[Row]:
    """The platform alone, closed loops of each in turns, then open loops in turns at half of what each could do, with the disk alone."""
    alone, by_processor = asyncio.run(platform_alone(sizes.calls))
    yield Row("HTTP: the platform alone", alone, "calls/s", "asked by a bare socket client", Goal(8_000))
    yield Row("HTTP: the platform alone, by processor time", by_processor, "calls/CPU s")
    found: dict[str, list[Outcome]] = {}
    for _ in range(max(1, sizes.times - 1)):
        with tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder:
            for name, bot in bots(Path(folder)).items():
                found.setdefault(name, []).append(closed(bot, sizes))
    capacity: dict[str, float] = {}
    for name, outcomes in found.items():
        capacity[name] = mean(one.per_second for one in outcomes)
        yield from closed_rows(name, outcomes)
    # What counts for PTB is whichever of its ways is better.
    better, worse = (AT_ONCE, MEMORY) if capacity[AT_ONCE] > capacity[MEMORY] else (MEMORY, AT_ONCE)
    for other in (better, PICKLE):
        ratio = capacity[OURS] / capacity[other]
        yield Row(f"HTTP, closed loop: {OURS} / {other}", ratio, "times", "", Goal(2))
    yield from in_the_open([name for name in capacity if name != worse], capacity, sizes)


def closed(bot: BotCommand, sizes: Sizes) -> Outcome:
    """One closed loop; everybody's first update, which finds a bot cold, is not measured."""
    each = STEPS * sizes.rounds + 1
    return converse(
        bot,
        loop="closed",
        people=sizes.people,
        each=each,
        warm=sizes.people,
        settle=sizes.settle,
        patience=sizes.patience,
    )


def closed_rows(name: str, outcomes: list[Outcome]) -> Iterator[Row]:
    """What came of a bot's closed loops."""
    notes = [f"platform at work {mean(one.busy for one in outcomes):.0%} of the time", *_went_wrong(outcomes)]
    label = f"HTTP, closed loop: {name}"
    yield Row(label, mean(one.per_second for one in outcomes), "updates/s", ", ".join(notes))
    by_processor = mean(one.per_processor_second for one in outcomes)
    yield Row(f"{label}, by processor time", by_processor, "updates/CPU s")


def _went_wrong(outcomes: list[Outcome]) -> Iterator[str]:
    if lost := sum(one.lost for one in outcomes):
        yield f"{lost} updates never answered or never sent for want of an answer"
    if astray := sum(one.astray for one in outcomes):
        yield f"{astray} answers were not the next question"


def in_the_open(names: list[str], capacity: dict[str, float], sizes: Sizes) -> Iterator[Row]:
    """How long answers take at a fixed rate; of several times, taken in turns, the middle one counts.

    Before each turn the disk alone, and at its end this product with its file in memory: what of it is the disk's, and what is ours.
    """
    found: dict[str, list[Outcome]] = {name: [] for name in names}
    conditions: list[disk.Condition] = []
    for _ in range(sizes.times):
        with tempfile.TemporaryDirectory(prefix="zhuoyue-bench-") as folder:
            conditions.append(disk.condition(Path(folder), sizes.seconds))
            known = bots(Path(folder))
            for name in names:
                found[name].append(one_in_the_open(known[name], capacity[name] / 2, sizes))
        if OURS in names and IN_MEMORY.is_dir():
            with tempfile.TemporaryDirectory(prefix="zhuoyue-bench-", dir=IN_MEMORY) as folder:
                without_disk = one_in_the_open(bots(Path(folder))[OURS], capacity[OURS] / 2, sizes)
                found.setdefault(OURS_IN_MEMORY, []).append(without_disk)
    yield from disk.rows("disk alone", conditions)
    for name, outcomes in found.items():
        rate = capacity[name if name in capacity else OURS] / 2
        yield from open_rows(name, rate, outcomes, Goal(20, at_most=True) if name == OURS else None)


def one_in_the_open(bot: BotCommand, rate: float, sizes: Sizes) -> Outcome:
    """One open loop."""
    return converse(
        bot,
        loop="open",
        rate=rate,
        seconds=sizes.seconds,
        people=sizes.people,
        warm_seconds=sizes.warm_seconds,
        settle=sizes.settle,
        patience=sizes.patience,
    )


def open_rows(name: str, rate: float, outcomes: list[Outcome], goal: Goal | None = None) -> Iterator[Row]:
    """What came of a bot's open loops."""
    remark = ", ".join([f"at {rate:,.0f} updates/s", *_went_wrong(outcomes)])
    each = sorted(one.p99 for one in outcomes)
    spread = f", each {each[0]:,.1f} to {each[-1]:,.1f} ms" if len(each) > 1 else ""
    yield Row(f"HTTP, open loop: {name}, p50", median(one.p50 for one in outcomes), "ms", remark)
    yield Row(
        f"HTTP, open loop: {name}, p99",
        median(one.p99 for one in outcomes),
        "ms",
        remark + spread,
        goal,
    )


class _Asking(asyncio.Protocol):
    """A client that sends the same call again as soon as it is answered."""

    def __init__(self, request: bytes, calls: int) -> None:
        self._request = request
        self._left = calls
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        # An answer is far smaller than what one read brings.
        assert self._transport is not None
        assert data.startswith(b"HTTP/1.1 200")
        self._left -= 1
        if self._left > 0:
            self._transport.write(self._request)
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def platform_alone(calls: int) -> tuple[float, float]:
    """Calls the platform itself takes in a second of the clock and of processor time: edits with a keyboard, as bots send them."""
    body = _edit()
    request = (
        b"POST /bot1:x/editMessageText HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
        b"application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    with platform(loop="none", messages=calls + CONNECTIONS) as (api, url):
        port = urlsplit(url).port or 0
        loop = asyncio.get_running_loop()
        began, before = time.perf_counter(), api.processor_seconds()
        clients = []
        for _ in range(CONNECTIONS):
            _, client = await loop.create_connection(
                lambda: _Asking(request, -(-calls // CONNECTIONS)), "127.0.0.1", port
            )
            clients.append(client.done)
        await asyncio.gather(*clients)
        took, used = time.perf_counter() - began, api.processor_seconds() - before
        answered = -(-calls // CONNECTIONS) * CONNECTIONS
        return answered / took, answered / (used or took)


def _edit() -> bytes:
    import json
    from urllib.parse import urlencode

    from tests.benchmarks.telegram.script import ANSWERS, question

    keys = [[{"text": label, "callback_data": f"a{place}"}] for place, label in enumerate(ANSWERS)]
    given = {
        "chat_id": "1",
        "message_id": "1",
        "text": question(0),
        "reply_markup": json.dumps({"inline_keyboard": keys}),
    }
    return urlencode(given).encode()
