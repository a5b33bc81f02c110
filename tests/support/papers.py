"""A dialog that asks for files, for as long as no dialog of the product does; it stands where the introduction stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dialogs.commands import GoToMenu
from dialogs.directory import DIALOGS
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, Here, State
from dialogs.engine.screen import Block, Notice, plain
from dialogs.engine.upload import AskUpload, links_to
from dialogs.world import World

NAME = "organisation"
"""Where a link leads that every channel knows."""


def papers(world: World) -> Dialog:
    """A certificate, then up to three pictures, then a look at what was handed in."""

    def handed_in(here: Here) -> tuple[Block, ...]:
        return (*links_to(here.value("certificate")), *links_to(here.value("pictures")))

    options = (Option("yes", "交上去", "yes"),)
    states = (
        State("certificate", "请上传证书", AskUpload(world.words, world.uploads), "pictures"),
        State(
            "pictures",
            "请上传照片",
            AskUpload(world.words, world.uploads, kinds=("png", "jpeg"), most=3, optional=True),
            "look",
        ),
        State(
            "look",
            "都齐了吗？",
            ChooseOne(world.words, options),
            "done",
            blocks=handed_in,
            view=True,
            silent=True,
        ),
    )
    done = GoToMenu((Notice(tone="success", spans=plain("材料已收下")),))
    return Dialog(
        NAME, 1, "材料", "certificate", states, outcomes={"done": lambda _here: (done,)}, parks=True
    )


@contextmanager
def dialog_with_files() -> Iterator[None]:
    """Where the introduction stands, this dialog stands."""
    known: Any = DIALOGS
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(known, NAME, papers)
        yield
