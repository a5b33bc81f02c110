"""What is missing in words: each gap by how much, in the person's language."""

from __future__ import annotations

from typing import assert_never

from dialogs.fact_words import tell, tell_date, tell_figure
from dialogs.world import World
from domain.eligibility import gaps as g
from domain.values import Number
from locales.words import Words


def tell_gap(world: World, gap: g.Gap) -> str:  # noqa: C901  # one flat case for each kind of gap
    """One gap in a short sentence without a full stop."""
    say, words = world.words.say, world.words
    if isinstance(gap, g.TextLeavesOpen):
        return say("the policy text leaves this open")
    name = _name(world, gap.fact)
    match gap:
        case g.NotAnswered(years=years):
            if years:
                return say(
                    "%(fact)s: the figures of %(years)s are missing",
                    fact=name,
                    years=words.items([str(year) for year in years]),
                )
            return say("%(fact)s: not answered yet", fact=name)
        case g.NotSure():
            return say("%(fact)s: you answered not sure", fact=name)
        case g.NotAccepted():
            return _not_accepted(world, name, gap)
        case g.TooShort():
            return say(
                "%(fact)s: %(since)s; %(short)s short of %(needed)s",
                fact=name,
                since=tell_date(words, gap.since),
                short=duration(words, gap.short_months, gap.short_days),
                needed=duration(words, gap.needed_months, 0),
            )
        case g.OutOfBounds():
            return _out_of_bounds(world, name, gap)
        case g.EventCounts(event=event, clears_on=clears_on):
            happened = tell(world, world.vocabulary[gap.fact], (event,))
            if clears_on is None:
                return say("%(fact)s: %(event)s", fact=name, event=happened)
            return say(
                "%(fact)s: %(event)s; no longer counts from %(date)s",
                fact=name,
                event=happened,
                date=words.date(clears_on),
            )
        case g.NotHeld():
            return say("%(fact)s: not held", fact=name)
        case g.Expired(valid_to=valid_to):
            return say("%(fact)s: expired on %(date)s", fact=name, date=tell_date(words, valid_to))
        case g.ValidityNotTold():
            return say("%(fact)s: the last day it is valid is not known exactly", fact=name)
        case g.NotExact(value=value):
            return say(
                "%(fact)s: %(date)s is too rough to decide; the exact day would",
                fact=name,
                date=tell_date(words, value),
            )
        case _:
            assert_never(gap)


def tell_gaps(world: World, gaps: tuple[g.Gap, ...]) -> str:
    """All gaps of a criterion in one line; empty when there are none."""
    return world.words.say("; ").join(tell_gap(world, gap) for gap in gaps)


def duration(words: Words, months: int, days: int) -> str:
    """A length of time in years, months and days, leaving out what is none."""
    years, rest = divmod(months, 12)
    parts = [
        words.count("%(n)s year", "%(n)s years", years) if years else "",
        words.count("%(n)s month", "%(n)s months", rest) if rest else "",
        words.count("%(n)s day", "%(n)s days", days) if days else "",
    ]
    told = [part for part in parts if part]
    return " ".join(told) if told else words.count("%(n)s day", "%(n)s days", 0)


def _name(world: World, fact: str) -> str:
    return world.fact_text(world.vocabulary[fact].short) if fact in world.vocabulary else fact


def _not_accepted(world: World, name: str, gap: g.NotAccepted) -> str:
    fact = world.vocabulary[gap.fact]
    answer = tell(world, fact, gap.value)
    accepted = [world.fact_text(option.label) for option in fact.options if option.id in gap.accepted]
    if not accepted:
        return world.words.say("%(fact)s: %(answer)s", fact=name, answer=answer)
    return world.words.say(
        "%(fact)s: %(answer)s; needed: %(accepted)s",
        fact=name,
        answer=answer,
        accepted=" / ".join(accepted),
    )


def _out_of_bounds(world: World, name: str, gap: g.OutOfBounds) -> str:
    fact, say = world.vocabulary[gap.fact], world.words.say
    named = name if gap.year is None else say("%(fact)s %(year)s", fact=name, year=str(gap.year))
    value, bound = tell_figure(world, fact, _short(gap.value, gap.bound)), tell_figure(world, fact, gap.bound)
    match gap.relation:
        case "at_least":
            return say(
                "%(fact)s: %(value)s; at least %(bound)s is needed", fact=named, value=value, bound=bound
            )
        case "at_most":
            return say(
                "%(fact)s: %(value)s; at most %(bound)s is allowed", fact=named, value=value, bound=bound
            )
        case "more_than":
            return say(
                "%(fact)s: %(value)s; more than %(bound)s is needed", fact=named, value=value, bound=bound
            )
        case _:
            return say(
                "%(fact)s: %(value)s; less than %(bound)s is needed", fact=named, value=value, bound=bound
            )


def _short(number: Number, bound: Number) -> Number:
    """A figure to two places, or to as many more as keep it apart from the bound it misses."""
    if isinstance(number, int):
        return number
    places = next((places for places in range(2, 10) if round(number, places) != bound), 10)
    return round(number, places).normalize()
