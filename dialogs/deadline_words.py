"""A deadline in words: the safe and the outer day, or how it is counted."""

from __future__ import annotations

from typing import assert_never

from dialogs.criterion_words import source_note
from dialogs.engine.screen import Item, plain, strong
from dialogs.gap_words import duration
from dialogs.world import World
from domain.deadlines import Due, due_dates
from domain.programme import dates
from domain.programme.dates import DeadlineRule
from domain.programme.model import Programme


def deadline_item(world: World, programme: Programme, rule: DeadlineRule) -> Item:
    """One line about a deadline, computed where it needs no event."""
    details = [
        world.policy(programme, text) for text in (rule.readings, rule.consequence) if text is not None
    ]
    details += filter(None, [source_note(world, rule.source)])
    title = world.policy(programme, rule.title)
    return Item(
        mark="date",
        spans=(*plain(title + ": "), *strong(when(world, programme, rule))),
        clause=rule.clause or "",
        detail=plain(" · ".join(details)),
    )


def when(world: World, programme: Programme, rule: DeadlineRule) -> str:
    """The next date of a deadline, or how it is counted from its event."""
    words, say = world.words, world.words.say
    match rule.rule:
        case dates.Annual() | dates.Fixed():
            found = due_dates(rule, world.today, world.examiner.calendar)
            return "; ".join(due_text(world, due) for due in found)
        case dates.After(after=period):
            return say("%(period)s after the event", period=duration(words, period.total_months, 0))
        case dates.WorkingDays(working_days=count):
            return words.count("%(n)s working day", "%(n)s working days", count.days)
        case dates.Schedule(schedule=plan):
            years = words.items([str(offset) for offset in plan.year_offsets])
            return say("on %(day)s, %(years)s years after the event", day=plan.day, years=years)
        case dates.BeforeEnd(before_end=lead):
            if lead.months_before == 0:
                return say("by the day itself")
            return say("%(period)s before the end", period=duration(words, lead.months_before, 0))
        case dates.Steps(steps=plan):
            told = [duration(words, months, 0) for months in plan.months]
            return say("%(periods)s after the event", periods=words.items(told))
        case dates.NoDate(no_date=reason):
            texts = [reason.reason, *([reason.default] if reason.default is not None else [])]
            return " ".join(world.policy(programme, text) for text in texts)
        case _:
            assert_never(rule.rule)


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
