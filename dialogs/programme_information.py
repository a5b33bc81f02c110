"""What a programme is: its standing first, then conditions, papers, steps, dates, money and open questions."""

from __future__ import annotations

from dialogs.commands import Start
from dialogs.criterion_words import source_note
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, State
from dialogs.engine.screen import Block, Details, Item, Items, Paragraph, Span, plain
from dialogs.programme_parts import PARTS
from dialogs.remind_me import REMIND, asked, remind_option, remind_state
from dialogs.reminders import SETTINGS_FIRST
from dialogs.round_words import next_closing
from dialogs.statuses import status_notice
from dialogs.world import World
from domain.programme.model import Programme
from domain.programme.parts import Noted

NAME = "programme"


def programme_information(world: World) -> Dialog:
    """The information about the programme in the subject; about the first one when it is unknown."""
    programme = world.programme(world.subject.get("programme")) or world.programmes[0]
    return Dialog(
        name=NAME,
        version=1,
        title=world.words.say("About a programme"),
        start="overview",
        states=(
            _overview(world, programme),
            *(_part(world, programme, name) for name in PARTS),
            remind_state(world, programme, REMIND, "settings"),
        ),
        outcomes={
            "check": lambda _here: (Start("check", {"programmes": [programme.id]}),),
            "settings": lambda _here: (Start("reminders", SETTINGS_FIRST),),
        },
        on_arrival={REMIND: lambda _here: asked(world, programme)},
    )


def _check(world: World) -> Option:
    return Option("check", world.words.say("Start the self-check"), "check", ("自查", "开始自查", "check"))


def _overview(world: World, programme: Programme) -> State:
    say = world.words.say
    parts = tuple(Option(name, say(title), name) for name, (title, _) in PARTS.items())
    return State(
        "overview",
        say("About the programme"),
        ChooseOne(world.words, (_check(world), *parts), ways=True),
        {"check": "check", **{name: name for name in PARTS}},
        blocks=lambda _here: _identity(world, programme),
        title_here=lambda _here: world.name_of(programme),
        silent=True,
    )


def _part(world: World, programme: Programme, name: str) -> State:
    title, blocks = PARTS[name]
    said = world.words.say(title)
    ways = (remind_option(world), _check(world)) if name == "dates" else (_check(world),)
    return State(
        name,
        said,
        ChooseOne(world.words, ways, ways=True),
        {"check": "check", REMIND: REMIND},
        blocks=lambda _here: blocks(world, programme),
        title_here=lambda _here: f"{world.name_of(programme)} · {said}",
        view=True,
        silent=True,
    )


def _identity(world: World, programme: Programme) -> tuple[Block, ...]:
    say, identity = world.words.say, programme.identity
    about = [Span(text=world.policy(programme, identity.name), strong=True)]
    known = [identity.document_number, identity.issuer]
    about += plain("".join(f" · {world.policy(programme, text)}" for text in known if text is not None))
    noted = (identity.nature, identity.definition, identity.scope, identity.interpretation)
    items = [_noted(world, programme, one) for one in noted if one is not None]
    items += [
        Item(
            mark="date",
            spans=plain(say("%(what)s: ", what=world.policy(programme, one.what)) + world.words.date(one.on)),
            clause=world.clause(programme, one.clause),
            detail=plain(source_note(world, one.source)),
        )
        for one in identity.dates
    ]
    items += [Item(mark="warning", spans=plain(world.policy(programme, text))) for text in identity.missing]
    closing = next_closing(world, programme)
    rounds = () if closing is None else (Items(items=(closing,)),)
    blocks: tuple[Block, ...] = (status_notice(world, programme), *rounds, Paragraph(spans=tuple(about)))
    if items:
        blocks += (Details(summary=say("About the document"), blocks=(Items(items=tuple(items)),)),)
    return blocks


def _noted(world: World, programme: Programme, noted: Noted) -> Item:
    return Item(
        mark="info",
        spans=plain(world.policy(programme, noted.text)),
        clause=world.clause(programme, noted.clause),
        detail=plain(source_note(world, noted.source)),
    )
