"""The announcements a member of the staff may see, and the way to a new one."""

from __future__ import annotations

from dialogs.announcement_words import announcement_item, announcement_title
from dialogs.commands import Start
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, Goes, Here, State
from dialogs.engine.screen import Block, Items, Paragraph, plain
from dialogs.pages import page_options, page_title, paged
from dialogs.world import World
from domain.announcements import Announcement
from domain.staff import Act

NAME = "announcements"
NEW = "new"
_ONE = "announcement:"


def announcements(world: World) -> Dialog:
    """Every announcement within the person's scope, the newest first."""
    listed = visible(world)
    title = page_title(world, world.words.say("Announcements"), len(listed))
    return Dialog(
        name=NAME,
        version=1,
        title=world.words.say("Announcements"),
        start="list",
        states=(
            State(
                "list",
                title,
                ChooseOne(world.words, _options(world, listed), ways=True),
                Goes(
                    (NEW, "announcement"), lambda here: NEW if here.value("list") == NEW else "announcement"
                ),
                blocks=lambda _here: _blocks(world, listed),
                silent=True,
            ),
        ),
        outcomes={
            NEW: lambda _here: (Start("new_announcement"),),
            "announcement": lambda here: (Start("announcement", {"announcement": _number(here)}),),
        },
    )


def visible(world: World) -> tuple[Announcement, ...]:
    """The announcements the person may see."""
    actor = world.office.actor
    if not actor.may_somewhere(Act.SEE_ANNOUNCEMENTS):
        return ()
    return tuple(one for one in world.office.announcements if actor.may(Act.SEE_ANNOUNCEMENTS, one.scope))


def _options(world: World, listed: tuple[Announcement, ...]) -> tuple[Option, ...]:
    options = [
        Option(f"{_ONE}{one.id}", announcement_title(world, one), f"{_ONE}{one.id}")
        for one in paged(listed, world.page)
    ]
    options += page_options(world, len(listed))
    if world.office.actor.may_somewhere(Act.WRITE_ANNOUNCEMENT):
        options.append(Option(NEW, world.words.say("Write an announcement"), NEW))
    return tuple(options)


def _number(here: Here) -> int:
    return int(str(here.value("list")).removeprefix(_ONE))


def _blocks(world: World, listed: tuple[Announcement, ...]) -> tuple[Block, ...]:
    if not listed:
        return (Paragraph(spans=plain(world.words.say("There are no announcements you may see."))),)
    return (Items(items=tuple(announcement_item(world, one) for one in paged(listed, world.page))),)
