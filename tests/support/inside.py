"""The Telegram channel with everything of the product's own but the network: updates are kept, handled and answered.

The real keeper, intake, reception, assistant, store (SQLite), courier and sender; only the platform is one inside this process.
Nothing runs by itself: `bring` returns when everything that was brought is answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telegram import Bot

from bot.assembly import _keep_contents
from bot.figures import Figures, Timed
from bot.house import House
from bot.settings import Settings
from bot.telegram.keeper import Keeper
from bot.telegram.reading import Identity
from bot.telegram.reception import CHANNEL, Reception
from bot.telegram.sender import TelegramSender
from bot.telegram.signals import Signals
from bot.telegram.updates import Update
from dialogs.assistant import Assistant
from dialogs.calendar_file import CalendarFiles
from dialogs.receipt_pages import ReceiptPages
from domain.clock import Clock, FixedClock
from domain.eligibility.evaluate import Examiner
from domain.reminders.kinds import Kinds
from domain.store import Database, StoredConversation, Transaction, UpdateRow
from scheduler.courier import Courier
from scheduler.intake import Intake
from scheduler.limits import Limits, Rates
from scheduler.sending import Delivered, Parcel, Receipt
from tests.support.conversation import THE_DAY, _calendar, _catalogues, _programmes
from tests.support.database import KEY, new_database_url
from tests.support.platform import ME, Platform, Shown

UNLIMITED = Rates(overall_per_second=None, private_per_second=None, group_per_minute=None)


class Watched(TelegramSender):
    """The sender; what it could not deliver is noted."""

    def __init__(self, house: House, bot: Bot, me: Identity, signals: Signals) -> None:
        super().__init__(house, bot, me, signals)
        self.troubles: list[str] = []

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one message."""
        try:
            receipt = await super().send(parcel)
        except Exception as error:
            self.troubles.append(f"{type(error).__name__}: {error} when sending {parcel.message_json[:300]}")
            raise
        if not isinstance(receipt, Delivered):
            self.troubles.append(f"{receipt} of {parcel.message_json[:300]}")
        return receipt


@dataclass
class Inside:
    """The channel, open."""

    house: House
    platform: Platform
    keeper: Keeper
    intake: Intake
    courier: Courier
    sender: Watched
    reception: Reception
    failures: list[str] = field(default_factory=list)
    """What went wrong when an update was handled."""

    async def bring(self, *updates: Any) -> None:
        """Bring updates in one batch, and let all of them be handled and answered."""
        await self.keeper.keep(updates)
        while await self.intake.turn():
            pass
        await self.send()

    async def send(self) -> None:
        """Let go out what waits."""
        before = -1
        while self.courier.claims != before:
            before = self.courier.claims
            await self.courier.round()
            await self.courier.settled()

    @property
    def troubles(self) -> list[str]:
        """Whatever went wrong so far."""
        return [*self.failures, *self.sender.troubles]

    async def standing(self, person: int) -> StoredConversation | None:
        """The conversation a person's chat is in."""

        def look(tx: Transaction) -> StoredConversation | None:
            chat = tx.chats.find(CHANNEL, str(person))
            return None if chat is None else tx.conversations.active(chat.id)

        return await self.house.database.read(look)

    def last(self, person: int) -> Shown | None:
        """The message a person was shown last."""
        shown = self.platform.shown.get(person)
        return shown[-1] if shown else None


@asynccontextmanager
async def inside(
    folder: Path, platform: Platform | None = None, *, clock: Clock | None = None
) -> AsyncIterator[Inside]:
    """The channel over the database of a folder."""
    wire = platform or Platform()
    settings = Settings(data_dir=folder, telegram_chat_per_second=1_000, _env_file=None)
    bot = wire.bot()
    await bot.initialize()
    async with _house(settings, clock or FixedClock(THE_DAY)) as house:
        me = Identity(int(str(ME["id"])), str(ME["username"]))
        signals = Signals(bot)
        reception = Reception(house, me)
        failures: list[str] = []

        def take(tx: Transaction, update: UpdateRow) -> None:
            try:
                reception.take(tx, update.payload_json)
            except Exception as error:
                failures.append(f"{type(error).__name__}: {error} at {update.payload_json[:500]}")
                raise

        def apologise(tx: Transaction, update: UpdateRow) -> None:
            reception.apologise(tx, update.payload_json)

        def at_once(update: Update) -> Callable[[Transaction], None] | None:
            turn = reception.at_once(update)

            def watched(tx: Transaction) -> None:
                try:
                    if turn is not None:
                        turn(tx)
                except Exception as error:
                    failures.append(f"{type(error).__name__}: {error} at {update!r:.500}")
                    raise

            return None if turn is None else watched

        sender = Watched(house, bot, me, signals)
        courier = Courier(house.database, CHANNEL, sender, Limits(UNLIMITED), house.clock)
        intake = Intake(house.database, CHANNEL, take, house.clock, apologise=apologise)
        keeper = Keeper(signals, intake.take_in, at_once)
        try:
            yield Inside(house, wire, keeper, intake, courier, sender, reception, failures)
        finally:
            await signals.close()
            await bot.shutdown()


@asynccontextmanager
async def _house(settings: Settings, clock: Clock) -> AsyncIterator[House]:
    """The product put together as `open_house` does it, but its files are read once and its database is a copy."""
    url = await asyncio.to_thread(new_database_url, settings.data_dir)
    known, words, days = _programmes(), _catalogues(), _calendar()
    async with await Database.open(url, master_key=KEY) as database:
        await database.run(lambda tx: _keep_contents(tx, known, clock.now()))
        assistant = Assistant(known, known.vocabulary, words, clock, days)
        calendars = CalendarFiles(known, Examiner(days), words, Kinds.load())
        figures = Figures()
        timed = Timed(assistant, figures.turns)
        yield House(
            settings, clock, words, database, timed, ReceiptPages(known, days), calendars, figures=figures
        )
