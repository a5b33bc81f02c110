"""What a button of an inline keyboard carries: at most 64 bytes, bound to the conversation and the revision it was shown at,
or to the card it stands under.

Keys of choices have at most 40 characters, and numbers are written to base 36, so that everything fits as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, assert_never

from domain.made_often import made_often

LONGEST: Final = 64
"""Bytes Telegram takes."""

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_PACKED: Final = re.compile(r"([plf]):([0-9a-z]{1,13}):([0-9a-z]{1,7}):([!-~]{1,40})", re.ASCII)
_CARD: Final = re.compile(r"c:([a-z][0-9]{1,18}):([!-~]{1,40})", re.ASCII)
_content: Final = re.compile(r"[!-~]{1,40}", re.ASCII).fullmatch
_PAPER: Final = re.compile(r"d:(/[a-z0-9./-]{1,60})", re.ASCII)
_LARGEST: Final = 2**63 - 1
_REVISIONS: Final = 36**7


@made_often(frozen=True, slots=True)
class Press:
    """The choice with this key was pressed."""

    conversation: int
    revision: int
    choice: str


@dataclass(frozen=True, slots=True)
class Look:
    """The same screen with another part of its keyboard: a page of the choices, a year or month of the calendar."""

    conversation: int
    revision: int
    view: str


@dataclass(frozen=True, slots=True)
class Fill:
    """A text put together by buttons, as if it were typed in answer to this very screen."""

    conversation: int
    revision: int
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A page or file of the product, wanted as a document; `path` is that of the web."""

    path: str


@dataclass(frozen=True, slots=True)
class CardPress:
    """The choice with this key of a card that stands beside the conversation."""

    card: str
    choice: str


Button = Press | Look | Fill | Paper | CardPress


class Binding:
    """Packs the buttons of one screen: they differ only in what comes last."""

    __slots__ = ("_fill", "_look", "pressing")

    def __init__(self, conversation: int, revision: int) -> None:
        """`ValueError` for what are no conversation and revision."""
        if not 0 <= conversation <= _LARGEST or not 0 <= revision < _REVISIONS:
            raise ValueError("this does not fit on a button")
        place = f"{_base36(conversation)}:{_base36(revision)}"
        self.pressing, self._look, self._fill = f"p:{place}:", f"l:{place}:", f"f:{place}:"
        """`pressing`: what the data of a button begins with that presses a choice. The key of a `Choice` always fits after it."""

    def press(self, choice: str) -> str:
        """The data of a button that presses a choice; `ValueError` when it could not be read back, as of the others."""
        return _packed(self.pressing, choice)

    def look(self, view: str) -> str:
        """The data of a button that shows another part of the keyboard."""
        return _packed(self._look, view)

    def fill(self, text: str) -> str:
        """The data of a button that fills in a text."""
        return _packed(self._fill, text)


def pack(button: Button) -> str:
    """The text of a button's data; `ValueError` when it would be too long or could not be read back."""
    match button:
        case Press(conversation, revision, content):
            return Binding(conversation, revision).press(content)
        case Look(conversation, revision, content):
            return Binding(conversation, revision).look(content)
        case Fill(conversation, revision, content):
            return Binding(conversation, revision).fill(content)
        case Paper(path):
            data = f"d:{path}"
            if _PAPER.fullmatch(data) is None:
                raise ValueError("this does not fit on a button")
            return data
        case CardPress(card, choice):
            data = f"c:{card}:{choice}"
            if _CARD.fullmatch(data) is None or len(data) > LONGEST:
                raise ValueError("this does not fit on a button")
            return data
        case _:
            assert_never(button)


def unpack(data: str) -> Button | None:
    """The button behind this data; None for data this product does not write."""
    packed = _PACKED.fullmatch(data)
    if packed is None:
        if (card := _CARD.fullmatch(data)) is not None:
            return CardPress(card[1], card[2])
        return Paper(paper[1]) if (paper := _PAPER.fullmatch(data)) is not None else None
    kind, first, second, content = packed.groups()
    conversation, revision = int(first, 36), int(second, 36)
    if conversation > _LARGEST:
        return None
    match kind:
        case "p":
            return Press(conversation, revision, content)
        case "l":
            return Look(conversation, revision, content)
        case _:
            return Fill(conversation, revision, content)


def _packed(place: str, content: str) -> str:
    if _content(content) is None:
        raise ValueError("this does not fit on a button")
    return place + content


def _base36(number: int) -> str:
    digits = ""
    while number > 35:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return _DIGITS[number] + digits
