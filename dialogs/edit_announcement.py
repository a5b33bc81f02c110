"""Changing a draft of an announcement: what is to be changed is asked anew, the rest stays, and it is looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs.announcement_audience import FIRST, audience_of, audience_states
from dialogs.announcement_file import FILE, file_of, file_state
from dialogs.announcement_preview import PREVIEW, planned_draft, preview_state
from dialogs.announcement_texts import CHINESE, ENGLISH, TITLE, text_states, texts_of
from dialogs.announcements import visible
from dialogs.commands import Start
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseMany, ChooseOne, Option
from dialogs.engine.dialog import Dialog, Goes, Here, State
from dialogs.new_announcement import corrected_by, told
from dialogs.staff_commands import EditAnnouncement
from dialogs.world import World
from domain.announcements import Announcement, AnnouncementState
from domain.staff import Act

NAME = "edit_announcement"
WHAT: Final = "what"
"""The state that asks what is to be changed."""

_ORDER: Final = (FIRST, TITLE, CHINESE, ENGLISH, FILE, PREVIEW)
"""What can be changed, in the order in which it is asked, and the look at it."""


def may_edit(world: World, announcement: Announcement) -> bool:
    """Whether it is a draft the person may change."""
    drafted = announcement.state is AnnouncementState.DRAFTED
    return drafted and world.office.actor.may(Act.WRITE_ANNOUNCEMENT, announcement.scope)


def edit_announcement(world: World) -> Dialog:
    """The draft in the subject, as it was at the revision there."""
    number, title = world.subject.get("announcement"), world.words.say("Change an announcement")
    about = {"announcement": number}
    found = next((one for one in visible(world) if one.id == number), None)
    if found is None or found.revision != world.subject.get("revision") or not may_edit(world, found):
        return Dialog(
            name=NAME,
            version=1,
            title=title,
            start="changed",
            states=(_changed(world),),
            outcomes={
                "look": lambda _here: (Start("announcement", about),),
                "list": lambda _here: (Start("announcements"),),
            },
        )
    given = {name: answer.value for name, answer in world.answers.given().items()}
    correction = found.audience.corrects is not None
    states = [
        _what(world, correction=correction),
        *text_states(world, given, _after, found.texts),
        file_state(world, _after(FILE)),
        _preview(world, found, given),
    ]
    if not correction:
        states += audience_states(world, given, _after(FIRST))
    return Dialog(
        name=NAME,
        version=1,
        title=title,
        start=WHAT,
        states=tuple(states),
        outcomes={
            "saved": lambda here: (_command(found, told(here)), Start("announcement", about)),
            "sent": lambda here: (_command(found, told(here), send=True), Start("announcement", about)),
            "dropped": lambda _here: (Start("announcement", about),),
        },
        parks=True,
    )


def _changed(world: World) -> State:
    say = world.words.say
    look = Option("look", say("Look again"), "look")
    listed = Option("list", say("All announcements"), "list")
    return State(
        "changed",
        say("It is not as you saw it any more. Nothing was changed; look at it again."),
        ChooseOne(world.words, (look, listed), ways=True),
        {"look": "look", "list": "list"},
        silent=True,
    )


def _what(world: World, *, correction: bool) -> State:
    say = world.words.say
    parts = [
        Option(TITLE, say("The title"), TITLE),
        Option(CHINESE, say("The Chinese text"), CHINESE),
        Option(ENGLISH, say("The English text"), ENGLISH),
        Option(FILE, say("The file"), FILE),
    ]
    if not correction:
        # A correction goes to those who received what it corrects.
        parts.insert(0, Option(FIRST, say("For whom it is"), FIRST))
    return State(
        WHAT,
        say("What do you want to change?"),
        ChooseMany(world.words, tuple(parts), none=False),
        _after(FIRST, or_before=not correction),
    )


def _after(name: str, *, or_before: bool = False) -> Goes:
    """The next of what is to be changed after a part (or this part itself, before it was asked), or the look at it."""
    left = _ORDER[_ORDER.index(name) + (0 if or_before else 1) :]

    def pick(here: Here) -> str:
        wanted = here.value(WHAT)
        chosen = wanted if isinstance(wanted, list) else []
        return next(one for one in left if one in chosen or one == PREVIEW)

    return Goes(left, pick)


def _preview(world: World, draft: Announcement, given: Mapping[str, Json]) -> State:
    say, command = world.words.say, _command(draft, given)
    corrects = draft.audience.corrects
    corrected = None if corrects is None else corrected_by(world, corrects)
    return preview_state(
        world,
        (lambda: planned_draft(world, command.texts, command.audience, corrected, command.file))
        if _is_answered(given)
        else None,
        Option("sent", say("Save it and send it now"), "send"),
        Option("saved", say("Save the draft"), "save", ("保存",)),
        Option("dropped", say("Leave it as it was"), "drop", ("不", "no")),
    )


def _is_answered(given: Mapping[str, Json]) -> bool:
    """Whether everything that is to be changed was asked."""
    chosen = given.get(WHAT)
    return isinstance(chosen, list) and all(part in given for part in chosen)


def _command(draft: Announcement, given: Mapping[str, Json], *, send: bool = False) -> EditAnnouncement:
    chosen = given.get(WHAT)
    wanted = chosen if isinstance(chosen, list) else []
    parts = {name: value for name, value in given.items() if name in wanted}
    audience = audience_of(given) if FIRST in parts else draft.audience
    return EditAnnouncement(
        draft.id, draft.revision, texts_of(parts, draft.texts), audience, send, file_of(parts, draft.file)
    )
