"""What a channel needs of the product, whoever put it together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.figures import Figures
from bot.pulse import Pulse
from bot.settings import Settings
from dialogs.addresses import Addresses
from dialogs.engine.screen import Block
from dialogs.incoming import Handled, Incoming
from domain.clock import Clock
from domain.store import Chat, Database, StoredReceipt, Transaction
from locales.words import Catalogues, Words
from scheduler.announcing import Announcer
from scheduler.reminding import Speaker


class Answering(Protocol):
    """Whoever answers people: one call is one turn, inside one transaction."""

    def handle(self, tx: Transaction, incoming: Incoming) -> Handled:
        """Take in one update and queue what it leads to; a duplicate does nothing."""
        ...


class ReceiptReader(Protocol):
    """Whoever can show a receipt of a self-check on a page of its own."""

    def blocks(self, receipt: StoredReceipt, words: Words) -> tuple[Block, ...]:
        """All of the receipt, verdict first."""
        ...


class CalendarWriter(Protocol):
    """Whoever can write the dates of a chat as a calendar."""

    def of_chat(self, tx: Transaction, chat: Chat, now: datetime) -> bytes:
        """The calendar (RFC 5545) as it stands, in the language of the chat."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """The product put together, for whichever channel serves it."""

    settings: Settings
    clock: Clock
    catalogues: Catalogues
    database: Database
    assistant: Answering
    receipts: ReceiptReader
    calendars: CalendarWriter
    speaker: Speaker | None = None
    """Says what is due; None where nothing is planned."""
    announcer: Announcer | None = None
    """Sends announcements; None where nothing is sent by itself."""
    addresses: Addresses = field(default_factory=Addresses)
    """Where the channels are reached from outside; each says so when it knows."""
    pulse: Pulse = field(default_factory=Pulse)
    figures: Figures = field(default_factory=Figures)
