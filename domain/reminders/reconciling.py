"""What is kept for a chat, brought in step with what follows now from what is known. Pure; doing it twice changes nothing.

Three things are never done: what was said is not said again, what the person said is done does not come back, and nothing
is said late that became known only after its day (whoever does a self-check on a Friday is not told what was due on the
Tuesday before).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.calendar.working_days import WorkingCalendar
from domain.clock import day_in_shanghai
from domain.reminders.kinds import Kinds
from domain.reminders.model import Preferences, Reminder, ReminderState, StoredReminder
from domain.reminders.quiet import moment, next_allowed

_SOON = timedelta(days=7)
"""A date that moves and was or is as near as this is said on days off too."""

_FROM_THE_PLAN = frozenset({"planned", "snoozed"})
_MAY_RETURN = frozenset({"withdrawn", "dropped"})

LONGEST_SNOOZE = timedelta(days=100)
"""Nobody can ask to be told again later than that; only a clock that went wrong makes it later."""

_PUT_OFF_AT_MOST = timedelta(days=21)
"""Longer than any quiet night, weekend and holiday together."""

KNOWN = "known"
"""Why something that is said at once was not: the person learnt of it by what they did."""


@dataclass(frozen=True, slots=True)
class New:
    """A reminder to keep, and what becomes of it."""

    reminder: Reminder
    send_at: datetime
    state: ReminderState = "planned"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """A reminder that is kept, to be said at another time, or in another form, or after all."""

    stored: StoredReminder
    reminder: Reminder
    send_at: datetime


@dataclass(frozen=True, slots=True)
class Steps:
    """What has to be done so that what is kept is in step."""

    new: tuple[New, ...] = ()
    again: tuple[Again, ...] = ()
    withdrawn: tuple[StoredReminder, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.again or self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """One chat at one instant. `known_since`: when what is planned for became known. `news`: whether the person may not
    know what is said at once; otherwise they brought it about themselves.
    """

    now: datetime
    known_since: datetime
    news: bool
    preferences: Preferences
    kinds: Kinds
    calendar: WorkingCalendar

    def steps(self, planned: Sequence[Reminder], stored: Iterable[StoredReminder]) -> Steps:
        """From what is kept to what is planned."""
        kept = tuple(stored)
        done = [one.reminder for one in kept if one.state == "done"]
        over = {one.thread for one in done} | {of for one in done if (of := _round_of(one)) is not None}
        told = _last_told(kept)
        wanted = [
            one
            for one in (*planned, *self._moved(planned, kept, told))
            if over.isdisjoint({one.thread, _round_of(one)})
            and (not one.called_off or _was_heard_of(one, told.values()))
        ]
        by_key = {one.reminder.key: one for one in kept}
        new: list[New] = []
        again: list[Again] = []
        for reminder in wanted:
            before = by_key.get(reminder.key)
            if before is None:
                new.extend(self._new(reminder))
            else:
                again.extend(self._again(before, reminder))
        keys = {one.key for one in wanted}
        dates = current_dates(planned)
        gone = (
            one
            for one in kept
            if one.state in _FROM_THE_PLAN and one.reminder.key not in keys and not _still_moved(one, dates)
        )
        return Steps(tuple(new), tuple(again), tuple(gone))

    def send_at(self, reminder: Reminder) -> datetime:
        """When a reminder is said: at its moment, or as soon as may be."""
        if reminder.at_once:
            return next_allowed(self.now, self.preferences, self.calendar, urgent=reminder.urgent)
        return moment(reminder, self.kinds[reminder.kind], self.preferences, self.calendar)

    def _new(self, reminder: Reminder) -> Iterator[New]:
        at = self.send_at(reminder)
        if reminder.at_once:
            news = self.news or reminder.moved_from is not None or reminder.called_off
            yield New(reminder, at) if news else New(reminder, at, "dropped", KNOWN)
        elif at >= self.known_since:
            yield New(reminder, at)

    def _again(self, before: StoredReminder, reminder: Reminder) -> Iterator[Again]:
        if reminder.at_once:
            yield from self._again_at_once(before, reminder)
            return
        at = self.send_at(reminder)
        if before.state in _MAY_RETURN:
            if at >= self.known_since:
                yield Again(before, reminder, at)
        elif before.state in _FROM_THE_PLAN:
            # A snoozed one is said when the person asked for it; one that was put off into the morning stays there.
            snoozed = before.state == "snoozed" and before.send_at <= self.now + LONGEST_SNOOZE
            keeps = snoozed or (at <= self.now < before.send_at <= self.now + _PUT_OFF_AT_MOST)
            at = before.send_at if keeps else at
            if at != before.send_at or reminder != before.reminder:
                yield Again(before, reminder, at)

    def _again_at_once(self, before: StoredReminder, reminder: Reminder) -> Iterator[Again]:
        reminder = replace(reminder, send_on=before.reminder.send_on)
        returns = reminder.moved_from is not None or reminder.called_off
        if before.state == "withdrawn" and (returns or before.told == 0):
            yield Again(before, reminder, self.send_at(reminder))
        elif before.state in _FROM_THE_PLAN:
            # What waits for the morning waits no longer than from now on: the clock may have been ahead when it was put off.
            snoozed = before.state == "snoozed" and before.send_at <= self.now + LONGEST_SNOOZE
            at = before.send_at if snoozed else min(before.send_at, self.send_at(reminder))
            if at != before.send_at or reminder != before.reminder:
                yield Again(before, reminder, at)

    def _moved(
        self,
        planned: Sequence[Reminder],
        kept: tuple[StoredReminder, ...],
        told: Mapping[str, StoredReminder],
    ) -> Iterator[Reminder]:
        """One reminder for each date that moved since the person last heard of it."""
        today = day_in_shanghai(self.now)
        dates = current_dates(planned)
        elsewhere = {_round_of(one): thread for thread, one in dates.items() if _round_of(one) is not None}
        of_round = _last_told_of_rounds(kept)
        for thread, current in dates.items():
            said = told.get(thread)
            if said is not None and elsewhere.get(_round_of(said.reminder), thread) != thread:
                # That was said of a round that is another year's now: there it is told that it moved.
                said = None
            last = of_round.get(_round_of(current)) or said or _announced(current, told.values())
            if last is None or not self.kinds[current.kind].told_when_moved or current.called_off:
                continue
            before = last.reminder.due
            if before == current.due or max(before, current.due) < today:
                continue
            count = sum(
                one.reminder.thread == thread and one.reminder.moved_from is not None and one.told > 0
                for one in kept
            )
            yield replace(
                current,
                key=f"moved:{thread}:{count}:{before}:{current.due}",
                offset=(current.due - today).days,
                send_on=today,
                at_once=True,
                urgent=min(before, current.due) - today <= _SOON,
                moved_from=before,
            )


_RoundKey = tuple[str, str | None, int]
"""A kind of reminder, a programme and a round that staff opened: the same date whatever year it moved to."""


def _round_of(reminder: Reminder) -> _RoundKey | None:
    """What a reminder is about where that is a round staff opened; in keys such a one may go by its year."""
    number = reminder.subject.get("round")
    return (reminder.kind, reminder.programme, number) if isinstance(number, int) and number else None


def _last_told_of_rounds(kept: Iterable[StoredReminder]) -> dict[_RoundKey | None, StoredReminder]:
    """What was said last of each round, of whatever year that was."""
    found: dict[_RoundKey | None, StoredReminder] = {}
    for one in kept:
        key = _round_of(one.reminder)
        if key is None or one.told_at is None:
            continue
        if key not in found or one.id > found[key].id:
            found[key] = one
    return found


def _was_heard_of(called_off: Reminder, told: Iterable[StoredReminder]) -> bool:
    """Whether anything was said about what is called off now."""
    _, _, about = called_off.thread.partition(":")
    round_ = called_off.subject.get("round")
    return any(
        one.reminder.thread.partition(":")[2] == about
        or (one.reminder.programme == called_off.programme and one.reminder.subject.get("round", 0) == round_)
        for one in told
    )


def _announced(closing: Reminder, told: Iterable[StoredReminder]) -> StoredReminder | None:
    """The announcement of a round: whoever heard of it heard its closing day, though no reminder of that was said yet."""
    round_ = closing.subject.get("round")
    if closing.kind != "window_closes" or not round_:
        return None
    return next(
        (
            one
            for one in told
            if one.reminder.kind == "round_announced"
            and one.reminder.programme == closing.programme
            and one.reminder.subject.get("round") == round_
        ),
        None,
    )


def _still_moved(one: StoredReminder, dates: Mapping[str, Reminder]) -> bool:
    """Whether somebody wants to hear once more of a date that moved, and it has not moved again since."""
    current = dates.get(one.reminder.thread)
    return (
        one.state == "snoozed"
        and one.reminder.moved_from is not None
        and current is not None
        and current.due == one.reminder.due
    )


def _last_told(kept: Iterable[StoredReminder]) -> dict[str, StoredReminder]:
    """What was said last, by thread.

    Rows of a date that moved are newer than those of the date before, so ids tell which date was said last; instants do
    not, once the clock was set back.
    """
    found: dict[str, StoredReminder] = {}
    for one in kept:
        before = found.get(one.reminder.thread)
        if one.told_at is not None and (before is None or one.id > before.id):
            found[one.reminder.thread] = one
    return found


def current_dates(planned: Iterable[Reminder]) -> dict[str, Reminder]:
    """The one date each thread has now, in the form of its last reminder; threads with several dates have none."""
    found: dict[str, Reminder] = {}
    several: set[str] = set()
    for reminder in planned:
        before = found.get(reminder.thread)
        if before is not None and before.due != reminder.due:
            several.add(reminder.thread)
        if before is None or reminder.offset < before.offset:
            found[reminder.thread] = reminder
    return {thread: one for thread, one in found.items() if thread not in several}
