"""``zhuoyue inbox``: updates that wait to be handled, and those that were set aside because handling them failed."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.queues import in_database

if TYPE_CHECKING:
    from domain.store import Transaction, UpdateRow
    from locales.words import Words

Number = Annotated[int, typer.Argument(help="Number of the update, as in the list.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="inbox", help="Updates that were not handled yet.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("list", help="List updates; first those set aside because handling them failed.")(
        list_updates
    )
    group.command("show", help="Show one update in full, with what the person sent.")(show)
    group.command("retry", help="Have updates handled once more, at once.")(retry)
    group.command("drop", help="Never handle updates; what they say is forgotten.")(drop)
    app.add_typer(group)


def list_updates(
    state: Annotated[
        Literal["set_aside", "waiting", "done"] | None, typer.Option(help="Only those in this state.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many of each state at most.", min=1)] = 100,
) -> None:
    """Write the updates as a table, without what people sent."""
    words = surroundings.words()
    states: tuple[Literal["set_aside", "waiting", "done"], ...] = (
        ("set_aside", "waiting") if state is None else (state,)
    )
    rows = asyncio.run(
        in_database(lambda tx: [row for one in states for row in tx.updates.list(one, limit)], read=True)
    )
    if not rows:
        print(words.say("There are no such updates."))
        return
    from rich.table import Column, Table

    short = (
        words.say("Number"),
        words.say("State"),
        words.say("Received"),
        words.say("Channel"),
        words.say("Failures"),
    )
    table = Table(*(Column(one, no_wrap=True) for one in short), words.say("Error"))
    for row in rows:
        kind = row.error.split(":", 1)[0]
        table.add_row(
            str(row.id),
            _state(row, words),
            words.datetime(row.received_at),
            row.channel,
            str(row.attempts),
            kind,
        )
    surroundings.out().print(table)


def show(number: Number) -> None:
    """Write everything about one update."""
    words = surroundings.words()
    row = asyncio.run(in_database(lambda tx: tx.updates.get(number), read=True))
    if row is None:
        raise CommandError(words.say("There is no update %(number)s.", number=number))
    print(words.say("Update %(number)s (%(state)s)", number=row.id, state=_state(row, words)))
    print(words.say("From: %(channel)s, number %(id)s there", channel=row.channel, id=row.update_id))
    print(words.say("Received: %(when)s", when=words.datetime(row.received_at)))
    print(words.say("Failures: %(n)s", n=row.attempts))
    if row.error:
        print(words.say("Error: %(error)s", error=row.error))
    if row.payload_json:
        print(_readable(row.payload_json))


def retry(
    numbers: Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers, as in the list.")],
) -> None:
    """Hand updates to the intake again."""
    words = surroundings.words()

    def work(tx: Transaction) -> list[int]:
        return [number for number in numbers if not tx.updates.again(number)]

    left = asyncio.run(in_database(work))
    if left:
        raise CommandError(
            words.say("Neither set aside nor due later: %(numbers)s", numbers=words.items([*map(str, left)]))
        )
    print(
        words.count(
            "%(n)s update will be handled again.", "%(n)s updates will be handled again.", len(numbers)
        )
    )


def drop(
    numbers: Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers, as in the list.")],
) -> None:
    """Forget updates without handling them."""
    words = surroundings.words()

    def work(tx: Transaction) -> list[int]:
        return [number for number in numbers if not tx.updates.drop(number)]

    left = asyncio.run(in_database(work))
    if left:
        raise CommandError(
            words.say("Not there, or handled already: %(numbers)s", numbers=words.items([*map(str, left)]))
        )
    print(words.count("%(n)s update was dropped.", "%(n)s updates were dropped.", len(numbers)))


def _state(row: UpdateRow, words: Words) -> str:
    return {
        "waiting": words.say("waiting"),
        "set_aside": words.say("set aside"),
        "done": words.say("handled"),
    }[row.state]


def _readable(payload: str) -> str:
    try:
        return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    except ValueError:
        return payload
