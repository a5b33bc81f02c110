"""The answers a self-check rests on, to look through and to change."""

from __future__ import annotations

from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import State
from dialogs.engine.screen import Block, Paragraph, Table, plain
from dialogs.engine.turn import edit_key
from dialogs.evaluating import FACT, Stated, stated
from dialogs.fact_words import tell_plain
from dialogs.my_answers import SOURCES
from dialogs.pages import page_options, page_title, paged
from dialogs.world import World
from domain.facts.vocabulary import Fact

GIVEN = "given"

_Entry = tuple[Fact, Stated]


def given_state(world: World, facts: tuple[str, ...]) -> State:
    """The state that shows the answers among ``facts``."""
    entries = _entries(world, facts)
    title = world.words.say("The answers this rests on")
    options = (*_changes(world, entries), *page_options(world, len(entries)))
    others = Option("others", world.words.say("Other programmes"), "others")
    return State(
        GIVEN,
        title,
        ChooseOne(world.words, (*options, others), ways=True),
        "others",
        blocks=lambda _here: _table(world, entries),
        title_here=lambda _here: page_title(world, title, len(entries)),
        view=True,
        silent=True,
    )


def _entries(world: World, facts: tuple[str, ...]) -> tuple[_Entry, ...]:
    statements = stated(world)
    return tuple(
        (world.vocabulary[fact], statements[fact])
        for fact in facts
        if fact in statements and fact in world.vocabulary
    )


def _changes(world: World, entries: tuple[_Entry, ...]) -> tuple[Option, ...]:
    options = []
    for fact, _ in paged(entries, world.page):
        short, key = world.fact_text(fact.short), edit_key(FACT + fact.id)
        label = world.words.say("Change: %(what)s", what=short)
        options.append(Option(key, label, key, (short,), role="edit"))
    return tuple(options)


def _table(world: World, entries: tuple[_Entry, ...]) -> tuple[Block, ...]:
    say, words = world.words.say, world.words
    if not entries:
        return (Paragraph(spans=plain(say("Nothing is answered yet."))),)
    rows = tuple(
        (
            world.fact_text(fact.short),
            tell_plain(world, fact, statement.value),
            say("this conversation")
            if statement.here
            else say(
                "known from %(date)s, %(source)s",
                date=words.date(world.day(statement.at)),
                source=say(SOURCES[statement.source]),
            ),
        )
        for fact, statement in paged(entries, world.page)
    )
    return (Table(header=(say("Point"), say("Your answer"), say("Since")), rows=rows),)
