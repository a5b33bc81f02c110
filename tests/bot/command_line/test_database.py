"""``zhuoyue db`` makes, checks, copies and puts back the database, and says in one line what is wrong."""

from __future__ import annotations

import base64
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import command_line
from bot.command_line import surroundings
from domain.privacy import load_or_create
from domain.store.migrating import head
from domain.store.sqlite_locks import in_use_lock
from tests.support.database import KEY, SynchronousDatabase
from tests.support.postgresql import new_postgresql_url

NOW = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHUOYUE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("ZHUOYUE_DATABASE_URL", raising=False)
    monkeypatch.delenv("ZHUOYUE_KEY_FILE", raising=False)
    surroundings.settings.cache_clear()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database somebody has used."""
    folder = tmp_path / "data"
    folder.mkdir()
    with SynchronousDatabase(folder) as opened:
        opened.run(lambda tx: tx.audit.append("a.kind", {"n": 1}, NOW))
    return folder / "zhuoyue.sqlite3"


def run(*arguments: str) -> int:
    return command_line.run(["--language", "en", "db", *arguments])


def the_key_of_the_tests(folder: Path) -> None:
    """Put the key the database was made with where the settings look for it."""
    path = folder / "master.key"
    path.touch(mode=0o600)
    path.write_bytes(b"zhuoyue-master-key-1:" + base64.b64encode(KEY._secret))


def test_migrate_makes_a_database_and_then_finds_it_up_to_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("migrate") == 0
    assert "A new database was made" in capsys.readouterr().out
    assert (tmp_path / "data" / "zhuoyue.sqlite3").exists()
    assert run("migrate") == 0
    assert "up to date" in capsys.readouterr().out


def test_a_sound_database_passes_every_check(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    the_key_of_the_tests(database.parent)
    assert run("check") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Integrity of the file: sound (ok)",
        "Links between the tables: sound (ok)",
        f"Version of the tables: sound ({head()})",
        "Key file: sound (ok)",
        "Audit trail: sound (1)",
    ]


def test_a_key_file_that_does_not_fit_is_found(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_or_create(database.parent / "master.key")
    assert run("check") == 1
    assert "Key file: NOT SOUND" in capsys.readouterr().out


def test_a_missing_key_file_is_found_and_none_is_made(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check") == 1
    assert "Key file: NOT SOUND (there is no key file)" in capsys.readouterr().out
    assert not (database.parent / "master.key").exists()


@pytest.mark.parametrize(
    ("tampering", "line"),
    [
        ("UPDATE audit_head SET sequence = 7", "Audit trail: NOT SOUND (broken at 2)"),
        ("UPDATE alembic_version SET version_num = '9999'", "Version of the tables: NOT SOUND"),
        (
            "INSERT INTO sessions VALUES (printf('%064d', 1), 99, 0, 0, 0)",
            "Links between the tables: NOT SOUND (sessions)",
        ),
    ],
)
def test_what_was_tampered_with_is_found(
    database: Path, capsys: pytest.CaptureFixture[str], tampering: str, line: str
) -> None:
    the_key_of_the_tests(database.parent)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(tampering)
        connection.commit()
    assert run("check") == 1
    assert line in capsys.readouterr().out


def test_there_is_nothing_to_check_before_the_first_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 2
    assert "cannot be reached" in capsys.readouterr().err


def test_a_backup_is_made_once_and_restored(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.sqlite3"
    assert run("backup", str(copy)) == 0
    the_key_of_the_tests(database.parent)
    shown = capsys.readouterr().out
    assert str(copy) in shown
    assert "keep a copy of the key" in shown
    assert run("backup", str(copy)) == 2
    assert "already a file" in capsys.readouterr().err
    assert run("restore", str(copy)) == 0
    assert "The database as it was before:" in capsys.readouterr().out
    assert len(list(database.parent.glob("zhuoyue.replaced.*.sqlite3"))) == 1


@pytest.mark.parametrize("of_another", [False, True])
def test_a_restore_says_when_the_key_at_hand_reads_nothing_of_it(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], of_another: bool
) -> None:
    copy = tmp_path / "copy.sqlite3"
    assert run("backup", str(copy)) == 0
    if of_another:
        load_or_create(database.parent / "master.key")
    assert run("restore", str(copy)) == 2
    told = capsys.readouterr()
    assert f"The database was restored from {copy}." in told.out
    assert f"can be read with the key file {database.parent / 'master.key'}" in told.err
    assert (database.parent / "master.key").exists() is of_another


def test_nothing_is_restored_under_a_running_server(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.sqlite3"
    assert run("backup", str(copy)) == 0
    server = in_use_lock(database)
    server.wait_shared(1)
    try:
        assert run("restore", str(copy)) == 2
    finally:
        server.close()
    assert "in use by another process" in capsys.readouterr().err


def test_a_file_that_is_no_backup_is_refused_in_one_line(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam")
    assert run("restore", str(tmp_path / "letter.txt")) == 2
    complaint = capsys.readouterr().err
    assert "not a sound backup" in complaint
    assert complaint.count("\n") == 1
    assert database.exists()


def test_postgresql_is_checked_and_backed_up_with_its_own_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    the_key_of_the_tests(tmp_path / "data")
    with new_postgresql_url() as url:
        monkeypatch.setenv("ZHUOYUE_DATABASE_URL", url)
        surroundings.settings.cache_clear()
        assert run("check") == 0
        assert "Audit trail: sound (0)" in capsys.readouterr().out
        assert run("backup", str(tmp_path / "copy")) == 2
        assert "pg_dump" in capsys.readouterr().err
