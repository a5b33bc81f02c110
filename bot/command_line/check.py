"""``zhuoyue check``: a self-check from a file of facts, for people and for batch pre-checks.

The JSON is a stable interface, described in ``docs/facts-files.md``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.forms import Format

if TYPE_CHECKING:
    from domain.facts.vocabulary import Vocabulary
    from domain.values import Value

STANDARD_INPUT = "-"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check", help="Check an organisation's facts against a programme.")(check)


def check(
    programme_id: Annotated[str, typer.Argument(metavar="PROGRAMME", help="Id or code of the programme.")],
    facts: Annotated[str, typer.Option("--facts", help="File with facts (.yaml or .json); - reads stdin.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Day to check on, YYYY-MM-DD; today without it.")
    ] = None,
    round_id: Annotated[
        str | None, typer.Option("--round", help="A round of the programme, with its own conditions.")
    ] = None,
    all_gaps: Annotated[
        bool, typer.Option("--all-gaps", help="Go on asking after an obstacle (next_question).")
    ] = False,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Evaluate and write the result; a bad facts file is one line and status 2."""
    from bot.command_line.at_hand import at_hand, day
    from bot.command_line.check_result import result, result_page
    from domain.eligibility.questions import Mode

    house, on = at_hand(), day(as_of, "--as-of")
    loaded = house.programme(programme_id, on)
    known = read(facts, house.programmes.vocabulary)
    rounds = [one.id for one in loaded.programme.rounds]
    if round_id is not None and round_id not in rounds:
        raise CommandError(
            surroundings.words().say(
                "--round: %(programme)s has no round %(round)s; it has: %(known)s",
                programme=loaded.programme.id,
                round=round_id,
                known=", ".join(rounds) or "–",
            )
        )
    evaluation = house.examiner.examination(loaded.programme, on, round_id).evaluate(known)
    mode = Mode.ALL_MY_GAPS if all_gaps else Mode.QUICK_VERDICT
    found = result(house.world(on), loaded, evaluation, mode)
    if form is Format.JSON:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print(result_page(house.world(on), found))


def read(place: str, vocabulary: Vocabulary) -> dict[str, Value]:
    """The facts of a file; :class:`CommandError` names file, line and reason."""
    from domain import yaml_source
    from domain.facts.reading import FactValueError, read_facts

    name = "stdin" if place == STANDARD_INPUT else place
    source = (
        yaml_source.parse(_standard_input(), name)
        if place == STANDARD_INPUT
        else yaml_source.read(Path(place), name)
    )
    plain: Mapping[str, Any] = {} if source.data is None else yaml_source.mapping(source)
    try:
        return read_facts(plain, vocabulary)
    except FactValueError as error:
        raise CommandError(f"{name}:{source.line_of(error.steps)}: {error}") from None


def _standard_input() -> str:
    from domain.yaml_source import SourceError

    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("stdin", 1, "the file is not UTF-8 text") from None
