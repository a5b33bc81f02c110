"""``zhuoyue deadline``: a programme's dates, safe and outer, computed from a day."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from bot.command_line import surroundings
from bot.command_line.forms import Format


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("deadline", help="The dates of a programme, counted from a day.")(show)


def show(
    programme_id: Annotated[str, typer.Argument(metavar="PROGRAMME", help="Id or code of the programme.")],
    start: Annotated[
        str | None,
        typer.Option(
            "--from", help="Day the event happens, or the day asked on, YYYY-MM-DD; today without it."
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Write every deadline with its dates."""
    from bot.command_line.at_hand import at_hand, day
    from dialogs.statuses import standing_then
    from domain.deadlines import due_dates
    from domain.programme.dates import NoDate

    house, since = at_hand(), day(start, "--from")
    loaded = house.programme(programme_id, since)
    world = house.world(since)
    rows: list[dict[str, Any]] = []
    for rule in loaded.programme.deadlines:
        dates = [
            {
                "safe": due.safe.isoformat(),
                "outer": due.outer.isoformat(),
                "paper_safe": None if due.paper_safe is None else due.paper_safe.isoformat(),
                "provisional": due.provisional,
                "reading": "alternative" if due.alternative else "conservative",
                "standing": loaded.programme.status_on(due.safe).status.value,
                "standing_then": standing_then(world, loaded.programme, due.safe, since),
            }
            for due in due_dates(rule, since, house.calendar)
        ]
        reason = rule.rule.no_date.reason if isinstance(rule.rule, NoDate) else None
        rows.append(
            {
                "id": rule.id,
                "title": world.policy(loaded.programme, rule.title),
                "trigger": rule.trigger,
                "clause": rule.clause,
                "clause_text": world.clause(loaded.programme, rule.clause),
                "source": rule.source.value,
                "dates": dates,
                "no_date": None if reason is None else world.policy(loaded.programme, reason),
            }
        )
    if form is Format.JSON:
        found = {"programme": loaded.programme.id, "from": since.isoformat(), "deadlines": rows}
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    say = world.words.say
    from rich.table import Table

    table = Table(say("Deadline"), say("What"), say("Safe"), say("Outer"), say("Clause"))
    for row in rows:
        title = row["title"] + (f" ({row['trigger']})" if row["trigger"] else "")
        if not row["dates"]:
            table.add_row(row["id"], title, "–", row["no_date"] or "–", row["clause_text"])
        for due in row["dates"]:
            safe = due["safe"]
            if due["paper_safe"] not in (None, safe):
                safe += "\n" + say("on paper: %(date)s", date=due["paper_safe"])
            if due["provisional"]:
                safe += "\n" + say("provisional: the holiday list is not out")
            if due["reading"] == "alternative":
                safe += "\n" + say("by the other reading")
            if due["standing_then"]:
                safe += "\n" + due["standing_then"]
            table.add_row(row["id"], title, safe, due["outer"], row["clause_text"])
    surroundings.out().print(table)
