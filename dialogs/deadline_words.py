"""A deadline in words: the safe and the outer day, or how it is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from dialogs.criterion_words import source_note
from dialogs.engine.screen import Item, plain, strong
from dialogs.gap_words import duration
from dialogs.statuses import standing_then
from dialogs.world import World
from domain.calendar.working_days import WorkingCalendar
from domain.deadlines import Due, due_dates
from domain.programme import dates
from domain.programme.dates import DeadlineRule
from domain.programme.model import Programme
from locales.words import mark


def deadline_item(world: World, programme: Programme, rule: DeadlineRule) -> Item:
    """One line about a deadline, computed where it needs no event."""
    details = [
        world.policy(programme, text) for text in (rule.readings, rule.consequence) if text is not None
    ]
    details += filter(None, [source_note(world, rule.source)])
    title = world.words.say("%(what)s: ", what=world.policy(programme, rule.title))
    return Item(
        mark="date",
        spans=(*plain(title), *strong(when(world, programme, rule))),
        clause=world.clause(programme, rule.clause),
        detail=plain(" · ".join(details)),
    )


def applying_item(world: World, programme: Programme, rule: DeadlineRule) -> Item:
    """A date for applying, with what becomes of the programme until then."""
    item = deadline_item(world, programme, rule)
    found = due_dates(rule, world.today, world.examiner.calendar)
    then = standing_then(world, programme, max(due.safe for due in found)) if found else ""
    return item.model_copy(update={"detail": (*item.detail, *plain(f"\n{then}"))}) if then else item


def applying_dates(world: World, programme: Programme) -> list[DeadlineRule]:
    """The dates somebody who applies goes by, as far as no event starts them and they are not past."""
    return [
        rule
        for rule in programme.deadlines
        if _is_for_applying(rule) and not _is_past(rule, world.today, world.examiner.calendar)
    ]


def _is_for_applying(rule: DeadlineRule) -> bool:
    """Told to applicants, or the end of a yearly window in which something is received."""
    window = isinstance(rule.rule, dates.Annual) and rule.rule.annual.since is not None
    return rule.trigger is None and (window or "applicant" in rule.to)


def _is_past(rule: DeadlineRule, today: date, calendar: WorkingCalendar) -> bool:
    found = due_dates(rule, today, calendar)
    return bool(found) and all(due.outer < today for due in found)


def when(world: World, programme: Programme, rule: DeadlineRule) -> str:
    """The next date of a deadline, or how it is counted from its event."""
    words, say = world.words, world.words.say
    match rule.rule:
        case dates.Annual() | dates.Fixed():
            found = due_dates(rule, world.today, world.examiner.calendar)
            return "; ".join(due_text(world, due) for due in found)
        case dates.After(after=period):
            return _after(world, rule, duration(words, period.total_months, 0))
        case dates.WorkingDays(working_days=count):
            return _after(world, rule, words.count("%(n)s working day", "%(n)s working days", count.days))
        case dates.Schedule(schedule=plan):
            years = words.items(
                [words.count("%(n)s year", "%(n)s years", offset) for offset in plan.year_offsets]
            )
            return say("on %(day)s (month-day), %(period)s", day=plan.day, period=_after(world, rule, years))
        case dates.BeforeEnd(before_end=lead):
            if lead.months_before == 0:
                return say("by the day itself")
            return say("%(period)s before the end", period=duration(words, lead.months_before, 0))
        case dates.Steps(steps=plan):
            return _after(world, rule, words.items([duration(words, months, 0) for months in plan.months]))
        case dates.NoDate(no_date=reason):
            texts = [reason.reason, *([reason.default] if reason.default is not None else [])]
            return " ".join(world.policy(programme, text) for text in texts)
        case _:
            assert_never(rule.rule)


EVENTS: Mapping[str, str] = {
    "accident_reported": mark("the report of the accident"),
    "application_received": mark("receipt of the application"),
    "awarded": mark("the award"),
    "cycle_ended": mark("the end of the cycle"),
    "cycle_started": mark("the start of the cycle"),
    "named": mark("the naming"),
    "objection_received": mark("receipt of the objection"),
    "publicity_started": mark("the start of the public notice"),
    "start_off_selected": mark("the selection for the Start-off plan"),
    "training_started": mark("the start of the training"),
}
"""What deadlines are counted from, as source strings; an event of an operator's own programme is "the event"."""


def _after(world: World, rule: DeadlineRule, period: str) -> str:
    event = EVENTS.get(rule.trigger or "", mark("the event"))
    return world.words.say("%(period)s after %(event)s", period=period, event=world.words.say(event))


def due_text(world: World, due: Due) -> str:
    """Safe and outer day, with what is provisional or in the past."""
    words, say = world.words, world.words.say
    safe = words.date(due.safe)
    if due.outer == due.safe:
        text = safe
    else:
        text = say("safe %(safe)s, outer %(outer)s", safe=safe, outer=words.date(due.outer))
    if due.paper_safe is not None and due.paper_safe != due.safe:
        text = say("%(text)s; papers by %(day)s", text=text, day=words.date(due.paper_safe))
    if due.provisional:
        text = say("%(text)s (provisional: the holiday list is not out yet)", text=text)
    if due.outer < world.today:
        text = say("%(text)s (past)", text=text)
    return text
