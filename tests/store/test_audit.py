from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from domain.store import AuditReport, Conflict, Database, Transaction
from domain.store.schema import audit
from domain.store.statements import SqlSession, Statement
from tests.store.conftest import NOW
from tests.support.database import open_database


def line(kind: str, subjects: dict[str, int | str]) -> Callable[[Transaction], int]:
    return lambda tx: tx.audit.append(kind, subjects, NOW)


def _change(statement: Statement, sql: SqlSession) -> int:
    return sql.change(statement)


async def test_an_empty_trail_is_sound(database: Database) -> None:
    assert await database.read(lambda tx: tx.audit.verify()) == AuditReport(0, None)


async def test_every_line_is_kept_in_order(database: Database) -> None:
    for number in range(3):
        await database.run(line("consent.given", {"person": number, "chat": "web:1"}))
    entries = await database.read(lambda tx: tuple(tx.audit.entries()))
    assert [entry.sequence for entry in entries] == [1, 2, 3]
    assert entries[2].subject_ids == {"person": 2, "chat": "web:1"}
    assert entries[2].at == NOW
    assert await database.read(lambda tx: tx.audit.verify()) == AuditReport(3, None)


async def test_lines_added_at_once_make_one_chain(database: Database) -> None:
    await asyncio.gather(*(database.run(line("a.kind", {"n": number})) for number in range(30)))
    assert await database.read(lambda tx: tx.audit.verify()) == AuditReport(30, None)


async def test_a_line_of_a_work_that_failed_is_not_in_the_chain(database: Database) -> None:
    await database.run(lambda tx: tx.audit.append("first.kind", {"n": 1}, NOW))

    def fails(tx: Transaction) -> None:
        tx.audit.append("second.kind", {"n": 2}, NOW)
        raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        await database.run(fails)
    assert await database.read(lambda tx: tx.audit.verify()) == AuditReport(1, None)


@pytest.mark.parametrize(
    ("kind", "subjects"),
    [
        ("consent given by 林知远", {"person": 1}),
        ("consent.given", {"person": "林知远"}),
        ("consent.given", {"person": "Lin Zhiyuan"}),
        ("consent.given", {"姓名": 1}),
        ("consent.given", {"mail": "lin@example.org"}),
    ],
)
async def test_nothing_but_ids_gets_in(database: Database, kind: str, subjects: dict[str, int | str]) -> None:
    with pytest.raises(ValueError, match="ids only"):
        await database.run(lambda tx: tx.audit.append(kind, subjects, NOW))


async def test_the_database_itself_refuses_to_change_or_remove_a_line(database: Database) -> None:
    await database.run(lambda tx: tx.audit.append("a.kind", {"n": 1}, NOW))
    for statement in (Statement(audit.update().values(kind="another.kind")), Statement(audit.delete())):
        with pytest.raises(Conflict, match="append-only"):
            await database._gate.run(partial(_change, statement))
    assert await database.read(lambda tx: tx.audit.verify()) == AuditReport(1, None)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit SET kind = 'another.kind' WHERE sequence = 2", 2),
        ("UPDATE audit SET at = at + 1 WHERE sequence = 3", 3),
        ("DELETE FROM audit WHERE sequence = 2", 2),
        ("DELETE FROM audit WHERE sequence = 5", 5),
        ("UPDATE audit_head SET sequence = 4", 6),
        (
            """DELETE FROM audit WHERE sequence > 3;
            UPDATE audit_head SET sequence = 3, hash = (SELECT hash FROM audit WHERE sequence = 3)""",
            4,
        ),
        ("UPDATE audit_head SET hash = zeroblob(32)", 6),
        ("INSERT INTO audit SELECT 6, kind, subject_ids, at, hash FROM audit WHERE sequence = 5", 6),
    ],
)
async def test_tampering_with_the_file_is_found(tmp_path: Path, tampering: str, broken_at: int) -> None:
    async with await open_database(tmp_path) as database:
        for number in range(5):
            await database.run(line("a.kind", {"n": number}))
    with closing(sqlite3.connect(tmp_path / "zhuoyue.sqlite3")) as connection:
        connection.execute("DROP TRIGGER audit_keeps_on_update")
        connection.execute("DROP TRIGGER audit_keeps_on_delete")
        connection.executescript(tampering)
        connection.commit()
    async with await open_database(tmp_path) as database:
        report = await database.read(lambda tx: tx.audit.verify())
    assert not report.sound
    assert report.broken_at == broken_at


async def test_going_on_does_not_make_a_cut_trail_whole_again(tmp_path: Path) -> None:
    async with await open_database(tmp_path) as database:
        for number in range(3):
            await database.run(line("a.kind", {"n": number}))
    with closing(sqlite3.connect(tmp_path / "zhuoyue.sqlite3")) as connection:
        connection.execute("DROP TRIGGER audit_keeps_on_delete")
        connection.execute("DELETE FROM audit WHERE sequence = 3")
        connection.execute(
            "UPDATE audit_head SET sequence = 2, hash = (SELECT hash FROM audit WHERE sequence = 2)"
        )
        connection.commit()
    async with await open_database(tmp_path) as database:
        for number in range(2):
            await database.run(line("a.kind", {"n": number}))
        assert not (await database.read(lambda tx: tx.audit.verify())).sound
