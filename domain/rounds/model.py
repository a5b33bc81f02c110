"""Rounds of a programme (申报批次): when it takes applications, how many, where, and who answers questions.

A round is drafted, announced, and in the end closed or cancelled; each step is an act of a person with a recorded reason.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Final

from domain.staff import Act, Scope

DAYS: Final = ("opens", "closes_safe", "closes_outer", "decision_due")
TEXTS: Final = ("name", "quotas", "hand_in", "contact")
"""The entries of the terms that are days, and those that are texts."""


class RoundState(StrEnum):
    """How far a round is."""

    DRAFTED = "drafted"
    ANNOUNCED = "announced"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class RoundAct(StrEnum):
    """What can be done with a round."""

    OPEN = "open"
    ANNOUNCE = "announce"
    CHANGE = "change"
    CLOSE = "close"
    CANCEL = "cancel"

    @property
    def staff_act(self) -> Act:
        """The act whose permission it needs."""
        return Act(f"{self.value}_round")


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in Chinese and, where it was given, in English."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def text(self, language: str) -> str:
        """The text in a language, or in the other one where it is missing."""
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)

    def is_in(self, language: str) -> bool:
        """Whether `text` is in the language asked for."""
        return bool(self.en if language == "en" else self.zh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a round says; all of it can be changed with a reason.

    `closes_safe`: be there by then under every reading; `closes_outer`: nothing that came later counts.
    """

    name: Bilingual = Bilingual()
    opens: date | None = None
    closes_safe: date | None = None
    closes_outer: date | None = None
    decision_due: date | None = None
    quotas: Bilingual = Bilingual()
    hand_in: Bilingual = Bilingual()
    contact: Bilingual = Bilingual()
    conditions: tuple[Bilingual, ...] = ()
    source_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round. `id` and `revision` are 0 until it is stored; a computed one is never stored.

    `paper_safe`: the last working day on or before `closes_safe`, where papers are handed in. `provisional`: it reaches
    into a year whose holiday list is not out yet. `clause`: where the text has the window of a computed round.
    """

    id: int = 0
    programme: str
    district: str = ""
    state: RoundState = RoundState.DRAFTED
    revision: int = 0
    terms: Terms = Terms()
    computed: bool = False
    paper_safe: date | None = None
    provisional: bool = False
    clause: str = ""
    never_announced: bool = False
    """A draft that was called off: people were never told of it, and are not now."""

    @property
    def scope(self) -> Scope:
        """Where staff need to be allowed to act on it."""
        return Scope(self.programme, self.district)

    @property
    def opens(self) -> date | None:
        """The first day applications are taken; None where nobody said."""
        return self.terms.opens

    @property
    def closes_safe(self) -> date | None:
        """The day to be there by under every reading."""
        return self.terms.closes_safe

    @property
    def closes_outer(self) -> date | None:
        """The last day under the most generous reading; the safe one where there is no other."""
        return self.terms.closes_outer or self.terms.closes_safe

    @property
    def decision_due(self) -> date | None:
        """By when it is decided; None where nobody said."""
        return self.terms.decision_due

    @property
    def public(self) -> bool:
        """Whether everybody may see it."""
        return self.state is not RoundState.DRAFTED and not self.never_announced

    def is_over(self, day: date) -> bool:
        """Whether applications are no longer taken on a day."""
        return self.state in {RoundState.CLOSED, RoundState.CANCELLED} or (
            self.closes_outer is not None and self.closes_outer < day
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry of the terms that is not what it was."""

    entry: str
    before: Any
    after: Any


def differences(before: Terms, after: Terms) -> tuple[Difference, ...]:
    """What a change changes, in the order of the entries."""
    pairs = ((f.name, getattr(before, f.name), getattr(after, f.name)) for f in fields(Terms))
    return tuple(Difference(name, old, new) for name, old, new in pairs if old != new)
