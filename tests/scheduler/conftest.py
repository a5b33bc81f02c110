"""An empty database, once on each back end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from domain.store import Database
from tests.support.database import KEY, new_database_url
from tests.support.postgresql import new_postgresql_url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield new_database_url(tmp_path)
    else:
        with new_postgresql_url() as address:
            yield address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with await Database.open(url, master_key=KEY) as opened:
        yield opened
