from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from domain.store import Database, NewerSchema, OlderSchema, migrating
from domain.store.locations import locate
from domain.store.migrating import SchemaState, migrator
from domain.store.schema import metadata
from domain.store.sqlite_locks import in_use_lock
from tests.store.conftest import NOW, BackEnd
from tests.support.database import KEY, SynchronousDatabase, open_database
from tests.support.postgresql import empty_postgresql_url, new_postgresql_url


@pytest.fixture
def empty_url(back_end: BackEnd, tmp_path: Path) -> Iterator[str]:
    if back_end == "sqlite":
        yield f"sqlite:///{tmp_path}/new folder/zhuoyue.sqlite3"
    else:
        with empty_postgresql_url() as url:
            yield url


@pytest.fixture
async def migrated(empty_url: str) -> AsyncIterator[str]:
    async with await Database.open(empty_url, master_key=KEY):
        yield empty_url


async def test_an_empty_database_gets_the_tables_of_this_program(migrated: str) -> None:
    with migrator(locate(migrated)) as connection:
        assert migrating.state(connection) is SchemaState.CURRENT
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_the_versions_known_are_those_of_the_migrations() -> None:
    scripts = ScriptDirectory(str(migrating._folder()))
    assert scripts.get_heads() == [migrating.head()]
    assert {script.revision for script in scripts.walk_revisions()} == migrating.known_revisions()


async def test_every_check_of_the_tables_is_in_the_migrations(migrated: str) -> None:
    with migrator(locate(migrated)) as connection:
        inspector = sa.inspect(connection)
        for table in metadata.sorted_tables:
            wanted = {str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint)}
            assert {check["name"] for check in inspector.get_check_constraints(table.name)} == wanted


async def test_every_table_is_strict_on_sqlite(tmp_path: Path) -> None:
    async with await open_database(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "zhuoyue.sqlite3")) as connection:
        strict = dict(connection.execute("SELECT name, strict FROM pragma_table_list").fetchall())
        texts = dict(
            connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        )
    assert {name: strict[name] for name in metadata.tables} == dict.fromkeys(metadata.tables, 1)
    # Ids that leave the house are never used again.
    growing = {name for name, text in texts.items() if "AUTOINCREMENT" in text}
    assert growing == {
        name for name, table in metadata.tables.items() if table.dialect_options["sqlite"]["autoincrement"]
    }


async def test_opening_again_changes_nothing(migrated: str) -> None:
    async with await Database.open(migrated, master_key=KEY) as database:
        assert (await database.run(lambda tx: tx.chats.open("web", "a", "en", NOW))).id == 1


async def test_a_database_of_a_newer_version_is_refused(migrated: str) -> None:
    set_revision(migrated, "9999")
    with pytest.raises(NewerSchema, match="9999"):
        await Database.open(migrated, master_key=KEY)


async def test_an_older_database_is_migrated_after_a_backup(older: Path, next_version: str) -> None:
    async with await Database.open(f"sqlite:///{older}", master_key=KEY) as database:
        assert (await database.read(lambda tx: tx.chats.get(1))).address == "written by the older version"
    assert next_version in tables_of(older)
    (backup,) = older.parent.glob("zhuoyue.before-migration.*.sqlite3")
    assert next_version not in tables_of(backup)
    assert backup.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT address FROM chats").fetchall() == [
            ("written by the older version",)
        ]


@pytest.mark.usefixtures("next_version")
async def test_a_database_another_process_uses_is_not_migrated_under_its_feet(older: Path) -> None:
    other = in_use_lock(older)
    other.wait_shared(1)
    before = tables_of(older)
    try:
        with pytest.raises(OlderSchema):
            await Database.open(f"sqlite:///{older}", master_key=KEY, busy_timeout_ms=50)
    finally:
        other.close()
    assert tables_of(older) == before


async def test_a_migration_that_fails_half_way_leaves_the_older_version_as_it_was(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables_of(older)
    with monkeypatch.context() as patch:
        add_version(older.parent / "migrations", patch, "    raise RuntimeError('half-way')\n")
        with pytest.raises(RuntimeError, match="half-way"):
            await Database.open(f"sqlite:///{older}", master_key=KEY)
    assert tables_of(older) == before
    await (await Database.open(f"sqlite:///{older}", master_key=KEY)).close()


async def test_the_operator_of_postgresql_is_told_to_take_a_backup(
    older_postgresql: str, next_version: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await (await Database.open(older_postgresql, master_key=KEY)).close()
    assert "a backup of your own is advised" in caplog.text
    with migrator(locate(older_postgresql)) as connection:
        assert next_version in sa.inspect(connection).get_table_names()


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A database of the version before the next one."""
    with SynchronousDatabase(tmp_path) as database:
        database.run(lambda tx: tx.chats.open("web", "written by the older version", "en", NOW))
    return tmp_path / "zhuoyue.sqlite3"


@pytest.fixture
def older_postgresql() -> Iterator[str]:
    with new_postgresql_url() as url:
        yield url


@pytest.fixture
def next_version(older: Path, older_postgresql: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """As if this program were one version ahead of the databases; gives the table it adds."""
    with monkeypatch.context() as patch:
        add_version(older.parent / "migrations", patch)
        yield "of_the_next_version"


def add_version(folder: Path, patch: pytest.MonkeyPatch, ending: str = "") -> None:
    shutil.copytree(migrating._folder(), folder)
    (folder / "versions" / "v9000_next.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision, down_revision = '9000', '{migrating.head()}'\n"
        "def upgrade():\n"
        "    op.create_table('of_the_next_version', sa.Column('id', sa.Integer(), primary_key=True))\n"
        + ending
    )
    patch.setattr(migrating, "_folder", lambda: folder)


def tables_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def set_revision(url: str, revision: str) -> None:
    with migrator(locate(url)) as connection:
        connection.execute(
            sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
        )
