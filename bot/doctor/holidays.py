"""Whether the official holiday lists are loaded that working days are counted with."""

from __future__ import annotations

from datetime import date

from bot.doctor.findings import Finding, Patient, broken, fine, look
from domain.calendar.holiday_lists import HolidayFileError
from domain.calendar.working_days import WorkingCalendar
from domain.reminders.kinds import Kinds
from domain.reminders.sources.upkeep import lists_missing
from domain.store import condition


def lists(patient: Patient) -> Finding:
    """This year's list is loaded, and the next one's from when staff are reminded of it."""
    words, today = patient.words, patient.clock.today()
    try:
        calendar = WorkingCalendar.load(patient.settings.holidays_file)
    except HolidayFileError as error:
        return broken(
            str(error), words.say("correct the file of ZHUOYUE_HOLIDAYS_FILE; see docs/holidays.md")
        )
    known = words.say("%(first)s to %(last)s", first=calendar.known_years[0], last=calendar.known_years[-1])
    wanted = _wanted(today, calendar)
    if not wanted:
        return fine(words.say("loaded: %(years)s", years=known))
    said = words.say(
        "loaded: %(years)s; missing: %(missing)s", years=known, missing=words.items([*map(str, wanted)])
    )
    remedy = _how_to_load(patient)
    return broken(said, remedy) if today.year in wanted else look(said, remedy)


def in_use(patient: Patient) -> Finding:
    """Every year that days of rounds and reminders lie in has its list, once there can be one."""
    words, today = patient.words, patient.clock.today()
    calendar = WorkingCalendar.load(patient.settings.holidays_file)
    used = condition.years_in_use(patient.settings.database, today)
    missing = {
        year: n for year, n in sorted(used.items()) if year >= today.year and year not in calendar.known_years
    }
    if not missing:
        return fine(words.say("no date lies in a year without a list"))
    said = words.items(
        [
            words.count("%(n)s date in %(year)s", "%(n)s dates in %(year)s", n, year=year)
            for year, n in missing.items()
        ]
    )
    if missing.keys() & set(_wanted(today, calendar)):
        return look(words.say("provisional: %(dates)s", dates=said), _how_to_load(patient))
    return fine(words.say("provisional until the list is out: %(dates)s", dates=said))


def _wanted(today: date, calendar: WorkingCalendar) -> tuple[int, ...]:
    """The years of whose missing lists staff have been reminded by now."""
    missing = lists_missing(today, Kinds.load(), calendar)
    return tuple(sorted({reminder.due.year for reminder in missing if reminder.send_on <= today}))


def _how_to_load(patient: Patient) -> str:
    return patient.words.say(
        "install the newest version of Zhuoyue, or write the list into a file and name it in ZHUOYUE_HOLIDAYS_FILE "
        "(docs/holidays.md)"
    )
