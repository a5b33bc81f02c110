"""What is said when its time has come: what no longer matters falls away, what is quiet time waits, the rest is bundled.

Pure: what is due is held against what follows from what is known at this moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from domain.clock import day_in_shanghai
from domain.reminders.model import DueReminder, Reminder, Situation, StoredReminder
from domain.reminders.quiet import moment, next_allowed
from domain.reminders.reconciling import current_dates
from domain.reminders.tools import Tools

Dropped = Literal["blocked", "no_longer_applies", "over", "superseded"]
"""Why something that was due is not said: nothing reaches the chat; what it rested on changed; the day is past; another
reminder of the same date is said instead."""


@dataclass(frozen=True, slots=True)
class Said:
    """What comes of what was due in a chat. Each of `messages` is one message, the nearest date first."""

    messages: tuple[tuple[DueReminder, ...], ...] = ()
    put_off: tuple[tuple[StoredReminder, datetime], ...] = ()
    dropped: tuple[tuple[StoredReminder, Dropped], ...] = ()

    @property
    def late(self) -> int:
        """How many reminders are said on a later day than they should have been."""
        return sum(one.late_days > 0 for message in self.messages for one in message)


def sort_out(
    due: Sequence[StoredReminder],
    planned: Sequence[Reminder],
    situation: Situation,
    tools: Tools,
    now: datetime,
) -> Said:
    """Decide about all that is due in a chat; `planned` is the plan of today, for the kinds that are due at least."""
    preferences, calendar = situation.preferences, tools.calendar
    dropped: list[tuple[StoredReminder, Dropped]] = []
    put_off: list[tuple[StoredReminder, datetime]] = []
    apt: list[StoredReminder] = []
    current = {one.key: one for one in planned}
    dates = current_dates(planned)
    for one in due:
        reminder = _as_it_is_now(one, current, dates)
        if reminder is None:
            past = one.reminder.until < situation.as_of
            dropped.append((one, "over" if past else "no_longer_applies"))
            continue
        apt.append(replace(one, reminder=reminder))
    to_say: list[StoredReminder] = []
    best = _best(apt)
    for one in apt:
        if best[one.reminder.thread].id != one.id:
            dropped.append((one, "superseded"))
            continue
        allowed = next_allowed(now, preferences, calendar, urgent=one.reminder.urgent)
        if allowed > now:
            put_off.append((one, allowed))
        else:
            to_say.append(one)
    ready = sorted(
        (_due(one, situation, tools, day_in_shanghai(now)) for one in to_say),
        key=lambda one: (one.reminder.due, one.reminder.key),
    )
    return Said(tuple(_messages(ready, situation)), tuple(put_off), tuple(dropped))


def _as_it_is_now(
    one: StoredReminder, current: Mapping[str, Reminder], dates: Mapping[str, Reminder]
) -> Reminder | None:
    """The reminder as it would be planned today; None when it would not be."""
    if one.reminder.moved_from is None:
        return current.get(one.reminder.key)
    date_now = dates.get(one.reminder.thread)
    if date_now is None or date_now.due != one.reminder.due:
        return None
    return replace(
        date_now,
        key=one.reminder.key,
        offset=one.reminder.offset,
        send_on=one.reminder.send_on,
        at_once=True,
        urgent=one.reminder.urgent,
        moved_from=one.reminder.moved_from,
    )


def _best(apt: Sequence[StoredReminder]) -> dict[str, StoredReminder]:
    """Of each thread the one reminder that says it all: that the date moved, or else the one nearest to it."""
    found: dict[str, StoredReminder] = {}
    for one in apt:
        before = found.get(one.reminder.thread)
        if before is None or _rank(one) < _rank(before):
            found[one.reminder.thread] = one
    return found


def _rank(one: StoredReminder) -> tuple[bool, bool, int, int]:
    reminder = one.reminder
    return not reminder.called_off, reminder.moved_from is None, reminder.offset, one.id


def _due(one: StoredReminder, situation: Situation, tools: Tools, today: date) -> DueReminder:
    reminder = one.reminder
    if one.state == "snoozed" or reminder.at_once:
        meant = one.send_at
    else:
        meant = moment(reminder, tools.kinds[reminder.kind], situation.preferences, tools.calendar)
    return DueReminder(
        id=one.id,
        reminder=reminder,
        told_before=one.told,
        late_days=max(0, (today - day_in_shanghai(meant)).days),
    )


def _messages(ready: Sequence[DueReminder], situation: Situation) -> Iterator[tuple[DueReminder, ...]]:
    """Several that are due together are one message, unless the person wants each by itself and none is late."""
    one_by_one = situation.preferences.bundling == "one_by_one" and not any(one.late_days for one in ready)
    if one_by_one:
        yield from ((one,) for one in ready)
    elif ready:
        yield tuple(ready)
