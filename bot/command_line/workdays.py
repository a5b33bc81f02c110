"""``zhuoyue workdays``: the last of N working days, counted with and without the day they start on."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.forms import Format

if TYPE_CHECKING:
    from domain.calendar.working_days import WorkingCalendar
    from locales.words import Words


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "workdays", help="The last of N working days, counted with and without the day they start on."
    )(show)


def show(
    start: Annotated[str, typer.Argument(metavar="START", help="Day the period starts on, YYYY-MM-DD.")],
    days: Annotated[int, typer.Argument(metavar="N", help="Number of working days, 1 to 2000.")],
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
    holidays: Annotated[
        Path | None, typer.Option(help="File with official holidays; ZHUOYUE_HOLIDAYS_FILE otherwise.")
    ] = None,
) -> None:
    """Write both ends of the period."""
    from domain.calendar.working_days import LONGEST_PERIOD, WorkingCalendar

    words = surroundings.words()
    first = _day(start, words)
    if not 1 <= days <= LONGEST_PERIOD:
        raise CommandError(
            words.say("N: a number from 1 to %(most)s is expected, not %(n)s.", most=LONGEST_PERIOD, n=days)
        )
    calendar = WorkingCalendar.load(holidays or surroundings.settings().holidays_file)
    found = counted(calendar, first, days)
    if form is Format.JSON:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    _tell(found, words)


def counted(calendar: WorkingCalendar, first: date, days: int) -> dict[str, Any]:
    """Both ends of ``days`` working days from ``first``, in the form other programs read."""
    incl, excl = calendar.wd_end_incl(first, days), calendar.wd_end_excl(first, days)
    years = range(first.year, excl.day.year + 1)
    return {
        "start": first.isoformat(),
        "start_is_working_day": calendar.is_working_day(first),
        "working_days": days,
        "incl": {
            "date": incl.day.isoformat(),
            "weekday": incl.day.isoweekday(),
            "provisional": incl.provisional,
        },
        "excl": {
            "date": excl.day.isoformat(),
            "weekday": excl.day.isoweekday(),
            "provisional": excl.provisional,
        },
        "years_without_list": [year for year in years if year not in calendar.known_years],
    }


def _day(text: str, words: Words) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise CommandError(words.say("START: a day written YYYY-MM-DD is expected, not %(text)s.", text=text))
    return day


def _tell(found: dict[str, Any], words: Words) -> None:
    """Write the result for people."""
    say = words.say

    def with_weekday(text: str) -> str:
        day = date.fromisoformat(text)
        return say("%(date)s, %(weekday)s", date=text, weekday=words.weekday(day))

    def line(end: dict[str, Any]) -> str:
        provisional = f" ({say('provisional')})" if end["provisional"] else ""
        return with_weekday(end["date"]) + provisional

    print(
        words.count(
            "%(n)s working day from %(start)s",
            "%(n)s working days from %(start)s",
            found["working_days"],
            start=with_weekday(found["start"]),
        )
    )
    print(say("Start day counted: %(end)s", end=line(found["incl"])))
    print(say("Start day not counted: %(end)s", end=line(found["excl"])))
    if not found["start_is_working_day"]:
        print(say("The start day is a day off, so both ways of counting end on the same day."))
    if found["years_without_list"]:
        years = words.items([str(year) for year in found["years_without_list"]])
        print(
            say(
                "Provisional: no official holiday list for %(years)s is loaded, so only weekends and the fixed public holidays count as days off there.",
                years=years,
            )
        )
