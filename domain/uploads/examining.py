"""What a file is, by its content alone: its name and what its sender says of its type count for nothing.

Looking at a large file takes a while (what is packed is unpacked once): do it outside of transactions and event loops.
"""

from __future__ import annotations

from typing import Final

from domain.uploads.files import (
    ALL_FAULTS,
    ALL_KINDS,
    Arrived,
    Fault,
    FileKind,
    Received,
    Unusable,
    UploadLimits,
    clean_name,
)
from domain.uploads.images import JPEG_SIGNATURE, PNG_SIGNATURE, DamagedImage, jpeg_pixels, png_pixels
from domain.uploads.office import OLE_SIGNATURE, ZIP_SIGNATURE, examine_office, is_archive
from domain.uploads.pdf import PDF_SIGNATURE, examine_pdf

_WHERE_READERS_LOOK: Final = 1024
"""Readers take a file for a PDF when its mark is this near the start."""


def examine(name: str, content: bytes, limits: UploadLimits) -> Arrived:
    """The file as it can be kept, or why it cannot. Never raises, whatever the content."""
    shown = clean_name(name)
    found = _examine(content, limits)
    kind = next((kind for kind in ALL_KINDS if kind == found), None)
    if kind is not None:
        return Received(shown, kind, content)
    return Unusable(shown, next(fault for fault in ALL_FAULTS if fault == found))


def _examine(content: bytes, limits: UploadLimits) -> FileKind | Fault:
    if not content:
        return "empty"
    if len(content) > limits.most_bytes:
        return "too_large"
    if content.startswith(OLE_SIGNATURE):
        return "old_office"
    is_pdf, is_zip = PDF_SIGNATURE in content[:_WHERE_READERS_LOOK], is_archive(content)
    if content.startswith((PNG_SIGNATURE, JPEG_SIGNATURE)):
        return "two_in_one" if is_pdf or is_zip else _examine_image(content, limits)
    if is_pdf and is_zip:
        return "two_in_one"
    if content.startswith(PDF_SIGNATURE):
        return examine_pdf(content)
    if content.startswith(ZIP_SIGNATURE):
        return examine_office(content, limits)
    return "unknown_kind"


def _examine_image(content: bytes, limits: UploadLimits) -> FileKind | Fault:
    is_png = content.startswith(PNG_SIGNATURE)
    try:
        pixels = png_pixels(content) if is_png else jpeg_pixels(content)
    except DamagedImage:
        return "damaged"
    if pixels > limits.most_pixels:
        return "too_many_pixels"
    return "png" if is_png else "jpeg"
