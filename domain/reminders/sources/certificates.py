"""Certificates that are about to expire. Subject: ``fact``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.programme.expressions import Expression, facts_of
from domain.programme.model import Programme
from domain.programme.rules import Criterion
from domain.reminders.model import Reminder, Situation
from domain.reminders.tools import Tools, counted
from domain.values import Certificate

_NEWS_FOR = timedelta(days=30)


def find(situation: Situation, tools: Tools) -> Iterator[Reminder]:
    """The last day of every certificate a watched programme asks for, under the earliest reading of what was told."""
    watched = tuple(tools.watched(situation))
    for fact, known in situation.facts.items():
        value = known.value
        if not isinstance(value, Certificate) or not value.held or value.valid_to is None:
            continue
        asked = _asked_by(fact, watched)
        if asked is None:
            continue
        programme, criterion = asked
        yield from counted(
            tools.kinds["certificate_expires"],
            f"{fact}:{value.valid_to}",
            value.valid_to.earliest,
            until=value.valid_to.latest + _NEWS_FOR,
            programme=programme.id,
            subject={"fact": fact, "criterion": criterion.id},
            outer=value.valid_to.latest,
            clause=criterion.clause,
        )


def _asked_by(fact: str, programmes: tuple[Programme, ...]) -> tuple[Programme, Criterion] | None:
    for programme in programmes:
        for criterion in programme.criteria:
            tests: tuple[Expression | None, ...] = (criterion.test, criterion.alternative)
            if any(test is not None and fact in facts_of(test) for test in tests):
                return programme, criterion
    return None
