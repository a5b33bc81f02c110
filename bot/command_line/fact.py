"""``zhuoyue fact``: the vocabulary of facts a facts file may use."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot.command_line import surroundings
from bot.command_line.forms import Format

_TEXTS = ("question", "short", "help", "evidence", "unit", "never")
"""What of a fact is text for people."""


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="fact", help="The facts programmes ask for.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("list", help="Every fact: id, type, unit, options, question.")(list_facts)
    app.add_typer(group)


def list_facts(form: Annotated[Format, typer.Option("--format")] = Format.TEXT) -> None:
    """Write the vocabulary."""
    from bot.command_line.at_hand import at_hand, today

    house = at_hand()
    world = house.world(today())
    facts = house.programmes.vocabulary.values()
    if form is Format.JSON:
        plain = [
            fact.model_dump(mode="json", exclude_defaults=True)
            | {name: world.fact_text(text) for name in _TEXTS if (text := getattr(fact, name))}
            | {
                "options": [
                    {"id": option.id, "label": world.fact_text(option.label)} for option in fact.options
                ]
            }
            for fact in facts
        ]
        print(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    from rich.table import Table

    say = world.words.say
    table = Table(say("Fact"), say("Type"), say("Question"), say("Options"))
    for fact in facts:
        options = ", ".join(f"{option.id} ({world.fact_text(option.label)})" for option in fact.options)
        unit = f" ({world.fact_text(fact.unit)})" if fact.unit else ""
        table.add_row(fact.id, fact.type.value + unit, world.fact_text(fact.question), options)
    surroundings.out().print(table)
