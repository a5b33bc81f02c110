"""Puts one scrape together, in the form its scraper reads."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from bot.house import House
from bot.metrics import families
from bot.metrics.looking import Look, Looking
from domain.store.migrating import head

CHANNEL: Final = "telegram"
"""The one channel that has queues."""


class OwnProcess(ProcessCollector):
    """The metrics of every process, also where `/proc` shows nothing but processes, as under our unit for systemd."""

    def _boot_time(self) -> float:
        clock = getattr(time, "CLOCK_BOOTTIME", None)
        return 0.0 if clock is None else time.time() - time.clock_gettime(clock)


class _Given(Collector):
    """Families that were collected beforehand."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = tuple(found)

    def collect(self) -> Iterable[Metric]:
        return self._found


class Collecting:
    """Collects for one house."""

    def __init__(self, house: House, looking: Looking | None = None) -> None:
        self._house = house
        self.looking = looking or Looking(house.database, CHANNEL, house.clock)
        self._process = OwnProcess(registry=None)

    async def scrape(self, accepts: str) -> tuple[bytes, str]:
        """The metrics of this moment and their content type, for what a scraper accepts."""
        look = await self.looking.look()
        encode, content_type = choose_encoder(accepts)
        return encode(_Given(self._families(look))), content_type

    def _families(self, look: Look) -> Iterator[Metric]:
        house, figures = self._house, self._house.figures
        tally = None if house.speaker is None else house.speaker.tally
        yield from families.of_surroundings(
            self._build,
            None if house.announcer is None else house.announcer.calendar,
            house.clock,
            house.pulse.silence(CHANNEL),
            house.settings.telegram_mode,
        )
        yield from families.of_work(figures, 0 if tally is None else tally.counts["set_aside"])
        if tally is not None:
            yield from families.of_reminders(tally)
        yield from families.of_ticks(figures.ticks)
        yield from families.of_database(
            house.database.tally, up=look.standing is not None, look_seconds=look.seconds
        )
        if look.standing is not None:
            # What is not known is left out: an old number would look like a present one.
            yield from families.of_standing(look.standing, house.clock.now())
        yield from self._process.collect()

    @cached_property
    def _build(self) -> Mapping[str, str]:
        try:
            ours = version("zhuoyue")
        except PackageNotFoundError:
            ours = "unknown"
        return {
            "version": ours,
            "python": platform.python_version(),
            "database": self._house.settings.database.partition("://")[0].partition("+")[0],
            "schema": head(),
        }
