"""Ticks. APScheduler only says when; what a tick does is a plain function over the database.

A tick that was missed, for a minute or a week, is made up for once, and no tick overlaps the one before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from domain.clock import Clock
from domain.store import Database, StoreError, Transaction
from scheduler.ticks import Tick

_log = structlog.get_logger(__name__)

TOGETHER: Final = 128
"""Transactions of an errand that are handed in at the same time: so many share a commit, and people wait for no more."""


class Work(Protocol):
    """What a chore does in one transaction; it says how many things it did."""

    def __call__(self, tx: Transaction, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every so often. Doing it twice does no harm."""

    id: str
    every: timedelta
    work: Work


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to do every so often that takes a transaction for each of many; it says how many things it did."""

    id: str
    every: timedelta
    run: Callable[[Database, Clock], Awaitable[int]]


async def for_each(ids: Sequence[int], work: Callable[[int], Awaitable[None]]) -> None:
    """Do a work for each, a few at a time, so that those a database commits together are few and others come in between.

    When one raises, those that began with it are finished and the error is raised.
    """
    for begin in range(0, len(ids), TOGETHER):
        done = await asyncio.gather(
            *(work(one) for one in ids[begin : begin + TOGETHER]), return_exceptions=True
        )
        for error in done:
            if isinstance(error, BaseException):
                raise error


class Clockwork:
    """Does the chores as long as it runs; the first time at once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        chores: Sequence[Chore | Errand],
        ticks: MutableMapping[str, Tick] | None = None,
    ) -> None:
        """`ticks`: where it is noted how each chore fares, by its id."""
        self._database = database
        self._clock = clock
        self._ticks = {} if ticks is None else ticks
        for chore in chores:
            self._ticks[chore.id] = Tick(chore.every.total_seconds(), clock.now())
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        for chore in chores:
            self._scheduler.add_job(
                self.tick,
                IntervalTrigger(seconds=chore.every.total_seconds(), timezone=UTC),
                args=(chore,),
                id=chore.id,
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        """Start ticking in the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more. What is being done is finished by the database, or not at all."""
        self._scheduler.shutdown(wait=False)

    async def tick(self, chore: Chore | Errand) -> None:
        """Do one chore or errand once. A database that cannot do it now will be asked again next time."""
        tick = self._ticks[chore.id]
        tick.begin()
        try:
            done = await self._do(chore)
        except StoreError as error:
            tick.put_off += 1
            _log.warning("chore put off", chore=chore.id, code=error.code)
            return
        except Exception:
            tick.failed += 1
            raise
        tick.end(self._clock.now())
        if done:
            _log.info("chore done", chore=chore.id, count=done)

    async def _do(self, chore: Chore | Errand) -> int:
        match chore:
            case Chore(work=work):
                return await self._database.run(lambda tx: work(tx, now=self._clock.now()))
            case Errand(run=run):
                return await run(self._database, self._clock)
