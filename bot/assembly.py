"""The one module that puts the product together: nothing else makes a clock, a database or an assistant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.house import House
from bot.settings import Settings
from dialogs.assistant import Assistant
from dialogs.receipt_pages import ReceiptPages
from domain.calendar.working_days import WorkingCalendar
from domain.clock import Clock, SystemClock
from domain.privacy import load_or_create
from domain.programme.loader import Programmes
from domain.store import Database
from locales.words import Catalogues
from scheduler.clockwork import Clockwork
from scheduler.housekeeping import Retention, housekeeping


@asynccontextmanager
async def open_house(settings: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """The product over the database of the settings; the database is closed at the end.

    Raises the typed errors of programmes, catalogues, holidays, key file and store, each with a line for people.
    """
    now = clock or SystemClock()
    programmes, calendar, catalogues = await asyncio.to_thread(_read_files, settings)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = await Database.open(
        settings.database,
        master_key=load_or_create(settings.master_key_file),
        busy_timeout_ms=settings.busy_timeout_ms,
        group_max=settings.commit_group_max,
    )
    async with database:
        assistant = Assistant(programmes, programmes.vocabulary, catalogues, now, calendar)
        yield House(settings, now, catalogues, database, assistant, ReceiptPages(programmes, calendar))


def clockwork(house: House) -> Clockwork:
    """The chores of a serving process, not yet started."""
    retention = Retention(
        session_idle=timedelta(hours=house.settings.session_idle_hours),
        unconsented=timedelta(hours=house.settings.unconsented_retention_hours),
    )
    return Clockwork(house.database, house.clock, housekeeping(retention))


def own_catalogues(folder: Path | None) -> dict[str, Path]:
    """The ``en.po`` files of an operator's programmes, by programme id; ``facts`` for their facts."""
    if folder is None:
        return {}
    found = {path.parent.name: path for path in sorted(folder.glob("*/en.po"))}
    facts = folder / "facts.en.po"
    return found | ({"facts": facts} if facts.is_file() else {})


def _read_files(settings: Settings) -> tuple[Programmes, WorkingCalendar, Catalogues]:
    return (
        Programmes.load(settings.programmes_dir),
        WorkingCalendar.load(settings.holidays_file),
        Catalogues.load(own_catalogues(settings.programmes_dir)),
    )
