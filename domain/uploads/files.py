"""What a file is once it has arrived: of a kind that can be kept, or unusable for a reason."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, get_args

FileKind = Literal["pdf", "png", "jpeg", "docx", "xlsx"]
"""What can be kept. Old Word and Excel files are not: what they do when opened cannot be told from outside."""

ALL_KINDS: Final[tuple[FileKind, ...]] = get_args(FileKind)

EXTENSIONS: Final[Mapping[FileKind, str]] = {
    "pdf": ".pdf",
    "png": ".png",
    "jpeg": ".jpg",
    "docx": ".docx",
    "xlsx": ".xlsx",
}

MEDIA_TYPES: Final[Mapping[FileKind, str]] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Fault = Literal[
    "empty",
    "too_large",
    "unknown_kind",
    "old_office",
    "macros",
    "active",
    "encrypted",
    "two_in_one",
    "too_many_pixels",
    "unpacks_too_large",
    "damaged",
    "vanished",
]
"""Why a file cannot be kept; ``active``: a PDF with scripts, files inside or what starts by itself, or may have;
``vanished``: the platform it was sent through does not hand it out."""

ALL_FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)

MEGABYTE: Final = 1024 * 1024
LARGEST_OF_ALL: Final = 20 * MEGABYTE
"""Telegram hands out nothing larger, so that nothing larger is asked for on any channel."""

LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How large files may be; `unpacked_bytes` and `entries` are of zipped Office files."""

    most_bytes: int = 10 * MEGABYTE
    most_pixels: int = 64_000_000
    unpacked_bytes: int = 100 * MEGABYTE
    entries: int = 2_000

    def __post_init__(self) -> None:
        if not 0 < self.most_bytes <= LARGEST_OF_ALL:
            raise ValueError(f"files have 1 to {LARGEST_OF_ALL} bytes")


@dataclass(frozen=True)
class Received:
    """A file of a kind that can be kept. `name` is what its sender called it, made harmless."""

    name: str
    kind: FileKind
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)

    @cached_property
    def sha256(self) -> str:
        """The digest of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that cannot be kept, and why."""

    name: str
    fault: Fault


Arrived = Received | Unusable


def clean_name(name: str) -> str:
    """What somebody called a file, on one line, without folders and without characters that hide or turn text."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029")
    short = " ".join(shown.split())
    if len(short) > LONGEST_NAME:
        stem, dot, extension = short.rpartition(".")
        ending = dot + extension if stem and len(extension) <= 8 else ""
        short = short[: LONGEST_NAME - 1 - len(ending)] + "…" + ending
    return short.strip(". ") or "file"


def files_in(value: Any) -> frozenset[int]:
    """The ids of the stored files an answer names: every ``{"file": id, …}`` in it, however deep."""
    if isinstance(value, dict):
        own = value.get("file")
        inside = _all_in(value.values())
        return inside | {own} if type(own) is int else inside
    return _all_in(value) if isinstance(value, list) else frozenset()


def _all_in(values: Iterable[Any]) -> frozenset[int]:
    return frozenset[int]().union(*map(files_in, values))
