"""What the buttons of a reminder do: open what it is about, hear again later, say that it is done, stop its kind.

What is stored about the reminder decides, so that a button pressed twice or long after changes nothing and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from dialogs import commands as c
from dialogs.cards import Reaction
from dialogs.engine.screen import Block, Card, Choice, Notice, Tone, plain
from dialogs.reminder_acts import apply_wish
from dialogs.reminder_cards import (
    DONE,
    IN_DAYS,
    KIND_AGAIN,
    KINDS,
    LATER,
    OPEN,
    PAUSES,
    SETTINGS,
    START_AGAIN,
    STOP_KIND,
    again_choices,
    choices,
    digest_card,
    digest_choices,
    kind_choices,
    pause_choices,
    pauses,
    reminder_card,
)
from dialogs.reminder_words import kind_title
from dialogs.reminders import NAME, SETTINGS_FIRST
from dialogs.talk import Talk
from domain.clock import SHANGHAI
from domain.reminders.model import DueReminder, StoredReminder
from domain.reminders.quiet import hour, next_allowed

_TO_CHECK = frozenset({"criterion_met", "verdict_changed", "text_changed"})
_TO_ANSWERS = frozenset({"certificate_expires", "fact_to_refresh"})


def answer_reminder(talk: Talk, number: int, choice: str) -> Reaction | None:
    """A press on the card ``r<number>``; None when this chat has no such reminder."""
    stored = talk.tx.reminders.get(number)
    if stored is None or stored.chat_id != talk.chat.id:
        return None
    match choice:
        case "open":
            return Reaction(_card(talk, stored), _destination(talk, stored))
        case "later":
            return Reaction(_card(talk, stored, choosing=True))
        case "done":
            return Reaction(_finish(talk, stored))
        case "stop" | "again":
            return Reaction(_switch(talk, stored, on=choice == START_AGAIN))
        case _ if (days := _days(choice)) is not None:
            return Reaction(_snooze(talk, stored, days))
        case _:
            return Reaction(_card(talk, stored))


def answer_digest(talk: Talk, number: int, choice: str) -> Reaction | None:
    """A press on the card ``g<number>``; None when this chat was told nothing in such a message."""
    members = talk.tx.reminders.bundle(talk.chat.id, number)
    if not members:
        return None
    say, count = talk.words.say, talk.words.count
    if choice == OPEN:
        return Reaction(_digest(talk, number, members), c.Start(NAME))
    if choice == LATER:
        return Reaction(_digest(talk, number, members, shown=pause_choices(talk.words, PAUSES)))
    if choice == DONE:
        changed = [talk.tx.reminders.done(one) for one in members]
        text = say("Noted: all of it is done.") if any(changed) else say("That was noted before.")
        return Reaction(_digest(talk, number, members, text, "success", ()))
    if choice == SETTINGS:
        return Reaction(_digest(talk, number, members), c.Start(NAME, SETTINGS_FIRST))
    if choice == KINDS:
        return Reaction(_digest(talk, number, members, shown=_kinds_in(talk, members)))
    if (kind := _kind_in(choice, members)) is not None:
        text = _switch_kind(talk, kind, on=choice.startswith(KIND_AGAIN))
        return Reaction(_digest(talk, number, members, text, "success", _kinds_in(talk, members)))
    if (days := _days(choice)) is not None:
        until = _moment(talk, days, urgent=any(one.reminder.urgent for one in members))
        put_off = sum(talk.tx.reminders.snooze(one.id, until) for one in members)
        text = count(
            "You will hear of %(n)s date again on %(date)s.",
            "You will hear of %(n)s dates again on %(date)s.",
            put_off,
            date=talk.words.date(talk.world.day(until)),
        )
        if not put_off:
            text = say("There is nothing left of this to be reminded of.")
        return Reaction(_digest(talk, number, members, text))
    return Reaction(_digest(talk, number, members))


def _digest(
    talk: Talk,
    number: int,
    members: tuple[StoredReminder, ...],
    text: str = "",
    tone: Tone = "info",
    shown: tuple[Choice, ...] | None = None,
) -> Card:
    due = [DueReminder(id=one.id, reminder=one.reminder) for one in members]
    return digest_card(
        talk.world,
        number,
        due,
        talk.world.reminding.situation,
        choices=digest_choices(talk.words) if shown is None else shown,
        notices=_notice(text, tone),
    )


def _kinds_in(talk: Talk, members: Iterable[StoredReminder]) -> tuple[Choice, ...]:
    """To stop the kinds of a digest one by one, in the order of its dates."""
    kinds = {one.reminder.kind: _is_on(talk, one.reminder.kind) for one in members}
    return kind_choices(talk.words, kinds, {kind: _title(talk, kind) for kind in kinds})


def _kind_in(choice: str, members: Iterable[StoredReminder]) -> str | None:
    """The kind a button of a digest stops or starts; None where the digest has no such kind."""
    kinds = {one.reminder.kind for one in members}
    named = choice.removeprefix(STOP_KIND).removeprefix(KIND_AGAIN)
    return named if named in kinds and choice != named else None


def _notice(text: str, tone: Tone) -> tuple[Block, ...]:
    return (Notice(tone=tone, spans=plain(text)),) if text else ()


def _card(
    talk: Talk,
    stored: StoredReminder,
    text: str = "",
    tone: Tone = "info",
    *,
    choosing: bool = False,
) -> Card:
    """The reminder as it stands now, with what just became of it."""
    due = DueReminder(id=stored.id, reminder=stored.reminder, told_before=stored.told)
    possible = pauses(stored.reminder, talk.world.today)
    return reminder_card(
        talk.world,
        due,
        talk.world.reminding.situation,
        notices=_notice(text or _standing(talk, stored), tone),
        choices=pause_choices(talk.words, possible) if choosing else _choices(talk, stored, possible),
    )


def _choices(talk: Talk, stored: StoredReminder, possible: tuple[int, ...]) -> tuple[Choice, ...]:
    if stored.state not in {"sent", "snoozed"}:
        return tuple(one for one in choices(talk.words, ()) if one.key == OPEN)
    if not _is_on(talk, stored.reminder.kind):
        return again_choices(talk.words)
    return choices(talk.words, possible)


def _standing(talk: Talk, stored: StoredReminder) -> str:
    """What became of the reminder since it was said; empty where nothing did."""
    say = talk.words.say
    match stored.state:
        case "done":
            return say("This is done.")
        case "snoozed":
            day = talk.words.date(talk.world.day(stored.send_at))
            return say("You will hear of this again on %(date)s.", date=day)
        case "dropped" | "withdrawn":
            return say("This no longer applies.")
        case _ if not _is_on(talk, stored.reminder.kind):
            return _off(talk, stored.reminder.kind)
        case _:
            return ""


def _finish(talk: Talk, stored: StoredReminder) -> Card:
    say = talk.words.say
    if not talk.tx.reminders.done(stored):
        return _card(talk, stored, say("That was noted before: this is done."))
    done = replace(stored, state="done")
    return _card(talk, done, say("Noted: this is done. You will hear no more of this date."), "success")


def _snooze(talk: Talk, stored: StoredReminder, days: int) -> Card:
    say = talk.words.say
    if days not in pauses(stored.reminder, talk.world.today):
        return _card(talk, stored, say("That would be after the last day."), "warning")
    until = _moment(talk, days, urgent=stored.reminder.urgent)
    if not talk.tx.reminders.snooze(stored.id, until):
        return _card(talk, stored)
    later = replace(stored, state="snoozed", send_at=until)
    return _card(talk, later, tone="success")


def _moment(talk: Talk, days: int, *, urgent: bool) -> datetime:
    """The morning in so many days, or as soon after it as the person wants to be spoken to."""
    wants = talk.world.reminding.situation.preferences
    day: date = talk.world.today + timedelta(days=days)
    at = datetime.combine(day, hour(wants), tzinfo=SHANGHAI)
    return next_allowed(at, wants, talk.world.examiner.calendar, urgent=urgent)


def _switch(talk: Talk, stored: StoredReminder, *, on: bool) -> Card:
    """Hear of the kind of a reminder or not; what is planned follows."""
    return _card(talk, stored, _switch_kind(talk, stored.reminder.kind, on=on), "success")


def _switch_kind(talk: Talk, kind: str, *, on: bool) -> str:
    """Hear of a kind or not; gives what became of it."""
    before = talk.world.reminding.situation.preferences
    if before.kinds.get(kind) is not on:
        apply_wish(talk, c.SetReminders(replace(before, kinds={**before.kinds, kind: on})))
        talk.refresh()
    if on:
        return talk.words.say("You will hear of “%(kind)s” again.", kind=_title(talk, kind))
    return _off(talk, kind)


def _is_on(talk: Talk, kind: str) -> bool:
    return talk.world.reminding.situation.preferences.kinds.get(kind, True)


def _off(talk: Talk, kind: str) -> str:
    return talk.words.say("You will hear no more of “%(kind)s”.", kind=_title(talk, kind))


def _title(talk: Talk, kind_id: str) -> str:
    kind = talk.world.reminding.kinds.get(kind_id)
    return kind_id if kind is None else kind_title(talk.words, kind)


def _destination(talk: Talk, stored: StoredReminder) -> c.Command:
    """Where what a reminder is about is seen to."""
    kind, programme = stored.reminder.kind, talk.world.programme(stored.reminder.programme)
    if kind in _TO_ANSWERS:
        return c.Start("answers")
    if programme is None:
        return c.Start(NAME)
    checked = programme.id in talk.world.reminding.situation.receipts
    if kind in _TO_CHECK or (kind == "window_closes" and checked):
        return c.Start("check", {"programmes": [programme.id]})
    return c.Start("programme", {"programme": programme.id})


def _days(choice: str) -> int | None:
    number = choice.removeprefix(IN_DAYS)
    is_pause = choice.startswith(IN_DAYS) and number.isascii() and number.isdecimal()
    return int(number) if is_pause and int(number) in PAUSES else None
