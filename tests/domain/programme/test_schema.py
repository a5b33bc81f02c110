"""What cannot be true cannot be written down: the form of a programme refuses it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.programme.expressions import Expression, facts_of
from domain.programme.model import Programme
from domain.programme.procedure import Procedure
from tests.support.any_expressions import FACTS
from tests.support.programmes import BUILT_IN_IDS, programme, small_programme

EXPRESSION: TypeAdapter[Expression] = TypeAdapter(Expression)
MET = {"always": "met"}


@pytest.mark.parametrize(
    "test",
    [
        {},
        {"yes": "certified", "no": "famous"},
        {"maybe": "certified"},
        "certified",
        ["certified"],
        {"yes": "Certified"},
        {"number": {"fact": "staff"}},
        {"number": {"at_least": 1}},
        {"every_year": {"fact": "profit", "at_least": 0, "years": 0}},
        {"every_year": {"fact": "profit", "at_least": 0, "years": 11}},
        {"held_for": {"fact": "begun_on", "years": -1}},
        {"no_event": {"fact": "accidents", "window": "lately"}},
        {"no_event": {"fact": "accidents"}},
        {"one_of": {"fact": "colour", "options": []}},
        {"share_at_least": {"part": "trained", "whole": "staff", "percent": 101}},
        {"compare": {"fact": "trained", "relation": "above", "other": "staff"}},
        {"day_between": {"fact": "told_on"}},
        {"day_between": {"fact": "told_on", "on_or_after": "2026-02-01", "on_or_before": "2026-01-31"}},
        {"day_between": {"fact": "told_on", "on_or_after": "2026-02-30"}},
        {"day_of_year": {"fact": "told_on", "since": "11-01", "until": "01-31"}},
        {"after_working_days": {"fact": "told_on", "start": "begun_on", "days": 0}},
        {"always": "unknown"},
        {"all": []},
        {"any": {}},
        {"not": []},
        {"when": {"if": MET, "then": MET}},
        {"yes": {"fact": "certified"}},
    ],
)
def test_a_test_that_makes_no_sense_is_refused(test: object) -> None:
    with pytest.raises(ValidationError):
        EXPRESSION.validate_python(test)


def test_the_facts_a_test_reads_are_known() -> None:
    test = {
        "when": {
            "if": {"known": "famous"},
            "then": {"all": [{"yes": "certified"}, {"not": {"valid": "licence"}}]},
            "else": {
                "any": [{"no_event": {"fact": "accidents", "window": "ever", "after": "begun_on"}}, MET]
            },
        }
    }
    read = list(facts_of(EXPRESSION.validate_python(test)))
    assert read == ["famous", "certified", "licence", "accidents", "begun_on"]
    assert set(read) <= set(FACTS)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"in_force": {"since": "2026-02-01", "until": "2026-01-31"}}, "the window ends before it begins"),
        ({"code": "X"}, "String should match pattern"),
        ({"id": "Imaginary"}, "String should match pattern"),
        ({"criteria": []}, "at least 1 item"),
        ({"statuses": []}, "at least 1 item"),
        (
            {
                "statuses": [
                    {"status": "in_force", "until": "2026-12-31", "note": "一"},
                    {"status": "contested", "since": "2027-01-01", "until": "2026-06-30", "note": "二"},
                    {"status": "lapsed", "since": "2026-07-01", "note": "三"},
                ]
            },
            "ends on 2026-06-30, before it begins",
        ),
        (
            {"rounds": [{"id": "call", "name": "通知", "note": "通知。", "opens": "2026-03-01", "closes_safe": "2026-02-01"}]},
            "follow each other",
        ),
        (
            {"money": [{"id": "XX-M01", "title": "奖", "ceiling": -1, "clause": "一"}]},
            "greater than or equal to 0",
        ),
        ({"surprise": 1}, "Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_a_programme_that_cannot_be_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        small_programme(MET, **more)


def test_an_alternative_needs_words_for_both_readings() -> None:
    plain = small_programme(MET).model_dump(mode="json", by_alias=True)
    plain["criteria"][0]["alternative"] = MET
    with pytest.raises(ValidationError, match="two readings need words"):
        Programme.model_validate(plain)


@pytest.mark.parametrize("programme_id", BUILT_IN_IDS)
def test_every_day_has_exactly_one_standing(programme_id: str) -> None:
    found = programme(programme_id)
    for period in found.statuses:
        for day in (period.since, period.until):
            assert day is None or found.status_on(day) is period
    assert found.status_on(date.min) is found.statuses[0]
    assert found.status_on(date.max) is found.statuses[-1]


def stages(*more: dict[str, Any], to: str = "named") -> dict[str, Any]:
    first = {"id": "applied", "title": "申报", "next": [{"event": "fit", "to": to}]}
    return {
        "id": "naming",
        "title": "认定",
        "start": "applied",
        "stages": [first, {"id": "named", "title": "认定"}, *more],
    }


def test_a_procedure_moves_by_its_events_alone() -> None:
    found = Procedure.model_validate(stages())
    assert found.after("applied", "fit") == "named"
    assert found.after("applied", "unfit") is None
    assert found.after("named", "fit") is None
    with pytest.raises(KeyError):
        found.stage("lost")


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        (stages({"id": "lost", "title": "无"}), "never reached: lost"),
        (stages({"id": "named", "title": "又"}), "two stages have the same id"),
        (stages(to="nowhere"), "which is no stage"),
        (stages() | {"start": "begin"}, "is not a stage"),
    ],
)
def test_a_procedure_that_leads_nowhere_is_refused(plain: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Procedure.model_validate(plain)
