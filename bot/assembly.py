"""The one module that puts the product together: nothing else makes a clock, a database or an assistant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.figures import Figures, Timed
from bot.house import House
from bot.settings import Settings
from dialogs.addresses import Addresses
from dialogs.announcement_cards import AnnouncementCards
from dialogs.assistant import Assistant
from dialogs.calendar_file import CalendarFiles
from dialogs.receipt_pages import ReceiptPages
from dialogs.reminder_cards import ReminderCards
from domain.calendar.working_days import WorkingCalendar
from domain.clock import Clock, SystemClock
from domain.eligibility.evaluate import Examiner
from domain.privacy import MasterKey, load_or_create
from domain.programme.loader import Programmes, own_catalogues
from domain.reminders.kinds import Kinds
from domain.reminders.tools import Tools
from domain.store import Database, MissingKey, Transaction
from domain.store.checking import is_sealed
from locales.words import Catalogues
from scheduler.announcing import Announcer, announcing
from scheduler.clockwork import Chore, Clockwork, Errand
from scheduler.housekeeping import Retention, housekeeping
from scheduler.planning import Planner, note_what_plans_are_made_with, replanning
from scheduler.reminding import Speaker, reminding
from scheduler.taking_back import taking_back


@asynccontextmanager
async def open_house(settings: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """The product over the database of the settings; the database is closed at the end.

    Raises the typed errors of programmes, catalogues, holidays, key file and store, each with a line for people.
    """
    now = clock or SystemClock()
    programmes, calendar, catalogues = await asyncio.to_thread(_read_files, settings)
    async with await open_database(settings) as database:
        tools = Tools(Kinds.load(), programmes, programmes.vocabulary, Examiner(calendar))
        await database.run(lambda tx: _keep_contents(tx, programmes, now.now()))
        await database.run(lambda tx: note_what_plans_are_made_with(tx, tools, now.now()))
        addresses, figures = Addresses(settings.web_address), Figures()
        assistant = Assistant(
            programmes,
            programmes.vocabulary,
            catalogues,
            now,
            calendar,
            kept_for_days=settings.consented_retention_days,
            addresses=addresses,
            uploads=settings.uploads,
        )
        yield House(
            settings,
            now,
            catalogues,
            database,
            Timed(assistant, figures.turns),
            ReceiptPages(programmes, calendar),
            CalendarFiles(programmes, tools.examiner, catalogues, tools.kinds),
            Speaker(Planner(tools), ReminderCards(programmes, tools.examiner, catalogues)),
            Announcer(AnnouncementCards(programmes, tools.examiner, catalogues), calendar),
            addresses,
            figures=figures,
        )


async def open_database(settings: Settings) -> Database:
    """The database of the settings; close it in the end. Raises KeyFileError and StoreError."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return await Database.open(
        settings.database,
        master_key=await asyncio.to_thread(_master_key, settings),
        busy_timeout_ms=settings.busy_timeout_ms,
        group_max=settings.commit_group_max,
    )


def clockwork(house: House) -> Clockwork:
    """The chores of a serving process, not yet started."""
    retention = Retention(
        session_idle=timedelta(hours=house.settings.session_idle_hours),
        unconsented=timedelta(hours=house.settings.unconsented_retention_hours),
        consented=timedelta(days=house.settings.consented_retention_days),
    )
    announced = _announcing(house.announcer, retention)
    chores = (*housekeeping(retention), *_reminding(house.speaker), *announced, taking_back())
    return Clockwork(house.database, house.clock, chores, house.figures.ticks)


def _reminding(speaker: Speaker | None) -> tuple[Chore | Errand, ...]:
    """Planning comes before speaking."""
    return () if speaker is None else (replanning(speaker.planner), *reminding(speaker))


def _announcing(announcer: Announcer | None, retention: Retention) -> tuple[Chore | Errand, ...]:
    return () if announcer is None else announcing(announcer, retention.unconsented)


def _master_key(settings: Settings) -> MasterKey:
    """The key of the settings, made only where there is no database yet that was made with another."""
    if not settings.master_key_file.exists() and is_sealed(settings.database):
        raise MissingKey(str(settings.master_key_file))
    return load_or_create(settings.master_key_file)


def _keep_contents(tx: Transaction, programmes: Programmes, now: datetime) -> None:
    """Receipts name a programme's content by hash: every content in use is kept before the first receipt."""
    for loaded in (one for versions in programmes.values() for one in versions):
        tx.programme_contents.keep(
            content_hash=loaded.content_hash,
            programme=loaded.programme.id,
            version=loaded.programme.version,
            content=loaded.archived.content,
            now=now,
        )


def _read_files(settings: Settings) -> tuple[Programmes, WorkingCalendar, Catalogues]:
    return (
        Programmes.load(settings.programmes_dir),
        WorkingCalendar.load(settings.holidays_file),
        Catalogues.load(own_catalogues(settings.programmes_dir)),
    )
