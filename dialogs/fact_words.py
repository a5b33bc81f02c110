"""Facts in words: their values as a person would write them, in the person's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import assert_never

from dialogs.engine.answers import Json
from dialogs.world import World
from domain.facts.reading import FactValueError, read_value
from domain.facts.vocabulary import Fact, FactType, Figure
from domain.values import Certificate, Event, Never, PartialDate, Unclear, Value
from locales.words import Words


def tell_date(words: Words, when: PartialDate) -> str:
    """A date in the precision it is known in."""
    if when.day is not None:
        return words.date(when.earliest)
    return words.month(when.earliest) if when.month is not None else words.year(when.earliest)


def tell_plain_date(words: Words, plain: Json) -> str:
    """A stored date in words; as it is stored when it is none."""
    try:
        return tell_date(words, PartialDate.parse(str(plain)))
    except ValueError:
        return str(plain)


def tell_figure(world: World, fact: Fact, number: int | Decimal) -> str:
    """A number with its unit."""
    words = world.words
    kind = fact.figure or {FactType.MONEY: Figure.MONEY, FactType.PERCENTAGE: Figure.PERCENTAGE}.get(
        fact.type
    )
    match kind:
        case Figure.MONEY:
            return words.money(number)
        case Figure.PERCENTAGE:
            return words.percent(number)
        case Figure.RANK:
            return words.say("rank %(rank)s", rank=words.number(number))
        case _:
            unit = world.fact_text(fact.unit) if fact.unit else ""
            return f"{words.number(number)} {unit}".strip()


def tell(world: World, fact: Fact, value: Value) -> str:
    """A value of a fact in words."""
    say, words = world.words.say, world.words
    match value:
        case Unclear():
            return say("to be verified")
        case Never():
            return world.fact_text(fact.never) if fact.never else say("never")
        case bool():
            return say("yes") if value else say("no")
        case int() | Decimal():
            return str(value) if fact.type is FactType.YEAR else tell_figure(world, fact, value)
        case PartialDate():
            return tell_date(words, value)
        case str():
            return _option(world, fact, value)
        case frozenset():
            chosen = [_option(world, fact, option.id) for option in fact.options if option.id in value]
            return listed(words, chosen) if chosen else say("none of these")
        case Certificate():
            return _certificate(words, value)
        case tuple():
            told = [_event(world, fact, event) for event in value]
            return say("; ").join(told) if told else say("none")
        case Mapping():
            figures = sorted(value.items(), key=lambda item: item[0])
            return say("; ").join(
                say("%(year)s: %(figure)s", year=str(year), figure=_year_figure(world, fact, figure))
                for year, figure in figures
            )
        case _:
            assert_never(value)


def listed(words: Words, labels: Sequence[str]) -> str:
    """Labels in a row; those that hold commas of their own are kept apart by semicolons."""
    if any(mark in label for label in labels for mark in "，、,"):
        return words.say("; ").join(labels)
    return words.items(labels)


def tell_plain(world: World, fact: Fact, plain: Json) -> str:
    """A stored value in words; as it is stored when it no longer fits the fact."""
    try:
        return tell(world, fact, read_value(fact, plain))
    except FactValueError:
        return str(plain)


def _year_figure(world: World, fact: Fact, figure: int | Decimal | Unclear) -> str:
    return (
        world.words.say("to be verified") if isinstance(figure, Unclear) else tell_figure(world, fact, figure)
    )


def _option(world: World, fact: Fact, option_id: str) -> str:
    if option_id not in fact.option_ids:
        return option_id
    return world.fact_text(fact.option(option_id).label)


def _certificate(words: Words, certificate: Certificate) -> str:
    if not certificate.held:
        return words.say("not held")
    if certificate.valid_to is None:
        return words.say("held; the date it is valid to is not known")
    return words.say("held, valid to %(date)s", date=tell_date(words, certificate.valid_to))


def _event(world: World, fact: Fact, event: Event) -> str:
    kind = _option(world, fact, event.kind) if event.kind else ""
    return " ".join(part for part in (tell_date(world.words, event.date), kind, event.note) if part)
