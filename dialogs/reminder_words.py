"""A reminder in a few words: what it is about, when that is, and how long until then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from dialogs.engine.screen import Item, Span, plain
from dialogs.world import World
from domain.programme.model import Programme
from domain.reminders.kinds import Kind
from domain.reminders.model import Reminder
from domain.rounds import Round, RoundState
from locales.words import Words, mark

POLICY_TEXTS: Final = "reminders"
"""The catalogue that has the titles of the kinds."""


def kind_title(words: Words, kind: Kind) -> str:
    """What a kind of reminder is called in lists and on switches."""
    return words.policy(POLICY_TEXTS, kind.title)


def headline(world: World, reminder: Reminder, round_: Round | None = None) -> str:
    """What it is about, without the day; `round_` is the stored round it speaks of, if any."""
    say = world.words.say
    programme = world.programme(reminder.programme)
    name = world.name_of(programme) if programme is not None else reminder.programme or ""
    round_name = round_.terms.name.text(world.words.language) if round_ is not None else ""
    about = say("%(programme)s, %(round)s", programme=name, round=round_name) if round_name else name
    if reminder.called_off:
        return say(_called_off(round_), what=about)
    if reminder.moved_from is not None:
        return say("%(what)s: the date has moved", what=about)
    tell = _HEADLINES.get(reminder.kind)
    return tell(world, reminder, about) if tell is not None else about or reminder.kind


def _called_off(round_: Round | None) -> str:
    if round_ is not None and round_.state is RoundState.CLOSED:
        return mark("%(what)s: closed before its last day")
    return mark("%(what)s: called off")


def _saying(message: str) -> Callable[[World, Reminder, str], str]:
    return lambda world, _reminder, about: world.words.say(message, what=about)


def _criterion_met(world: World, reminder: Reminder, about: str) -> str:
    title = rule_title(world, world.programme(reminder.programme), reminder.subject.get("criterion"))
    return world.words.say("%(what)s: “%(criterion)s” is met from then on", what=about, criterion=title)


def _certificate(world: World, reminder: Reminder, _about: str) -> str:
    return world.words.say("%(fact)s: about to expire", fact=fact_name(world, reminder.subject.get("fact")))


def _refresh(world: World, reminder: Reminder, _about: str) -> str:
    return world.words.say("%(fact)s: is it still so?", fact=fact_name(world, reminder.subject.get("fact")))


def _holidays(world: World, reminder: Reminder, _about: str) -> str:
    year = str(reminder.subject.get("year", reminder.due.year))
    return world.words.say("The official holiday list of %(year)s is not loaded", year=year)


_HEADLINES: Final[Mapping[str, Callable[[World, Reminder, str], str]]] = {
    "window_closes": _saying(mark("%(what)s: last day to apply")),
    "window_opens": _saying(mark("%(what)s: applications open")),
    "round_announced": _saying(mark("%(what)s: a round was announced")),
    "criterion_met": _criterion_met,
    "verdict_changed": _saying(mark("%(what)s: your self-check comes out differently")),
    "text_changed": _saying(mark("%(what)s: the text changed, and your self-check comes out differently")),
    "certificate_expires": _certificate,
    "policy_lapses": _saying(mark("%(what)s: the text is about to lapse")),
    "policy_in_force": _saying(mark("%(what)s: newly in force")),
    "fact_to_refresh": _refresh,
    "holiday_list_missing": _holidays,
}


def rule_title(world: World, programme: Programme | None, rule_id: object) -> str:
    """What a rule of a programme asks; its id where this version of the text has no such rule."""
    rule = programme.rules_by_id.get(str(rule_id)) if programme is not None else None
    return str(rule_id) if programme is None or rule is None else world.policy(programme, rule.title)


def fact_name(world: World, fact_id: object) -> str:
    """A fact in a few words; its id where the vocabulary has it no more."""
    fact = world.vocabulary.get(str(fact_id))
    return str(fact_id) if fact is None else world.fact_text(fact.short)


def left(words: Words, due: date, today: date) -> str:
    """How long until a day."""
    days = (due - today).days
    match days:
        case 0:
            return words.say("today")
        case 1:
            return words.say("tomorrow")
        case _ if days > 0:
            return words.count("in %(n)s day", "in %(n)s days", days)
        case _:
            return words.count("%(n)s day ago", "%(n)s days ago", -days)


def long_date(words: Words, day: date) -> str:
    """A day with its weekday."""
    return words.say("%(date)s (%(weekday)s)", date=words.date(day), weekday=words.weekday(day))


def date_items(world: World, reminder: Reminder) -> tuple[Item, ...]:
    """The day to go by first, then the day for papers and the outer day."""
    words, say = world.words, world.words.say
    programme = world.programme(reminder.programme)
    clause = world.clause(programme, reminder.clause) if programme is not None else reminder.clause
    notes = []
    if reminder.moved_from is not None:
        notes.append(say("moved from %(date)s", date=words.date(reminder.moved_from)))
    if reminder.provisional:
        notes.append(say("provisional: the holiday list is not out yet"))
    day = Span(text=long_date(words, reminder.due), strong=True)
    lead = say(_LEADS.get(reminder.kind, mark("On ")))
    items = [Item(mark="date", spans=(*plain(lead), day), clause=clause, detail=plain(say("; ").join(notes)))]
    if reminder.paper_safe is not None and reminder.paper_safe != reminder.due:
        told = mark("On paper: by %(date)s, the last working day")
        if reminder.paper_safe < world.today:
            told = mark("On paper: the last working day for it was %(date)s and has passed")
        text = say(told, date=long_date(words, reminder.paper_safe))
        items.append(Item(mark="date", spans=plain(text)))
    if reminder.outer is not None and reminder.outer != reminder.due:
        text = say("Outer limit, not to be relied on: %(date)s", date=words.date(reminder.outer))
        items.append(Item(mark="info", spans=plain(text)))
    return tuple(items)


_LEADS: Final[Mapping[str, str]] = {
    "window_closes": mark("Safe to hand in until "),
    "round_announced": mark("Safe to hand in until "),
    "window_opens": mark("From "),
    "certificate_expires": mark("Valid at least until "),
    "policy_lapses": mark("Safe to rely on until "),
    "policy_in_force": mark("From "),
    "criterion_met": mark("From "),
    "verdict_changed": mark("From "),
    "text_changed": mark("Since "),
    "fact_to_refresh": mark("Due "),
    "holiday_list_missing": mark("Needed by "),
}
"""What is said before the day."""
