"""``zhuoyue doctor``: settings, database, clock, time zone, holiday lists, Telegram and fonts, and what to do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.command_line import surroundings

if TYPE_CHECKING:
    from bot.doctor.examination import Examined
    from bot.doctor.findings import Grade
    from bot.settings import Settings
    from locales.words import Words


def register(app: typer.Typer) -> None:
    """Add ``zhuoyue doctor``."""
    app.command("doctor", help="Look everything over and say what to do; status 1 when something is broken.")(
        doctor
    )


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Leave out what calls outside.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Status 1 also when something is only to be looked at.")
    ] = False,
) -> None:
    """Write one line for each check."""
    from bot.doctor import settings
    from bot.doctor.examination import examine
    from bot.doctor.findings import Grade, Patient

    given = settings.readable()
    words = _words(given)
    examined = examine(Patient(given, words), offline=offline)
    if as_json:
        print(json.dumps(_for_programs(examined), ensure_ascii=False, indent=2))
    else:
        _tell(examined, words)
    grades = {one.finding.grade for one in examined}
    if Grade.BROKEN in grades or (strict and Grade.LOOK in grades):
        raise typer.Exit(1)


def _words(given: Settings | None) -> Words:
    """The words of the operator, who needs them most when the settings are wrong."""
    from bot.doctor.settings import named_language
    from locales.words import Catalogues

    return Catalogues.load().words(
        surroundings.chosen_language() or (given.language if given else named_language())
    )


def _for_programs(examined: Sequence[Examined]) -> dict[str, Any]:
    from importlib.metadata import version

    from bot.doctor.findings import Grade

    counted = Counter(one.finding.grade for one in examined)
    return {
        "version": version("zhuoyue"),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "counts": {grade.value: counted[grade] for grade in Grade},
        "checks": [
            {
                "check": one.check.id,
                "grade": one.finding.grade.value,
                "found": one.finding.found,
                "remedy": one.finding.remedy or None,
            }
            for one in examined
        ],
    }


def _tell(examined: Sequence[Examined], words: Words) -> None:
    from rich.cells import cell_len
    from rich.table import Column, Table

    names, grades, out = _names(words), _grades(words), surroundings.out()
    widths = [max(map(cell_len, texts.values())) for texts in (grades, names)]
    for one in examined:
        columns = [*(Column(width=width) for width in widths), Column(overflow="fold")]
        line = Table.grid(*columns, padding=(0, 2, 0, 0))
        line.add_row(grades[one.finding.grade], names[one.check.id], one.finding.found)
        out.print(line)
        if one.finding.remedy:
            # In one piece, so that a command can be copied.
            out.print(f"    → {one.finding.remedy}", soft_wrap=True)
    counted = Counter(one.finding.grade for one in examined)
    print(words.items([f"{name} {words.number(counted[grade])}" for grade, name in grades.items()]))


def _grades(words: Words) -> dict[Grade, str]:
    from bot.doctor.findings import Grade

    return {
        Grade.BROKEN: words.say("broken"),
        Grade.LOOK: words.say("look at this"),
        Grade.FINE: words.say("fine"),
        Grade.LEFT_OUT: words.say("left out"),
    }


def _names(words: Words) -> dict[str, str]:
    return {
        "settings.values": words.say("Settings"),
        "settings.env_file": words.say("File .env"),
        "settings.data_folder": words.say("Data folder"),
        "settings.key_file": words.say("Key file"),
        "settings.programmes": words.say("Programmes"),
        "settings.address": words.say("Address"),
        "settings.port": words.say("Port"),
        "database.opens": words.say("Database"),
        "database.migrations": words.say("Version of the tables"),
        "database.integrity": words.say("Integrity of the file"),
        "database.writable": words.say("Writing"),
        "database.room": words.say("Room on the disk"),
        "database.log": words.say("Write-ahead log"),
        "database.file_system": words.say("File system"),
        "database.key": words.say("Key and database"),
        "database.waiting": words.say("Inbox and outbox"),
        "database.given_up": words.say("Set aside"),
        "clock.steady": words.say("Clock"),
        "clock.database": words.say("Clock and database"),
        "clock.telegram": words.say("Clock and Telegram"),
        "zone.shanghai": words.say("Time zone"),
        "holidays.lists": words.say("Holiday lists"),
        "holidays.in_use": words.say("Holiday lists in use"),
        "telegram.token": words.say("Telegram token"),
        "telegram.updates": words.say("Telegram updates"),
        "telegram.poller": words.say("Other pollers"),
        "fonts.chinese": words.say("Chinese fonts"),
        "fonts.terminal": words.say("Terminal"),
    }
