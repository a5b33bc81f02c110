"""What officers look after, as the operator sees it from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bot.command_line import surroundings
from bot.command_line.queues import in_database

if TYPE_CHECKING:
    from dialogs.engine.screen import Block
    from dialogs.world import World
    from domain.store import Transaction

T = TypeVar("T")


def in_office(look: Callable[[World], T]) -> T:
    """Look at rounds, staff and announcements as the operator, in one transaction that only reads."""
    from bot.command_line.at_hand import at_hand, today
    from dialogs.office import StoredOffice
    from domain.reminders.kinds import Kinds
    from domain.reminders.tools import Tools
    from domain.staff import OPERATOR

    house = at_hand()
    tools = Tools(Kinds.load(), house.programmes, house.programmes.vocabulary, house.examiner)

    def work(tx: Transaction) -> T:
        return look(replace(house.world(today()), office=StoredOffice(tx, tools, 0, OPERATOR, thorough=True)))

    return asyncio.run(in_database(work, read=True))


def print_blocks(world: World, blocks: tuple[Block, ...]) -> None:
    """Print what a screen would show."""
    from bot.terminal_screen import draw_blocks

    draw_blocks(blocks, world.words, surroundings.out())
