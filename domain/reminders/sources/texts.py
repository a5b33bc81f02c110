"""A self-check that comes out differently because the programme's text changed since.

Subject: ``before``, ``after`` (verdicts), ``version`` and ``criteria``, each with ``criterion``, ``clause``, ``before`` and
``after`` (results; None where the text had or has no such condition).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.eligibility.evaluate import Evaluation
from domain.eligibility.receipts import Receipt
from domain.facts.reading import FactValueError, read_value
from domain.programme.parts import Force
from domain.reminders.model import Json, Reminder, Situation
from domain.reminders.tools import Tools, at_once
from domain.values import Value

_NEWS_FOR = timedelta(days=400)


def find(situation: Situation, tools: Tools) -> Iterator[Reminder]:
    """The self-checks whose verdict the text in use would change, on the day and with the answers of that self-check."""
    for programme in tools.watched(situation):
        receipt = situation.receipts.get(programme.id)
        if receipt is None:
            continue
        loaded = tools.programmes.on(programme.id, situation.as_of)
        if loaded.content_hash == receipt.content_hash:
            continue
        has_round = receipt.round in {round_.id for round_ in programme.rounds}
        examination = tools.examiner.examination(
            programme, receipt.as_of, receipt.round if has_round else None
        )
        again = examination.evaluate({**situation.values, **_answers(receipt, tools)})
        changed = _changed(receipt, again)
        if again.verdict.value == receipt.verdict or not changed:
            continue
        due = max(receipt.as_of, programme.in_force.since or receipt.as_of)
        first = changed[0]
        yield at_once(
            tools.kinds["text_changed"],
            f"{programme.id}:{loaded.content_hash[:12]}",
            due,
            situation.as_of,
            until=due + _NEWS_FOR,
            programme=programme.id,
            subject={
                "before": receipt.verdict,
                "after": again.verdict.value,
                "version": programme.version,
                "criteria": changed,
            },
            clause=str(first["clause"]) if isinstance(first, dict) else "",
        )


def _answers(receipt: Receipt, tools: Tools) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for fact_id, used in receipt.facts.items():
        fact = tools.vocabulary.get(fact_id)
        if fact is None:
            continue
        try:
            found[fact_id] = read_value(fact, used.value)
        except FactValueError:
            # The fact means something else today: it counts as not answered.
            continue
    return found


def _changed(receipt: Receipt, again: Evaluation) -> list[Json]:
    """What comes out differently, the conditions of today first, then those the text no longer has."""
    then = {one.id: one for one in receipt.criteria if one.force == Force.HARD.value}
    now = {one.rule.id: one for one in again.outcomes if one.rule.force is Force.HARD}
    found: list[Json] = []
    for rule_id, outcome in now.items():
        before = then[rule_id].result if rule_id in then else None
        if before != outcome.result.value:
            found.append(_line(rule_id, outcome.rule.clause, before, outcome.result.value))
    return found + [_line(one.id, one.clause, one.result, None) for one in then.values() if one.id not in now]


def _line(criterion: str, clause: str, before: str | None, after: str | None) -> Json:
    return {"criterion": criterion, "clause": clause, "before": before, "after": after}
