"""The question that asks for a fact: its type decides how, its texts decide what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import assert_never

from dialogs.engine.answers import Json
from dialogs.engine.certificate import AskCertificate
from dialogs.engine.choosing import ChooseMany, ChooseOne, Option
from dialogs.engine.events import AskEvents
from dialogs.engine.question import Question
from dialogs.engine.screen import Block, ExpectationKind, Paragraph, Span, plain
from dialogs.engine.typed import AskTyped, NotUnderstood, Reader, Understood
from dialogs.engine.year_table import AskYearTable
from dialogs.fact_words import tell_figure, tell_plain_date
from dialogs.reading import date_reader, events_reader, figure_reader, table_reader, year_reader
from dialogs.world import World
from domain.calendar.windows import fiscal_years
from domain.facts.reading import FactValueError, read_value
from domain.facts.vocabulary import Fact, FactType, Figure
from domain.values import NEVER


def question_for(world: World, fact: Fact) -> Question:
    """How ``fact`` is asked."""
    match fact.type:
        case FactType.YES_NO:
            return ChooseOne(world.words, _yes_no(world), unsure=True)
        case FactType.CHOICE:
            return ChooseOne(world.words, _options(world, fact), unsure=True)
        case FactType.CHOICES:
            none = fact.option_ids.isdisjoint(_NONE_OF_THESE)
            return ChooseMany(world.words, _options(world, fact), unsure=True, none=none)
        case FactType.NUMBER | FactType.COUNT | FactType.MONEY | FactType.PERCENTAGE:
            return _number(world, fact)
        case FactType.DATE:
            return _typed(
                world,
                fact,
                "date",
                _date_reader(world, fact),
                lambda value: tell_plain_date(world.words, value),
            )
        case FactType.YEAR:
            return _typed(world, fact, "year", year_reader(world.words, world.today), str)
        case FactType.CERTIFICATE:
            return AskCertificate(
                world.words,
                date_reader(world.words, world.today, past=False),
                lambda value: tell_plain_date(world.words, value),
                _EXAMPLES[FactType.CERTIFICATE](world),
            )
        case FactType.EVENTS:
            return AskEvents(
                world.words,
                _options(world, fact),
                events_reader(world.words, world.today),
                lambda value: tell_plain_date(world.words, value),
                _EXAMPLES[FactType.EVENTS](world),
                lambda value: fits(fact, value),
            )
        case FactType.YEAR_TABLE:
            return _year_table(world, fact)
        case _:
            assert_never(fact.type)


_NONE_OF_THESE = frozenset({"none", "other", "neither"})
"""Ids of options that say that none of the others is right."""


def fits(fact: Fact, value: Json) -> bool:
    """Whether a stored value is a value of ``fact``."""
    try:
        read_value(fact, value)
    except FactValueError:
        return False
    return True


def why_asked(world: World, fact: Fact) -> tuple[Block, ...]:
    """The help of a fact and where its evidence is found."""
    blocks: list[Block] = []
    if fact.help:
        blocks.append(Paragraph(spans=plain(world.fact_text(fact.help))))
    if fact.evidence:
        where = Span(text=world.words.say("Usually found in: "), strong=True)
        blocks.append(Paragraph(spans=(where, *plain(world.fact_text(fact.evidence)))))
    return tuple(blocks)


_EXAMPLES: Mapping[FactType, Callable[[World], str]] = {
    FactType.NUMBER: lambda _world: "12.5",
    FactType.COUNT: lambda _world: "12",
    FactType.MONEY: lambda world: world.words.say("30 million or 1.5亿"),
    FactType.PERCENTAGE: lambda _world: "98.5%",
    FactType.DATE: lambda world: world.words.say("May 2024, last June, two and a half years"),
    FactType.EVENTS: lambda world: world.words.say("May 2023"),
    FactType.CERTIFICATE: lambda world: world.words.say("1 March 2028"),
}


def _yes_no(world: World) -> tuple[Option, ...]:
    say = world.words.say
    return (Option(True, say("Yes"), "yes"), Option(False, say("No"), "no"))


def _options(world: World, fact: Fact) -> tuple[Option, ...]:
    return tuple(
        Option(option.id, world.fact_text(option.label), option.id, (option.label,))
        for option in fact.options
    )


def _number(world: World, fact: Fact) -> Question:
    figure = Figure(fact.type.value)
    kinds: Mapping[Figure, ExpectationKind] = {Figure.MONEY: "money", Figure.PERCENTAGE: "percentage"}
    read = figure_reader(world.words, figure)
    if fact.type is FactType.COUNT:
        read = _counts(read, fact.unit or "")
    return _typed(world, fact, kinds.get(figure, "number"), read, lambda value: _figure(world, fact, value))


_OTHER_UNITS = re.compile(r"(?:[年月日号天岁元%％]|years?|months?|days?|yuan|cny)\W*\Z", re.IGNORECASE)


def _counts(read: Reader, unit: str) -> Reader:
    """Refuses a number with another unit: 24年 is no number of enterprises."""

    def read_count(text: str) -> Understood | NotUnderstood:
        other = _OTHER_UNITS.search(text)
        return NotUnderstood() if other and unit not in other[0] else read(text)

    return read_count


def _typed(
    world: World, fact: Fact, kind: ExpectationKind, read: Reader, tell: Callable[[Json], str]
) -> Question:
    example = _EXAMPLES[fact.type](world) if fact.type in _EXAMPLES else str(world.today.year - 1)
    never = (
        (Option(NEVER.value, world.fact_text(fact.never), NEVER.value, (fact.never,)),) if fact.never else ()
    )
    return AskTyped(
        world.words, kind, example, read, tell, lambda value: fits(fact, value), unsure=True, shortcuts=never
    )


def _date_reader(world: World, fact: Fact) -> Reader:
    return date_reader(world.words, world.today, past=not fact.future)


def _year_table(world: World, fact: Fact) -> Question:
    years = tuple(sorted(fiscal_years(world.today, fact.years)))
    figure = fact.figure or Figure.NUMBER
    return AskYearTable(
        world.words,
        years,
        figure_reader(world.words, figure),
        table_reader(world.words, years, figure, world.today.year),
        lambda value: _figure(world, fact, value),
        _table_example(world, years, figure),
        lambda value: fits(fact, value),
    )


def _table_example(world: World, years: tuple[int, ...], figure: Figure) -> str:
    examples: Mapping[Figure, tuple[str, ...]] = {
        Figure.MONEY: (world.words.say("1.2 million"), world.words.say("-300 thousand"), "0"),
        Figure.PERCENTAGE: ("98.5%", "98.7%", "99%"),
        Figure.RANK: ("3", "2", "2"),
    }
    figures = examples.get(figure, ("12", "15", "20"))
    say = world.words.say
    return say("; ").join(
        say("%(year)s: %(figure)s", year=year, figure=told)
        for year, told in zip(years, figures, strict=False)
    )


def _figure(world: World, fact: Fact, plain_figure: Json) -> str:
    return tell_figure(world, fact, Decimal(str(plain_figure)))
