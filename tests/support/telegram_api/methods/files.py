"""Sending files, and handing out those people sent."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from tests.support.telegram_api import files
from tests.support.telegram_api.answers import Granted, Json, Refusal, bad_request
from tests.support.telegram_api.call import Call, method
from tests.support.telegram_api.images import dimensions
from tests.support.telegram_api.keyboards import markup_of
from tests.support.telegram_api.methods.messages import put, replied_to
from tests.support.telegram_api.model import StoredFile
from tests.support.telegram_api.parameters import Upload
from tests.support.telegram_api.texts import caption_of

LARGEST_UPLOAD: Final = 50 * 1024 * 1024
LARGEST_PHOTO: Final = 10 * 1024 * 1024
LARGEST_DOWNLOAD: Final = 20 * 1024 * 1024
LONGEST_SIDES: Final = 10_000
LARGEST_RATIO: Final = 20


def _file(call: Call, field: str, largest: int) -> StoredFile:
    """The file of a call, freshly uploaded or known by its id."""
    given = call.parameters.file(field)
    if isinstance(given, Upload):
        if not given.content:
            raise bad_request("file must be non-empty")
        if len(given.content) > largest:
            raise Refusal(413, "Request Entity Too Large")
        return call.world.keep(given.name, given.media_type, given.content)
    if given is None:
        raise bad_request(f"there is no {field} in the request")
    if given.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    known = call.world.files.get(given)
    if known is None:
        raise bad_request("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
    return known


def _send(call: Call, content: Json) -> Granted:
    caption = caption_of(call.parameters)
    if caption is not None:
        content |= {"caption": caption.text, "caption_entities": caption.entities}
    markup = markup_of(call.parameters)
    chat = call.chat()
    return put(call, chat, content, markup, replied_to(call, chat))


@method("sendDocument")
def send_document(call: Call) -> Granted:
    """Send a file as it is."""
    caption_of(call.parameters)
    call.chat()
    return _send(call, {"document": files.document(_file(call, "document", LARGEST_UPLOAD))})


@method("sendPhoto")
def send_photo(call: Call) -> Granted:
    """Send a picture."""
    caption_of(call.parameters)
    call.chat()
    file = _file(call, "photo", LARGEST_PHOTO)
    size = dimensions(file.content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > LONGEST_SIDES or max(width, height) > LARGEST_RATIO * max(1, min(width, height)):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return _send(call, {"photo": files.photo(file, width, height)})


@method("getFile")
def get_file(call: Call) -> Granted:
    """Where a file can be fetched in the next hour."""
    file = call.world.files.get(call.parameters.text("file_id") or "")
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    if not file.path:
        folder = "photos" if file.media_type.startswith("image/") else "documents"
        number = call.world.fresh_number()
        file.path = f"{folder}/file_{number}{PurePath(file.name).suffix}"
    file.offered_at = call.world.clock.now()
    return Granted(
        {
            "file_id": file.id,
            "file_unique_id": file.unique_id,
            "file_size": file.size,
            "file_path": file.path,
        }
    )
