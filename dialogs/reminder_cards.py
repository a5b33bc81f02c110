"""Reminders as cards: rendered when they are sent, with what is known then and in the language of then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from dialogs.engine.screen import Block, Card, Choice, Item, Items, Notice, message_to_json, plain, strong
from dialogs.reminder_reasons import reasons, round_items, round_of
from dialogs.reminder_words import date_items, headline, left, long_date
from dialogs.statuses import short_status, standing_then, tone
from dialogs.world import World
from domain.clock import FixedClock
from domain.eligibility.evaluate import Examiner
from domain.organisations import Person
from domain.programme.loader import Programmes
from domain.programme.parts import Status
from domain.reminders.model import DueReminder, Reminder, Situation
from locales.languages import INTERFACE_SOURCE, LANGUAGES
from locales.words import Catalogues, Words, mark

OPEN: Final = "open"
LATER: Final = "later"
IN_DAYS: Final = "in:"
DONE: Final = "done"
STOP: Final = "stop"
KINDS: Final = "kinds"
STOP_KIND: Final = "stop:"
KIND_AGAIN: Final = "again:"
START_AGAIN: Final = "again"
SETTINGS: Final = "settings"
KEEP: Final = "keep"
"""The keys of a card's buttons; `IN_DAYS` is followed by a number of days, `STOP_KIND` and `KIND_AGAIN` by a kind."""

PAUSES: Final = (1, 3, 7, 14, 30)
"""In how many days one can choose to be reminded again."""

USUAL: Final = 3
"""The one of them that has a button of its own."""

MOST_KINDS: Final = 6
"""Kinds that have a button of their own in one digest."""

MOST_LINES: Final = 12
"""Dates listed in one digest; the others are counted, and `/reminders` has all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class ReminderCards:
    """Implements `domain.reminders.model.Renderer`."""

    programmes: Programmes
    examiner: Examiner
    catalogues: Catalogues

    def card(self, due: DueReminder, situation: Situation, language: str) -> str:
        """The card of one reminder, as JSON for the outbox."""
        world = self.world(situation, language)
        return message_to_json(
            reminder_card(
                world, due, situation, choices=choices(world.words, pauses(due.reminder, situation.as_of))
            )
        )

    def digest(self, due: Sequence[DueReminder], situation: Situation, language: str) -> str:
        """One card for several reminders, the nearest date first, as JSON for the outbox."""
        world = self.world(situation, language)
        card = digest_card(world, due[0].id, due, situation, choices=digest_choices(world.words))
        return message_to_json(card)

    def world(self, situation: Situation, language: str) -> World:
        """What a reminder is told from: the programmes of that day, and of the person only what the situation has."""
        return _world(self, situation.as_of, language)

    def words(self, language: str) -> Words:
        """The words of a stored language; English where it is none the product speaks."""
        known = next((one for one in LANGUAGES if one == language), INTERFACE_SOURCE)
        return self.catalogues.words(known)


@lru_cache(16)
def _world(cards: ReminderCards, day: date, language: str) -> World:
    """The world of a day, the same for everybody: nothing in it is anybody's."""
    in_use = cards.programmes.all_on(day)
    return World(
        words=cards.words(language),
        programmes=tuple(loaded.programme for loaded in in_use),
        hashes={loaded.programme.id: loaded.content_hash for loaded in in_use},
        vocabulary=cards.programmes.vocabulary,
        examiner=cards.examiner,
        now=FixedClock(day).now(),
        person=Person(id=0, consent="unasked"),
    )


def reminder_card(
    world: World,
    due: DueReminder,
    situation: Situation,
    *,
    choices: tuple[Choice, ...],
    notices: tuple[Block, ...] = (),
) -> Card:
    """What, by when (the safe day first), and why you."""
    reminder = due.reminder
    items = (
        *date_items(world, reminder),
        *round_items(world, reminder, situation),
        *reasons(world, reminder, situation),
    )
    return Card(
        card=f"r{due.id}",
        language=world.words.language,
        title=_title(world, reminder, situation),
        blocks=(*notices, *_late(world, due), *_standing(world, reminder), Items(items=items)),
        choices=choices,
    )


def _title(world: World, reminder: Reminder, situation: Situation) -> str:
    what = headline(world, reminder, round_of(reminder, situation))
    if reminder.called_off or reminder.at_once:
        return what
    return world.words.say(
        "%(what)s – %(left)s", what=what, left=left(world.words, reminder.due, world.today)
    )


def _late(world: World, due: DueReminder) -> tuple[Block, ...]:
    if due.late_days <= 0:
        return ()
    text = world.words.count(
        "This comes %(n)s day late: we could not reach you.",
        "This comes %(n)s days late: we could not reach you.",
        due.late_days,
    )
    return (Notice(tone="info", spans=plain(text)),)


def _standing(world: World, reminder: Reminder) -> tuple[Block, ...]:
    """How the programme stands, before anything else about it; nothing where it is simply in force."""
    programme = world.programme(reminder.programme)
    if programme is None:
        return ()
    status = programme.status_on(world.today).status
    then = standing_then(world, programme, reminder.due) if reminder.due > world.today else ""
    if status in {Status.IN_FORCE, Status.TARGETS_RUNNING} and not then:
        return ()
    spans = (*strong(short_status(world, programme)), *plain(f" {then}" if then else ""))
    return (Notice(tone="warning" if then else tone(status), spans=spans),)


def digest_card(
    world: World,
    card: int,
    due: Iterable[DueReminder],
    situation: Situation,
    *,
    choices: tuple[Choice, ...],
    notices: tuple[Block, ...] = (),
) -> Card:
    """Several dates in one message, one line each."""
    listed = sorted(due, key=lambda one: (one.reminder.due, one.id))
    lines = [digest_item(world, one.reminder, situation) for one in listed[:MOST_LINES]]
    if len(listed) > MOST_LINES:
        more = world.words.count("and %(n)s more", "and %(n)s more", len(listed) - MOST_LINES)
        lines.append(Item(mark="info", spans=plain(more)))
    title = world.words.count("%(n)s date for you", "%(n)s dates for you", len(listed))
    late = max((one.late_days for one in listed), default=0)
    note: tuple[Block, ...] = ()
    if late > 0:
        text = world.words.count(
            "We could not reach you for %(n)s day. This is what still matters.",
            "We could not reach you for %(n)s days. This is what still matters.",
            late,
        )
        note = (Notice(tone="info", spans=plain(text)),)
    return Card(
        card=f"g{card}",
        language=world.words.language,
        title=title,
        blocks=(*notices, *note, Items(items=tuple(lines))),
        choices=choices,
    )


def digest_item(world: World, reminder: Reminder, situation: Situation) -> Item:
    """One reminder in a line: the day, what it is, and how long until then."""
    programme = world.programme(reminder.programme)
    clause = world.clause(programme, reminder.clause) if programme is not None else reminder.clause
    what = headline(world, reminder, round_of(reminder, situation))
    return Item(
        mark="date",
        spans=(*strong(day_text(world, reminder)), *plain(f" · {what}")),
        clause=clause,
        detail=plain(detail_text(world, reminder)),
    )


def day_text(world: World, reminder: Reminder) -> str:
    """The day to go by and how long until then."""
    words = world.words
    when = left(words, reminder.due, world.today)
    return words.say("%(date)s, %(left)s", date=long_date(words, reminder.due), left=when)


def detail_text(world: World, reminder: Reminder) -> str:
    """What else there is to know about a day, in one line."""
    words, say = world.words, world.words.say
    parts = []
    if reminder.moved_from is not None:
        parts.append(say("moved from %(date)s", date=words.date(reminder.moved_from)))
    if _differs(reminder.paper_safe, reminder.due) and reminder.paper_safe is not None:
        told = mark("papers by %(date)s")
        if reminder.paper_safe < world.today:
            told = mark("the day for papers has passed: %(date)s")
        parts.append(say(told, date=words.date(reminder.paper_safe)))
    if _differs(reminder.outer, reminder.due) and reminder.outer is not None:
        parts.append(say("outer limit %(date)s", date=words.date(reminder.outer)))
    if reminder.subject.get("computed"):
        parts.append(say("not announced yet"))
    if reminder.provisional:
        parts.append(say("provisional: the holiday list is not out yet"))
    return say("; ").join(parts)


def _differs(day: date | None, due: date) -> bool:
    return day is not None and day != due


def pauses(reminder: Reminder, today: date) -> tuple[int, ...]:
    """In how many days it still makes sense to hear of a reminder again."""
    return tuple(days for days in PAUSES if today + timedelta(days=days) <= reminder.until)


@lru_cache(128)
def choices(words: Words, pauses: tuple[int, ...] = PAUSES) -> tuple[Choice, ...]:
    """The buttons of a reminder; `pauses`: in how many days it still makes sense to hear of it again."""
    again = (Choice(key=f"{IN_DAYS}{USUAL}", label=again_in(words, USUAL)),) if USUAL in pauses else ()
    later = (Choice(key=LATER, label=words.say("Remind me later …")),) if pauses else ()
    return (
        Choice(key=OPEN, label=words.say("Open it")),
        Choice(key=DONE, label=words.say("It is done")),
        *again,
        *later,
        Choice(key=STOP, label=words.say("Stop this kind"), role="navigation"),
    )


def again_choices(words: Words) -> tuple[Choice, ...]:
    """The buttons of a reminder whose kind was stopped."""
    return (
        Choice(key=START_AGAIN, label=words.say("Hear of it again")),
        Choice(key=OPEN, label=words.say("Open it"), role="navigation"),
    )


def digest_choices(words: Words) -> tuple[Choice, ...]:
    """The buttons of a digest: what they do concerns everything in it."""
    return (
        Choice(key=OPEN, label=words.say("Show all my dates")),
        Choice(key=f"{IN_DAYS}{USUAL}", label=again_in(words, USUAL)),
        Choice(key=LATER, label=words.say("Remind me later …")),
        Choice(key=DONE, label=words.say("All of it is done"), role="navigation"),
        Choice(key=KINDS, label=words.say("Stop a kind …"), role="navigation"),
    )


def kind_choices(words: Words, kinds: Mapping[str, bool], titles: Mapping[str, str]) -> tuple[Choice, ...]:
    """The kinds in a digest, each to be stopped, or heard of again where it was stopped (False); the most are listed, the
    settings have them all.
    """
    say = words.say
    listed = [
        Choice(
            key=f"{STOP_KIND if on else KIND_AGAIN}{kind}",
            label=say("Stop “%(kind)s”", kind=titles[kind])
            if on
            else say("Hear of “%(kind)s” again", kind=titles[kind]),
        )
        for kind, on in list(kinds.items())[:MOST_KINDS]
    ]
    settings = Choice(key=SETTINGS, label=say("What and when I am reminded"), role="navigation")
    return (*listed, settings, Choice(key=KEEP, label=say("Back"), role="navigation"))


def pause_choices(words: Words, pauses: Collection[int]) -> tuple[Choice, ...]:
    """When to be reminded again."""
    return (
        *(Choice(key=f"{IN_DAYS}{days}", label=again_in(words, days)) for days in pauses),
        Choice(key=KEEP, label=words.say("Back"), role="navigation"),
    )


def again_in(words: Words, days: int) -> str:
    """To be reminded in so many days."""
    return words.count("Remind me in %(n)s day", "Remind me in %(n)s days", days)
