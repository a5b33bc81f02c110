"""What the commands about inbox and outbox share: one transaction on the database of the settings, also while it serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from bot.command_line import surroundings

if TYPE_CHECKING:
    from domain.store import Transaction

T = TypeVar("T")


async def in_database(work: Callable[[Transaction], T], *, read: bool = False) -> T:
    """Run a work in a transaction of its own."""
    from bot.assembly import open_database

    async with await open_database(surroundings.settings()) as database:
        return await (database.read(work) if read else database.run(work))
