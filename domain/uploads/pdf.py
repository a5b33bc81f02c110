"""PDF files: whether they are whole, and whether they ask for a password or bring along what acts by itself.

Nothing is displayed or followed. What a PDF can do stands in the names of its dictionaries (ISO 32000-1, 7.3.5): they are looked
for in the whole file and in its compressed objects (7.5.7), which are unpacked as far as a limit. What lies in other streams, or is
packed twice, is not seen. Everything is one pass with bounded steps, whatever the content.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from domain.uploads.files import Fault, FileKind

PDF_SIGNATURE: Final = b"%PDF-"

_END: Final = b"%%EOF"
_WHERE_IT_ENDS: Final = 2048
"""Readers look for the end this near the last byte; the place of the directory of objects stands just before it."""
_START_OF_DIRECTORY: Final = re.compile(rb"startxref[\0\t\n\f\r ]{1,8}[0-9]{1,12}")

_ACTIVE: Final = frozenset(
    {
        b"JavaScript",
        b"Launch",
        b"EmbeddedFile",
        b"EmbeddedFiles",
        b"ImportData",
        b"SubmitForm",
        b"Rendition",
        b"RichMedia",
        b"GoToE",
        b"XFA",
    }
)
"""Scripts, programs to start, files inside, forms that send or fetch, films, and forms made of scripts (12.6.4, 7.11.4, 12.7.8)."""
_ENCRYPTED: Final = b"Encrypt"
_PACKED: Final = b"ObjStm"
_LOOKED_FOR: Final = (*sorted(_ACTIVE), _ENCRYPTED, _PACKED)

_DELIMITERS: Final = frozenset(b"\0\t\n\f\r ()<>[]{}/%")
_ESCAPED: Final = re.compile(rb"/[A-Za-z]{0,12}#[0-9A-Fa-f]{2}")
"""A name that begins with letters and has one written as a number: ``/J#61vaScript`` is ``/JavaScript``."""
_LONGEST_ESCAPED: Final = 3 * max(map(len, _LOOKED_FOR)) + 2
_MOST_NAMES: Final = 20_000
_MOST_PACKED: Final = 10_000
_MOST_UNPACKED: Final = 32 * 1024 * 1024
"""Nobody who has nothing to hide needs so many names that look like those, or so many and such large objects."""

_DICTIONARY: Final = 2_048
"""So long is what describes a packed stream, at most."""
_STEP: Final = re.compile(rb"\\.|[()]|%[^\r\n]*|endobj|endstream|stream", re.DOTALL)
"""What tells where a dictionary ends: texts and comments in it may hold anything."""
_OFFSET: Final = re.compile(rb"/First[\0\t\n\f\r ]*[0-9]{1,9}[\0\t\n\f\r ]*(?=[/>%])")
"""Where the objects of a packed stream begin. Readers go by that; its type may stand elsewhere, or be left out."""
_PIECE: Final = 256 * 1024
_OVERLAP: Final = 128
"""Pieces overlap by so much, so that what stands across two of them is seen in one."""


class _Found(Exception):  # noqa: N818 -- it ends the search
    """Something that cannot be kept."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


def examine_pdf(content: bytes) -> FileKind | Fault:
    """``pdf``, or what is wrong with it."""
    tail = content[-_WHERE_IT_ENDS:]
    end = tail.rfind(_END)
    if end < 0 or _START_OF_DIRECTORY.search(tail, 0, end) is None:
        return "damaged"
    try:
        _Search(content).run()
    except _Found as found:
        return found.fault
    return "pdf"


class _Search:
    """Looks through one file. Its steps are bounded over all of it, so that no content can make it take long."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._names_left = _MOST_NAMES
        self._bytes_left = _MOST_UNPACKED

    def run(self) -> None:
        """Raises _Found."""
        packed: set[int] = set()
        # Piece by piece, so that no step keeps the rest of the process waiting.
        for at in range(0, len(self._content), _PIECE):
            packed.update(at + end for end in self._look(self._content[at : at + _PIECE + _OVERLAP]))
            packed.update(
                at + found.end() for found in _OFFSET.finditer(self._content, at, at + _PIECE + _OVERLAP)
            )
        if len(packed) > _MOST_PACKED:
            raise _Found("unpacks_too_large")
        for at in sorted(packed):
            self._look_inside(at)

    def _look(self, part: bytes) -> list[int]:
        """Where the types of packed streams stand in a part."""
        packed: list[int] = []
        for end, name in self._names(part):
            if name == _PACKED:
                packed.append(end)
            else:
                raise _Found("encrypted" if name == _ENCRYPTED else "active")
        return packed

    def _names(self, part: bytes) -> Iterator[tuple[int, bytes]]:
        """The names that are looked for, and where each ends."""
        for name in _LOOKED_FOR:
            wanted = b"/" + name
            at = part.find(wanted)
            while at >= 0:
                self._count()
                end = at + len(wanted)
                if end < len(part) and part[end] in _DELIMITERS:
                    yield end, name
                at = part.find(wanted, end)
        for found in _ESCAPED.finditer(part):
            self._count()
            name, end = _plain(part, found.start() + 1)
            if name in _LOOKED_FOR:
                yield end, name

    def _count(self) -> None:
        self._names_left -= 1
        if self._names_left < 0:
            raise _Found("active")

    def _look_inside(self, at: int) -> None:
        """Look into the packed stream whose type ends there."""
        content = self._content
        start = self._stream_after(at)
        if start is None:
            # The name alone, in a comment or in what somebody wrote.
            return
        farthest = max(0, at - _DICTIONARY)
        described = content[max(farthest, content.rfind(b"obj", farthest, at)) : start]
        start += 2 if content.startswith(b"\r\n", start) else 1
        understood = b"/Predictor" not in described and self._unpack(start)
        if not understood and (b"/Filter" in described or b"#" in described):
            # Packed in a way that is not looked into.
            raise _Found("active")

    def _stream_after(self, at: int) -> int | None:
        """Where the stream of the dictionary begins in which that stands; None where it has none."""
        depth = 0
        for step in _STEP.finditer(self._content, at, at + _DICTIONARY):
            token = step[0]
            if token == b"(":
                depth += 1
            elif token == b")":
                depth = max(0, depth - 1)
            elif depth == 0 and token == b"stream":
                return step.end()
            elif depth == 0 and token in {b"endobj", b"endstream"}:
                return None
        if at + _DICTIONARY < len(self._content):
            # Nothing that describes a stream is so long, but for what is to be overlooked.
            raise _Found("active")
        return None

    def _unpack(self, start: int) -> bool:
        """Unpack and look through a stream; False when it is not packed in the common way."""
        unpacker, before, any_yet = zlib.decompressobj(), b"", False
        pending = self._content[start : start + _PIECE]
        while pending and not unpacker.eof:
            try:
                piece = unpacker.decompress(pending, _PIECE)
            except zlib.error:
                # Readers take what they got from one that breaks off.
                return any_yet
            any_yet = any_yet or bool(piece)
            self._bytes_left -= len(piece)
            if self._bytes_left < 0:
                raise _Found("unpacks_too_large")
            self._look(before + piece)
            before = piece[-_OVERLAP:]
            pending = unpacker.unconsumed_tail
            if not pending:
                start += _PIECE
                pending = self._content[start : start + _PIECE]
        self._look(before + b" ")
        return True


def _plain(part: bytes, start: int) -> tuple[bytes, int]:
    """A name without numbers for letters, as far as one that is looked for can be long, and where it ends."""
    name, at, last = bytearray(), start, min(len(part), start + _LONGEST_ESCAPED)
    while at < last and part[at] not in _DELIMITERS:
        letter, at = _letter(part, at)
        name.append(letter)
    return bytes(name), at


def _letter(part: bytes, at: int) -> tuple[int, int]:
    if part[at] == 0x23:
        try:
            return int(part[at + 1 : at + 3].decode("ascii"), 16), at + 3
        except ValueError:
            pass
    return part[at], at + 1
