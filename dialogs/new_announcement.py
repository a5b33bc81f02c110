"""Writing an announcement: for whom, what it says, and a look at both before anybody is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dialogs.announcement_texts import LAST, text_states, texts_of
from dialogs.announcement_words import audience_blocks, problem_blocks, texts_blocks
from dialogs.commands import GoToMenu, Start
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, Goes, Here, State
from dialogs.engine.question import Question
from dialogs.engine.screen import Block, Paragraph, plain
from dialogs.new_round import district_question, not_allowed
from dialogs.reminder_reasons import VERDICTS
from dialogs.round_words import round_name
from dialogs.staff_commands import WriteAnnouncement
from dialogs.staff_words import role_name
from dialogs.world import World
from domain.announcements import (
    Announcement,
    AnnouncementRefused,
    Audience,
    Draft,
    correct,
    draft,
)
from domain.programme.model import Programme
from domain.programme.parts import Verdict
from domain.rounds import Round
from domain.staff import ALLOWED, Act, Actor, Role, Scope

NAME = "new_announcement"
EVERYWHERE: Final = ""
"""The answer that it is about no single programme, or for every district."""


def new_announcement(world: World) -> Dialog:
    """A new announcement, where the person's role allows one; a correction of the one in the subject."""
    title = world.words.say("Write an announcement")
    corrected = _corrected(world)
    programmes = _programmes(world)
    if not programmes or ("corrects" in world.subject and corrected is None):
        return Dialog(
            name=NAME,
            version=1,
            title=title,
            start="refused",
            states=(not_allowed(world),),
            outcomes={"menu": lambda _here: (GoToMenu(),)},
        )
    given = {name: answer.value for name, answer in world.answers.given().items()}
    audience = () if corrected is not None else _audience_states(world, programmes, given)
    return Dialog(
        name=NAME,
        version=1,
        title=title,
        start="title" if corrected is not None else "programme",
        states=(*audience, *text_states(world, given, "preview"), _preview(world, corrected, given)),
        outcomes={
            "sent": lambda here: (_command(corrected, _told(here), send=True), Start("announcements")),
            "drafted": lambda here: (_command(corrected, _told(here)), Start("announcements")),
            "dropped": lambda _here: (Start("announcements"),),
        },
        parks=True,
    )


def _corrected(world: World) -> Announcement | None:
    """The announcement that is corrected, if the person may write to those it was for."""
    number = world.subject.get("corrects")
    found = next((one for one in world.office.announcements if one.id == number), None) if number else None
    if found is None or not world.office.actor.may(Act.WRITE_ANNOUNCEMENT, found.scope):
        return None
    return found


# For whom -----------------------------------------------------------------------------------------


def _programmes(world: World) -> tuple[str, ...]:
    """What the person may write about: programmes, and (empty) no single one."""
    ids = (EVERYWHERE, *(one.id for one in world.programmes))
    return tuple(one for one in ids if places(world.office.actor, one) is not None)


def places(actor: Actor, programme: str) -> tuple[str, ...] | None:
    """The districts to which somebody may write about a programme; empty for any, None for nowhere."""
    if actor.may(Act.WRITE_ANNOUNCEMENT, Scope(programme)):
        return ()
    districts = tuple(
        one.grant.scope.district
        for one in actor.members
        if one.grant.role in ALLOWED[Act.WRITE_ANNOUNCEMENT] and one.grant.scope.programme in {"", programme}
    )
    return districts or None


def _audience_states(
    world: World, programmes: tuple[str, ...], given: Mapping[str, Json]
) -> tuple[State, ...]:
    say = world.words.say
    about = str(given.get("programme", ""))
    programme, rounds = world.programme(about), _rounds(world, about)
    kinds = {
        "everybody": Option("everybody", say("Everybody it concerns"), "everybody"),
        "round": Option("round", say("Those a round is for"), "round"),
        "verdict": Option("verdict", say("By the result of the last self-check"), "verdict"),
        "role": Option("role", say("Staff with a role"), "role"),
    }
    possible = ["everybody", *(["round"] if rounds else []), *(["verdict"] if about else []), "role"]
    states = [
        State(
            "programme",
            say("About which programme?"),
            ChooseOne(world.words, _about(world, programmes)),
            "kind",
        ),
        State(
            "kind",
            say("Who is to hear of it?"),
            ChooseOne(world.words, tuple(kinds[one] for one in possible)),
            {"everybody": "district", **{one: one for one in possible[1:]}},
        ),
        State("role", say("Which role?"), ChooseOne(world.words, _roles(world)), "district"),
        State("district", say("In which district?"), _where(world, about), "title"),
    ]
    if rounds and programme is not None:
        states.append(_which_round(world, programme, rounds))
    if about:
        states.append(
            State(
                "verdict",
                say("How did their last self-check of it end?"),
                ChooseOne(
                    world.words, tuple(Option(one.value, say(VERDICTS[one]), one.value) for one in Verdict)
                ),
                "district",
            )
        )
    return tuple(states)


def _about(world: World, programmes: tuple[str, ...]) -> tuple[Option, ...]:
    options = [
        Option(one.id, world.name_of(one), one.code.lower(), (one.id,))
        for one in world.programmes
        if one.id in programmes
    ]
    if EVERYWHERE in programmes:
        options.append(Option(EVERYWHERE, world.words.say("About no single one"), "any"))
    return tuple(options)


def _rounds(world: World, programme: str) -> tuple[Round, ...]:
    """The rounds people were told of and to whose people the person may write."""
    actor = world.office.actor
    return tuple(
        one
        for one in world.office.rounds
        if one.public and one.programme == programme and actor.may(Act.WRITE_ANNOUNCEMENT, one.scope)
    )


def _which_round(world: World, programme: Programme, rounds: tuple[Round, ...]) -> State:
    options = tuple(
        Option(one.id, round_name(world, programme, one), f"round:{one.id}") for one in reversed(rounds)
    )
    limited = {one.id for one in rounds if one.district}
    return State(
        "round",
        world.words.say("Which round?"),
        ChooseOne(world.words, options),
        Goes(("district", "title"), lambda here: "title" if here.value("round") in limited else "district"),
    )


def _roles(world: World) -> tuple[Option, ...]:
    return tuple(Option(role.value, role_name(world, role), role.value) for role in Role)


def _where(world: World, programme: str) -> Question:
    every = Option(EVERYWHERE, world.words.say("In every district"), "whole", ("全部", "all"))
    return district_question(world, places(world.office.actor, programme) or (), every)


# A look at both -----------------------------------------------------------------------------------


def _preview(world: World, corrected: Announcement | None, given: Mapping[str, Json]) -> State:
    say = world.words.say
    blocks, anybody, sound = _looked_at(world, corrected, given)
    options = []
    if sound and anybody:
        options.append(Option("sent", say("Send it now"), "send"))
    if sound:
        options.append(Option("drafted", say("Save the draft"), "save", ("保存",)))
    options.append(Option("dropped", say("Drop it"), "drop", ("不", "no")))
    return State(
        "preview",
        say("Is this right?") if sound else say("This cannot be done so."),
        ChooseOne(world.words, tuple(options)),
        Goes(("sent", "drafted", "dropped"), lambda here: str(here.value("preview"))),
        blocks=lambda _here: blocks(),
        view=True,
        silent=True,
    )


def _looked_at(
    world: World, corrected: Announcement | None, given: Mapping[str, Json]
) -> tuple[Callable[[], tuple[Block, ...]], bool, bool]:
    """Whom it would go to and what they would read, whether there is anybody, and whether it is possible.

    How many they are is counted where it is shown: every turn builds the dialog, and most show something else.
    """
    if LAST not in given:
        return tuple, True, True
    try:
        found = _draft(world, corrected, given)
    except AnnouncementRefused as refused:
        problems = problem_blocks(world, refused.problems)
        return lambda: problems, False, False
    return lambda: _shown(world, found), world.office.anybody(found.audience), True


def _shown(world: World, found: Draft) -> tuple[Block, ...]:
    whom = audience_blocks(world, found.audience)
    own = Paragraph(spans=plain(world.words.say("This is what they read:")))
    return (*whom, own, *texts_blocks(world, found.texts))


def _draft(world: World, corrected: Announcement | None, given: Mapping[str, Json]) -> Draft:
    command = _command(corrected, given)
    if corrected is not None:
        return correct(command.texts, corrected)
    number = command.audience.round
    return draft(
        command.texts, command.audience, next((one for one in world.office.rounds if one.id == number), None)
    )


def _told(here: Here) -> dict[str, Json]:
    return {name: answer.value for name, answer in here.given.items()}


def _command(
    corrected: Announcement | None, given: Mapping[str, Json], *, send: bool = False
) -> WriteAnnouncement:
    texts = texts_of(given)
    if corrected is not None:
        return WriteAnnouncement(texts, Audience(corrects=corrected.id), send)
    kind, round_ = given.get("kind"), given.get("round")
    audience = Audience(
        programme=str(given.get("programme", "")),
        district=str(given.get("district", "")),
        round=round_ if kind == "round" and isinstance(round_, int) else None,
        role=Role(str(given["role"])) if kind == "role" else None,
        verdict=Verdict(str(given["verdict"])) if kind == "verdict" else None,
    )
    return WriteAnnouncement(texts, audience, send)
