"""Words: what the product says, in the language of the person it speaks to.

Catalogues are read from their ``.po`` text once, at start; after that everything here is immutable, pure and safe to
share between threads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

from locales import po
from locales.languages import (
    INTERFACE_SOURCE,
    LANGUAGES,
    POLICY_SOURCE,
    WRITING,
    Language,
    babel_locale,
    plural_index,
)

__all__ = ["LANGUAGES", "Catalogues", "Language", "Words", "mark"]

HERE: Final = Path(__file__).parent

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_NUMBER: Final = "#,##0.######"

_Forms = tuple[str, ...]


# Whoever writes to many people writes the same days and small numbers again and again; Babel takes its time over each.
@lru_cache(1024)
def _whole(n: int, language: Language) -> str:
    return format_decimal(n, _NUMBER, babel_locale(language))


@lru_cache(1024)
def _written(day: dt.date, form: str, language: Language) -> str:
    return format_date(day, form, babel_locale(language))


def mark(text: str) -> str:
    """Mark ``text`` for translation where it is written, to be said later with :meth:`Words.say`."""
    return text


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Everything that can be said in one language."""

    language: Language
    _interface: Mapping[str, _Forms]
    _policy: Mapping[str, Mapping[str, str]]

    def say(self, text: str, /, **values: object) -> str:
        """The interface text ``text`` (English, as written in the source) in this language.

        ``%(name)s`` is replaced by ``values["name"]``. A text no catalogue knows is said as it is; nothing raises.
        """
        forms = self._interface.get(text)
        return _fill(forms[0] if forms and forms[0] else text, text, values)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """``one`` or ``many``, whichever form ``n`` things take in this language; ``%(n)s`` is the number, written out."""
        filled = {"n": self.number(n), **values}
        source = (one, many)[plural_index(INTERFACE_SOURCE, n)]
        forms = self._interface.get(one)
        index = plural_index(self.language, n)
        text = forms[index] if forms and len(forms) > index else ""
        return _fill(text or source, source, filled)

    def policy(self, domain: str, chinese: str) -> str:
        """The policy text ``chinese`` of ``domain`` (a programme id, or ``"facts"``) in this language.

        Without a translation the Chinese is shown: it is the text that counts.
        """
        if self.language == POLICY_SOURCE:
            return chinese
        return self._policy.get(domain, {}).get(chinese) or chinese

    def date(self, day: dt.date) -> str:
        """``2026年5月31日`` / ``31 May 2026``."""
        return _written(day, WRITING[self.language].date, self.language)

    def month(self, day: dt.date) -> str:
        """``2026年5月`` / ``May 2026``."""
        return _written(day, WRITING[self.language].month, self.language)

    def year(self, day: dt.date) -> str:
        """``2026年`` / ``2026``."""
        return _written(day, WRITING[self.language].year, self.language)

    def weekday(self, day: dt.date) -> str:
        """``周日`` / ``Sunday``."""
        return _written(day, WRITING[self.language].weekday, self.language)

    def datetime(self, moment: dt.datetime) -> str:
        """``moment`` (aware) as a clock in Shanghai shows it: ``2026年5月31日 14:05`` / ``31 May 2026, 14:05``."""
        local = moment.astimezone(_SHANGHAI)
        return format_datetime(local, WRITING[self.language].datetime, locale=babel_locale(self.language))

    def number(self, n: Decimal | float) -> str:
        """``12,345.5``: digits in groups of three, at most six decimals, none that are zero."""
        if type(n) is int:
            return _whole(n, self.language)
        return format_decimal(n, _NUMBER, babel_locale(self.language))

    def money(self, yuan: int | Decimal) -> str:
        """``150,000,000 元`` / ``CNY 150,000,000``; the amount is in yuan."""
        return format_decimal(yuan, WRITING[self.language].money, babel_locale(self.language))

    def percent(self, p: Decimal | float) -> str:
        """``12.5%``; ``p`` is in percent (12.5 for 12.5 %), as facts hold it."""
        return f"{self.number(p)}%"

    def items(self, texts: Sequence[str]) -> str:
        """``甲、乙和丙`` / ``a, b and c``; as everywhere in Chinese, Latin letters and digits stand apart: ``2023 和 2025``."""
        if self.language == "en" or len(texts) < 2:
            return format_list(list(texts), "standard", babel_locale(self.language)) if texts else ""
        before, last = "、".join(texts[:-1]), texts[-1]
        return f"{before}{_gap(before[-1:])}和{_gap(last[:1])}{last}"

    def sentences(self, *texts: str) -> str:
        """Sentences after each other: with a space between them in English, with none in Chinese."""
        return (" " if self.language == "en" else "").join(filter(None, texts))


def _gap(beside: str) -> str:
    """What stands between a Chinese character and another one."""
    return " " if beside.isascii() and beside.isalnum() else ""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogues:
    """All catalogues, read and ready."""

    _words: Mapping[Language, Words]

    @classmethod
    def load(cls, extra: Mapping[str, Path] | None = None, *, folder: Path = HERE) -> Catalogues:
        """Read every catalogue of the product, and those an operator brings.

        ``extra`` maps a programme id to the ``en.po`` beside that programme's YAML; it adds to and overrides the
        catalogue of the product for that id. Raises :class:`locales.po.CatalogueError` naming file and line.
        """
        own = sorted((folder / "en" / "policy").glob("*.po"))
        policy = {path.stem: _policy_texts(path) for path in own}
        for domain, path in (extra or {}).items():
            policy[domain] = {**policy.get(domain, {}), **_policy_texts(path)}
        return cls(
            {language: Words(language, _interface_texts(folder, language), policy) for language in LANGUAGES}
        )

    def words(self, language: Language) -> Words:
        """What can be said in ``language``."""
        return self._words[language]


def _interface_texts(folder: Path, language: Language) -> Mapping[str, _Forms]:
    if language == INTERFACE_SOURCE:
        return {}
    texts: dict[str, _Forms] = {}
    for path in sorted((folder / language).glob("*.po")):
        texts.update(_texts(path, language, path.stat().st_mtime_ns))
    return texts


def _policy_texts(path: Path) -> Mapping[str, str]:
    modified = path.stat().st_mtime_ns if path.exists() else 0
    return {chinese: forms[0] for chinese, forms in _texts(path, "en", modified).items()}


@cache
def _texts(path: Path, language: Language, _modified: int) -> Mapping[str, _Forms]:
    """The finished translations of one file; ``_modified`` makes a changed file a new one to the cache."""
    return {entry.id: entry.forms for entry in po.read(path, language).entries.values() if entry.translated}


def _fill(text: str, source: str, values: Mapping[str, object]) -> str:
    """``text`` with its placeholders filled; falls back to ``source``, and to it unfilled, rather than raise."""
    if not values:
        return text
    for candidate in (text, source):
        try:
            return candidate % values
        except (KeyError, TypeError, ValueError):
            continue
    return source
