"""What a request asks for: JSON, form fields and files, read alike."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message as Headers
from typing import Any, Final
from urllib.parse import parse_qsl

from tests.support.telegram_api.answers import Json, bad_request

_TRUE: Final = {"true", "yes", "1"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one call."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A parameter as text; numbers and truth values are taken as they are written."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)

    def integer(self, name: str) -> int | None:
        """A whole number, or nothing when there is none that could be read."""
        try:
            return int(self.text(name) or "")
        except ValueError:
            return None

    def within(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number, brought into its bounds as Telegram does."""
        value = self.integer(name)
        return default if value is None else min(max(value, least), most)

    def true(self, name: str) -> bool:
        """Whether a truth value is set."""
        return (self.text(name) or "").lower() in _TRUE

    def parsed(self, name: str, what: str) -> Any:
        """A parameter that holds JSON; nothing when it is absent or empty."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {what} JSON object") from error

    def objects(self, name: str) -> list[Json]:
        """A parameter that holds a list of objects; none when it is absent."""
        value = self.parsed(name, name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise bad_request(f"expected an Array of objects in {name}")
        return value

    def file(self, name: str) -> Upload | str | None:
        """A file that was uploaded (in the field itself or attached), or the id of one that is known."""
        if name in self.files:
            return self.files[name]
        value = self.text(name)
        if value and value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return value or None

    def jsonable(self) -> Json:
        """The parameters as a record keeps them: files by name and size."""
        kept = dict(self.values)
        kept |= {name: f"<{file.name}, {len(file.content)} bytes>" for name, file in self.files.items()}
        return kept


def read(content_type: str, query: str, body: bytes) -> Parameters:
    """The parameters of a request, however they were sent."""
    values: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    files: dict[str, Upload] = {}
    kind = content_type.partition(";")[0].strip().lower()
    match kind:
        case "application/json" if body:
            values |= _json_object(body)
        case "application/x-www-form-urlencoded":
            values |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        case "multipart/form-data":
            parts, files = _multipart(content_type, body)
            values |= parts
        case _:
            pass
    return Parameters(values, files)


def _json_object(body: bytes) -> Json:
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise bad_request("can't parse request JSON object") from error
    if not isinstance(parsed, dict):
        raise bad_request("expected a JSON object in the request body")
    return parsed


def _multipart(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    boundary = _header_parameter(content_type, "boundary")
    if not boundary:
        raise bad_request("boundary is not found in the multipart request")
    values: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = _headers(head)
        name = _header_parameter(headers.get("content-disposition", ""), "name")
        file_name = _header_parameter(headers.get("content-disposition", ""), "filename")
        if file_name:
            media_type = headers.get("content-type", "application/octet-stream")
            files[name] = Upload(file_name, media_type, content)
        else:
            values[name] = content.decode("utf-8", "replace")
    return values, files


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _header_parameter(header: str, name: str) -> str:
    """A parameter of a header; browsers and httpx write quotes in names as %22."""
    found = re.search(rf'\b{name}="([^"]*)"', header)
    if found:
        return found[1].replace("%22", '"')
    message = Headers()
    message["content-type"] = header
    value = message.get_param(name)
    return value if isinstance(value, str) else ""
