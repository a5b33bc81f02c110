"""Who issued a programme, what it is, and its legal standing by date."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from domain.programme.parts import Clause, Frozen, Name, Noted, Source, Status, Text, Verdict


class NotedDate(Frozen):
    """A dated fact about the document itself (signed, posted, effective)."""

    what: Text
    on: date
    clause: Clause | None = None
    source: Source = Source.TEXT


class Identity(Frozen):
    """The document behind the programme. Official names and numbers are exact."""

    name: Text
    """Full official name."""
    short_name: Text
    """What people call the programme; used on screens."""
    issuer: Text | None = None
    document_number: str | None = None
    nature: Noted | None = None
    scope: Noted | None = None
    definition: Noted | None = None
    interpretation: Noted | None = None
    dates: tuple[NotedDate, ...] = ()
    legal_bases: tuple[Noted, ...] = ()
    repeals: tuple[Noted, ...] = ()
    missing: tuple[Text, ...] = ()
    """What the source does not say and staff should fill in before citing it."""


class StatusPeriod(Frozen):
    """The programme's standing from one day to another (both included)."""

    status: Status
    since: date | None = None
    until: date | None = None
    note: Text
    """Why, and what follows from it."""
    clause: Clause | None = None
    source: Source = Source.TEXT
    most: Literal[Verdict.CONFIRM_WITH_AUTHORITY] | None = None
    """``confirm_with_authority`` where the programme cannot be relied on: a self-check then ends no
    better than that; ``None`` leaves verdicts alone."""
    accepts_applications: bool | None = None
    """Whether applications are taken in this period; ``None`` when the text does not say."""


class Power(Frozen):
    """Something an actor does or may do."""

    text: Text
    clause: Clause
    source: Source = Source.TEXT


class Actor(Frozen):
    """A body or role of the programme."""

    id: Name
    name: Text
    powers: tuple[Power, ...] = Field(min_length=1)
