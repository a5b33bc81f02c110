"""Texts and captions: what Telegram makes of them, and how long they may be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from tests.support.telegram_api.answers import Json, Refusal, bad_request
from tests.support.telegram_api.html_texts import HtmlRefused, parse_html, utf16
from tests.support.telegram_api.parameters import Parameters

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
MOST_ENTITIES: Final = 100

_FOUND: Final = (
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("url", re.compile(r"https?://[^\s<>\"，。；）]+")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("mention", re.compile(r"(?<![\w/.@])@[A-Za-z][A-Za-z0-9_]{3,31}")),
    ("hashtag", re.compile(r"(?<!\w)#\w+")),
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text with its entities."""

    text: str
    entities: list[Json] = field(default_factory=list)


def plain(text: str, given: list[Json] | None = None) -> Formatted:
    """A text as somebody typed it, with the commands, mentions and addresses Telegram finds in it."""
    entities = list(given or [])
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            offset, length = utf16(text[: match.start()]), utf16(match[0])
            if not any(
                _overlap(entity, offset, length) for entity in entities if entity not in (given or [])
            ):
                entities.append({"type": kind, "offset": offset, "length": length})
    return Formatted(text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])))


def _overlap(entity: Json, offset: int, length: int) -> bool:
    return bool(entity["offset"] < offset + length and offset < entity["offset"] + entity["length"])


def text_of(parameters: Parameters) -> Formatted:
    """The text of a message, parsed and measured."""
    source = parameters.text("text")
    if not source:
        raise bad_request("message text is empty")
    formatted = _formatted(parameters, source, "entities")
    if not formatted.text:
        raise bad_request("text must be non-empty")
    if utf16(formatted.text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return formatted


def caption_of(parameters: Parameters) -> Formatted | None:
    """The caption of a file, parsed and measured; nothing when there is none."""
    source = parameters.text("caption")
    if not source:
        return None
    formatted = _formatted(parameters, source, "caption_entities")
    if utf16(formatted.text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return formatted if formatted.text else None


def _formatted(parameters: Parameters, source: str, entities: str) -> Formatted:
    mode = (parameters.text("parse_mode") or "").lower()
    given: list[Json] = []
    match mode:
        case "":
            text = source
            given = parameters.objects(entities)
        case "html":
            try:
                text, given = parse_html(source)
            except HtmlRefused as refused:
                raise bad_request(f"can't parse entities: {refused}") from refused
        case "markdown" | "markdownv2":
            raise Refusal(501, "Not Implemented: this Bot API reads HTML alone")
        case _:
            raise bad_request("unsupported parse_mode")
    for entity in given:
        entity.pop("_language", None)
    return _trimmed(text, given[:MOST_ENTITIES])


def _trimmed(text: str, entities: list[Json]) -> Formatted:
    """Telegram shows no white space at the ends of a text."""
    kept = text.rstrip()
    without_start = kept.lstrip()
    cut = utf16(kept[: len(kept) - len(without_start)])
    size = utf16(without_start)
    moved: list[Json] = []
    for entity in entities:
        start = max(int(entity["offset"]) - cut, 0)
        end = min(int(entity["offset"]) + int(entity["length"]) - cut, size)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return plain(without_start, moved)
