"""Drafting a round, one entry at a time; everything but the name can be left open until it is announced."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.commands import GoToMenu, Start
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, Goes, Here, State
from dialogs.engine.question import Question
from dialogs.engine.screen import Block
from dialogs.engine.typed import AskTyped, NotUnderstood, Understood
from dialogs.round_entries import (
    ENOUGH,
    LEFT_OPEN,
    ORDER,
    enough,
    question,
    reason,
    skip,
    titles,
    with_answers,
)
from dialogs.round_preview import preview_blocks, refusal_blocks
from dialogs.staff_acts import planned_change
from dialogs.staff_commands import OpenRound
from dialogs.understanding.result import Understood as Read
from dialogs.understanding.text import read_text
from dialogs.world import World
from domain.programme.model import Programme
from domain.rounds import RoundRefused, Terms
from domain.staff import ALLOWED, LONGEST_DISTRICT, Act, Actor, Scope
from locales.words import mark

NAME = "new_round"
WHOLE = LEFT_OPEN
"""The answer that a round is for every district."""


def new_round(world: World) -> Dialog:
    """A new draft, where the person's role allows one."""
    title = world.words.say("Draft a round")
    programmes = _programmes(world)
    if not programmes:
        return Dialog(
            name=NAME,
            version=1,
            title=title,
            start="refused",
            states=(not_allowed(world),),
            outcomes={"menu": lambda _here: (GoToMenu(),)},
        )
    given = {name: answer.value for name, answer in world.answers.given().items()}
    programme = world.programme(given.get("programme"))
    return Dialog(
        name=NAME,
        version=1,
        title=title,
        start="programme",
        states=(
            _which(world, programmes),
            _where(world, programme),
            *(
                _asking(world, entry, following)
                for entry, following in zip(ORDER, (*ORDER[1:], "reason"), strict=True)
            ),
            State(
                "reason",
                world.words.say("Why? The reason is kept with the change."),
                reason(world),
                "preview",
                silent=True,
            ),
            _preview(world, programme, given),
        ),
        outcomes={
            "drafted": lambda here: (_command(_told(here)), Start("rounds")),
            "dropped": lambda _here: (Start("rounds"),),
        },
        parks=True,
    )


def not_allowed(world: World) -> State:
    """Where somebody stands whose role does not allow what they came for."""
    return State(
        "refused",
        world.words.say(mark("Your role does not allow this here.")),
        ChooseOne(world.words, (Option("menu", world.words.say("Menu"), "menu"),), ways=True),
        "menu",
        silent=True,
    )


def _programmes(world: World) -> tuple[Programme, ...]:
    return tuple(one for one in world.programmes if places(world.office.actor, one.id) is not None)


def places(actor: Actor, programme: str) -> tuple[str, ...] | None:
    """The districts for which somebody may open a round of a programme; empty for any, None for nowhere."""
    if actor.may(Act.OPEN_ROUND, Scope(programme)):
        return ()
    districts = tuple(
        one.grant.scope.district
        for one in actor.members
        if one.grant.role in ALLOWED[Act.OPEN_ROUND] and one.grant.scope.programme in {"", programme}
    )
    return districts or None


def _which(world: World, programmes: tuple[Programme, ...]) -> State:
    options = tuple(Option(one.id, world.name_of(one), one.code.lower(), (one.id,)) for one in programmes)
    return State(
        "programme", world.words.say("Of which programme?"), ChooseOne(world.words, options), "district"
    )


def _where(world: World, programme: Programme | None) -> State:
    say = world.words.say
    districts = () if programme is None else places(world.office.actor, programme.id) or ()
    return State(
        "district",
        say("For which district?"),
        district_question(
            world, districts, Option(WHOLE, say("For every district"), "whole", ("全部", "all"))
        ),
        ORDER[0],
    )


def district_question(world: World, districts: tuple[str, ...], every: Option | None) -> Question:
    """One of the districts somebody is limited to, or any that is typed; ``every`` is the button for all of them."""
    words = world.words
    if districts:
        options = tuple(Option(one, one, f"d{number}") for number, one in enumerate(districts))
        return ChooseOne(words, options)

    def read(text: str) -> Understood | NotUnderstood:
        result = read_text(text, limit=LONGEST_DISTRICT)
        return (
            Understood(Scope(district=result.value).district) if isinstance(result, Read) else NotUnderstood()
        )

    return AskTyped(
        words,
        "text",
        words.say("Zhongyuan District"),
        read,
        str,
        lambda value: isinstance(value, str) and 0 < len(value) <= LONGEST_DISTRICT,
        shortcuts=() if every is None else (every,),
    )


def _asking(world: World, entry: str, following: str) -> State:
    ways_past = () if entry == ORDER[0] else (skip(world), enough(world))
    return State(
        entry,
        titles(world)[entry],
        question(world, entry, ways_past),
        Goes(
            tuple(dict.fromkeys((following, "reason"))),
            lambda here: "reason" if here.value(entry) == ENOUGH else following,
        ),
    )


def _preview(world: World, programme: Programme | None, given: Mapping[str, Json]) -> State:
    say = world.words.say
    blocks, sound = _looked_at(world, programme, given)
    save = [Option("drafted", say("Save the draft"), "save", ("是", "保存", "yes", "ok"))] if sound else []
    return State(
        "preview",
        say("Is this right?") if sound else say("This cannot be done so."),
        ChooseOne(world.words, (*save, Option("dropped", say("Drop it"), "drop", ("不", "no")))),
        {"drafted": "drafted", "dropped": "dropped"},
        blocks=lambda _here: blocks,
        view=True,
        silent=True,
    )


def _looked_at(
    world: World, programme: Programme | None, given: Mapping[str, Json]
) -> tuple[tuple[Block, ...], bool]:
    if programme is None or "reason" not in given:
        return (), True
    try:
        change = planned_change(None, _command(given), world.today)
    except RoundRefused as refused:
        return refusal_blocks(world, refused.problems), False
    return preview_blocks(world, programme, change), True


def _told(here: Here) -> dict[str, Json]:
    return {name: answer.value for name, answer in here.given.items()}


def _command(given: Mapping[str, Json]) -> OpenRound:
    answers: dict[str, Json] = {}
    for entry in ORDER:
        if given.get(entry) == ENOUGH:
            break
        if entry in given:
            answers[entry] = given[entry]
    terms = with_answers(Terms(), answers)
    return OpenRound(str(given["programme"]), str(given.get("district", "")), terms, str(given["reason"]))
