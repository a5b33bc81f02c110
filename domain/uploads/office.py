"""Zipped Office files: which kind they are, and whether they unpack to something bearable.

What the archive says of its sizes is not believed: everything is unpacked once, into nothing, as far as the limit.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import Final

from domain.uploads.files import Fault, FileKind, UploadLimits

ZIP_SIGNATURE: Final = b"PK\x03\x04"
OLE_SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
"""Word and Excel files before 2007, and newer ones with a password."""

_DIRECTORY: Final = b"PK\x01\x02"
_DIRECTORY_END: Final = b"PK\x05\x06"
_LONGEST_TAIL: Final = 65_535 + 22
_TYPES: Final = "[Content_Types].xml"
_LONGEST_TYPES: Final = 1024 * 1024
_PIECE: Final = 256 * 1024
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})

_TYPE: Final = re.compile(r"""ContentType\s*=\s*["']([^"']{1,200})["']""")
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_MAIN: Final[dict[str, FileKind]] = {
    f"{_OFFICE}wordprocessingml.document.main+xml": "docx",
    f"{_OFFICE}spreadsheetml.sheet.main+xml": "xlsx",
}


def is_archive(content: bytes) -> bool:
    """Whether a reader of zip files would find a directory at the end, whatever comes before it."""
    tail_at = max(0, len(content) - _LONGEST_TAIL)
    at = content.rfind(_DIRECTORY_END, tail_at)
    while at >= 0:
        if at + 22 <= len(content):
            (size,) = struct.unpack_from("<I", content, at + 12)
            if size and content.startswith(_DIRECTORY, max(0, at - size)):
                return True
        at = content.rfind(_DIRECTORY_END, tail_at, at)
    return False


def examine_office(content: bytes, limits: UploadLimits) -> FileKind | Fault:
    """The kind of an Office file, or what is wrong with it."""
    if content.count(_DIRECTORY) > limits.entries:
        # Before the directory is read: one of half a million entries fits into a file, and takes seconds and much memory.
        return "unpacks_too_large"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _examine(archive, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        KeyError,
        ValueError,
        OverflowError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ):
        return "damaged"


def _examine(archive: zipfile.ZipFile, limits: UploadLimits) -> FileKind | Fault:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if _TYPES not in names:
        return "unknown_kind"
    if min(entry.header_offset for entry in entries):
        # Something lies before the archive: another reader may take the whole for that.
        return "two_in_one"
    if len(names) != len(entries) or not all(_is_plain(entry) for entry in entries):
        return "damaged"
    left, types = limits.unpacked_bytes, b""
    for entry in entries:
        unpacked, start = _unpack(archive, entry, left)
        if unpacked > left:
            return "unpacks_too_large"
        left -= unpacked
        if entry.filename == _TYPES:
            types = start
    return _kind(types, names)


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return not (
        entry.flag_bits & _ENCRYPTED
        or entry.compress_type not in _METHODS
        or entry.filename.startswith(("/", "\\"))
        or ".." in parts
    )


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> tuple[int, bytes]:
    """How many bytes an entry really has (counted as far as just over `most`), and how it begins."""
    unpacked, start = 0, b""
    with archive.open(entry) as stream:
        while unpacked <= most and (piece := stream.read(_PIECE)):
            unpacked += len(piece)
            if len(start) < _LONGEST_TYPES:
                start += piece
    return unpacked, start[:_LONGEST_TYPES]


def _kind(types: bytes, names: set[str]) -> FileKind | Fault:
    told = set(_TYPE.findall(types.decode("utf-8", "replace")))
    if any("macroenabled" in one.lower() or "vbaproject" in one.lower() for one in told):
        return "macros"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "macros"
    found = {kind for told_type, kind in _MAIN.items() if told_type in told}
    if len(found) > 1:
        return "two_in_one"
    return found.pop() if found else "unknown_kind"
