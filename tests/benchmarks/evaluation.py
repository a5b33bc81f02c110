"""Full evaluations a second of a 12-criterion programme, beside zen-engine and a plain function.

All three judge the same organisations under both readings of the national quality benchmark and
must come to the same verdicts. What each gives: the product a result under both readings for every
criterion with its clause and a verdict; zen-engine (a rule engine written in Rust, called from
Python) the same as a dictionary; the plain function, written by hand for this one programme and
these facts, is the floor of what Python can do.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import zen

from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.cure import met_on
from domain.eligibility.evaluate import Evaluation, Examiner
from domain.eligibility.missing import gaps_of
from domain.eligibility.questions import Mode, next_question
from domain.programme.loader import Programmes
from domain.values import UNCLEAR, Event, PartialDate, Value

AS_OF: Final = date(2026, 11, 21)
PROGRAMME: Final = "national-quality-benchmark"
ORGANISATIONS: Final = 1_000
SECONDS: Final = 1.5

STATED: Final = (
    "method_mature",
    "method_marked_gain",
    "outstanding_in_region_and_industry",
    "method_scientific_innovative",
    "method_systematic_demonstrative",
    "method_effective_transferable",
)
YES_NO: Final = ("current_national_call", "willing_to_share_practice", *STATED)
LEGAL: Final = ("enterprise_legal_person", "other_legal_person", "other_organisation")


def organisations(seed: int) -> list[dict[str, Value]]:
    """Imaginary organisations: most facts known, some open, some not sure."""
    chance = random.Random(seed)  # noqa: S311  # repeatable, not secret
    made: list[dict[str, Value]] = []
    for _ in range(ORGANISATIONS):
        facts: dict[str, Value] = {
            name: UNCLEAR if chance.random() < 0.05 else chance.random() < 0.9
            for name in YES_NO
            if chance.random() < 0.95
        }
        facts["legal_form"] = chance.choice(LEGAL)
        facts["net_profit"] = {year: chance.randrange(-1, 9) * 100_000 for year in (2023, 2024, 2025)}
        facts["violations_and_bad_records"] = (
            () if chance.random() < 0.8 else (Event(PartialDate(chance.randrange(2015, 2026), 5, 1)),)
        )
        if chance.random() < 0.95:
            facts["benchmark_scopes"] = frozenset({"new_technology"} if chance.random() < 0.9 else set[str]())
        made.append(facts)
    return made


def flattened(facts: dict[str, Value]) -> dict[str, Any]:
    """The same facts as plain JSON values, prepared beforehand for the other two."""
    flat: dict[str, Any] = {}
    for name in YES_NO:
        value = facts.get(name)
        flat[name] = 1 if value is None else 2 if value is UNCLEAR else 4 if value else 0
    flat["legal"] = facts["legal_form"]
    profits = facts["net_profit"]
    assert isinstance(profits, dict)
    flat["profits"] = list(profits.values())
    events = facts["violations_and_bad_records"]
    assert isinstance(events, tuple)
    flat["days"] = [event.date.earliest.toordinal() for event in events]
    scopes = facts.get("benchmark_scopes")
    flat["scopes"] = None if scopes is None else sorted(scopes)  # type: ignore[arg-type]  # a frozenset here
    return flat


_ROLLING: Final = date(2023, 11, 21).toordinal()
_CRITERIA: Final = (
    ("ZM-A01", "办法 第六条；第七条"),
    ("ZM-M1", "办法 第九条(一)"),
    ("ZM-A03", "办法 第二条；第十条"),
    ("ZM-M2", "办法 第九条(一)"),
    ("ZM-M3", "办法 第九条(一)"),
    ("ZM-M4", "办法 第九条(二)"),
    ("ZM-M5", "办法 第九条(二)"),
    ("ZM-M6", "办法 第九条(三)"),
    ("ZM-M7", "办法 第十条"),
    ("ZM-M8a", "办法 第八条(一)"),
    ("ZM-M8b", "办法 第八条(二)"),
    ("ZM-M8c", "办法 第八条(三)"),
)


def _statement(truth: int) -> int:
    return 3 if truth == 4 else 2 if truth == 0 else truth


def by_hand(flat: dict[str, Any]) -> tuple[str, list[tuple[str, str, int, int]]]:
    """The floor: no engine at all, one function for one programme."""
    lowest = min(flat["profits"])
    profit = 4 if lowest > 0 else 0
    profit_other = 4 if lowest > 0 else 2 if lowest >= 0 else 0
    record = 0 if flat["days"] else 4
    record_other = 0 if any(day >= _ROLLING for day in flat["days"]) else 4
    scopes = flat["scopes"]
    gain, outstanding = (
        _statement(flat["method_marked_gain"]),
        _statement(flat["outstanding_in_region_and_industry"]),
    )
    first = [
        flat["current_national_call"],
        4 if flat["legal"] in ("enterprise_legal_person", "other_legal_person") else 0,
        4 if flat["legal"] == "enterprise_legal_person" else 0,
        profit,
        record,
        _statement(flat["method_mature"]),
        min(gain, outstanding),
        flat["willing_to_share_practice"],
        1 if scopes is None else 4 if scopes else 0,
        _statement(flat["method_scientific_innovative"]),
        _statement(flat["method_systematic_demonstrative"]),
        _statement(flat["method_effective_transferable"]),
    ]
    second = first.copy()
    second[2], second[3], second[4] = first[2] or 2, profit_other, record_other
    return _verdict(first, second), [
        (rule, clause, one, other)
        for (rule, clause), one, other in zip(_CRITERIA, first, second, strict=True)
    ]


def _verdict(first: list[int], second: list[int]) -> str:
    if any(one == other == 0 for one, other in zip(first, second, strict=True)):
        return "obstacle_found"
    if 1 in first or 1 in second:
        return "more_answers_needed"
    if 2 in first or first != second:
        return "confirm_with_authority"
    return "no_obstacle_found"


def zen_expressions() -> dict[str, str]:
    """The same rules in zen-engine's language: one expression a criterion and reading."""

    def statement(name: str) -> str:
        return f"{name} == 4 ? 3 : ({name} == 0 ? 2 : {name})"

    first = {
        "ZM_A01": "current_national_call",
        "ZM_M1": "legal in ['enterprise_legal_person', 'other_legal_person'] ? 4 : 0",
        "ZM_A03": "legal == 'enterprise_legal_person' ? 4 : 0",
        "ZM_M2": "min(profits) > 0 ? 4 : 0",
        "ZM_M3": "len(days) == 0 ? 4 : 0",
        "ZM_M4": statement("method_mature"),
        "ZM_M5": f"min([{statement('method_marked_gain')}, {statement('outstanding_in_region_and_industry')}])",
        "ZM_M6": "willing_to_share_practice",
        "ZM_M7": "scopes == null ? 1 : (len(scopes) > 0 ? 4 : 0)",
        "ZM_M8a": statement("method_scientific_innovative"),
        "ZM_M8b": statement("method_systematic_demonstrative"),
        "ZM_M8c": statement("method_effective_transferable"),
    }
    second = {
        "ZM_A03": "legal == 'enterprise_legal_person' ? 4 : 2",
        "ZM_M2": "min(profits) > 0 ? 4 : (min(profits) >= 0 ? 2 : 0)",
        "ZM_M3": f"some(days, # >= {_ROLLING}) ? 0 : 4",
    }
    return first | {f"{name}_other": text for name, text in second.items()}


def zen_decision() -> Any:
    """The rules as one zen-engine decision, with the clauses in its answer."""
    clauses = {f"{rule.replace('-', '_')}_clause": json.dumps(clause) for rule, clause in _CRITERIA}
    expressions = [
        {"id": key, "key": key, "value": value} for key, value in (zen_expressions() | clauses).items()
    ]
    content = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
            {
                "id": "rules",
                "type": "expressionNode",
                "name": "rules",
                "position": {"x": 0, "y": 0},
                "content": {"expressions": expressions},
            },
            {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
            {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
        ],
    }
    return zen.ZenEngine().create_decision(json.dumps(content))


def by_zen(decision: Any, flat: dict[str, Any]) -> str:
    """The verdict from what a zen-engine decision found."""
    return _from_zen(decision.evaluate(flat)["result"])


def by_zen_expressions(compiled: Mapping[str, Any], flat: dict[str, Any]) -> str:
    """The verdict from zen-engine's expressions, compiled beforehand and evaluated one by one."""
    return _from_zen({name: expression.evaluate(flat) for name, expression in compiled.items()})


def _from_zen(found: Mapping[str, Any]) -> str:
    first = [int(found[rule.replace("-", "_")]) for rule, _ in _CRITERIA]
    second = [
        int(found.get(f"{rule.replace('-', '_')}_other", found[rule.replace("-", "_")]))
        for rule, _ in _CRITERIA
    ]
    return _verdict(first, second)


def rate(work: Callable[[], int]) -> float:
    """How many a second, of what ``work`` returns as done."""
    work()
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        done += work()
    return done / (time.perf_counter() - start)


def measure() -> list[tuple[str, float, str]]:
    """Rows of name, value and unit."""
    programmes = Programmes.load()
    examiner = Examiner(WorkingCalendar.load())
    examination = examiner.examination(programmes.on(PROGRAMME, AS_OF).programme, AS_OF)
    people = organisations(seed=2026)
    flat = [flattened(facts) for facts in people]
    decision = zen_decision()
    compiled = {name: zen.compile_expression(text) for name, text in zen_expressions().items()}
    for facts, plain in zip(people, flat, strict=True):
        verdict = examination.evaluate(facts).verdict.value
        if not verdict == by_hand(plain)[0] == by_zen(decision, plain):
            raise AssertionError(
                f"verdicts differ: {verdict}, {by_hand(plain)[0]}, {by_zen(decision, plain)}"
            )

    def full() -> int:
        for facts in people:
            evaluation = examination.evaluate(facts)
            _ = [(o.rule.id, o.rule.clause, o.conservative, o.alternative) for o in evaluation.outcomes]
        return len(people)

    def explained() -> int:
        for facts in people[:200]:
            evaluation = examination.evaluate(facts)
            for outcome in evaluation.outcomes:
                gaps_of(evaluation, outcome)
                met_on(evaluation, outcome)
        return 200

    half = [examination.evaluate(dict(list(facts.items())[::2])) for facts in people]

    def asked(mode: Mode) -> Callable[[], int]:
        def work() -> int:
            for evaluation in half:
                next_question([evaluation], programmes.vocabulary, mode)
            return len(half)

        return work

    everything: list[Evaluation] = [
        examiner.examination(loaded.programme, AS_OF).evaluate({}) for loaded in programmes.all_on(AS_OF)
    ]

    def asked_of_all() -> int:
        next_question(everything, programmes.vocabulary, Mode.ALL_MY_GAPS)
        return 1

    ours = rate(full)
    floor = rate(lambda: len([by_hand(plain) for plain in flat]))
    other = rate(lambda: len([by_zen(decision, plain) for plain in flat]))
    quicker = rate(lambda: len([by_zen_expressions(compiled, plain) for plain in flat]))
    criteria = len(examination.criteria)
    return [
        (f"full evaluations, {criteria} criteria, both readings, cited", ours, "a second"),
        ("the same with gaps and cure dates of every criterion", rate(explained), "a second"),
        ("zen-engine, the same rules as a decision", other, "a second"),
        ("zen-engine, its expressions compiled beforehand", quicker, "a second"),
        ("a plain function written by hand (the floor)", floor, "a second"),
        ("ours / zen-engine (decision)", ours / other, "times"),
        ("ours / zen-engine (compiled expressions)", ours / quicker, "times"),
        ("ours / floor", ours / floor, "times"),
        ("next question, quick verdict", 1e6 / rate(asked(Mode.QUICK_VERDICT)), "µs"),
        ("next question, all my gaps", 1e6 / rate(asked(Mode.ALL_MY_GAPS)), "µs"),
        ("next question over all five programmes", 1e6 / rate(asked_of_all), "µs"),
    ]
