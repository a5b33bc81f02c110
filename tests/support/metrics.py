"""Somebody who scrapes a running product as Prometheus does, and reads what came."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from bot.house import House
from bot.metrics.collecting import Collecting
from bot.metrics.server import metrics_served
from bot.web.server import listen
from tests.support.telegram import Bot

OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}


@dataclass(frozen=True)
class Scrape:
    """One scrape."""

    text: str
    samples: tuple[Sample, ...]
    types: Mapping[str, str]
    """What kind of metric each family is."""

    @classmethod
    def read(cls, text: str) -> Scrape:
        """A scrape in the usual form."""
        families = tuple(text_string_to_metric_families(text))
        samples = tuple(sample for family in families for sample in family.samples)
        return cls(text, samples, {family.name: family.type for family in families})

    @property
    def names(self) -> frozenset[str]:
        """The names of all samples."""
        return frozenset(sample.name for sample in self.samples)

    def __call__(self, name: str, **labels: str) -> float:
        """The one sample of this name with these labels."""
        (value,) = [one.value for one in self.samples if one.name == name and dict(one.labels) == labels]
        return float(value)

    def has(self, name: str) -> bool:
        """Whether there is any sample of this name."""
        return name in self.names

    def values(self, name: str) -> Mapping[str, float]:
        """The samples of a name that has one label, by its value."""
        return {next(iter(one.labels.values())): float(one.value) for one in self.samples if one.name == name}


def is_openmetrics(text: str) -> bool:
    """Whether the stricter form can be read too."""
    families: Any = openmetrics.text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    return len(list(families)) > 0


class Scraper:
    """Scrapes one product."""

    def __init__(self, client: httpx.AsyncClient, collecting: Collecting) -> None:
        self.client = client
        self.looking = collecting.looking
        # What is found need not be as old as scrapers are told.
        self.looking._fresh = 0.0

    async def scrape(self) -> Scrape:
        """The metrics of this moment."""
        answer = await self.client.get("/metrics")
        assert answer.status_code == 200, answer.text
        return Scrape.read(answer.text)


@asynccontextmanager
async def scraped(house: House) -> AsyncIterator[Scraper]:
    """The metrics of a house, served."""
    with listen("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            metrics_served(house, listener) as collecting,
            httpx.AsyncClient(base_url=url, trust_env=False) as client,
        ):
            yield Scraper(client, collecting)


class BotScraper:
    """Scrapes a bot that runs in a thread of its own."""

    def __init__(self, bot: Bot, scraper: Scraper) -> None:
        self._bot = bot
        self._scraper = scraper

    def scrape(self) -> Scrape:
        """The metrics of this moment."""
        return self._bot.run(lambda _: self._scraper.scrape())


@contextmanager
def bot_scraped(bot: Bot) -> Iterator[BotScraper]:
    """The metrics of a running bot, served in its loop."""
    stack = contextlib.AsyncExitStack()

    async def begin(house: House) -> Scraper:
        return await stack.enter_async_context(scraped(house))

    scraper = bot.run(begin)
    try:
        yield BotScraper(bot, scraper)
    finally:
        ending: Any = stack.aclose
        bot.run(lambda _: ending())
