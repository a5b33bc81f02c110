"""Every test that asks for `database` or `url` runs on both back ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import pytest

from domain.store import Chat, Database
from tests.support.database import KEY, new_database_url
from tests.support.postgresql import new_postgresql_url

NOW: Final = datetime(2025, 6, 1, 8, 30, 0, 123456, tzinfo=UTC)

BackEnd = Literal["sqlite", "postgresql"]


@pytest.fixture(params=["sqlite", "postgresql"])
def back_end(request: pytest.FixtureRequest) -> BackEnd:
    name: BackEnd = request.param
    return name


@pytest.fixture
def url(back_end: BackEnd, tmp_path: Path) -> Iterator[str]:
    if back_end == "sqlite":
        yield new_database_url(tmp_path)
    else:
        with new_postgresql_url() as address:
            yield address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with await Database.open(url, master_key=KEY) as opened:
        yield opened


@pytest.fixture
async def chat(database: Database) -> Chat:
    return await database.run(lambda tx: tx.chats.open("web", "a-browser", "zh_CN", NOW))
