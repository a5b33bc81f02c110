"""Numbers as English texts write them: twenty-five, 150 million, two and a half, 3k."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from dialogs.understanding.numerals import arabic

_UP_TO_NINETEEN: Final = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL: Final = {word: n for n, word in enumerate(_UP_TO_NINETEEN)} | {
    word: 10 * n for n, word in enumerate(_TENS, start=2)
}
_SCALES: Final = {
    "thousand": 10**3, "k": 10**3, "w": 10**4,
    "million": 10**6, "millions": 10**6, "mil": 10**6, "mn": 10**6, "mln": 10**6, "m": 10**6,
    "billion": 10**9, "billions": 10**9, "bn": 10**9, "b": 10**9,
}  # fmt: skip
_HALF: Final = Decimal("0.5")
_LETTERS_AFTER_DIGITS = re.compile(r"(?<=\d)(?=[a-z])", re.ASCII)
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])", re.ASCII)
_MOST_WORDS: Final = 16


def number_in_words(text: str) -> Decimal | None:
    """The number a normalised English text writes out, not negative; ``None`` when it is none."""
    words = _LETTERS_AFTER_DIGITS.sub(" ", _HYPHEN.sub(" ", text)).split()
    if not words or len(words) > _MOST_WORDS:
        return None
    if words[0] == "half" and words[1:2] in (["a"], ["an"]) and len(words) == 3 and words[2] in _SCALES:
        return _HALF * _SCALES[words[2]]
    return _Reading().read(words)


class _Reading:
    """Adds up a number word by word."""

    def __init__(self) -> None:
        self._total = Decimal(0)
        self._last_scale = 10**12
        self._current: Decimal | None = None
        self._last = ""

    def read(self, words: list[str]) -> Decimal | None:
        for position, word in enumerate(words):
            if not self._take(word, words[position + 1 : position + 2]):
                return None
            self._last = word
        if self._last in {"a", "an", "and"}:
            return None
        return self._total + (self._current or 0)

    def _take(self, word: str, following: list[str]) -> bool:
        if word in {"a", "an"}:
            return self._article(following)
        if word == "and":
            return bool(following) and self._last not in {"", "a", "an", "and"}
        if word == "half":
            return self._add(_HALF, allowed=self._last in {"", "a"})
        if word == "hundred":
            return self._hundred()
        if word in _SCALES:
            return self._scale(_SCALES[word])
        if word in _SMALL:
            return self._small(_SMALL[word])
        value = arabic(word)
        return value is not None and self._add(value, allowed=self._current is None)

    def _article(self, following: list[str]) -> bool:
        if following == ["half"]:
            return self._last in {"", "and"}
        if (
            not following
            or (following != ["hundred"] and following[0] not in _SCALES)
            or self._current is not None
        ):
            return False
        self._current = Decimal(1)
        return True

    def _add(self, value: Decimal, *, allowed: bool) -> bool:
        if not allowed or (self._current or Decimal(0)) % 1:
            return False
        self._current = (self._current or 0) + value
        return True

    def _small(self, value: int) -> bool:
        current = self._current
        after_hundred = current is not None and current >= 100 and not current % 100
        after_tens = self._last in _TENS and 0 < value < 10
        return self._add(Decimal(value), allowed=current is None or after_hundred or after_tens)

    def _hundred(self) -> bool:
        if self._current is None or not 0 < self._current < 100:
            return False
        self._current *= 100
        return True

    def _scale(self, scale: int) -> bool:
        if self._current is None or scale >= self._last_scale:
            return False
        self._total += self._current * scale
        self._last_scale, self._current = scale, None
        return True
