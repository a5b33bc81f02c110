"""``zhuoyue announce``: announcements to those a programme concerns or to staff; numbers are shown, never names."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.in_office import in_office, print_blocks
from bot.command_line.queues import in_database

if TYPE_CHECKING:
    from dialogs.engine.screen import Block
    from dialogs.world import World
    from domain.announcements import Announcement, AnnouncementRefused


Number = Annotated[int, typer.Argument(help="Number of the announcement, as in the list.")]
Sure = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
RoleName = Literal[
    "administrator", "city_officer", "county_officer", "expert", "service_station", "supervisor", "viewer"
]
VerdictName = Literal["no_obstacle_found", "obstacle_found", "confirm_with_authority", "more_answers_needed"]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="announce", help="Announcements to many people.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("draft", help="Write an announcement; nobody is told yet.")(draft)
    group.command("preview", help="What people would read, and how many they are.")(preview)
    group.command("send", help="Send a draft.")(send)
    group.command("list", help="Every announcement with its state.")(list_announcements)
    group.command("show", help="One announcement and how it fares.")(show)
    group.command("pause", help="Send no more for now.")(pause)
    group.command("resume", help="Go on with a paused one.")(resume)
    group.command("withdraw", help="Send no more for good; a draft is dropped.")(withdraw)
    app.add_typer(group)


def draft(
    title: Annotated[str, typer.Option(metavar="TEXT", help="Chinese, then | and English; or one alone.")],
    text_zh: Annotated[str, typer.Option("--zh", metavar="TEXT", help="What it says in Chinese.")] = "",
    text_en: Annotated[str, typer.Option("--en", metavar="TEXT", help="What it says in English.")] = "",
    programme: Annotated[
        str | None, typer.Option(help="For those this programme concerns (id or code); any of them without.")
    ] = None,
    round_: Annotated[
        int | None, typer.Option("--round", help="For those a round is for: its number.")
    ] = None,
    district: Annotated[str, typer.Option(help="Only in this district.")] = "",
    role: Annotated[RoleName | None, typer.Option(help="For staff with this role instead.")] = None,
    verdict: Annotated[
        VerdictName | None, typer.Option(help="Only those whose last self-check ended so.")
    ] = None,
    corrects: Annotated[
        int | None, typer.Option(help="For those who received this announcement: its number.")
    ] = None,
) -> None:
    """Keep a draft and show it."""
    from bot.command_line.at_hand import at_hand, today
    from dialogs.announcement_acts import write_announcement
    from dialogs.announcement_texts import read_title
    from dialogs.staff_commands import WriteAnnouncement
    from domain.announcements import AnnouncementRefused, Audience, Texts
    from domain.clock import SystemClock
    from domain.programme.parts import Verdict
    from domain.rounds import Bilingual
    from domain.staff import OPERATOR, Role
    from domain.store import NotFound

    say = surroundings.words().say
    read = read_title(title)
    if read is None:
        raise CommandError(
            say("Please give one title in Chinese, in English, or both with a bar (|) between.")
        )
    about = "" if programme is None else at_hand().programme(programme, today()).programme.id
    audience = Audience(
        programme=about,
        round=round_,
        district=district,
        role=None if role is None else Role(role),
        verdict=None if verdict is None else Verdict(verdict),
        corrects=corrects,
    )
    command = WriteAnnouncement(Texts(read, Bilingual(text_zh.strip(), text_en.strip())), audience)
    try:
        kept = asyncio.run(
            in_database(lambda tx: write_announcement(tx, OPERATOR, command, SystemClock().now()))
        )
    except AnnouncementRefused as refused:
        raise _refusal(refused) from None
    except NotFound:
        raise CommandError(say("There is no number %(number)s.", number=corrects)) from None
    print(say("Announcement %(number)s: draft kept.", number=kept.id))
    _show_preview(kept.id)


def preview(number: Number) -> None:
    """Write what people would read and how many they are."""
    _show_preview(number)


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

    from dialogs.announcement_words import STATES, audience_text, listed

    say, words = surroundings.words().say, surroundings.words()
    table = Table(say("Number"), say("Title"), say("State"), say("For"), say("People"), say("When"))

    def fill(world: World) -> None:
        for one in world.office.announcements:
            total = listed(words, one.audience, world.office.progress(one.id)) if one.sent_at else "–"
            table.add_row(
                str(one.id),
                one.texts.title.text(words.language),
                say(STATES[one.state]),
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
        from dialogs.announcement_words import announcement_item, progress_blocks, texts_blocks
        from dialogs.engine.screen import Items

        one = _found(world, number)
        blocks: list[Block] = [Items(items=(announcement_item(world, one),))]
        if one.sent_at is not None:
            blocks += progress_blocks(world, one, world.office.progress(number))
        return world, (*blocks, *texts_blocks(world, one.texts))

    print_blocks(*in_office(look))


def _show_preview(number: int) -> None:
    def look(world: World) -> tuple[World, tuple[Block, ...]]:
        return world, _preview(world, _found(world, number))

    print_blocks(*in_office(look))


def _preview(world: World, announcement: Announcement) -> tuple[Block, ...]:
    from dialogs.announcement_words import audience_blocks, texts_blocks

    return (*audience_blocks(world, announcement.audience), *texts_blocks(world, announcement.texts))


def _act(number: int, act: str, *, yes: bool) -> None:
    """Show what would come of it; do it when that is wanted."""
    from dialogs.announcement_acts import act_on_announcement
    from dialogs.announcement_page import what_follows
    from dialogs.announcement_words import STATES
    from dialogs.engine.screen import Paragraph, plain
    from dialogs.staff_commands import ActOnAnnouncement
    from domain.announcements import AnnouncementAct, AnnouncementRefused
    from domain.clock import SystemClock
    from domain.staff import OPERATOR
    from domain.store import StaleRevision

    words, wanted = surroundings.words(), AnnouncementAct(act)

    def look(world: World) -> tuple[World, Announcement, tuple[Block, ...]]:
        one = _found(world, number)
        if wanted is AnnouncementAct.SEND:
            return world, one, _preview(world, one)
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
        raise _refusal(refused) from None
    except StaleRevision:
        raise CommandError(
            words.say("It is not as you saw it any more. Nothing was changed; look at it again.")
        ) from None
    print(
        words.say("Announcement %(number)s: %(state)s.", number=number, state=words.say(STATES[done.state]))
    )


def _refusal(refused: AnnouncementRefused) -> CommandError:
    say = surroundings.words().say
    return CommandError(" ".join(say(problem.value) for problem in refused.problems))


def _found(world: World, number: int) -> Announcement:
    found = next((one for one in world.office.announcements if one.id == number), None)
    if found is None:
        raise CommandError(world.words.say("There is no number %(number)s.", number=number))
    return found
