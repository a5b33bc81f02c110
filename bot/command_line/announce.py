"""``zhuoyue announce``: announcements to those a programme concerns or to staff; numbers are shown, never names."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import surroundings
from bot.command_line.announce_drafts import draft, edit
from bot.command_line.announce_views import contents, found, preview_blocks, refusal, show_preview
from bot.command_line.errors import CommandError
from bot.command_line.in_office import in_office, print_blocks
from bot.command_line.queues import in_database

if TYPE_CHECKING:
    from dialogs.engine.screen import Block
    from dialogs.world import World
    from domain.announcements import Announcement


Number = Annotated[int, typer.Argument(help="Number of the announcement, as in the list.")]
Sure = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="announce", help="Announcements to many people.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("draft", help="Write an announcement; nobody is told yet.")(draft)
    group.command("edit", help="Change a draft; what is not named stays as it is.")(edit)
    group.command("preview", help="What people would read, and how many they are.")(preview)
    group.command("send", help="Send a draft.")(send)
    group.command("list", help="Every announcement with its state.")(list_announcements)
    group.command("show", help="One announcement and how it fares.")(show)
    group.command("pause", help="Send no more for now.")(pause)
    group.command("resume", help="Go on with a paused one.")(resume)
    group.command("withdraw", help="Send no more for good; a draft is dropped.")(withdraw)
    app.add_typer(group)


def preview(number: Number) -> None:
    """Write what people would read and how many they are."""
    show_preview(number)


def send(number: Number, yes: Sure = False) -> None:
    """Show it, ask, and send it."""
    _act(number, "send", yes=yes)


def pause(number: Number, yes: Sure = False) -> None:
    """Take back what nobody began to send."""
    _act(number, "pause", yes=yes)


def resume(number: Number, yes: Sure = False) -> None:
    """Go on with those who did not get it."""
    _act(number, "resume", yes=yes)


def withdraw(number: Number, yes: Sure = False) -> None:
    """Send no more of it."""
    _act(number, "withdraw", yes=yes)


def list_announcements() -> None:
    """Write the announcements as a table."""
    from rich.table import Table

    from dialogs.announcement_words import audience_text, listed, state_name

    say, words = surroundings.words().say, surroundings.words()
    table = Table(say("Number"), say("Title"), say("State"), say("For"), say("People"), say("When"))

    def fill(world: World) -> None:
        for one in world.office.announcements:
            total = listed(words, one.audience, world.office.progress(one.id)) if one.sent_at else "–"
            table.add_row(
                str(one.id),
                one.texts.title.text(words.language),
                state_name(words, one),
                audience_text(world, one.audience),
                total,
                words.datetime(one.sent_at or one.created_at),
            )

    in_office(fill)
    if not table.rows:
        print(say("Nothing has been announced yet."))
        return
    surroundings.out().print(table)


def show(number: Number) -> None:
    """Write the announcement and how many got it."""

    def look(world: World) -> tuple[World, tuple[Block, ...]]:
        from dialogs.announcement_words import announcement_item, progress_blocks
        from dialogs.engine.screen import Items

        one = found(world, number)
        blocks: list[Block] = [Items(items=(announcement_item(world, one),))]
        if one.sent_at is not None:
            blocks += progress_blocks(world, one, world.office.progress(number))
        return world, (*blocks, *contents(world, one))

    print_blocks(*in_office(look))


def _act(number: int, act: str, *, yes: bool) -> None:
    """Show what would come of it; do it when that is wanted."""
    from dialogs.announcement_acts import act_on_announcement
    from dialogs.announcement_page import what_follows
    from dialogs.announcement_words import state_name
    from dialogs.engine.screen import Paragraph, plain
    from dialogs.staff_commands import ActOnAnnouncement
    from domain.announcements import AnnouncementAct, AnnouncementRefused
    from domain.clock import SystemClock
    from domain.staff import OPERATOR
    from domain.store import StaleRevision

    words, wanted = surroundings.words(), AnnouncementAct(act)

    def look(world: World) -> tuple[World, Announcement, tuple[Block, ...]]:
        one = found(world, number)
        if wanted is AnnouncementAct.SEND:
            return world, one, preview_blocks(world, one)
        return world, one, (Paragraph(spans=plain(what_follows(world, one, wanted))),)

    world, seen, blocks = in_office(look)
    if not yes:
        print_blocks(world, blocks)
        if not typer.confirm(words.say("Do it?")):
            return
    command = ActOnAnnouncement(number, seen.revision, wanted)
    try:
        done = asyncio.run(
            in_database(lambda tx: act_on_announcement(tx, OPERATOR, command, SystemClock().now()))
        )
    except AnnouncementRefused as refused:
        raise refusal(refused) from None
    except StaleRevision:
        raise CommandError(
            words.say("It is not as you saw it any more. Nothing was changed; look at it again.")
        ) from None
    print(words.say("Announcement %(number)s: %(state)s.", number=number, state=state_name(words, done)))
