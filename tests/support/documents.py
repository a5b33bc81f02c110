"""Small files of every kind people hand in, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_MAIN: Final[Mapping[str, tuple[str, str]]] = {
    "docx": ("word/document.xml", f"{_OFFICE}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{_OFFICE}spreadsheetml.sheet.main+xml"),
}


def pdf(note: str = "证书", more: bytes = b"", trailer: bytes = b"") -> bytes:
    """A document of one empty page, with further objects and entries of its trailer."""
    objects = f"%PDF-1.7\n% {note}\n1 0 obj<</Type/Catalog>>endobj\n".encode() + more
    directory = b"trailer<</Root 1 0 R" + trailer + b">>\nstartxref\n%d\n%%%%EOF\n" % len(objects)
    return objects + directory


def packed_objects(
    text: bytes, described: bytes = b"/Filter/FlateDecode", packed: bytes | None = None
) -> bytes:
    """Objects of a PDF in one packed stream; `packed` stands in it instead."""
    data = zlib.compress(text) if packed is None else packed
    length = b"/Length %d" % len(data)
    return b"2 0 obj<</Type/ObjStm" + described + length + b">>stream\r\n" + data + b"\nendstream endobj\n"


def png(width: int = 4, height: int = 3) -> bytes:
    """A picture; of a large one there is only the header and too little data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x7f" * min(width, 100) for _ in range(min(height, 100)))
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def jpeg(width: int = 4, height: int = 3, after: bytes = b"") -> bytes:
    """A picture as a camera writes it, in outline; `after` follows its end, as some telephones have it."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8"
        b"\xff\xe0"
        + struct.pack(">H", 16)
        + b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
        + b"\xff\xc0"
        + struct.pack(">H", 2 + len(frame))
        + frame
        + b"\xff\xda"
        + struct.pack(">H", 8)
        + b"\x01\x01\0\0\x3f\0"
        + b"\x12\x34\xff\x00\x56"
        + b"\xff\xd9"
        + after
    )


def office(
    kind: str = "docx",
    more: Mapping[str, bytes] | None = None,
    types: str = "",
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A Word or Excel file in outline, with further entries and content types."""
    main, content_type = _MAIN[kind]
    override = f'<Override PartName="/{main}" ContentType="{content_type}"/>'
    entries = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types>{override}{types}</Types>'.encode(),
        main: "<document>申报书</document>".encode(),
        **(more or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def archive(entries: Mapping[str, bytes]) -> bytes:
    """A zip file that is no Office file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return file.getvalue()


def zip_bomb(megabytes: int = 200) -> bytes:
    """A Word file of a few hundred kilobytes that unpacks to far more."""
    return office(more={"word/media/image1.bin": b"\0" * (megabytes * 1024 * 1024)})


def lying_bomb(megabytes: int = 200) -> bytes:
    """The same, with a directory that claims a single byte."""
    size = struct.pack("<I", megabytes * 1024 * 1024)
    return zip_bomb(megabytes).replace(size, struct.pack("<I", 1))


def many_entries(number: int) -> bytes:
    """A Word file whose directory names so many entries, all of them at the same place and with nothing in them."""
    name = b"[Content_Types].xml"
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name

    def entry(named: bytes) -> bytes:
        sizes = (len(named), 0, 0, 0, 0, 0, 0)
        return struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, *sizes) + named

    directory = entry(name) + entry(b"") * (number - 1)
    told = min(number, 0xFFFF)
    return (
        local
        + directory
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told, told, len(directory), len(local), 0)
    )


def old_office() -> bytes:
    """The beginning of a Word file before 2007, or of a newer one with a password."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
