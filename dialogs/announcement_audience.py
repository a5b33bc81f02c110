"""Asking whom an announcement is for: a programme or none, everybody it concerns or some of them, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Goes, State
from dialogs.engine.question import Question
from dialogs.new_round import district_question
from dialogs.reminder_reasons import VERDICTS
from dialogs.round_words import round_name
from dialogs.staff_words import role_name
from dialogs.world import World
from domain.announcements import Audience
from domain.programme.model import Programme
from domain.programme.parts import Verdict
from domain.rounds import Round
from domain.staff import ALLOWED, Act, Actor, Role, Scope

EVERYWHERE: Final = ""
"""The answer that it is about no single programme, or for every district."""

FIRST: Final = "programme"
"""The state that is answered first."""


def programmes_for(world: World) -> tuple[str, ...]:
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


def audience_states(world: World, given: Mapping[str, Json], after: Goes) -> tuple[State, ...]:
    """For whom it is; then what `after` says."""
    programmes = programmes_for(world)
    say = world.words.say
    about = str(given.get(FIRST, ""))
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
            FIRST,
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
        State("district", say("In which district?"), _where(world, about), after),
    ]
    if rounds and programme is not None:
        states.append(_which_round(world, programme, rounds, after))
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


def _which_round(world: World, programme: Programme, rounds: tuple[Round, ...], after: Goes) -> State:
    options = tuple(
        Option(one.id, round_name(world, programme, one), f"round:{one.id}") for one in reversed(rounds)
    )
    limited = {one.id for one in rounds if one.district}
    return State(
        "round",
        world.words.say("Which round?"),
        ChooseOne(world.words, options),
        Goes(
            ("district", *after.to),
            lambda here: after.pick(here) if here.value("round") in limited else "district",
        ),
    )


def _roles(world: World) -> tuple[Option, ...]:
    return tuple(Option(role.value, role_name(world, role), role.value) for role in Role)


def _where(world: World, programme: str) -> Question:
    every = Option(EVERYWHERE, world.words.say("In every district"), "whole", ("全部", "all"))
    return district_question(world, places(world.office.actor, programme) or (), every)


def audience_of(given: Mapping[str, Json]) -> Audience:
    """What was answered, by state."""
    kind, round_ = given.get("kind"), given.get("round")
    return Audience(
        programme=str(given.get(FIRST, "")),
        district=str(given.get("district", "")),
        round=round_ if kind == "round" and isinstance(round_, int) else None,
        role=Role(str(given["role"])) if kind == "role" and "role" in given else None,
        verdict=Verdict(str(given["verdict"])) if kind == "verdict" and "verdict" in given else None,
    )
