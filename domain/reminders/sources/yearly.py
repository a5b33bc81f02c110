"""Answers that hold for a year, such as the yearly mu-yield grade, and should be looked at again. Subject: ``fact``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.calendar.periods import add_months
from domain.reminders.model import Reminder, Situation
from domain.reminders.tools import Tools, counted
from domain.values import UNCLEAR

_NEWS_FOR = timedelta(days=180)


def find(situation: Situation, tools: Tools) -> Iterator[Reminder]:
    """A year after each such answer, where a watched programme still reads it."""
    read: dict[str, str] = {}
    for programme in tools.watched(situation):
        for fact in tools.examiner.examination(programme, situation.as_of).facts():
            read.setdefault(fact, programme.id)
    for fact, known in situation.facts.items():
        meant = tools.vocabulary.get(fact)
        if meant is None or meant.refreshed != "yearly" or known.value is UNCLEAR or fact not in read:
            continue
        due = add_months(known.stated_on, 12)
        yield from counted(
            tools.kinds["fact_to_refresh"],
            f"{fact}:{due.year}",
            due,
            until=due + _NEWS_FOR,
            programme=read[fact],
            subject={"fact": fact},
        )
