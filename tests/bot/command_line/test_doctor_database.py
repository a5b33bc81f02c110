"""What the doctor says of databases: real ones, sound and spoilt."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from bot.doctor import database, file_systems
from bot.doctor.examination import CHECKS, examine
from bot.doctor.findings import Grade, Patient
from domain.clock import FixedClock
from domain.privacy import MasterKey
from domain.store import ReadOnly, StoreError, Transaction, Unavailable, condition
from domain.store.migrating import head, known_revisions
from tests.support.database import SynchronousDatabase
from tests.support.doctor import NOW, change, finding, grade, patient, set_up, write_key
from tests.support.faults import locked_by_another_process
from tests.support.postgresql import empty_postgresql_url, new_postgresql_url, server_url

OF_DATABASE = [
    check for check in CHECKS if check.id.startswith(("database.", "clock.database", "holidays.in"))
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return set_up(tmp_path / "data")


@pytest.fixture
def served(file: Path) -> Patient:
    return patient(file.parent)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with new_postgresql_url() as url:
        yield url


def in_database(file: Path, work: Callable[[Transaction], None]) -> None:
    with SynchronousDatabase(file.parent) as opened:
        opened.run(work)


def test_nobody_is_told_to_restore_over_a_database_that_only_cannot_be_written_to(
    served: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot_be_opened(_url: str) -> None:
        raise failing[0]

    monkeypatch.setattr(condition, "engine", cannot_be_opened)
    failing: list[StoreError] = [ReadOnly("unable to open database file")]
    found = database.opens(served)
    assert (found.grade, "restore" in found.remedy, "dmesg" in found.remedy) == (Grade.BROKEN, False, True)
    failing[0] = Unavailable("file is not a database")
    assert "zhuoyue db restore" in database.opens(served).remedy


def a_chat_that_waits(tx: Transaction) -> None:
    """An update and a reply, both as old as can be, and one of each that was given up."""
    long_ago = NOW - timedelta(hours=2)
    chat = tx.chats.open("telegram", "7", "zh_CN", long_ago)
    tx.outbox.put(chat.id, "{}", long_ago)
    tx.updates.store("telegram", [(1, "7", "{}"), (2, "8", "{}")], long_ago)
    row = tx.updates.claim("telegram", NOW)
    assert row is not None
    assert tx.updates.set_aside(row, row.attempts + 1, "ValueError")


def test_a_sound_database_is_fine_from_every_side(served: Patient) -> None:
    found = {one.check.id: one.finding for one in examine(served, checks=OF_DATABASE)}
    assert {name for name, one in found.items() if one.grade is not Grade.FINE} <= {
        "clock.database",  # nothing was written yet
        "database.file_system",  # the folder of the tests may lie anywhere
    }
    assert head() in found["database.migrations"].found


def test_before_the_first_start_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    found = examine(patient(tmp_path / "data"), checks=OF_DATABASE)
    assert {one.finding.grade for one in found} == {Grade.LEFT_OUT}
    assert not (tmp_path / "data").exists()


def test_what_is_no_database_is_found_once(file: Path, served: Patient) -> None:
    file.write_bytes(b"Dear Sir or Madam" * 400)
    found = {one.check.id: one.finding for one in examine(served, checks=OF_DATABASE)}
    assert [name for name, one in found.items() if one.grade is Grade.BROKEN] == ["database.opens"]
    assert "zhuoyue db restore" in found["database.opens"].remedy
    assert found["database.key"].grade is Grade.LEFT_OUT


def test_a_damaged_page_is_found(file: Path, served: Patient) -> None:
    whole = bytearray(file.read_bytes())
    # The last page belongs to some table or index; the first, with the list of tables, stays readable.
    whole[-2048:] = os.urandom(2048)
    whole[-4096:-2048] = bytes(2048)
    file.write_bytes(whole)
    assert grade(database.opens, served) is Grade.FINE
    found = database.integrity(served)
    assert found.grade is Grade.BROKEN
    assert "zhuoyue db restore" in found.remedy


def test_a_file_too_large_to_be_read_in_time_is_left_to_the_longer_check(
    served: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOOKING_SECONDS", -1.0)
    monkeypatch.setattr(condition, "_STEPS", 10)
    found = database.integrity(served)
    assert found.grade is Grade.LOOK
    assert "zhuoyue db check" in found.remedy


def test_missing_migrations_are_named_with_the_command(file: Path, served: Patient) -> None:
    change(file, "UPDATE alembic_version SET version_num = '0011'")
    found = database.migrations(served)
    assert found.grade is Grade.BROKEN
    assert "zhuoyue db migrate" in found.remedy
    assert all(one in found.found for one in known_revisions() if one > "0011")
    # What is not there yet is not looked for.
    others = {one.check.id: one.finding.grade for one in examine(served, checks=OF_DATABASE)}
    assert others["database.waiting"] is Grade.LEFT_OUT


def test_a_database_of_a_newer_version_is_found(file: Path, served: Patient) -> None:
    change(file, "UPDATE alembic_version SET version_num = '9999'")
    found = database.migrations(served)
    assert found.grade is Grade.BROKEN
    assert "newer version" in found.found
    assert grade(database.opens, served) is Grade.FINE


def test_an_empty_file_has_to_be_migrated(file: Path, served: Patient) -> None:
    file.write_bytes(b"")
    assert (database.migrations(served).grade, database.migrations(served).remedy) == (
        Grade.BROKEN,
        "zhuoyue db migrate",
    )


def test_tables_of_another_program_are_found(file: Path, served: Patient) -> None:
    file.unlink()
    change(file, "CREATE TABLE letters (text)")
    found = {one.check.id: one.finding for one in examine(served, checks=OF_DATABASE)}
    assert found["database.migrations"].grade is Grade.BROKEN
    assert "another program" in found["database.migrations"].found


def test_a_database_nobody_can_write_to_is_found(file: Path, served: Patient) -> None:
    assert grade(database.writable, served) is Grade.FINE
    with locked_by_another_process(file):
        found = database.writable(served)
    assert found.grade is Grade.BROKEN
    assert found.remedy


def test_scarce_room_is_told(served: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert grade(database.room, served) in {Grade.FINE, Grade.LOOK}
    monkeypatch.setattr(database, "SCARCE_BYTES", 10**18)
    assert grade(database.room, served) is Grade.LOOK
    monkeypatch.setattr(database, "FULL_BYTES", 10**18)
    found = database.room(served)
    assert found.grade is Grade.BROKEN
    assert "free" in found.found


def test_a_log_that_grows_on_and_on_is_told(
    file: Path, served: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert grade(database.log_size, served) is Grade.FINE
    monkeypatch.setattr(database, "LARGE_LOG_BYTES", 1000)
    file.with_name(f"{file.name}-wal").write_bytes(bytes(4096))
    assert grade(database.log_size, served) is Grade.LOOK


def test_a_file_system_of_the_network_is_told(
    file: Path, served: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    monkeypatch.setattr(database, "MOUNTS", mounts)
    assert grade(database.network, served) is Grade.LEFT_OUT
    mounts.write_text(
        f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 0:5 / {file.parent.resolve()} rw - nfs4 nas:/x rw\n"
    )
    found = database.network(served)
    assert found.grade is Grade.LOOK
    assert "nfs4" in found.found
    assert "ZHUOYUE_DATA_DIR" in found.remedy
    mounts.write_text("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
    assert grade(database.network, served) is Grade.FINE


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("", None),
        ("nonsense\n1 2 3\n", None),
        ("1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / /srv rw shared:1 - xfs b rw", "xfs"),
        ("1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / /srv/dat rw - nfs b rw", "ext4"),
        ("1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / /srv/my\\040data rw - cifs b rw", "ext4"),
        ("2 1 0:2 / /srv rw - xfs b rw\n3 1 0:2 / /srv rw - nfs b rw", "nfs"),
    ],
)
def test_the_nearest_mount_counts(mounts: str, kind: str | None) -> None:
    assert file_systems.kind_of(Path("/srv/data/zhuoyue.sqlite3"), mounts) == kind


def test_a_space_in_the_name_of_a_mount_is_read() -> None:
    mounts = "1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / /srv/my\\040data rw - cifs b rw"
    assert file_systems.kind_of(Path("/srv/my data/zhuoyue.sqlite3"), mounts) == "cifs"


def test_the_key_opens_what_is_stored(file: Path, served: Patient) -> None:
    in_database(file, a_chat_that_waits)
    assert database.key_fits(served).found == "it opens what is stored"


def test_another_key_is_found(file: Path, served: Patient) -> None:
    write_key(file.parent, MasterKey(bytes(32)))
    found = database.key_fits(served)
    assert found.grade is Grade.BROKEN
    assert "ZHUOYUE_KEY_FILE" in found.remedy


def test_a_person_the_key_does_not_open_is_found(file: Path, served: Patient) -> None:
    in_database(file, a_chat_that_waits)
    change(file, "UPDATE people SET data_key = zeroblob(61)")
    assert grade(database.key_fits, served) is Grade.BROKEN


def test_without_a_key_file_the_key_is_not_tried(file: Path, served: Patient) -> None:
    (file.parent / "master.key").unlink()
    assert grade(database.key_fits, served) is Grade.LEFT_OUT


def test_what_waits_too_long_is_told(file: Path, served: Patient) -> None:
    in_database(file, a_chat_that_waits)
    found = database.waiting(served)
    assert found.grade is Grade.LOOK
    assert "an update has waited 2 hours" in found.found
    assert "a reply has waited 2 hours" in found.found
    patient_one = replace(served, clock=FixedClock(NOW - timedelta(hours=2)))
    assert grade(database.waiting, patient_one) is Grade.FINE


def test_what_was_set_aside_is_told_with_its_command(file: Path, served: Patient) -> None:
    assert grade(database.given_up, served) is Grade.FINE
    in_database(file, a_chat_that_waits)
    change(file, "UPDATE deliveries SET state = 'dead', due_at = NULL")
    found = database.given_up(served)
    assert found.grade is Grade.LOOK
    assert found.found == "1 update set aside and 1 message given up"
    assert "zhuoyue inbox list --state set_aside" in found.remedy
    assert "zhuoyue outbox list --state dead" in found.remedy


def test_a_postgresql_is_looked_at_too(postgresql: str, tmp_path: Path) -> None:
    write_key(tmp_path)
    found = {
        one.check.id: one.finding
        for one in examine(patient(tmp_path, database_url=postgresql), checks=OF_DATABASE)
    }
    assert {name for name, one in found.items() if one.grade is Grade.LEFT_OUT} == {
        "database.integrity",
        "database.room",
        "database.log",
        "database.file_system",
        "clock.database",
    }
    assert {one.grade for one in found.values()} == {Grade.FINE, Grade.LEFT_OUT}
    assert "texts in UTF8" in found["database.opens"].found


def test_a_postgresql_nobody_has_migrated_is_told(tmp_path: Path) -> None:
    with empty_postgresql_url() as url:
        found = database.migrations(patient(tmp_path, database_url=url))
    assert (found.grade, found.remedy) == (Grade.BROKEN, "zhuoyue db migrate")


def test_a_postgresql_of_another_encoding_is_told(tmp_path: Path) -> None:
    with closing(psycopg.connect(server_url(), autocommit=True)) as connection:
        connection.execute(
            "CREATE DATABASE doctor_latin1 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )
        try:
            url = urlunsplit(urlsplit(server_url())._replace(path="/doctor_latin1"))
            found = database.opens(patient(tmp_path, database_url=url))
        finally:
            connection.execute("DROP DATABASE doctor_latin1 WITH (FORCE)")
    assert found.grade is Grade.BROKEN
    assert "LATIN1" in found.found


def test_a_postgresql_that_takes_no_changes_is_told(tmp_path: Path) -> None:
    with new_postgresql_url() as url, closing(psycopg.connect(url, autocommit=True)) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        found = database.writable(patient(tmp_path, database_url=url))
    assert found.grade is Grade.BROKEN
    assert "primary" in found.remedy


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://zhuoyue:imaginary-password@127.0.0.1:1/zhuoyue"
    found = {
        one.check.id: one.finding for one in examine(patient(tmp_path, database_url=url), checks=OF_DATABASE)
    }
    assert found["database.opens"].grade is Grade.BROKEN
    assert "ZHUOYUE_DATABASE_URL" in found["database.opens"].remedy
    assert not any("imaginary-password" in one.found + one.remedy for one in found.values())
    assert finding(database.room, patient(tmp_path, database_url=url)).grade is Grade.LEFT_OUT


def test_a_server_that_never_answers_is_told_in_seconds(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://me:imaginary@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=2"
        begun = time.monotonic()
        found = {
            one.check.id: one.finding
            for one in examine(patient(tmp_path, database_url=url), checks=OF_DATABASE)
        }
    assert time.monotonic() - begun < 15
    assert found["database.opens"].grade is Grade.BROKEN
    assert {one.grade for name, one in found.items() if name != "database.opens"} == {Grade.LEFT_OUT}
