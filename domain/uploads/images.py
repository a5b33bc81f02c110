"""Pictures: whether they are whole, and how many pixels they unfold to. Nothing is decoded."""

from __future__ import annotations

import struct
import zlib
from typing import Final

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE: Final = b"\xff\xd8\xff"

_NOT_A_FRAME: Final = frozenset({0xC4, 0xC8, 0xCC})
"""Between the markers of frames lie those of tables (ITU T.81, table B.1)."""
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a segment."""
_SCAN: Final = 0xDA
_END: Final = b"\xff\xd9"


class DamagedImage(Exception):  # noqa: N818 -- the name says what it is
    """Not a whole picture."""


def png_pixels(content: bytes) -> int:
    """Width times height. Every chunk has to be whole and nothing may follow the last. Raises DamagedImage."""
    at, pixels, has_data = len(PNG_SIGNATURE), 0, False
    while True:
        if at + 12 > len(content):
            raise DamagedImage("no end")
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != _number(content, end - 4):
            raise DamagedImage("a broken chunk")
        if not pixels:
            if name != b"IHDR" or length != 13:
                raise DamagedImage("no header")
            pixels = _number(content, at + 8) * _number(content, at + 12)
            if not pixels:
                raise DamagedImage("no pixels")
        has_data = has_data or name == b"IDAT"
        at = end
        if name == b"IEND":
            break
    if not has_data or at != len(content):
        raise DamagedImage("no data, or something after the end")
    return pixels


def jpeg_pixels(content: bytes) -> int:
    """Width times height; the largest of its frames. Raises DamagedImage."""
    at, pixels = 2, 0
    while True:
        marker, length = _segment(content, at)
        if marker in _ALONE:
            at += 2
            continue
        if marker == _SCAN:
            break
        if 0xC0 <= marker <= 0xCF and marker not in _NOT_A_FRAME:
            if length < 8:
                raise DamagedImage("a broken frame")
            height, width = struct.unpack_from(">HH", content, at + 5)
            pixels = max(pixels, height * width)
        at += 2 + length
    if not pixels or content.find(_END, at) < 0:
        raise DamagedImage("no pixels, or no end")
    return pixels


def _segment(content: bytes, at: int) -> tuple[int, int]:
    """The marker at a place and the length of its segment, 0 for one without."""
    if at + 4 > len(content) or content[at] != 0xFF:
        raise DamagedImage("no marker")
    marker = content[at + 1]
    if marker in _ALONE:
        return marker, 0
    (length,) = struct.unpack_from(">H", content, at + 2)
    if length < 2 or at + 2 + length > len(content):
        raise DamagedImage("a broken segment")
    return marker, length


def _number(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4])
