"""``zhuoyue programme``: list, show, lint and test programmes, and the schema of their files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.forms import Format

if TYPE_CHECKING:
    from domain.programme.lint import Problem


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        name="programme", help="Look at programmes, and check and test their files.", no_args_is_help=True
    )
    group.command("list", help="Every programme with its standing today.")(list_programmes)
    group.command("show", help="One programme: standing, conditions, papers, dates, money.")(show)
    group.command("lint", help="Find what is wrong in programme files, with file, line and reason.")(lint)
    group.command("test", help="Run the worked cases (cases.yaml) and show what differs.")(run_cases)
    group.command("schema", help="The JSON Schema of programme.yaml or cases.yaml.")(schema)
    app.add_typer(group)


def list_programmes(
    as_of: Annotated[str | None, typer.Option("--as-of", help="Day, YYYY-MM-DD; today without it.")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Write one line a programme."""
    from bot.command_line.at_hand import at_hand, day
    from dialogs.statuses import label

    house, on = at_hand(), day(as_of, "--as-of")
    world = house.world(on)
    rows = [
        {
            "id": loaded.programme.id,
            "code": loaded.programme.code,
            "version": loaded.programme.version,
            "status": loaded.programme.status_on(on).status.value,
            "name": world.name_of(loaded.programme),
            "content_hash": loaded.content_hash,
        }
        for loaded in house.programmes.all_on(on)
    ]
    if form is Format.JSON:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from rich.table import Table

    say = world.words.say
    table = Table(
        say("Programme"), say("Code"), say("Version"), say("Standing"), say("Name"), show_lines=False
    )
    for loaded, row in zip(house.programmes.all_on(on), rows, strict=True):
        standing = say(label(loaded.programme.status_on(on).status))
        table.add_row(row["id"], row["code"], row["version"], standing, row["name"])
    surroundings.out().print(table)


def show(
    programme_id: Annotated[str, typer.Argument(metavar="ID", help="Id or code of the programme.")],
    as_of: Annotated[str | None, typer.Option("--as-of", help="Day, YYYY-MM-DD; today without it.")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Write all there is on a programme."""
    from bot.command_line.at_hand import at_hand, day
    from bot.command_line.programme_page import page

    house, on = at_hand(), day(as_of, "--as-of")
    loaded = house.programme(programme_id, on)
    if form is Format.JSON:
        plain = loaded.programme.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        print(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    print(page(house.world(on), loaded.programme, on))


def lint(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A folder of programmes, or one programme's folder; the built-in ones without it."
        ),
    ] = None,
) -> None:
    """Write every problem; status 1 when there is an error."""
    from domain.programme.loader import (
        BUILT_IN,
        ProgrammeError,
        cases_beside,
        load_vocabulary,
        programme_files,
        read_cases,
        read_programme,
    )

    words = surroundings.words()
    folder = _folder(path) or BUILT_IN
    problems: list[Problem] = []
    count = 0
    try:
        vocabulary = load_vocabulary(folder if path is not None else None)
    except ProgrammeError as error:
        _complain(error.problems)
        raise typer.Exit(1) from None
    for file in programme_files(folder):
        count += 1
        _, found = read_programme(file, vocabulary)
        problems += found
        cases = cases_beside(file)
        try:
            if cases.is_file():
                read_cases(cases)
        except ProgrammeError as error:
            problems += error.problems
    if not count:
        raise CommandError(words.say("%(path)s: no programme.yaml found here", path=str(folder)))
    if path is not None:
        problems += _untranslated(folder)
    _complain(tuple(problems))
    errors = sum(problem.is_error for problem in problems)
    print(
        words.count("%(n)s programme file read", "%(n)s programme files read", count)
        + ", "
        + words.count("%(n)s error", "%(n)s errors", errors)
    )
    if errors:
        raise typer.Exit(1)


def _untranslated(folder: Path) -> Iterator[Problem]:
    """A warning for each of an operator's catalogues that leaves texts in Chinese."""
    from domain.programme.lint import Problem
    from domain.programme.loader import programme_files
    from locales import catalogues, po
    from locales.words import HERE

    folders = dict.fromkeys(file.parent for file in programme_files(folder))
    for catalogue in (*map(catalogues.of_folder, folders), catalogues.of_own_facts(folder)):
        # An operator's catalogue adds to that of the product, which knows units and options already.
        paths = (HERE / "en" / "policy" / f"{catalogue.name}.po", catalogue.path)
        known = {text: entry for path in paths for text, entry in po.read(path, "en").entries.items()}
        texts = dict.fromkeys(use.id for use in catalogue.uses)
        missing = [text for text in texts if text not in known or not known[text].translated]
        if missing:
            reason = f"{len(missing)} of {len(texts)} texts have no English yet, the first: {missing[0]}"
            yield Problem(str(catalogue.path), 1, reason, is_error=False)


def run_cases(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A folder of programmes, or one programme's folder; the built-in ones without it."
        ),
    ] = None,
) -> None:
    """Run every cases.yaml; status 1 when something differs."""
    from domain.calendar.working_days import WorkingCalendar
    from domain.programme.loader import (
        BUILT_IN,
        ProgrammeError,
        cases_beside,
        load_vocabulary,
        programme_files,
        read_cases,
        read_programme,
    )
    from domain.programme_cases import CaseRunner

    words = surroundings.words()
    folder = _folder(path) or BUILT_IN
    vocabulary = load_vocabulary(folder if path is not None else None)
    calendar = WorkingCalendar.load(surroundings.settings().holidays_file)
    ran = differing = 0
    for file in programme_files(folder):
        programme, problems = read_programme(file, vocabulary)
        if programme is None or any(problem.is_error for problem in problems):
            raise ProgrammeError(problem for problem in problems if problem.is_error)
        cases_file = cases_beside(file)
        if not cases_file.is_file():
            surroundings.complain(words.say("%(file)s: there are no cases", file=str(cases_file)))
            continue
        cases = read_cases(cases_file)
        differences = list(CaseRunner(programme, vocabulary, calendar).run(cases))
        ran += len(cases.cases)
        differing += len({difference.case for difference in differences})
        for difference in differences:
            print(difference)
        print(
            f"{programme.id}: "
            + words.count("%(n)s case", "%(n)s cases", len(cases.cases))
            + ", "
            + words.say("%(count)s differ", count=len({d.case for d in differences}))
        )
    if not ran:
        raise CommandError(words.say("%(path)s: no cases found here", path=str(folder)))
    if differing:
        raise typer.Exit(1)


def schema(
    cases: Annotated[bool, typer.Option("--cases", help="The schema of cases.yaml instead.")] = False,
) -> None:
    """Write the JSON Schema."""
    from domain.programme.cases import Cases
    from domain.programme.model import Programme

    model = Cases if cases else Programme
    print(json.dumps(model.model_json_schema(by_alias=True), ensure_ascii=False, indent=2))


def _folder(path: Path | None) -> Path | None:
    if path is None or path.is_dir():
        return path
    if path.is_file():
        return path.parent
    raise CommandError(surroundings.words().say("%(path)s: there is no such folder", path=str(path)))


def _complain(problems: tuple[object, ...]) -> None:
    for problem in problems:
        surroundings.complain(str(problem))
