"""The dates of a chat as a calendar (RFC 5545) that any calendar program reads.

One event for each date, on the safe day; what else there is to know stands in its description. A date that moves keeps its
UID, so that a subscribed calendar moves it as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.reminder_cards import ReminderCards
from dialogs.reminder_reasons import reasons, round_items, round_of
from dialogs.reminder_words import date_items, headline
from dialogs.reminding import Coming, StoredReminding
from dialogs.world import World
from domain.clock import SHANGHAI
from domain.eligibility.evaluate import Examiner
from domain.programme.loader import Programmes
from domain.reminders.kinds import Kinds
from domain.reminders.model import Reminder, Situation
from domain.reminders.tools import Tools
from domain.store import Chat, Transaction
from locales.languages import Language
from locales.words import Catalogues

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT: Final = "-//Zhuoyue//Reminders//EN"
REFRESHED: Final = timedelta(hours=12)
"""How often a program that follows the address should look again."""

_TAGS: Final[dict[Language, str]] = {"zh_CN": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class CalendarFiles:
    """Writes the calendar of a chat."""

    programmes: Programmes
    examiner: Examiner
    catalogues: Catalogues
    kinds: Kinds

    def of_chat(self, tx: Transaction, chat: Chat, now: datetime) -> bytes:
        """The calendar as it stands, in the language of the chat; without events where nothing is coming."""
        tools = Tools(self.kinds, self.programmes, self.programmes.vocabulary, self.examiner)
        reminding = StoredReminding(tx, tools, chat, now)
        cards = ReminderCards(self.programmes, self.examiner, self.catalogues)
        world = cards.world(reminding.situation, chat.language)
        return calendar_of(world, reminding.situation, reminding.coming)


def calendar_of(world: World, situation: Situation, coming: Iterable[Coming]) -> bytes:
    """A calendar with one event for each date. The same dates on the same day give the same bytes."""
    # Three MB, which a process keeps: loaded when the first asks for a calendar.
    from icalendar import Calendar

    name = world.words.say("Zhuoyue: my dates")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{REFRESHED // timedelta(hours=1)}H")
    seen: Counter[str] = Counter()
    for one in coming:
        seen[one.reminder.thread] += 1
        calendar.add_component(_event(world, situation, one.reminder, seen[one.reminder.thread]))
    return bytes(calendar.to_ical())


def _event(world: World, situation: Situation, reminder: Reminder, number: int) -> Event:
    from icalendar import Event

    programme = world.programme(reminder.programme)
    event = Event()
    again = "" if number == 1 else f".{number}"
    event.add("uid", f"{reminder.thread}{again}@zhuoyue")
    event.add("dtstamp", _stamp(situation.as_of))
    event.add("dtstart", reminder.due)
    event.add("dtend", reminder.due + timedelta(days=1))
    event.add(
        "summary", _summary(world, situation, reminder), parameters={"LANGUAGE": _TAGS[world.words.language]}
    )
    event.add("description", _description(world, situation, reminder))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if reminder.called_off else "CONFIRMED")
    if programme is not None:
        event.add("categories", [world.name_of(programme)])
    return event


def _stamp(day: date) -> datetime:
    """When the event was written: the morning of that day, so that the file is the same all day."""
    return datetime.combine(day, time(), tzinfo=SHANGHAI).astimezone(UTC)


def _summary(world: World, situation: Situation, reminder: Reminder) -> str:
    words, what = world.words, headline(world, reminder, round_of(reminder, situation))
    if reminder.paper_safe is None or reminder.paper_safe == reminder.due or reminder.called_off:
        return what
    return words.say("%(what)s (papers by %(date)s)", what=what, date=words.date(reminder.paper_safe))


def _description(world: World, situation: Situation, reminder: Reminder) -> str:
    """What the card says, as lines of text; the clause in brackets."""
    lines = []
    items = (
        *date_items(world, reminder),
        *round_items(world, reminder, situation),
        *reasons(world, reminder, situation),
    )
    for item in items:
        text = "".join(span.text for span in item.spans)
        clause = world.words.say(" (%(clause)s)", clause=item.clause) if item.clause else ""
        detail = "".join(span.text for span in item.detail)
        lines.append(f"{text}{clause}" + (f"\n  {detail}" if detail else ""))
    lines.append(
        world.words.say(
            "As of %(date)s. The authority decides; check the day before you rely on it.",
            date=world.words.date(situation.as_of),
        )
    )
    return "\n".join(lines)
