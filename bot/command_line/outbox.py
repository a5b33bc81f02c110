"""``zhuoyue outbox``: messages on their way, and those that did not arrive."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.queues import in_database

if TYPE_CHECKING:
    from domain.store import DeliveryState, Lane, Transaction
    from locales.words import Words


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        name="outbox", help="Messages on their way, and those that did not arrive.", no_args_is_help=True
    )
    group.callback()(lambda: None)
    group.command("list", help="List messages that are neither sent nor dropped.")(list_messages)
    group.command("retry", help="Have messages sent as soon as may be; those unknown may arrive twice.")(
        retry
    )
    group.command("drop", help="Never send messages.")(drop)
    app.add_typer(group)


def list_messages(
    state: Annotated[
        Literal["waiting", "sending", "sent", "unknown", "dead", "dropped"] | None,
        typer.Option(help="Only those in this state."),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 100,
) -> None:
    """Write the messages as a table, without what they say."""
    words = surroundings.words()
    rows = asyncio.run(in_database(lambda tx: tx.deliveries.list(state, limit), read=True))
    if not rows:
        print(words.say("There are no such messages."))
        return
    from rich.table import Column, Table

    short = (
        words.say("Number"),
        words.say("State"),
        words.say("Lane"),
        words.say("Chat"),
        words.say("Queued"),
        words.say("Attempts"),
    )
    table = Table(*(Column(one, no_wrap=True) for one in short), words.say("Error"))
    for row in rows:
        table.add_row(
            str(row.outbox_id),
            _state(row.state, words),
            _lane(row.lane, words),
            str(row.chat_id),
            words.datetime(row.created_at),
            str(row.attempts),
            row.error,
        )
    surroundings.out().print(table)


def retry(
    numbers: Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers, as in the list.")],
) -> None:
    """Send messages again."""
    words = surroundings.words()

    def work(tx: Transaction) -> list[int]:
        return [number for number in numbers if not tx.deliveries.again(number)]

    left = asyncio.run(in_database(work))
    if left:
        raise CommandError(
            words.say(
                "Not there, sent, being sent, or behind others: %(numbers)s",
                numbers=words.items([*map(str, left)]),
            )
        )
    print(words.count("%(n)s message will be sent.", "%(n)s messages will be sent.", len(numbers)))


def drop(
    numbers: Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers, as in the list.")],
) -> None:
    """Drop messages."""
    words = surroundings.words()

    def work(tx: Transaction) -> list[int]:
        return [number for number in numbers if not tx.deliveries.drop(number)]

    left = asyncio.run(in_database(work))
    if left:
        raise CommandError(
            words.say("Not there, sent, or being sent: %(numbers)s", numbers=words.items([*map(str, left)]))
        )
    print(words.count("%(n)s message was dropped.", "%(n)s messages were dropped.", len(numbers)))


def _state(state: DeliveryState, words: Words) -> str:
    return {
        "waiting": words.say("waiting"),
        "sending": words.say("being sent"),
        "sent": words.say("sent"),
        "unknown": words.say("unknown"),
        "dead": words.say("given up"),
        "dropped": words.say("dropped"),
    }[state]


def _lane(lane: Lane, words: Words) -> str:
    return {
        "reply": words.say("reply"),
        "reminder": words.say("reminder"),
        "broadcast": words.say("broadcast"),
    }[lane]
