"""The built-in programmes, their facts and the calendar, loaded once for all tests of a process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.evaluate import Evaluation, Examiner
from domain.facts.reading import read_facts
from domain.facts.vocabulary import Vocabulary
from domain.programme.expressions import Expression
from domain.programme.loader import Programmes
from domain.programme.model import Programme
from domain.values import Value

BUILT_IN_IDS = (
    "hangzhou-quality-award",
    "national-quality-benchmark",
    "shenzhen-quality-promotion",
    "wuhu-incubation-pool",
    "zhengzhou-incubation-base",
)


@cache
def programmes() -> Programmes:
    """All built-in programmes."""
    return Programmes.load()


@cache
def calendar() -> WorkingCalendar:
    """The calendar with the official holiday lists."""
    return WorkingCalendar.load()


@cache
def examiner() -> Examiner:
    """Examines programmes by that calendar."""
    return Examiner(calendar())


def vocabulary() -> Vocabulary:
    """The built-in facts."""
    return programmes().vocabulary


def programme(programme_id: str) -> Programme:
    """A built-in programme."""
    return programmes()[programme_id][0].programme


def facts(plain: Mapping[str, Any]) -> dict[str, Value]:
    """Facts as a facts file states them."""
    return read_facts(plain, vocabulary())


def checked(
    programme_id: str, as_of: date, plain: Mapping[str, Any], round_id: str | None = None
) -> Evaluation:
    """A self-check of a built-in programme."""
    return examiner().examination(programme(programme_id), as_of, round_id).evaluate(facts(plain))


def small_programme(
    test: Mapping[str, Any] | Expression,
    *,
    alternative: Mapping[str, Any] | None = None,
    applies_when: Mapping[str, Any] | None = None,
    force: str = "hard",
    **more: Any,
) -> Programme:
    """An imaginary programme with one criterion, ``XX-E01``."""
    criterion: dict[str, Any] = {
        "id": "XX-E01",
        "title": "条件",
        "clause": "第一条",
        "kind": "computable",
        "force": force,
        "test": test,
    }
    if alternative is not None:
        criterion |= {"alternative": alternative, "readings": {"conservative": "严", "alternative": "宽"}}
    if applies_when is not None:
        criterion["applies_when"] = applies_when
    plain: dict[str, Any] = {
        "id": "imaginary-award",
        "code": "XX",
        "version": "1",
        "identity": {"name": "某市某奖办法", "short_name": "某市某奖"},
        "statuses": [{"status": "in_force", "note": "有效。"}],
        "criteria": [criterion],
    }
    return Programme.model_validate(plain | more)
