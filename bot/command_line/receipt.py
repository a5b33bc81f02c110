"""``zhuoyue receipt``: replay self-checks and see that they still come out as recorded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError

if TYPE_CHECKING:
    from domain.eligibility.evaluate import Examiner
    from domain.store import StoredReceipt, Transaction


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="receipt", help="Receipts of self-checks.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("verify", help="Replay receipts; status 1 when one comes out differently.")(verify)
    app.add_typer(group)


def verify(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="[ID]...", help="Receipts to replay; all without it.")
    ] = None,
) -> None:
    """Replay each receipt from the programme content it names and write what differs."""
    differing = asyncio.run(_verify(tuple(numbers or ())))
    if differing:
        raise typer.Exit(1)


async def _verify(numbers: tuple[int, ...]) -> int:
    from bot.assembly import open_house
    from domain.calendar.working_days import WorkingCalendar
    from domain.eligibility.evaluate import Examiner

    words, settings = surroundings.words(), surroundings.settings()
    examiner = Examiner(WorkingCalendar.load(settings.holidays_file))
    differing = 0
    async with open_house(settings) as house:
        chosen = numbers or await house.database.read(lambda tx: tx.receipts.ids())
        for number in chosen:
            found = await house.database.read(lambda tx, number=number: _found(tx, number))  # type: ignore[misc]  # the default binds the loop's number
            if found is None:
                raise CommandError(words.say("There is no receipt %(number)s.", number=number))
            differences = _differences(*found, examiner)
            differing += bool(differences)
            if differences:
                print(words.say("Receipt %(number)s comes out differently:", number=number))
                for difference in differences:
                    print(f"  {difference}")
            else:
                print(words.say("Receipt %(number)s comes out the same.", number=number))
        if not chosen:
            print(words.say("There are no receipts yet."))
    return differing


def _found(tx: Transaction, number: int) -> tuple[StoredReceipt, str | None] | None:
    receipt = tx.receipts.get(number)
    return None if receipt is None else (receipt, tx.programme_contents.get(receipt.content_hash))


def _differences(stored: StoredReceipt, content: str | None, examiner: Examiner) -> tuple[str, ...]:
    from domain.eligibility.receipts import Receipt, replay
    from domain.programme.archive import hash_of

    if content is None:
        return (surroundings.words().say("the programme content it names was not kept"),)
    if hash_of(content) != stored.content_hash:
        return (
            surroundings.words().say("the kept programme content does not have the hash it is kept under"),
        )
    try:
        return replay(Receipt.from_json(stored.receipt_json), content, examiner)
    except ValueError as error:
        return (str(error),)
