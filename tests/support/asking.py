"""Requests over connections to a scripted server."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.telegram.connection import Answer
from bot.telegram.connections import Connections
from bot.telegram.failures import NotSentError
from tests.support.certificates import Certificate
from tests.support.raw_server import PATIENCE_SECONDS, RawServer, Script, raw_server, until

HI = Answer(200, b"hi")


@asynccontextmanager
async def connections_to(url: str, most: int = 4) -> AsyncIterator[Connections]:
    """Connections that are closed in the end, to the last one."""
    connections = Connections.to(url, most, "tests")
    assert connections is not None
    try:
        yield connections
    finally:
        await connections.close()
        assert not connections._all
        assert connections._sweeping is None or connections._sweeping.cancelled()


@asynccontextmanager
async def served(
    *scripts: Script,
    most: int = 4,
    url: str = "{url}",
    host: str = "127.0.0.1",
    tls: Certificate | None = None,
) -> AsyncIterator[tuple[RawServer, Connections]]:
    """A server and connections to it; `url` may name it in another way."""
    async with (
        raw_server(*scripts, host=host, tls=tls) as server,
        connections_to(url.format(url=server.url, port=server.port), most) as connections,
    ):
        yield server, connections


async def ask(
    connections: Connections,
    path: str = "/bot1:x/getMe",
    body: bytes | None = b"{}",
    *,
    waiting: float | None = PATIENCE_SECONDS,
    connecting: float | None = PATIENCE_SECONDS,
    answering: float | None = PATIENCE_SECONDS,
) -> Answer:
    """Ask, with more patience than is needed."""
    return await connections.post(path, body, waiting=waiting, connecting=connecting, answering=answering)


def asking(connections: Connections, path: str = "/bot1:x/getMe") -> asyncio.Task[Answer]:
    """Ask meanwhile, with patience that has no end."""
    return asyncio.create_task(ask(connections, path, waiting=None, connecting=None, answering=None))


async def a_while() -> None:
    """In which what should not happen could."""
    await asyncio.sleep(0.05)


@asynccontextmanager
async def nothing_goes_wrong_unseen() -> AsyncIterator[None]:
    """What the event loop would only write down, and what was left open, fails the test."""
    seen: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))
    yield
    # What was left open says so when it is thrown away.
    gc.collect()
    await asyncio.sleep(0)
    assert seen == []


async def ends_with_nothing_sent(tasks: list[asyncio.Task[Answer]]) -> None:
    """Wait until all are told so."""
    try:
        await until(lambda: all(task.done() for task in tasks))
        assert [type(task.exception()) for task in tasks] == [NotSentError] * len(tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
