"""Cutting a text to the length Telegram takes, in UTF-16 units of what is left when tags and entities are read.

A cut never goes through a tag, an entity or a character; tags that are open at it are closed before and opened again after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

MESSAGE: Final = 4096
CAPTION: Final = 1024

MOST_ENTITIES: Final = 100
"""Telegram leaves all emphasis after these away."""

_TOKEN: Final = re.compile(r"<(/?)([a-z]+)[^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-z]+);|[^<&]+|[<&]", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_BLANK: Final = re.compile(r"(?:\s|<[^>]*>)*")
"""Nothing to see. What begins with something to see, as almost everything does after a tag or two, is told at once."""

_ENDS: Final = ("\n\n", "\n", "。", "；", ". ", "; ", "，", ", ", " ")
"""Where to cut, best first."""


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible_units(html: str) -> int:
    """The length of what a person will see."""
    return sum(_token_units(match) for match in _TOKEN.finditer(html))


def bare(html: str) -> str:
    """The text without its tags; entities stay as they are."""
    return _TAG.sub("", html)


def join_and_split(pieces: Iterable[str], limit: int = MESSAGE) -> tuple[str, ...]:
    """Pieces of HTML put together with empty lines between them, in as few texts as fit; cut between pieces where possible."""
    pieces = [*pieces]
    whole = "\n\n".join(pieces)
    if whole and _fits(whole, limit) and not _BLANK.fullmatch(pieces[0]):
        # As almost always.
        return (whole,)
    texts: list[str] = []
    for piece in pieces:
        together = f"{texts[-1]}\n\n{piece}" if texts else piece
        if texts and _fits(together, limit):
            texts[-1] = together
        else:
            texts.extend(split(piece, limit))
    return tuple(texts)


def split(html: str, limit: int = MESSAGE) -> tuple[str, ...]:
    """The parts of one HTML text, each within the limit; none for a text without anything to see."""
    if _fits(html, limit):
        return () if _BLANK.fullmatch(html) else (html,)
    cutting = _Cutting(limit)
    for match in _TOKEN.finditer(html):
        if match[2]:
            cutting.tag(match[0], match[2], closes=bool(match[1]))
        elif match[0].startswith("&") and len(match[0]) > 1:
            cutting.text(match[0], whole=True)
        else:
            for line in _lines(match[0], limit):
                cutting.text(line)
    return tuple(cutting.finished())


def _fits(html: str, limit: int) -> bool:
    # No character counts for more than two.
    return (2 * len(html) <= limit or visible_units(html) <= limit) and html.count("</") <= MOST_ENTITIES


def _token_units(match: re.Match[str]) -> int:
    if match[2]:
        return 0
    if match[0].startswith("&") and len(match[0]) > 1:
        return 1
    return units(match[0])


def _lines(text: str, limit: int) -> Iterator[str]:
    """A text in runs that are each short enough, ending where one may well end."""
    for line in re.split(r"(?<=\n)", text):
        rest = line
        while units(rest) > limit:
            place = _place(rest, limit)
            yield rest[:place]
            rest = rest[place:]
        yield rest


def _place(text: str, room: int) -> int:
    """How many characters to take so that at most `room` units are taken: to the end of a sentence or word, if not far."""
    most = taken = 0
    for character in text:
        taken += 2 if ord(character) > 0xFFFF else 1
        if taken > room:
            break
        most += 1
    for end in _ENDS:
        found = text.rfind(end, most // 2, most)
        if found >= 0:
            return found + len(end)
    return most


@dataclass
class _Cutting:
    limit: int
    parts: list[str] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)
    part: str = ""
    used: int = 0
    entities: int = 0

    def tag(self, html: str, name: str, *, closes: bool) -> None:
        if closes:
            if self.open and self.open[-1][1] == name:
                self.open.pop()
                self.part += html
            return
        if self.entities >= MOST_ENTITIES:
            self.cut()
        self.open.append((html, name))
        self.entities += 1
        self.part += html

    def text(self, text: str, *, whole: bool = False) -> None:
        length = 1 if whole else units(text)
        if self.used + length > self.limit:
            room = self.limit - self.used
            if not whole and "\n" not in self.part and room > self.limit // 2:
                # One endless line: fill what is left of this part with it.
                place = _place(text, room)
                self.part += text[:place]
                text, length = text[place:], units(text[place:])
            self.cut()
        self.part += text
        self.used += length

    def cut(self) -> None:
        closing = "".join(f"</{name}>" for _, name in reversed(self.open))
        self.parts.append(self.part.rstrip() + closing)
        self.part = "".join(html for html, _ in self.open)
        self.used = 0
        self.entities = len(self.open)

    def finished(self) -> Iterator[str]:
        if self.part:
            self.cut()
        for part in self.parts:
            tidy = _EMPTY.sub("", part).strip()
            if bare(tidy).strip():
                yield tidy


_EMPTY: Final = re.compile(r"<(b|i|u|s|code|pre|blockquote)(?: expandable)?></\1>")
