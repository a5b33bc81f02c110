"""My answers: what is known about the organisation, since when and from whom, and how to correct it."""

from __future__ import annotations

from dialogs.commands import Command, RecordFacts, Start, Statement
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, Family, Goes, Here, State
from dialogs.engine.keys import key_for
from dialogs.engine.screen import Block, Paragraph, Table, plain
from dialogs.evaluating import FACT, facts_read
from dialogs.fact_questions import question_for, why_asked
from dialogs.fact_words import tell_plain
from dialogs.pages import page_options, page_title, paged
from dialogs.world import World
from domain.facts.vocabulary import Fact
from domain.store.records import FactStatement, Source
from locales.words import mark

NAME = "answers"

SOURCES: dict[Source, str] = {
    "self_stated": mark("stated by you"),
    "document": mark("from a document"),
    "verified": mark("verified"),
}
"""How a fact is known, as source strings."""


def my_answers(world: World) -> Dialog:
    """The facts known about the organisation."""
    facts = _known(world)
    title = world.words.say("What you told us about your organisation")
    return Dialog(
        name=NAME,
        version=1,
        title=world.words.say("My answers"),
        start="list",
        states=(
            State(
                "list",
                title,
                ChooseOne(world.words, _options(world, facts), ways=True),
                Goes((f"{FACT}*", "check"), lambda here: str(here.value("list"))),
                blocks=lambda _here: _blocks(world, facts),
                title_here=lambda _here: page_title(world, title, len(facts)),
                silent=True,
            ),
        ),
        outcomes={
            "saved": lambda here: (*_record(here), Start(NAME)),
            "check": lambda _here: (Start("check", {"programmes": [one.id for one in world.programmes]}),),
        },
        family=Family(FACT, _names(world, facts), lambda name: _asking(world, name)),
    )


def _known(world: World) -> tuple[tuple[Fact, FactStatement], ...]:
    """What is known, in the order in which the programmes look at it."""
    order = dict.fromkeys((*facts_read(world, world.programmes), *world.vocabulary))
    return tuple((world.vocabulary[fact], world.known[fact]) for fact in order if fact in world.known)


def _names(world: World, facts: tuple[tuple[Fact, FactStatement], ...]) -> tuple[str, ...]:
    return tuple(FACT + fact.id for fact, _ in facts) or tuple(FACT + fact for fact in world.vocabulary)


def _asking(world: World, name: str) -> State | None:
    fact = world.vocabulary.get(name.removeprefix(FACT))
    if fact is None:
        return None
    title = world.fact_text(fact.question)
    return State(name, title, question_for(world, fact), "saved", why=lambda _here: why_asked(world, fact))


def _options(world: World, facts: tuple[tuple[Fact, FactStatement], ...]) -> tuple[Option, ...]:
    say = world.words.say
    options = [
        Option(
            FACT + fact.id,
            say("Change: %(what)s", what=world.fact_text(fact.short)),
            key_for(FACT, fact.id),
            (world.fact_text(fact.short),),
        )
        for fact, _ in paged(facts, world.page)
    ]
    options += page_options(world, len(facts))
    if not facts:
        options.append(Option("check", say("What can we apply for?"), "check"))
    return tuple(options)


def _blocks(world: World, facts: tuple[tuple[Fact, FactStatement], ...]) -> tuple[Block, ...]:
    say, words = world.words.say, world.words
    if not world.consented:
        text = say("You have not agreed to our keeping your answers; each conversation stands for itself.")
        return (Paragraph(spans=plain(text)),)
    if not facts:
        return (Paragraph(spans=plain(say("Nothing yet. What you answer in a self-check is kept here."))),)
    rows = tuple(
        (
            world.fact_text(fact.short),
            tell_plain(world, fact, statement.value_json),
            say(
                "%(date)s, %(source)s",
                date=words.date(world.day(statement.stated_at)),
                source=say(SOURCES[statement.source]),
            ),
        )
        for fact, statement in paged(facts, world.page)
    )
    return (Table(header=(say("Point"), say("Your answer"), say("Since")), rows=rows),)


def _record(here: Here) -> tuple[Command, ...]:
    statements = {
        name.removeprefix(FACT): Statement(answer.value, answer.at)
        for name, answer in here.given.items()
        if name.startswith(FACT)
    }
    return (RecordFacts(statements),)
