"""The languages the product speaks, and how each writes dates, numbers, money and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

from babel import Locale

Language = Literal["zh_CN", "en"]
"""A language a person can choose."""

LANGUAGES: Final[tuple[Language, ...]] = ("zh_CN", "en")

SPOKEN: Final[Mapping[str, Language]] = {language: language for language in LANGUAGES}
"""Each language by its stored name; a stored name may also be one the product does not speak any more."""

INTERFACE_SOURCE: Final[Language] = "en"
"""The language interface texts are written in, in Python."""

POLICY_SOURCE: Final[Language] = "zh_CN"
"""The language policy texts are written in, in YAML."""

_CLDR_ORDER: Final = ("zero", "one", "two", "few", "many", "other")


@dataclass(frozen=True, slots=True)
class Writing:
    """How one language writes what Babel formats: a locale and the patterns we prefer over its defaults."""

    locale: str
    date: str
    month: str
    year: str
    weekday: str
    datetime: str
    money: str


WRITING: Final[Mapping[Language, Writing]] = {
    "zh_CN": Writing(
        locale="zh_CN",
        date="y年M月d日",
        month="y年M月",
        year="y年",
        weekday="EEE",
        datetime="y年M月d日 HH:mm",
        money="#,##0.## 元",
    ),
    # British order ("31 May 2026"): the day stands first, as in the rest of the world these readers write to.
    "en": Writing(
        locale="en_GB",
        date="d MMMM y",
        month="MMMM y",
        year="y",
        weekday="EEEE",
        datetime="d MMMM y, HH:mm",
        money="'CNY' #,##0.##",
    ),
}


@cache
def babel_locale(language: Language) -> Locale:
    """The Babel locale that formats for ``language``."""
    return Locale.parse(WRITING[language].locale)


@cache
def plural_categories(language: Language) -> tuple[str, ...]:
    """The plural categories of ``language`` in the order a catalogue numbers its forms."""
    tags = babel_locale(language).plural_form.tags | {"other"}
    return tuple(category for category in _CLDR_ORDER if category in tags)


@lru_cache(1024)
def plural_index(language: Language, n: int) -> int:
    """Which form of a message ``n`` things take in ``language``."""
    return plural_categories(language).index(babel_locale(language).plural_form(n))
