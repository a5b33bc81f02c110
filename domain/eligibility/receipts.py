"""Receipts: what a self-check was based on and what it gave, so that it can be replayed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.eligibility.evaluate import Evaluation, Examiner
from domain.facts.reading import FactValueError, plain_value, read_facts
from domain.programme.archive import restore
from domain.values import Value

FORMAT = 1


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact as a self-check used it: its plain value, where it came from and when it was told."""

    value: Any
    source: str
    stated_at: str
    """ISO 8601 instant in UTC; empty when not known."""


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """What one criterion came to."""

    id: str
    clause: str
    force: str
    result: str
    conservative: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One self-check, whole. The programme's content is named by its hash."""

    programme: str
    version: str
    content_hash: str
    as_of: date
    round: str | None
    status: str
    verdict: str
    facts: Mapping[str, FactUsed]
    criteria: tuple[CriterionResult, ...]

    def to_json(self) -> str:
        """The receipt as JSON with sorted keys."""
        plain = {
            "format": FORMAT,
            "programme": self.programme,
            "version": self.version,
            "content_hash": self.content_hash,
            "as_of": self.as_of.isoformat(),
            "round": self.round,
            "status": self.status,
            "verdict": self.verdict,
            "facts": {
                fact: {"value": used.value, "source": used.source, "stated_at": used.stated_at}
                for fact, used in self.facts.items()
            },
            "criteria": [
                {name: getattr(result, name) for name in CriterionResult.__dataclass_fields__}
                for result in self.criteria
            ],
        }
        return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Receipt:
        """Read a receipt back; ``ValueError`` when it is not one."""
        try:
            plain = json.loads(text)
            if plain["format"] != FORMAT:
                raise ValueError("a receipt of a format this version does not know")
            return cls(
                plain["programme"],
                plain["version"],
                plain["content_hash"],
                date.fromisoformat(plain["as_of"]),
                plain["round"],
                plain["status"],
                plain["verdict"],
                {fact: FactUsed(**used) for fact, used in plain["facts"].items()},
                tuple(CriterionResult(**result) for result in plain["criteria"]),
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"not a receipt: {error}") from None


def make_receipt(
    evaluation: Evaluation,
    content_hash: str,
    sources: Mapping[str, tuple[str, str]] | None = None,
) -> Receipt:
    """The receipt of an evaluation.

    ``sources`` gives for a fact its source and the instant it was told; facts without one are
    ``self_stated``. Only facts the criteria read are kept.
    """
    examination = evaluation.examination
    known = sources or {}
    used = {
        fact: FactUsed(plain_value(evaluation.facts[fact]), *known.get(fact, ("self_stated", "")))
        for fact in examination.facts()
        if fact in evaluation.facts
    }
    results = tuple(
        CriterionResult(
            outcome.rule.id,
            outcome.rule.clause,
            outcome.rule.force.value,
            outcome.result.value,
            outcome.conservative.value,
            outcome.alternative.value,
        )
        for outcome in evaluation.outcomes
    )
    return Receipt(
        examination.programme.id,
        examination.programme.version,
        content_hash,
        examination.as_of,
        None if examination.round is None else examination.round.id,
        examination.status.status.value,
        evaluation.verdict.value,
        used,
        results,
    )


def evaluate_again(receipt: Receipt, archived_content: str, examiner: Examiner) -> Evaluation:
    """The evaluation a receipt stands for, made anew from the archived programme.

    ``ValueError`` when the content or the facts cannot be read.
    """
    programme, vocabulary = restore(archived_content)
    try:
        facts: dict[str, Value] = read_facts(
            {fact: used.value for fact, used in receipt.facts.items()}, vocabulary
        )
        examination = examiner.examination(programme, receipt.as_of, receipt.round)
    except (FactValueError, KeyError) as error:
        raise ValueError(str(error)) from None
    return examination.evaluate(facts)


def replay(receipt: Receipt, archived_content: str, examiner: Examiner) -> tuple[str, ...]:
    """What comes out differently when the receipt is replayed; empty when it is the same."""
    again = make_receipt(evaluate_again(receipt, archived_content, examiner), receipt.content_hash)
    differences = []
    if again.verdict != receipt.verdict:
        differences.append(f"verdict: {receipt.verdict} then, {again.verdict} now")
    if again.status != receipt.status:
        differences.append(f"status: {receipt.status} then, {again.status} now")
    then = {result.id: result for result in receipt.criteria}
    now = {result.id: result for result in again.criteria}
    for rule_id in dict.fromkeys([*then, *now]):
        if then.get(rule_id) != now.get(rule_id):
            before, after = then.get(rule_id), now.get(rule_id)
            differences.append(
                f"{rule_id}: {before.result if before else 'absent'} then, "
                f"{after.result if after else 'absent'} now"
            )
    return tuple(differences)
