"""How files are written in messages."""

from __future__ import annotations

from tests.support.telegram_api.answers import Json
from tests.support.telegram_api.model import StoredFile

PREVIEW = 320


def document(file: StoredFile) -> Json:
    """A file as a document."""
    return {
        "file_name": file.name,
        "mime_type": file.media_type,
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
    }


def photo(file: StoredFile, width: int, height: int) -> list[Json]:
    """A picture in the sizes it is kept in, smallest first; only the largest is what was sent."""
    largest = {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "width": width,
        "height": height,
        "file_size": file.size,
    }
    if max(width, height) <= PREVIEW:
        return [largest]
    scale = PREVIEW / max(width, height)
    preview = {
        **largest,
        "file_unique_id": f"{file.unique_id}s",
        "width": max(1, round(width * scale)),
        "height": max(1, round(height * scale)),
        "file_size": max(1, file.size // 10),
    }
    return [preview, largest]
