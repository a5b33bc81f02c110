"""Audiences of many people: a look at one costs a turn no more than a bounded amount, whatever is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from domain.announcements import LOOKED_AT, Audience, Looked
from domain.programme.parts import Verdict
from domain.staff import Role
from domain.store import Transaction
from tests.support.announcing import AUDIENCE
from tests.support.database import SynchronousDatabase
from tests.support.figures import Tell
from tests.support.reminding import HANGZHOU, ZHENGZHOU
from tests.support.size import size

PEOPLE = size(20_000, 100_000)
RARE = 100
"""So many of them, far apart, asked to hear of another programme."""

MOST_STEPS = 1_500_000
"""Some tens of milliseconds."""

NOBODY: dict[str, Audience] = {
    "a district nobody is from": replace(AUDIENCE, district="无人区"),
    "such a district, about no single programme": Audience(district="无人区"),
    "a result nobody has": replace(AUDIENCE, verdict=Verdict.OBSTACLE_FOUND),
    "a district, of a programme few asked for": Audience(programme=ZHENGZHOU, district="无人区"),
    "a programme nobody asked for": Audience(programme="nothing"),
    "a role nobody holds": Audience(role=Role.EXPERT),
    "those whom an announcement did not reach": replace(AUDIENCE, corrects=1),
}


_FILL = (
    (
        "CREATE TEMP TABLE numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people) "
        "SELECT i FROM n"
    ),
    "INSERT INTO people (id, data_key, consent) SELECT i, x'00', 'unasked' FROM numbers",
    (
        "INSERT INTO chats (id, channel, address, person_id, language, created_at) "
        "SELECT i, 'telegram', i, i, 'en', 0 FROM numbers"
    ),
    "INSERT INTO subscriptions (chat_id, programme, wanted) SELECT i, :programme, 1 FROM numbers",
    "INSERT INTO subscriptions (chat_id, programme, wanted) SELECT i, :other, 1 FROM numbers WHERE i % :every = 0",
    (
        "INSERT INTO announcements (id, state, revision, programme, round_district, district, role, verdict, texts, "
        "created_at, gathered_to, gathered) VALUES (1, 'sent', 1, :programme, '', '', '', '', '', 0, 0, 1)"
    ),
    (
        "INSERT INTO announcement_recipients (announcement_id, chat_id, state, due_at) "
        "SELECT 1, i, 'failed', 0 FROM numbers"
    ),
    "ANALYZE",
)


def fill(folder: Path, people: int) -> None:
    """So many people who asked to hear of a programme, and to each of whom one announcement failed to go."""
    given = {"people": people, "programme": HANGZHOU, "other": ZHENGZHOU, "every": people // RARE}
    with closing(sqlite3.connect(folder / "zhuoyue.sqlite3")) as connection:
        for statement in _FILL:
            connection.execute(statement, given)
        connection.commit()


@pytest.fixture(scope="module")
def crowds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SynchronousDatabase, ...]]:
    """A crowd, and another that is half as large."""
    folders = [tmp_path_factory.mktemp(name) for name in ("large", "half")]
    for folder, people in zip(folders, (PEOPLE, PEOPLE // 2), strict=True):
        with SynchronousDatabase(folder):
            pass
        fill(folder, people)
    with SynchronousDatabase(folders[0]) as large, SynchronousDatabase(folders[1]) as half:
        yield large, half


def steps(database: SynchronousDatabase, audience: Audience) -> int:
    """What it costs SQLite to find out whether there is anybody, and how many, in hundreds of its steps."""

    def look(tx: Transaction) -> int:
        counted = 0

        def count() -> int:
            nonlocal counted
            counted += 1
            return 0

        connection = tx.context.sql._connection  # type: ignore[attr-defined]
        connection.set_progress_handler(count, 100)
        try:
            tx.audiences.told_empty(audience)
            tx.audiences.glance(audience)
        finally:
            connection.set_progress_handler(None, 0)
        return counted

    return database.run(look)


def test_where_nobody_is_found_a_look_costs_the_same_however_many_people_there_are(
    crowds: tuple[SynchronousDatabase, ...], tell: Tell
) -> None:
    large, half = crowds
    for what, audience in NOBODY.items():
        much, little = steps(large, audience), steps(half, audience)
        tell(
            f"{what}: {much * 100:,} steps of SQLite among {PEOPLE:,} people, {little * 100:,} among half as many"
        )
        assert much <= little * 1.1 + 50
        assert much <= MOST_STEPS / 100


def test_a_look_at_a_large_audience_ends_and_says_that_there_are_more(
    crowds: tuple[SynchronousDatabase, ...], tell: Tell
) -> None:
    large, _ = crowds
    tell(f"everybody: {steps(large, AUDIENCE) * 100:,} steps of SQLite among {PEOPLE:,} people")
    assert large.run(lambda tx: tx.audiences.glance(AUDIENCE)) == Looked(LOOKED_AT, all_of_them=False)
    assert large.run(lambda tx: tx.audiences.count(AUDIENCE)) == PEOPLE
    few = Audience(programme=ZHENGZHOU)
    assert large.run(lambda tx: tx.audiences.glance(few)) == Looked(RARE)
