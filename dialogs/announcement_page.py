"""One announcement: what it says, whom it is for, how it fares, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from dialogs.announcement_file import file_blocks
from dialogs.announcement_words import (
    act_name,
    announcement_title,
    audience_blocks,
    audience_text,
    progress_blocks,
    state_name,
    texts_blocks,
)
from dialogs.announcements import visible
from dialogs.commands import Start
from dialogs.edit_announcement import may_edit
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Commands, Dialog, Here, State
from dialogs.engine.screen import Block, Heading, Notice, Paragraph, plain, strong
from dialogs.staff_commands import ActOnAnnouncement
from dialogs.world import World
from domain.announcements import LEADS_FROM, Announcement, AnnouncementAct, AnnouncementState
from domain.staff import Act

NAME = "announcement"
_OVER = frozenset({AnnouncementState.SENT, AnnouncementState.WITHDRAWN})


def announcement_page(world: World) -> Dialog:
    """The announcement in the subject."""
    number, title = world.subject.get("announcement"), world.words.say("Announcement")
    found = next((one for one in visible(world) if one.id == number), None)
    if found is None:
        return Dialog(
            name=NAME,
            version=1,
            title=title,
            start="gone",
            states=(_gone(world),),
            outcomes={"list": lambda _here: (Start("announcements"),)},
        )
    acts = tuple(
        act
        for act, states in LEADS_FROM.items()
        if found.state in states and world.office.actor.may(act.staff_act, found.scope)
    )
    about = {"announcement": found.id}
    outcomes: dict[str, Callable[[Here], Commands]] = {
        "list": lambda _here: (Start("announcements"),),
    }
    if acts:
        outcomes["again"] = lambda _here: (Start(NAME, about),)
    states = [_overview(world, found, acts)]
    if acts:
        states.append(_sure(world, found))
        outcomes["done"] = lambda here: (_command(found, here), Start(NAME, about))
    if may_edit(world, found):
        seen = {"announcement": found.id, "revision": found.revision}
        outcomes["edit"] = lambda _here: (Start("edit_announcement", seen),)
    if _may_correct(world, found):
        outcomes["correct"] = lambda _here: (Start("new_announcement", {"corrects": found.id}),)
    return Dialog(
        name=NAME, version=1, title=title, start="overview", states=tuple(states), outcomes=outcomes
    )


def _gone(world: World) -> State:
    say = world.words.say
    return State(
        "gone",
        say("There is no such announcement."),
        ChooseOne(world.words, (Option("list", say("All announcements"), "list"),), ways=True),
        "list",
        silent=True,
    )


def _may_correct(world: World, announcement: Announcement) -> bool:
    return (
        announcement.sent_at is not None
        and announcement.state in _OVER
        and world.office.actor.may(Act.WRITE_ANNOUNCEMENT, announcement.scope)
    )


def _overview(world: World, announcement: Announcement, acts: tuple[AnnouncementAct, ...]) -> State:
    say = world.words.say
    # With the revision in the answer, it falls when somebody else acts: nobody confirms what they did not see.
    options = [
        Option(f"{act.value}:{announcement.revision}", act_name(world.words, announcement, act), act.value)
        for act in acts
    ]
    after: dict[Json, str] = {f"{act.value}:{announcement.revision}": "sure" for act in acts}
    if _may_correct(world, announcement):
        options.append(Option("correct", say("Write a correction"), "correct"))
        after["correct"] = "correct"
    if may_edit(world, announcement):
        options.append(Option("edit", say("Change it"), "edit"))
        after["edit"] = "edit"
    if acts and announcement.state is not AnnouncementState.DRAFTED:
        options.append(Option("again", say("Look again"), "again"))
        after["again"] = "again"
    options.append(Option("list", say("All announcements"), "list"))
    after["list"] = "list"
    return State(
        "overview",
        announcement_title(world, announcement),
        ChooseOne(world.words, tuple(options), ways=True),
        after,
        blocks=lambda _here: _blocks(world, announcement),
        silent=True,
    )


def _blocks(world: World, announcement: Announcement) -> tuple[Block, ...]:
    say = world.words.say
    blocks: list[Block] = [Paragraph(spans=strong(state_name(world.words, announcement)))]
    blocks.append(
        Paragraph(spans=plain(say("For: %(audience)s", audience=audience_text(world, announcement.audience))))
    )
    if announcement.sent_at is not None:
        blocks += progress_blocks(world, announcement, world.office.progress(announcement.id))
    blocks.append(Heading(text=say("What it says")))
    return (*blocks, *contents_blocks(world, announcement))


def contents_blocks(world: World, announcement: Announcement) -> tuple[Block, ...]:
    """What it says, and the file that goes with it."""
    file = None if announcement.file is None else world.office.file(announcement.file)
    enclosed = file_blocks(world.words, file, gone=announcement.file_gone)
    return (*texts_blocks(world, announcement.texts), *enclosed)


def _sure(world: World, announcement: Announcement) -> State:
    say = world.words.say
    yes = Option("done", say("Yes, do it"), "done", ("是", "确认", "yes", "ok"))
    no = Option("again", say("No, leave it as it is"), "kept", ("不", "否", "no"))
    return State(
        "sure",
        say("Is this to be done?"),
        ChooseOne(world.words, (yes, no)),
        {"done": "done", "again": "again"},
        blocks=lambda here: _consequence(world, announcement, _act(here)),
        view=True,
        silent=True,
    )


def _consequence(world: World, announcement: Announcement, act: AnnouncementAct | None) -> tuple[Block, ...]:
    if act is None:
        return ()
    named = Notice(tone="info", spans=plain(act_name(world.words, announcement, act)))
    if act is AnnouncementAct.SEND:
        whom = audience_blocks(world, announcement.audience)
        return (named, *whom, *contents_blocks(world, announcement))
    return (named, Paragraph(spans=plain(what_follows(world, announcement, act))))


def what_follows(world: World, announcement: Announcement, act: AnnouncementAct) -> str:
    """What an act other than sending comes to."""
    say = world.words.say
    if act is AnnouncementAct.PAUSE:
        return say("What nobody began to send waits until you go on.")
    if act is AnnouncementAct.RESUME:
        return say("It goes on with those who did not get it yet.")
    if announcement.sent_at is None:
        return say("The draft is dropped; nobody is told.")
    return say(
        "What was not sent is not sent any more. What was sent stays where it is; a correction can follow it."
    )


def _act(here: Here) -> AnnouncementAct | None:
    chosen = str(here.value("overview")).partition(":")[0]
    return next((act for act in AnnouncementAct if act.value == chosen), None)


def _command(announcement: Announcement, here: Here) -> ActOnAnnouncement:
    act, _, revision = str(here.value("overview")).partition(":")
    return ActOnAnnouncement(announcement.id, int(revision), AnnouncementAct(act))
