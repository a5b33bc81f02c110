"""Writing an announcement: for whom, what it says, and a look at both before anybody is told."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.announcement_audience import FIRST, audience_of, audience_states, programmes_for
from dialogs.announcement_file import FILE, file_of, file_state
from dialogs.announcement_preview import PREVIEW, planned_draft, preview_state
from dialogs.announcement_texts import CHINESE, ENGLISH, TITLE, text_states, texts_of
from dialogs.commands import GoToMenu, Start
from dialogs.engine.answers import Json
from dialogs.engine.choosing import Option
from dialogs.engine.dialog import Dialog, Goes, Here, State
from dialogs.new_round import not_allowed
from dialogs.staff_commands import WriteAnnouncement
from dialogs.world import World
from domain.announcements import Announcement, Audience
from domain.staff import Act

NAME = "new_announcement"

_ORDER = {TITLE: CHINESE, CHINESE: ENGLISH, ENGLISH: FILE}


def new_announcement(world: World) -> Dialog:
    """A new announcement, where the person's role allows one; a correction of the one in the subject."""
    title = world.words.say("Write an announcement")
    corrected = corrected_by(world, world.subject.get("corrects"))
    if not programmes_for(world) or ("corrects" in world.subject and corrected is None):
        return Dialog(
            name=NAME,
            version=1,
            title=title,
            start="refused",
            states=(not_allowed(world),),
            outcomes={"menu": lambda _here: (GoToMenu(),)},
        )
    given = {name: answer.value for name, answer in world.answers.given().items()}
    on = Goes((TITLE,), lambda _here: TITLE)
    return Dialog(
        name=NAME,
        version=1,
        title=title,
        start=TITLE if corrected is not None else FIRST,
        states=(
            *(audience_states(world, given, on) if corrected is None else ()),
            *text_states(world, given, lambda name: _ORDER[name]),
            file_state(world, PREVIEW),
            _preview(world, corrected, given),
        ),
        outcomes={
            "sent": lambda here: (_command(corrected, told(here), send=True), Start("announcements")),
            "drafted": lambda here: (_command(corrected, told(here)), Start("announcements")),
            "dropped": lambda _here: (Start("announcements"),),
        },
        parks=True,
    )


def corrected_by(world: World, number: Json) -> Announcement | None:
    """The announcement that is corrected, if the person may write to those it was for."""
    found = next((one for one in world.office.announcements if one.id == number), None) if number else None
    if found is None or not world.office.actor.may(Act.WRITE_ANNOUNCEMENT, found.scope):
        return None
    return found


def told(here: Here) -> dict[str, Json]:
    """What was answered, by state."""
    return {name: answer.value for name, answer in here.given.items()}


def _preview(world: World, corrected: Announcement | None, given: Mapping[str, Json]) -> State:
    say, command = world.words.say, _command(corrected, given)
    return preview_state(
        world,
        (lambda: planned_draft(world, command.texts, command.audience, corrected, command.file))
        if FILE in given
        else None,
        Option("sent", say("Send it now"), "send"),
        Option("drafted", say("Save the draft"), "save", ("保存",)),
        Option("dropped", say("Drop it"), "drop", ("不", "no")),
    )


def _command(
    corrected: Announcement | None, given: Mapping[str, Json], *, send: bool = False
) -> WriteAnnouncement:
    audience = audience_of(given) if corrected is None else Audience(corrects=corrected.id)
    return WriteAnnouncement(texts_of(given), audience, send, file_of(given))
