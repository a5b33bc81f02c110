from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import chromium
from tests.support.web import Served, serve


# Playwright keeps an event loop running in this thread, in which tests with a loop of their own cannot run: no longer
# than a module.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page_served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data", rate_per_minute=10_000) as running:
        yield running
