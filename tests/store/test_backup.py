from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.privacy import MasterKey
from domain.store import BadBackup, Chat, Database, InUse, NewerSchema, Unavailable, WrongKey
from domain.store.backup import backup, restore
from tests.store.conftest import NOW
from tests.support.database import SynchronousDatabase, open_database


async def write(database: Database, *texts: str) -> Chat:
    chat = await database.run(lambda tx: tx.chats.open("web", "a-browser", "en", NOW))
    await database.run(lambda tx: [tx.outbox.put(chat.id, text, NOW) for text in texts])
    return chat


async def texts_in(folder: Path) -> list[str]:
    async with await open_database(folder) as database:
        rows = await database.read(lambda tx: tx.outbox.all(1))
        return [row.message_json for row in rows]


async def test_a_backup_taken_in_full_use_is_complete_and_sound(tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "copy.sqlite3"
    copy.parent.mkdir()
    async with await open_database(tmp_path) as database:
        chat = await write(database, *(f"before {number}" for number in range(50)))
        copying = asyncio.create_task(asyncio.to_thread(backup, tmp_path / "zhuoyue.sqlite3", copy))
        while not copying.done():
            await database.run(lambda tx: tx.outbox.put(chat.id, "meanwhile", NOW))
        await copying
        await write(database, "after")
    assert [path.name for path in copy.parent.iterdir()] == ["copy.sqlite3"]
    assert copy.stat().st_mode & 0o077 == 0
    copy.rename(copy.with_name("zhuoyue.sqlite3"))
    kept = await texts_in(copy.parent)
    assert [text for text in kept if text.startswith("before")] == [
        f"before {number}" for number in range(50)
    ]
    assert "after" not in kept


async def test_a_backup_never_overwrites_a_file(tmp_path: Path) -> None:
    async with await open_database(tmp_path):
        pass
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        backup(tmp_path / "zhuoyue.sqlite3", copy)
    assert copy.read_bytes() == b"precious"


def test_there_is_no_backup_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        backup(tmp_path / "zhuoyue.sqlite3", tmp_path / "copy.sqlite3")
    assert list(tmp_path.iterdir()) == []


async def test_a_restored_backup_takes_the_place_of_the_database_which_is_kept(tmp_path: Path) -> None:
    path, copy = tmp_path / "zhuoyue.sqlite3", tmp_path / "copy.sqlite3"
    async with await open_database(tmp_path) as database:
        await write(database, "saved")
        await asyncio.to_thread(backup, path, copy)
        await write(database, "lost")
    kept = restore(path, copy)
    assert kept is not None
    assert await texts_in(tmp_path) == ["saved"]
    other = tmp_path / "other"
    other.mkdir()
    kept.rename(other / path.name)
    assert await texts_in(other) == ["saved", "lost"]
    assert copy.exists()


def test_what_an_administrator_restores_belongs_to_whoever_has_what_it_replaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, copy = tmp_path / "zhuoyue.sqlite3", tmp_path / "copy.sqlite3"
    with SynchronousDatabase(tmp_path):
        backup(path, copy)
    given: list[tuple[int, int]] = []
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("os.chown", lambda _, user, group: given.append((user, group)))
    restore(path, copy)
    file, folder = path.stat(), tmp_path.stat()
    path.rename(tmp_path / "elsewhere.sqlite3")
    restore(path, copy)
    assert given == [(file.st_uid, file.st_gid), (folder.st_uid, folder.st_gid)]


async def test_what_a_killed_server_left_in_its_log_is_set_aside_with_its_database(tmp_path: Path) -> None:
    path, copy, killed = tmp_path / "zhuoyue.sqlite3", tmp_path / "copy.sqlite3", tmp_path / "killed"
    killed.mkdir()
    async with await open_database(tmp_path) as database:
        await write(database, "saved")
        await asyncio.to_thread(backup, path, copy)
        await write(database, "only in the log")
        copy_as_it_lies(tmp_path, killed)
    assert (killed / "zhuoyue.sqlite3-wal").stat().st_size > 0
    kept = restore(killed / "zhuoyue.sqlite3", copy)
    assert await texts_in(killed) == ["saved"]
    assert kept is not None
    other = tmp_path / "other"
    other.mkdir()
    for file in killed.glob(f"{kept.name}*"):
        file.rename(other / file.name.replace(kept.name, "zhuoyue.sqlite3"))
    assert await texts_in(other) == ["saved", "only in the log"]


async def test_a_crash_in_the_middle_of_a_restore_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, copy, killed = tmp_path / "zhuoyue.sqlite3", tmp_path / "copy.sqlite3", tmp_path / "killed"
    killed.mkdir()
    async with await open_database(tmp_path) as database:
        await write(database, "saved")
        await asyncio.to_thread(backup, path, copy)
        await write(database, "only in the log")
        copy_as_it_lies(tmp_path, killed)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("domain.store.backup._put_in_place", crash)
        with pytest.raises(KeyboardInterrupt):
            restore(killed / "zhuoyue.sqlite3", copy)
    assert await texts_in(killed) == ["saved", "only in the log"]


async def test_a_damaged_database_is_set_aside_as_it_is(tmp_path: Path) -> None:
    path, copy = tmp_path / "zhuoyue.sqlite3", tmp_path / "copy.sqlite3"
    async with await open_database(tmp_path) as database:
        await write(database, "saved")
        await asyncio.to_thread(backup, path, copy)
    path.write_bytes(b"no database any more" * 1000)
    kept = restore(path, copy)
    assert kept is not None
    assert kept.read_bytes() == b"no database any more" * 1000
    assert await texts_in(tmp_path) == ["saved"]


async def test_nothing_is_restored_while_somebody_works_on_the_database(tmp_path: Path) -> None:
    path, copy = tmp_path / "zhuoyue.sqlite3", tmp_path / "copy.sqlite3"
    async with await open_database(tmp_path) as database:
        await write(database, "saved")
        await asyncio.to_thread(backup, path, copy)
        with pytest.raises(InUse):
            await asyncio.to_thread(restore, path, copy)
        await write(database, "also saved")
    assert await texts_in(tmp_path) == ["saved", "also saved"]


async def test_a_damaged_or_foreign_backup_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    path, copy = tmp_path / "zhuoyue.sqlite3", tmp_path / "copy.sqlite3"
    async with await open_database(tmp_path) as database:
        await write(database, *("saved" * 100 for _ in range(200)))
    backup(path, copy)
    whole = copy.read_bytes()

    foreign = tmp_path / "foreign.sqlite3"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    damaged = tmp_path / "damaged.sqlite3"
    damaged.write_bytes(whole[: len(whole) // 2] + bytes(8192) + whole[len(whole) // 2 + 8192 :])
    text = tmp_path / "text.sqlite3"
    text.write_text("this is no database " * 500)
    empty = tmp_path / "empty.sqlite3"
    empty.touch()
    before = path.read_bytes()
    files = names_in(tmp_path)
    for bad in (foreign, damaged, text, empty, tmp_path / "none.sqlite3"):
        with pytest.raises(BadBackup):
            restore(path, bad)
    assert path.read_bytes() == before
    assert names_in(tmp_path) == files


async def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path, copy = tmp_path / "zhuoyue.sqlite3", tmp_path / "copy.sqlite3"
    async with await open_database(tmp_path):
        pass
    backup(path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(NewerSchema):
        restore(path, copy)


async def test_a_database_does_not_open_with_another_key(tmp_path: Path) -> None:
    async with await open_database(tmp_path) as database:
        await write(database, "sealed")
    with pytest.raises(WrongKey):
        await Database.open(f"sqlite:///{tmp_path}/zhuoyue.sqlite3", master_key=MasterKey.new())
    assert await texts_in(tmp_path) == ["sealed"]


def copy_as_it_lies(folder: Path, target: Path) -> None:
    """The files of a database in use, as they would be found after a kill."""
    for file in folder.glob("zhuoyue.sqlite3*"):
        (target / file.name).write_bytes(file.read_bytes())


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
