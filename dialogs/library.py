"""What every talk draws on: programmes, words, dialogs, and what of them is in use on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dialogs.addresses import Addresses
from dialogs.engine.dialog import Dialog
from dialogs.world import World
from domain.eligibility.evaluate import Examiner
from domain.facts.vocabulary import Vocabulary
from domain.programme.loader import Programmes
from domain.programme.model import Programme
from domain.reminders.kinds import Kinds
from domain.reminders.tools import Tools
from domain.uploads import UploadLimits
from locales.languages import INTERFACE_SOURCE, SPOKEN
from locales.words import Catalogues, Words

_DAYS_KEPT: Final = 8

Builder = Callable[[World], Dialog]


@dataclass(frozen=True, slots=True)
class InUse:
    """The version of each programme to use on a day, and the content hash of each by its id."""

    programmes: tuple[Programme, ...]
    hashes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Library:
    """What every talk draws on: programmes, words and dialogs. Read only."""

    programmes: Programmes
    vocabulary: Vocabulary
    catalogues: Catalogues
    examiner: Examiner
    dialogs: Mapping[str, Builder]
    home: str
    """The dialog a chat without a conversation is in."""
    kept_for_days: int
    """How long a consenting person is kept without a sign of life."""
    uploads: UploadLimits = field(default_factory=UploadLimits)
    """How large files may be."""
    kinds: Kinds = field(default_factory=Kinds.load)
    addresses: Addresses = field(default_factory=Addresses)

    tools: Tools = field(init=False, repr=False, compare=False)
    """What reminders are planned with."""

    _days: dict[date, InUse] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tools = Tools(self.kinds, self.programmes, self.vocabulary, self.examiner)
        object.__setattr__(self, "tools", tools)

    def in_use(self, day: date) -> InUse:
        """The programmes of a day; worked out once a day."""
        known = self._days.get(day)
        if known is None:
            on = self.programmes.all_on(day)
            known = InUse(
                tuple(loaded.programme for loaded in on),
                {loaded.programme.id: loaded.content_hash for loaded in on},
            )
            if len(self._days) > _DAYS_KEPT:
                self._days.clear()
            self._days[day] = known
        return known

    def words(self, language: str) -> Words:
        """The words of a stored language; English where it is none the product speaks."""
        return self.catalogues.words(SPOKEN.get(language, INTERFACE_SOURCE))
