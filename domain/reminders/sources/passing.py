"""What time alone changes: a criterion will be met on a day, or a self-check will come out differently from then on.

Subjects: of ``criterion_met``: ``criterion``; of ``verdict_changed``: ``before``, ``after`` (verdicts) and ``criteria``,
each with ``criterion``, ``clause``, ``before`` and ``after`` (results).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from domain.eligibility.cure import days_of_change, met_on
from domain.eligibility.evaluate import Evaluation
from domain.programme.model import Programme
from domain.programme.parts import Force, Status, Verdict
from domain.reminders.model import Json, Reminder, Situation
from domain.reminders.tools import HORIZON, Tools, counted

_NEWS_FOR = timedelta(days=60)
"""How long after its day it still makes sense to say what changed."""

_OVER = frozenset({Status.LAPSED, Status.TARGETS_ENDED})


def find(situation: Situation, tools: Tools) -> Iterator[Reminder]:
    """What changes after the last self-check, or after the last fact was stated where there was none."""
    if not situation.facts:
        return
    for programme in tools.watched(situation):
        receipt = situation.receipts.get(programme.id)
        since = (
            max(known.stated_on for known in situation.facts.values()) if receipt is None else receipt.as_of
        )
        yield from _of_programme(programme, since, situation, tools)


def _of_programme(
    programme: Programme, since: date, situation: Situation, tools: Tools
) -> Iterator[Reminder]:
    base = tools.evaluate(situation, programme, since)
    last = situation.as_of + HORIZON
    told: set[date] = set()
    before = base
    for day in days_of_change(base):
        if day > last or programme.status_on(day).status in _OVER:
            break
        after = tools.evaluate(situation, programme, day)
        changed = _changed(before, after)
        if (
            before.verdict is not after.verdict
            and changed
            and before.verdict is not Verdict.MORE_ANSWERS_NEEDED
        ):
            told.add(day)
            yield from _verdict(programme, day, before, after, changed, tools)
        before = after
    for outcome in base.outcomes:
        met = None if outcome.rule.force is Force.FORM_ONLY else met_on(base, outcome)
        if met is None or met in told or met > last or programme.status_on(met).status in _OVER:
            continue
        yield from counted(
            tools.kinds["criterion_met"],
            f"{programme.id}:{outcome.rule.id}:{met}",
            met,
            until=met + _NEWS_FOR,
            programme=programme.id,
            subject={"criterion": outcome.rule.id},
            clause=outcome.rule.clause,
        )


def _verdict(
    programme: Programme,
    day: date,
    before: Evaluation,
    after: Evaluation,
    changed: list[Json],
    tools: Tools,
) -> Iterator[Reminder]:
    first = changed[0]
    yield from counted(
        tools.kinds["verdict_changed"],
        f"{programme.id}:{day}",
        day,
        until=day + _NEWS_FOR,
        programme=programme.id,
        subject={"before": before.verdict.value, "after": after.verdict.value, "criteria": changed},
        clause=str(first["clause"]) if isinstance(first, dict) else "",
    )


def _changed(before: Evaluation, after: Evaluation) -> list[Json]:
    """The conditions that come out differently."""
    then = {outcome.rule.id: outcome for outcome in before.outcomes}
    return [
        {
            "criterion": outcome.rule.id,
            "clause": outcome.rule.clause,
            "before": then[outcome.rule.id].result.value,
            "after": outcome.result.value,
        }
        for outcome in after.outcomes
        if outcome.rule.force is Force.HARD and outcome.result is not then[outcome.rule.id].result
    ]
