"""The rounds of all programmes in one list, and for staff the way to a new one."""

from __future__ import annotations

from dialogs.commands import Start
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, Goes, Here, State
from dialogs.engine.screen import Block, Items, Paragraph, plain
from dialogs.pages import page_options, page_title, paged
from dialogs.round_words import round_item, round_name
from dialogs.world import World
from domain.programme.model import Programme
from domain.rounds import Round
from domain.staff import Act

NAME = "rounds"
NEW = "new"
_ROUND = "round:"


def rounds(world: World) -> Dialog:
    """Every round the person may see, the newest first."""
    listed = visible(world)
    title = page_title(world, world.words.say("Rounds"), len(listed))
    return Dialog(
        name=NAME,
        version=1,
        title=world.words.say("Rounds"),
        start="list",
        states=(
            State(
                "list",
                title,
                ChooseOne(world.words, _options(world, listed), ways=True),
                Goes((NEW, "round"), _chosen),
                blocks=lambda _here: _blocks(world, listed),
                silent=True,
            ),
        ),
        outcomes={
            NEW: lambda _here: (Start("new_round"),),
            "round": lambda here: (Start("round", {"round": _number(here)}),),
        },
    )


def visible(world: World) -> tuple[tuple[Programme, Round], ...]:
    """The rounds that are kept and that the person may see, the newest first, each with its programme."""
    by_id = {programme.id: programme for programme in world.programmes}
    return tuple(
        (by_id[one.programme], one)
        for one in sorted(world.office.rounds, key=lambda one: -one.id)
        if one.programme in by_id and may_see(world, one)
    )


def may_see(world: World, round_: Round) -> bool:
    """What was announced is for everybody; drafts are for staff who are concerned with them."""
    return round_.public or world.office.actor.may(Act.SEE_DRAFTS, round_.scope)


def _options(world: World, listed: tuple[tuple[Programme, Round], ...]) -> tuple[Option, ...]:
    options = [
        Option(f"{_ROUND}{one.id}", f"{round_name(world, programme, one)}", f"{_ROUND}{one.id}")
        for programme, one in paged(listed, world.page)
    ]
    options += page_options(world, len(listed))
    if world.office.actor.may_somewhere(Act.OPEN_ROUND):
        options.append(Option(NEW, world.words.say("Draft a round"), NEW))
    return tuple(options)


def _chosen(here: Here) -> str:
    return NEW if here.value("list") == NEW else "round"


def _number(here: Here) -> int:
    return int(str(here.value("list")).removeprefix(_ROUND))


def _blocks(world: World, listed: tuple[tuple[Programme, Round], ...]) -> tuple[Block, ...]:
    if not listed:
        return (Paragraph(spans=plain(world.words.say("No round has been opened yet."))),)
    items = []
    for programme, one in paged(listed, world.page):
        item = round_item(world, programme, one)
        detail = (*plain(f"{world.name_of(programme)} · "), *item.detail)
        items.append(item.model_copy(update={"detail": detail}))
    return (Items(items=tuple(items)),)
