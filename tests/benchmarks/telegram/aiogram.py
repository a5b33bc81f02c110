"""aiogram_dialog with its states in memory and on Redis: inside its process, and over HTTP."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any, Final

from tests.benchmarks._rows import Row
from tests.benchmarks.telegram.crowd import STEPS
from tests.benchmarks.telegram.http import closed, closed_rows, one_in_the_open, open_rows
from tests.benchmarks.telegram.peer_environments import NotThere, aiogram_python, redis
from tests.benchmarks.telegram.processes import HERE, BotCommand, Child, Ended
from tests.benchmarks.telegram.sizes import Sizes

BOT: Final = f"{HERE}.aiogram_bot"


def measure(sizes: Sizes) -> Iterator[Row]:
    """Both ways to keep its states; what cannot be measured is said."""
    for kept in ("in memory", "on Redis"):
        name = f"aiogram_dialog, {kept}"
        try:
            python = aiogram_python(make=sizes.peers_made)
            with redis() if kept == "on Redis" else contextlib.nullcontext() as socket:
                yield from _one(name, python, socket, sizes)
        except NotThere as reason:
            yield Row(name, None, "updates/s", str(reason))
        except Ended:
            yield Row(f"{name}, further", None, "updates/s", "it did not answer at all")


def _one(name: str, python: str, socket: str | None, sizes: Sizes) -> Iterator[Row]:
    arguments = () if socket is None else ("--redis", socket)
    whole = {
        "loop": "closed",
        "people": sizes.people,
        "each": STEPS * sizes.rounds_inside + 1,
        "warm": sizes.people,
    }
    found = _inside(python, whole, arguments)
    yield Row(f"stub, closed loop: {name}", found["per_second"], "updates/s")
    by_processor = found["per_processor_second"]
    yield Row(f"stub, closed loop: {name}, by processor time", by_processor, "updates/CPU s")
    rate = found["per_second"] / 2
    steady = {
        "loop": "open",
        "rate": rate,
        "seconds": sizes.seconds,
        "people": sizes.people,
        "warm_seconds": sizes.warm_seconds,
    }
    found = _inside(python, steady, arguments)
    for percent in ("p50", "p99"):
        label = f"stub, open loop: {name}, {percent}"
        yield Row(label, found[percent] * 1_000, "ms", f"at {rate:,.0f} updates/s")
    bot = BotCommand(BOT, arguments, python)
    outcome = closed(bot, sizes)
    yield from closed_rows(name, [outcome])
    rate = outcome.per_second / 2
    yield from open_rows(name, rate, [one_in_the_open(bot, rate, sizes) for _ in range(sizes.times)])


def _inside(python: str, crowd: dict[str, Any], arguments: tuple[str, ...]) -> dict[str, Any]:
    with Child(BOT, "inside", json.dumps(crowd), *arguments, python=python) as process:
        return process.told("done")
