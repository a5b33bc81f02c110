"""Free text, and the form of a text in which the other readers look at it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from dialogs.understanding.result import NotUnderstood, Reason, Result, Understood

SHORT: Final = 120
"""Most characters of a text that can hold one value; a longer one is not looked at."""
LONG: Final = 2_000
"""Most characters of a text that can hold several values or a note."""

_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SAME: Final = str.maketrans("−–—﹣‐‑‒﹘〜∼～○兩萬億點負個從幾無圓後",
                             "--------~~~〇两万亿点负个从几无元后")  # fmt: skip


def _visible(text: str, *, keep: str) -> str:
    return "".join(
        character if character in keep or unicodedata.category(character) not in _INVISIBLE else ""
        for character in text
    )


def normalised(text: str) -> str:
    """A text without differences that do not matter to its meaning.

    Full-width forms become ordinary ones, capitals small, traditional numerals simplified, all kinds
    of dashes one kind, every run of white space one space; what cannot be seen is gone.
    """
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text.lower()).strip()
    spaced = _SPACES.sub(" ", text)
    folded = unicodedata.normalize("NFKC", _visible(spaced, keep=" ")).casefold().translate(_SAME)
    return _SPACES.sub(" ", folded).strip()


def prepared(text: str, limit: int = SHORT) -> str | NotUnderstood:
    """The normalised text, or that it is empty or longer than ``limit`` characters."""
    if len(text) > 2 * limit:
        return NotUnderstood(Reason.TOO_LONG)
    plain = normalised(text)
    if not plain:
        return NotUnderstood(Reason.EMPTY)
    return plain if len(plain) <= limit else NotUnderstood(Reason.TOO_LONG)


def read_text(text: str, *, limit: int = LONG, lines: bool = False) -> Result[str]:
    """A name or a note, as it was written: trimmed, without control and invisible characters.

    ``lines`` keeps line breaks. Letters, capitals and full-width brackets stay as they are: they
    belong to a name.
    """
    if len(text) > 4 * limit:
        return NotUnderstood(Reason.TOO_LONG)
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if lines:
        kept = (_SPACES.sub(" ", line).strip() for line in _visible(unified, keep="\n\t").split("\n"))
        tidy = _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip()
    else:
        tidy = _SPACES.sub(" ", _visible(_SPACES.sub(" ", unified), keep=" ")).strip()
    if not tidy:
        return NotUnderstood(Reason.EMPTY)
    return Understood(tidy) if len(tidy) <= limit else NotUnderstood(Reason.TOO_LONG)


def phrases(text: str) -> frozenset[str]:
    """The phrases of a list written with commas, as the readers look at a text."""
    return frozenset(normalised(phrase) for phrase in text.split(",") if phrase.strip())
