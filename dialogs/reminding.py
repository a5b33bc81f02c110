"""What a dialog can know of reminders: read when it is first asked for, as most turns never ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from domain.clock import day_in_shanghai
from domain.reminders.kinds import Kind, Kinds
from domain.reminders.model import Preferences, Reminder, Situation, StoredReminder
from domain.reminders.planning import plan
from domain.reminders.tools import Tools
from domain.store import Chat, Transaction
from domain.store.situations import situation_of


@dataclass(frozen=True, slots=True)
class Coming:
    """A date that is coming, and the days on which it is still to be spoken of."""

    reminder: Reminder
    says: tuple[date, ...]


class Reminding(Protocol):
    """Reminders as one chat finds them."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Every kind of reminder."""
        ...

    @property
    def situation(self) -> Situation:
        """All that decides what is reminded of in this chat."""
        ...

    @property
    def coming(self) -> tuple[Coming, ...]:
        """The dates that are coming, the nearest first, also while reminders are paused."""
        ...

    @property
    def feed_since(self) -> datetime | None:
        """When the private address of the calendar was made; None where there is none."""
        ...

    def coming_of(self, programme: str) -> tuple[Coming, ...]:
        """The dates that are coming once somebody asks to be reminded of a programme."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedReminding:
    """Reminders of given values; none where no database is at hand."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    situation: Situation = field(default_factory=lambda: Situation(as_of=date.min))
    coming: tuple[Coming, ...] = ()
    feed_since: datetime | None = None

    def coming_of(self, programme: str) -> tuple[Coming, ...]:
        """Those of the given ones that are about the programme."""
        return tuple(one for one in self.coming if one.reminder.programme == programme)


class StoredReminding:
    """Reminders of one chat as they are kept, for one transaction."""

    def __init__(self, tx: Transaction, tools: Tools, chat: Chat, now: datetime) -> None:
        self._tx = tx
        self._tools = tools
        self._chat = chat
        self._now = now

    @property
    def kinds(self) -> Kinds:
        """Every kind of reminder."""
        return self._tools.kinds

    @cached_property
    def situation(self) -> Situation:
        """All that decides what is reminded of."""
        return situation_of(self._tx, self._tools.vocabulary, self._chat, self._now)

    @cached_property
    def coming(self) -> tuple[Coming, ...]:
        """The dates that are coming."""
        return self._coming(self.situation.preferences)

    @cached_property
    def feed_since(self) -> datetime | None:
        """When the private address of the calendar was made."""
        return self._tx.feeds.since(self._chat.id)

    def coming_of(self, programme: str) -> tuple[Coming, ...]:
        """The dates of a programme, as if it had been asked for."""
        before = self.situation.preferences
        asked = replace(before, programmes={**before.programmes, programme: True})
        return tuple(one for one in self._coming(asked) if one.reminder.programme == programme)

    @cached_property
    def _stored(self) -> tuple[StoredReminder, ...]:
        return self._tx.reminders.of_chat(self._chat.id)

    def _coming(self, preferences: Preferences) -> tuple[Coming, ...]:
        situation = replace(self.situation, preferences=replace(preferences, paused=False))
        return coming(plan(situation, self._tools), situation.as_of, self._stored)


def coming(
    reminders: Iterable[Reminder], today: date, stored: Iterable[StoredReminder] = ()
) -> tuple[Coming, ...]:
    """The dates behind reminders, each once, the nearest first; `stored` is what was planned, said or done before.

    What is said because something happened is no date of its own, unless it calls one off.
    """
    before = {one.reminder.key: one for one in stored}
    done = {one.reminder.thread for one in before.values() if one.state == "done"}
    dates: dict[tuple[str, date, bool], list[Reminder]] = {}
    for reminder in reminders:
        is_news = reminder.at_once and not reminder.called_off
        if not is_news and reminder.thread not in done and (reminder.outer or reminder.due) >= today:
            dates.setdefault((reminder.thread, reminder.due, reminder.called_off), []).append(reminder)
    found = []
    for several in dates.values():
        says = {_said_on(one, before.get(one.key)) for one in several}
        found.append(
            Coming(several[0], tuple(sorted(day for day in says if day is not None and day >= today)))
        )
    return tuple(sorted(found, key=lambda one: (one.reminder.due, one.reminder.key)))


def _said_on(reminder: Reminder, stored: StoredReminder | None) -> date | None:
    """The day on which a reminder will be said; None for one that was said or ended."""
    if stored is None:
        return reminder.send_on
    return day_in_shanghai(stored.send_at) if stored.to_say else None
