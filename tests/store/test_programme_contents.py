from __future__ import annotations

from datetime import timedelta

from domain.store import Database
from tests.store.conftest import NOW

HASH = "a" * 64


async def test_a_content_is_kept_once_and_found_by_its_hash(database: Database) -> None:
    for content, when in (("first", NOW), ("second", NOW + timedelta(days=1))):
        await database.run(
            lambda tx, content=content, when=when: tx.programme_contents.keep(  # type: ignore[misc]  # defaults bind the loop
                content_hash=HASH, programme="a-programme", version="1", content=content, now=when
            )
        )
    assert await database.read(lambda tx: tx.programme_contents.get(HASH)) == "first"
    assert await database.read(lambda tx: tx.programme_contents.get("b" * 64)) is None
