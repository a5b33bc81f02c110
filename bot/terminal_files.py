"""Files at a terminal: named by their paths, as they are typed or dropped into its window, and saved beside where it runs."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from domain.uploads import Arrived, Unusable, UploadLimits, examine

_MOST: Final = 20
_MOST_OF_A_NAME: Final = 1_000


def files_named(text: str, limits: UploadLimits) -> tuple[Arrived, ...]:
    """The files whose paths make up a line; nothing when some of it is no path of a file that can be read."""
    for named in _readings(text):
        try:
            paths = [_path(part) for part in named]
            if paths and len(paths) <= _MOST and all(path.is_file() for path in paths):
                return tuple(read_file(path, limits) for path in paths)
        except (OSError, ValueError, RuntimeError):
            continue
    return ()


def save_at(name: str, content: bytes, where: str, folder: Path) -> Path:
    """Write a file at the path somebody typed, or under its own name into the folder that is; without one into `folder`.
    Nothing that is there is written over. Raises OSError.
    """
    try:
        path = folder / _path(shlex.split(where)[0] if where[:1] in {"'", '"'} else where)
    except (IndexError, RuntimeError, ValueError) as error:
        raise OSError(None, str(error)) from None
    if path.is_dir():
        return save_beside(name, content, path)
    write_for_its_owner(path, content)
    return path


def write_for_its_owner(path: Path, content: bytes) -> None:
    """Write a new file that nobody else may read. Raises OSError, FileExistsError where there is one."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)


def save_beside(name: str, content: bytes, folder: Path) -> Path:
    """Write a file into a folder, never over one that is there. Raises OSError."""
    named = Path(name).name or "file"
    for number in range(1, _MOST_OF_A_NAME):
        path = folder / (named if number == 1 else f"{Path(named).stem} ({number}){Path(named).suffix}")
        try:
            write_for_its_owner(path, content)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(f"{folder / named}")


def _readings(text: str) -> Iterator[list[str]]:
    """The whole line as one path, with spaces and all; then as a shell would take it apart."""
    yield [text.strip()]
    try:
        yield shlex.split(text)
    except ValueError:
        return


def _path(text: str) -> Path:
    local = unquote(urlsplit(text).path) if text.startswith("file://") else text
    path = Path(local)
    return path.expanduser() if local.startswith("~") else path


def read_file(path: Path, limits: UploadLimits) -> Arrived:
    """The file at a path, looked at; not read beyond what it may have. Raises OSError."""
    with path.open("rb") as file:
        content = file.read(limits.most_bytes + 1)
    if len(content) > limits.most_bytes:
        return Unusable(path.name, "too_large")
    return examine(path.name, content, limits)
