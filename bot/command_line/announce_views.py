"""What the commands about announcements show, and how they say that something cannot be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.in_office import in_office, print_blocks

if TYPE_CHECKING:
    from dialogs.engine.screen import Block
    from dialogs.world import World
    from domain.announcements import Announcement, AnnouncementRefused


def show_preview(number: int) -> None:
    """Write what people would read and how many they are."""

    def look(world: World) -> tuple[World, tuple[Block, ...]]:
        return world, preview_blocks(world, found(world, number))

    print_blocks(*in_office(look))


def preview_blocks(world: World, announcement: Announcement) -> tuple[Block, ...]:
    """Whom it is for, how many they are, and what they would read."""
    from dialogs.announcement_words import audience_blocks

    return (*audience_blocks(world, announcement.audience), *contents(world, announcement))


def contents(world: World, announcement: Announcement) -> tuple[Block, ...]:
    """What it says, and the file that goes with it."""
    from dialogs.announcement_page import contents_blocks

    return contents_blocks(world, announcement)


def refusal(refused: AnnouncementRefused) -> CommandError:
    """Why something cannot be done."""
    say = surroundings.words().say
    return CommandError(" ".join(say(problem.value) for problem in refused.problems))


def found(world: World, number: int) -> Announcement:
    """The announcement with this number. Raises CommandError."""
    one = next((one for one in world.office.announcements if one.id == number), None)
    if one is None:
        raise CommandError(world.words.say("There is no number %(number)s.", number=number))
    return one
