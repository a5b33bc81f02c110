"""A look at an announcement before it is kept: whom it goes to, what they read, and which file goes with it."""

from __future__ import annotations

from collections.abc import Callable

from dialogs.announcement_file import file_blocks
from dialogs.announcement_words import audience_blocks, problem_blocks, texts_blocks
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Goes, State
from dialogs.engine.screen import Block, Paragraph, plain
from dialogs.world import World
from domain.announcements import Announcement, AnnouncementRefused, Audience, Draft, Texts, correct, draft

PREVIEW = "preview"
"""The state."""


def preview_state(
    world: World,
    planned: Callable[[], Draft] | None,
    send: Option,
    keep: Option,
    drop: Option,
) -> State:
    """The look at what is `planned` (None: not everything is answered yet), and the ways on from there."""
    say = world.words.say
    blocks, anybody, sound = _looked_at(world, planned)
    options = [*([send] if sound and anybody else ()), *([keep] if sound else ()), drop]
    return State(
        PREVIEW,
        say("Is this right?") if sound else say("This cannot be done so."),
        ChooseOne(world.words, tuple(options)),
        Goes(tuple(str(one.value) for one in (send, keep, drop)), lambda here: str(here.value(PREVIEW))),
        blocks=lambda _here: blocks(),
        view=True,
        silent=True,
    )


def planned_draft(
    world: World, texts: Texts, audience: Audience, corrected: Announcement | None, file: int | None
) -> Draft:
    """What would be kept. Raises AnnouncementRefused."""
    if corrected is not None:
        return correct(texts, corrected, file)
    number = audience.round
    return draft(texts, audience, next((one for one in world.office.rounds if one.id == number), None), file)


def _looked_at(
    world: World, planned: Callable[[], Draft] | None
) -> tuple[Callable[[], tuple[Block, ...]], bool, bool]:
    """Whom it would go to and what they would read, whether there is anybody, and whether it is possible.

    How many they are is counted where it is shown: every turn builds the dialog, and most show something else.
    """
    if planned is None:
        return tuple, True, True
    try:
        found = planned()
    except AnnouncementRefused as refused:
        problems = problem_blocks(world, refused.problems)
        return lambda: problems, False, False
    return lambda: _shown(world, found), world.office.anybody(found.audience), True


def _shown(world: World, found: Draft) -> tuple[Block, ...]:
    whom = audience_blocks(world, found.audience)
    own = Paragraph(spans=plain(world.words.say("This is what they read:")))
    file = None if found.file is None else world.office.file(found.file)
    return (*whom, own, *texts_blocks(world, found.texts), *file_blocks(world.words, file, gone=False))
