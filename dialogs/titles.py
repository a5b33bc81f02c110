"""What a conversation is called when it is listed."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.engine.answers import Json
from dialogs.world import World


def subject_title(world: World, dialog: str, subject: Mapping[str, Json]) -> str:
    """A short name for a conversation: what it does, about what."""
    say = world.words.say
    match dialog:
        case "check":
            chosen = subject.get("programmes")
            ids = chosen if isinstance(chosen, list) else []
            if len(ids) != 1:
                return say("Which programmes suit us")
            programme = world.programme(ids[0])
            name = world.name_of(programme) if programme is not None else str(ids[0])
            return say("Self-check %(programme)s", programme=name)
        case "programme":
            programme = world.programme(subject.get("programme"))
            return world.name_of(programme) if programme is not None else say("Programme")
        case "organisation":
            return say("Our organisation")
        case "answers":
            return say("My answers")
        case "data":
            return say("My data")
        case "new_round":
            return say("Draft a round")
        case "new_announcement":
            return say("Write an announcement")
        case "edit_announcement":
            return say("Change an announcement")
        case "reminders":
            return say("My dates")
        case _:
            return say("Menu")
