"""Looks at how things stand in the database, at most once in a few seconds however many ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

import structlog

from domain.clock import Clock
from domain.store import Database, Standing, StoreError

_log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 5.0
"""How long what was found holds: scrapers cannot make the database work more than this."""

PATIENCE_SECONDS: Final = 2.0
"""How long whoever asks waits for the database. Prometheus gives up after ten seconds, and all the rest is to reach it."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found, None where the database did not answer (in time); and how long looking took, in seconds."""

    standing: Standing | None
    seconds: float


class Looking:
    """Looks at one channel's queues and at what is for all channels."""

    def __init__(
        self,
        database: Database,
        channel: str,
        clock: Clock,
        *,
        fresh: float = FRESH_SECONDS,
        patience: float = PATIENCE_SECONDS,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock
        self._fresh = fresh
        self._patience = patience
        self._seconds = seconds
        self._found: tuple[float, Look] | None = None
        self._under_way: asyncio.Task[Look] | None = None
        self.looks = 0
        """How often the database was asked."""

    async def look(self) -> Look:
        """How things stand, no older than a few seconds. Never raises: a database that is out of reach is told as such."""
        if self._found is not None and self._seconds() - self._found[0] < self._fresh:
            return self._found[1]
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._ask(), name="metrics look")
        began = self._seconds()
        # Nobody asks beside one who still waits: a database that hangs is not to be asked again and again.
        done, _ = await asyncio.wait({self._under_way}, timeout=self._patience)
        if not done:
            return Look(None, self._seconds() - began)
        return next(iter(done)).result()

    async def close(self) -> None:
        """Look no more."""
        if self._under_way is not None:
            self._under_way.cancel()
            await asyncio.gather(self._under_way, return_exceptions=True)

    async def _ask(self) -> Look:
        began = self._seconds()
        self.looks += 1
        standing: Standing | None = None
        try:
            standing = await self._database.read(
                lambda tx: tx.standings.look(self._channel, self._clock.now())
            )
        except StoreError:
            pass  # it is counted with the errors of the database
        except Exception as error:  # noqa: BLE001 -- whatever it is, all the rest is to be scraped
            _log.error("the queues could not be looked at", error=type(error).__name__)
        finally:
            self._under_way = None
        look = Look(standing, self._seconds() - began)
        self._found = self._seconds(), look
        return look
