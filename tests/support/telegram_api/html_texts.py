"""Telegram's HTML: what it reads, what it refuses and in which words.

Offsets in refusals are bytes of UTF-8; offsets of entities are UTF-16 units.
Rules: https://core.telegram.org/bots/api#html-style; the words of refusals: the public tests of TDLib.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

from tests.support.telegram_api.answers import Json

_TYPES: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_REFERENCE: Final = re.compile(r"&(?:#x(?P<hex>[0-9A-Fa-f]+)|#(?P<number>[0-9]+)|(?P<name>[A-Za-z]+));?")
_SPACE: Final = " \t\r\n\x0b"
_LINK: Final = re.compile(
    r"(?:(?:https?|tg|ton)://\S+|[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,}(?:[:/?#]\S*)?)$", re.IGNORECASE
)
_LONGEST_REFERENCE: Final = 10


def utf16(text: str) -> int:
    """How long Telegram holds a text to be."""
    return len(text) + sum(character > "\uffff" for character in text)


class HtmlRefused(Exception):  # noqa: N818 - a verdict on the text
    """The text cannot be read; the message is Telegram's."""


@dataclass(slots=True)
class _Open:
    """A tag waiting for its end."""

    name: str
    argument: str
    offset: int
    start: int


@dataclass(slots=True)
class _Reading:
    source: str
    at: int = 0
    text: list[str] = field(default_factory=list)
    length: int = 0
    entities: list[Json] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)

    def refuse(self, reason: str, at: int, rest: str = "") -> NoReturn:
        offset = len(self.source[:at].encode())
        raise HtmlRefused(f"{reason} at byte offset {offset}{rest}")

    def put(self, text: str) -> None:
        self.text.append(text)
        self.length += utf16(text)

    def peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def until(self, stops: str) -> str:
        start = self.at
        while self.peek() and self.peek() not in stops:
            self.at += 1
        return self.source[start : self.at]

    def skip_space(self) -> None:
        while self.peek() and self.peek() in _SPACE:
            self.at += 1


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The bare text and its entities; raises `HtmlRefused`."""
    reading = _Reading(source)
    while reading.at < len(source):
        character = source[reading.at]
        if character == "<":
            if source.startswith("</", reading.at):
                _end_tag(reading)
            else:
                _start_tag(reading)
        elif character == "&":
            decoded, reading.at = _reference(source, reading.at)
            reading.put(decoded)
        else:
            start = reading.at
            reading.until("<&")
            reading.put(source[start : reading.at])
    if reading.open:
        raise HtmlRefused(f'Can\'t find end tag corresponding to start tag "{reading.open[-1].name}"')
    text = "".join(reading.text)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise HtmlRefused(
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate "
            "code units"
        )
    return text, sorted(reading.entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _reference(source: str, at: int) -> tuple[str, int]:
    """What a character reference stands for, and where the text goes on; an unknown one stands for itself."""
    found = _REFERENCE.match(source, at)
    if found is None:
        return "&", at + 1
    if found["name"] is not None:
        known = _NAMED.get(found["name"])
        return (known, found.end()) if known else ("&", at + 1)
    code = int(found["hex"], 16) if found["hex"] else int(found["number"])
    digits = found.end() - at - (found[0].endswith(";"))
    if code == 0 or code >= 0x10FFFF or digits >= _LONGEST_REFERENCE:
        return "&", at + 1
    return chr(code), found.end()


def _start_tag(reading: _Reading) -> None:
    begin = reading.at
    reading.at += 1
    name = reading.until(_SPACE + ">").lower()
    if not reading.peek():
        reading.refuse("Unclosed start tag", begin)
    if name not in _TYPES:
        reading.refuse(f'Unsupported start tag "{name}"', begin)
    argument = ""
    reading.skip_space()
    while reading.peek() != ">":
        if not reading.peek():
            reading.refuse(f'Unclosed start tag "{name}"', begin)
        argument = _attribute(reading, name, begin) or argument
        reading.skip_space()
    reading.at += 1
    if name == "span" and argument != "spoiler":
        reading.refuse('Tag "span" must have class "tg-spoiler"', begin)
    if name == "tg-emoji" and not argument.isdigit():
        reading.refuse('Tag "tg-emoji" must have attribute "emoji-id"', begin)
    reading.open.append(_Open(name, argument, reading.length, len(reading.text)))


def _attribute(reading: _Reading, tag: str, begin: int) -> str:
    """Read one attribute; gives what it says about the tag, if that matters."""
    attribute = reading.until(_SPACE + "=>")
    if not attribute:
        reading.refuse(f'Empty attribute name in the tag "{tag}"', begin)
    reading.skip_space()
    if reading.peek() != "=":
        if not reading.peek():
            reading.refuse(f'Unclosed start tag "{tag}"', begin)
        if (tag, attribute.lower()) == ("blockquote", "expandable"):
            return "expandable"
        reading.refuse(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
    reading.at += 1
    reading.skip_space()
    if not reading.peek():
        reading.refuse(f'Unclosed start tag "{tag}"', begin)
    value = _value(reading, begin)
    match tag, attribute.lower():
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case "blockquote", "expandable":
            return "expandable"
        case _:
            return ""


def _value(reading: _Reading, begin: int) -> str:
    quote = reading.peek()
    if quote not in {'"', "'"}:
        start = reading.at
        while re.match(r"[A-Za-z0-9.-]", reading.peek()):
            reading.at += 1
        value = reading.source[start : reading.at].lower()
        if not reading.peek() or reading.peek() not in _SPACE + ">":
            reading.refuse("Unexpected end of name token", start)
        return value
    reading.at += 1
    parts: list[str] = []
    while reading.peek() and reading.peek() != quote:
        if reading.peek() == "&":
            decoded, reading.at = _reference(reading.source, reading.at)
            parts.append(decoded)
        else:
            parts.append(reading.until(quote + "&"))
    reading.at += 1
    if not reading.peek():
        reading.refuse("Unclosed start tag", begin)
    return "".join(parts)


def _end_tag(reading: _Reading) -> None:
    begin = reading.at
    if not reading.open:
        reading.refuse("Unexpected end tag", begin)
    reading.at += 2
    name = reading.until(_SPACE + ">").lower()
    reading.skip_space()
    if reading.peek() != ">":
        reading.refuse("Unclosed end tag", begin)
    reading.at += 1
    tag = reading.open[-1]
    if name and name != tag.name:
        reading.refuse("Unmatched end tag", begin, f', expected "</{tag.name}>", found "</{name}>"')
    reading.open.pop()
    length = reading.length - tag.offset
    if length:
        _close(reading, tag, length)


def _close(reading: _Reading, tag: _Open, length: int) -> None:
    entity: Json = {"type": _TYPES[tag.name], "offset": tag.offset, "length": length}
    match tag.name:
        case "a":
            url = tag.argument or "".join(reading.text[tag.start :])
            if url.startswith("tg://user?id="):
                return  # a mention by id: its user is not part of what tests look at
            if not _LINK.match(url):
                return
            entity["url"] = url if "://" in url else f"http://{url}"
        case "tg-emoji":
            entity["custom_emoji_id"] = tag.argument
        case "blockquote" if tag.argument:
            entity["type"] = "expandable_blockquote"
        case "pre" | "code":
            other = {"pre": "code", "code": "pre"}[tag.name]
            last = reading.entities[-1] if reading.entities else {}
            whole = (last.get("type"), last.get("offset"), last.get("length")) == (other, tag.offset, length)
            language = tag.argument if tag.name == "code" else str(last.pop("_language", "")) if whole else ""
            if whole and language:
                reading.entities.pop()
                entity |= {"type": "pre", "language": language}
            elif tag.argument:
                entity["_language"] = tag.argument
        case _:
            pass
    reading.entities.append(entity)
