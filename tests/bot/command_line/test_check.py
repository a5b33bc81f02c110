"""``zhuoyue check``: a self-check from a file of facts, for people and for programs."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import call, own_surroundings
from tests.support.programmes import BUILT_IN_IDS

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "facts"

TOP = {
    *("programme", "version", "content_hash", "as_of", "round", "status", "verdict"),
    *("criteria", "missing", "next_question", "notes"),
}
CRITERION = {
    *("id", "title", "result", "conservative", "alternative", "force", "clause", "source"),
    *("confirmed_by", "facts", "missing", "gap", "met_on"),
}


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_surroundings(monkeypatch, tmp_path):
        yield


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    """A facts file that tells nothing."""
    file = tmp_path / "facts.yaml"
    file.write_text("", encoding="utf-8")
    return file


@pytest.mark.parametrize("programme_id", BUILT_IN_IDS)
def test_the_machine_interface_carries_exactly_the_documented_keys(programme_id: str) -> None:
    facts = EXAMPLES / f"{programme_id}.yaml"
    found = call("check", programme_id, "--facts", facts, "--as-of", "2026-11-21", "--format", "json")
    assert found.status == 0
    assert found.err == ""
    assert set(found.json) == TOP
    for criterion in found.json["criteria"]:
        assert set(criterion) == CRITERION
    assert found.json["programme"] == programme_id
    assert found.json["as_of"] == "2026-11-21"


def test_every_key_is_documented() -> None:
    manual = (EXAMPLES.parents[1] / "facts-files.md").read_text(encoding="utf-8")
    assert not [key for key in TOP | CRITERION if f"`{key}`" not in manual]


@pytest.mark.parametrize("programme_id", BUILT_IN_IDS)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_person_reads_the_verdict_first(programme_id: str, language: str) -> None:
    facts = EXAMPLES / f"{programme_id}.yaml"
    found = call("check", programme_id, "--facts", facts, "--as-of", "2026-11-21", language=language)
    assert found.status == 0
    first, second, *_ = found.out.splitlines()
    assert first == f"{programme_id} · 2026-11-21"
    assert (
        second
        in {
            "en": ("No obstacle found", "An obstacle was found", "To be confirmed with the authority"),
            "zh_CN": ("没有发现硬性障碍", "发现障碍", "需要向主管部门确认"),
        }[language]
    )


def test_results_are_said_in_the_language_of_the_person(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("net_profit: {2023: -1, 2024: 0, 2025: 1}", encoding="utf-8")
    arguments = ("check", "ZZ", "--facts", file, "--as-of", "2026-05-20")
    assert "strict reading: not met; other reading: met" in call(*arguments).out
    chinese = call(*arguments, language="zh_CN").out
    assert "not_met" not in chinese
    assert "从严理解：不满足；另一种理解：满足" in chinese


def test_a_programme_goes_by_its_id_or_its_code(nothing: Path) -> None:
    by_code, by_id = (
        call("check", name, "--facts", nothing, "--as-of", "2026-05-20", "--format", "json")
        for name in ("ZZ", "zhengzhou-incubation-base")
    )
    assert by_code.json == by_id.json


def test_nothing_told_is_everything_missing(nothing: Path) -> None:
    found = call("check", "WH", "--facts", nothing, "--as-of", "2026-11-21", "--format", "json").json
    assert found["verdict"] == "more_answers_needed"
    assert found["next_question"] == found["missing"][0]
    assert {criterion["result"] for criterion in found["criteria"]} <= {"unknown", "not_applicable"}


def test_after_an_obstacle_it_asks_on_only_when_told_to(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("registered_city: other", encoding="utf-8")
    arguments = ("check", "ZZ", "--facts", file, "--as-of", "2026-05-20", "--format", "json")
    quick = call(*arguments).json
    assert quick["verdict"] == "obstacle_found"
    assert quick["next_question"] is None
    assert quick["missing"]
    assert call(*arguments, "--all-gaps").json["next_question"] == quick["missing"][0]


def test_what_is_missing_is_told_by_how_much_and_until_when(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text(
        "excellence_model_since: 2024-06-20\nexcellence_model_uninterrupted: yes\n", encoding="utf-8"
    )
    found = call("check", "ZZ", "--facts", file, "--as-of", "2026-05-20", "--format", "json").json
    (model,) = (one for one in found["criteria"] if one["id"] == "ZZ-E02")
    assert model["result"] == "not_met"
    assert "1 month short of 2 years" in model["gap"]
    assert model["met_on"] == "2026-06-20"


def test_a_round_brings_its_own_conditions(nothing: Path) -> None:
    standing = call("check", "ZM", "--facts", nothing, "--as-of", "2021-06-01", "--format", "json").json
    arguments = ("--round", "zmd_2021_call", "--format", "json")
    local = call("check", "ZM", "--facts", nothing, "--as-of", "2021-06-01", *arguments).json
    assert standing["round"] is None
    assert local["round"] == "zmd_2021_call"
    ids = [{criterion["id"] for criterion in one["criteria"]} for one in (standing, local)]
    assert "ZM-N1" in ids[1] - ids[0]


def test_facts_come_from_standard_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = json.dumps({"registered_city": "other"}, indent="\t").encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(plain), encoding="ascii"))
    found = call("check", "ZZ", "--facts", "-", "--as-of", "2026-05-20", "--format", "json")
    assert found.json["verdict"] == "obstacle_found"


def test_the_status_is_that_of_the_day(nothing: Path) -> None:
    statuses = {
        day: call("check", "ZZ", "--facts", nothing, "--as-of", day, "--format", "json").json["status"]
        for day in ("2022-01-09", "2022-01-10", "2027-01-09", "2027-01-10", "2027-01-18")
    }
    assert list(statuses.values()) == [
        *("not_yet_in_force", "in_force", "in_force_expiring", "contested", "lapsed")
    ]
