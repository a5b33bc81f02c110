"""All that is known of the five programmes is in their data: every criterion, every ground, and cases enough."""

from __future__ import annotations

import re

import pytest

from domain.programme.loader import BUILT_IN, read_cases
from tests.support.programmes import BUILT_IN_IDS, programme

_CRITERIA = {
    "zhengzhou-incubation-base": [f"ZZ-E{n:02}" for n in range(1, 21)],
    "hangzhou-quality-award": [f"HZ-E{n:02}" for n in range(1, 17)],
    "wuhu-incubation-pool": [*(f"WH-E{n:02}" for n in range(1, 14)), "WH-F01", "WH-F02"],
    "national-quality-benchmark": [
        *(f"ZM-N{n}" for n in range(1, 4)),
        *(f"ZM-M{n}" for n in range(1, 8)),
        *("ZM-M8a", "ZM-M8b", "ZM-M8c"),
    ],
    "shenzhen-quality-promotion": [f"SZ-E{n:02}" for n in range(1, 5)],
}
_GROUNDS = {
    "zhengzhou-incubation-base": [f"ZZ-X{n:02}" for n in range(6)],
    "hangzhou-quality-award": [f"HZ-X{n:02}" for n in range(1, 6)],
    "wuhu-incubation-pool": ["WH-X01"],
    "national-quality-benchmark": [f"ZM-X{n:02}" for n in range(1, 4)],
    "shenzhen-quality-promotion": [],
}
_HARD_IN_THE_TEXT = {
    "zhengzhou-incubation-base": [f"ZZ-E{n:02}" for n in (*range(1, 19), 20)],
    "hangzhou-quality-award": [f"HZ-E{n:02}" for n in range(1, 17)],
    "wuhu-incubation-pool": [f"WH-E{n:02}" for n in range(1, 14)],
    "national-quality-benchmark": ["ZM-N1", *(f"ZM-M{n}" for n in range(1, 8))],
    "shenzhen-quality-promotion": ["SZ-E02"],
}
_WORKED = {
    "zhengzhou-incubation-base": ("ZZ-C01", "ZZ-C02", "ZZ-C03", "ZZ-C07"),
    "hangzhou-quality-award": ("HZ-C01", "HZ-C03", "HZ-C04", "HZ-C06"),
    "wuhu-incubation-pool": ("WH-C01", "WH-C03", "WH-C05", "WH-C07"),
    "national-quality-benchmark": ("ZM-C01", "ZM-C04", "ZM-C06", "ZM-C07"),
    "shenzhen-quality-promotion": ("SZ-C01", "SZ-C03", "SZ-C06", "SZ-C08"),
}
_CASES_OF_OUR_OWN = 15

each_programme = pytest.mark.parametrize("programme_id", BUILT_IN_IDS)


@each_programme
def test_every_criterion_is_there(programme_id: str) -> None:
    known = {criterion.id for criterion in programme(programme_id).criteria}
    assert not set(_CRITERIA[programme_id]) - known


@each_programme
def test_every_ground_for_removal_is_there(programme_id: str) -> None:
    assert [ground.id for ground in programme(programme_id).grounds] == _GROUNDS[programme_id]


@each_programme
def test_what_the_text_demands_is_hard_and_nothing_else_is(programme_id: str) -> None:
    by_id = {criterion.id: criterion for criterion in programme(programme_id).criteria}
    hard = [rule_id for rule_id in _CRITERIA[programme_id] if by_id[rule_id].force == "hard"]
    assert set(_HARD_IN_THE_TEXT[programme_id]) <= set(hard)
    soft = {"ZZ-E19": "preference", "WH-F01": "form_only", "WH-F02": "form_only"}
    soft |= {"SZ-E01": "soft", "SZ-E03": "preference", "SZ-E04": "soft"}
    assert all(by_id[rule_id].force == soft[rule_id] for rule_id in soft.keys() & by_id.keys())


@each_programme
def test_every_rule_names_its_clause_and_both_readings(programme_id: str) -> None:
    for rule in programme(programme_id).rules():
        assert rule.clause, rule.id
        assert (rule.alternative is None) or rule.readings is not None, rule.id


@each_programme
def test_the_cases_worked_out_by_hand_are_there_and_many_more(programme_id: str) -> None:
    ids = [case.id for case in read_cases(BUILT_IN / programme_id / "cases.yaml").cases]
    for worked in _WORKED[programme_id]:
        assert any(case_id.startswith(worked) for case_id in ids), worked
    further = [case_id for case_id in ids if not re.match(r"[A-Z]{2}-C\d", case_id)]
    assert len(further) >= _CASES_OF_OUR_OWN


@each_programme
def test_every_built_in_file_is_without_fault(programme_id: str) -> None:
    from domain.programme.loader import read_programme
    from tests.support.programmes import vocabulary

    found, problems = read_programme(BUILT_IN / programme_id / "programme.yaml", vocabulary())
    assert found is not None
    assert [str(problem) for problem in problems] == []
