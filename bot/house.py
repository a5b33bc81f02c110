"""What a channel needs of the product, whoever put it together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bot.pulse import Pulse
from bot.settings import Settings
from dialogs.engine.screen import Block
from dialogs.incoming import Handled, Incoming
from domain.clock import Clock
from domain.store import Database, StoredReceipt, Transaction
from locales.words import Catalogues, Words


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


@dataclass(frozen=True, slots=True)
class House:
    """The product put together, for whichever channel serves it."""

    settings: Settings
    clock: Clock
    catalogues: Catalogues
    database: Database
    assistant: Answering
    receipts: ReceiptReader
    pulse: Pulse = field(default_factory=Pulse)
