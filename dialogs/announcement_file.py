"""The file that goes with an announcement: asked for, and shown to those who may read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs.engine.answers import Json
from dialogs.engine.dialog import State, Then
from dialogs.engine.screen import Block, Link, Notice, plain
from dialogs.engine.upload import AskUpload
from dialogs.world import World
from domain.store import StoredFile
from domain.uploads import files_in
from locales.words import Words

FILE: Final = "file"
"""The state."""


def file_state(world: World, after: Then) -> State:
    """One file, or none."""
    return State(
        FILE,
        world.words.say("Is there a file to go with it?"),
        AskUpload(world.words, world.uploads, optional=True),
        after,
    )


def file_of(given: Mapping[str, Json], before: int | None = None) -> int | None:
    """The file that was handed in; the one from `before` where none was asked for."""
    return min(files_in(given[FILE]), default=None) if FILE in given else before


def file_blocks(words: Words, file: StoredFile | None, *, gone: bool) -> tuple[Block, ...]:
    """Where it can be had, or that it is `gone`; nothing where none ever went with it."""
    if file is not None:
        return (Link(label=file.name, path=f"/files/{file.stored_name}"),)
    if gone:
        text = words.say("A file went with this; it is not there any more.")
        return (Notice(tone="info", spans=plain(text)),)
    return ()
