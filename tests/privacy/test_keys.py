from __future__ import annotations

import threading
from pathlib import Path

import pytest

from domain.privacy import KeyFileError, MasterKey, load_or_create
from domain.privacy.keys import load


def test_a_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "master.key"
    made = load_or_create(path)
    assert load_or_create(path).wrapping == made.wrapping
    assert load(path).wrapping == made.wrapping


def test_only_its_owner_can_read_the_key(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "master.key"
    load_or_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_key_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    load_or_create(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_or_create(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"zhuoyue-master-key-1:", b"zhuoyue-master-key-1:AAAA", b"zhuoyue-master-key-1:%%%"],
)
def test_a_file_without_a_key_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="does not hold a key"):
        load_or_create(path)
    assert path.read_bytes() == content


def test_a_folder_in_the_place_of_the_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="not a regular file"):
        load_or_create(tmp_path)


def test_a_key_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyFileError):
        load_or_create(tmp_path / "file" / "master.key")


def test_two_who_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    together = threading.Barrier(8)
    found: list[bytes] = []

    def start() -> None:
        together.wait(10)
        found.append(load_or_create(path).wrapping)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["master.key"]


def test_each_purpose_has_a_key_of_its_own() -> None:
    master = MasterKey.new()
    assert len({master.wrapping, master.indexing, master.auditing}) == 3


def test_a_key_is_never_shown() -> None:
    secret = bytes(range(65, 97))
    master = MasterKey(secret)
    assert secret.decode() not in repr(master)
    with pytest.raises(ValueError, match="32 bytes") as caught:
        MasterKey(secret[:5])
    assert "ABCDE" not in str(caught.value)
