"""What an outcome or an answer asks the product to do. Commands are values; `dialogs.applying` carries them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dialogs.engine.answers import Json
from dialogs.engine.screen import Block
from dialogs.staff_commands import StaffCommand
from domain.eligibility.receipts import Receipt
from domain.organisations import Consent, Organisation
from domain.reminders.model import Preferences


@dataclass(frozen=True, slots=True)
class Start:
    """Start a dialog about a subject, or resume the parked conversation about the same.

    ``carry`` takes over the answers whose states begin with it: what was said once in this conversation is not asked
    again even when nothing may be stored. ``notices`` are said first.
    """

    dialog: str
    subject: Mapping[str, Json] = field(default_factory=dict)
    carry: str = ""
    notices: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Resume:
    """Take up a parked conversation."""

    conversation: int


@dataclass(frozen=True, slots=True)
class GoToMenu:
    """Show the menu, with something to say first."""

    notices: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class SwitchLanguage:
    """Speak the other language."""


@dataclass(frozen=True, slots=True)
class SetConsent:
    """Record what the person said about storing personal data."""

    consent: Consent


@dataclass(frozen=True, slots=True)
class SaveOrganisation:
    """Store the organisation the person speaks for."""

    organisation: Organisation


@dataclass(frozen=True, slots=True)
class SaveContact:
    """Store how the person can be reached."""

    name: str | None
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """The value of a fact as it was stated, and when."""

    value: Json
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """Record what was stated about the organisation, by fact."""

    facts: Mapping[str, Statement]


@dataclass(frozen=True, slots=True)
class KeepReceipts:
    """Store these receipts, unless the conversation has the same already."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class SetReminders:
    """Keep how the person wants to be reminded."""

    preferences: Preferences


@dataclass(frozen=True, slots=True)
class RemindOf:
    """Hear of a programme's dates, or not; without consent nothing else is kept."""

    programme: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class CloseFeed:
    """Let the private address of the calendar work no more."""


@dataclass(frozen=True, slots=True)
class EraseMe:
    """Erase everything personal."""


Personal = (
    Start
    | Resume
    | GoToMenu
    | SwitchLanguage
    | SetConsent
    | SaveOrganisation
    | SaveContact
    | RecordFacts
    | KeepReceipts
    | SetReminders
    | RemindOf
    | CloseFeed
    | EraseMe
)
"""What concerns the person of the chat and their organisation."""

Command = Personal | StaffCommand
