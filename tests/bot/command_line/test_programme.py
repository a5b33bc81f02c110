"""``zhuoyue programme`` and ``zhuoyue fact``: look at programmes and facts, check and test their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.programme.model import Programme
from tests.support.command_line import call, own_surroundings
from tests.support.programmes import BUILT_IN_IDS, programme, vocabulary

OWN = Path(__file__).parents[2] / "fixtures" / "programmes" / "yunling-quality-star"
DAY = ("--as-of", "2026-11-21")


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_surroundings(monkeypatch, tmp_path):
        yield


def test_the_list_says_how_each_programme_stands_on_the_day() -> None:
    rows = call("programme", "list", *DAY, "--format", "json").json
    assert {row["code"]: row["status"] for row in rows} == {
        "HZ": "in_force",
        "ZM": "standing_unverified",
        "SZ": "targets_ended",
        "WH": "draft_not_adopted_per_source",
        "ZZ": "in_force_expiring",
    }
    assert all(set(row) == {"id", "code", "version", "status", "name", "content_hash"} for row in rows)


@pytest.mark.parametrize(("language", "standing"), [("en", "Target period over"), ("zh_CN", "目标期已结束")])
def test_the_list_reads_well_in_a_pipe(language: str, standing: str) -> None:
    shown = call("programme", "list", *DAY, language=language).out
    assert standing in shown
    assert all(programme_id in shown for programme_id in BUILT_IN_IDS), "no id is cut"


@pytest.mark.parametrize("programme_id", BUILT_IN_IDS)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_programme_is_shown_whole(programme_id: str, language: str) -> None:
    shown = call("programme", "show", programme_id, *DAY, language=language)
    assert shown.status == 0
    found = programme(programme_id)
    for part in (found.criteria, found.materials, found.deadlines, found.money, found.duties):
        for one in part:
            assert one.id in shown.out
    if language == "zh_CN":
        assert found.identity.name in shown.out
        assert "[hard]" not in shown.out


def test_a_programme_shown_as_json_is_a_programme_again() -> None:
    plain = call("programme", "show", "ZZ", *DAY, "--format", "json").json
    assert Programme.model_validate(plain) == programme("zhengzhou-incubation-base")


def test_the_built_in_programmes_are_without_fault_and_their_cases_come_out() -> None:
    linted = call("programme", "lint")
    assert (linted.status, linted.err) == (0, "")
    assert linted.out == "5 programme files read, 0 errors\n"
    tested = call("programme", "test")
    assert tested.status == 0
    lines = tested.out.splitlines()
    assert [line.split(": ")[0] for line in lines] == list(BUILT_IN_IDS)
    assert all(line.endswith("cases, 0 differ") for line in lines)


def test_what_differs_from_a_worked_case_is_printed_line_by_line(tmp_path: Path) -> None:
    folder = tmp_path / OWN.name
    folder.mkdir()
    for name in ("programme.yaml", "facts.yaml", "cases.yaml"):
        text = (OWN / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("at_least: 5}", "at_least: 6}"), encoding="utf-8")
    tested = call("programme", "test", folder)
    assert tested.status == 1
    assert tested.out.splitlines() == [
        "YL-C01: verdict: expected no_obstacle_found, found obstacle_found",
        "YL-C01: YL-E02: expected met, found not_met",
        "yunling-quality-star: 5 cases, 1 differ",
    ]


def test_a_case_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    folder = tmp_path / OWN.name
    folder.mkdir()
    for name in ("programme.yaml", "facts.yaml"):
        (folder / name).write_text((OWN / name).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "cases.yaml").write_text(
        """cases:
  - {id: YL-C01, about: no such fact, check: {as_of: 2026-01-01, facts: {shoe_size: 43}, expect: {}}}
  - {id: YL-C02, about: no such set, check: {as_of: 2026-01-01, given: [nobody], expect: {}}}
  - {id: YL-C03, about: no such rule, check: {as_of: 2026-01-01, expect: {criteria: {YL-E09: met}}}}
  - {id: YL-C04, about: no such date, deadline: {id: YL-D09, from: 2026-01-01, safe: 2026-01-01}}
  - {id: YL-C05, about: no cycle, cycle: {first_start: 2026-01-01, on: 2026-01-01, cycle: 1, year: 1, safe_end: 2027-12-31}}
""",
        encoding="utf-8",
    )
    tested = call("programme", "test", folder)
    assert tested.status == 1
    told = [line.split(": ")[:2] for line in tested.out.splitlines()]
    assert told == [*([f"YL-C0{n}", "cannot be run"] for n in range(1, 6)), [OWN.name, "5 cases, 5 differ"]]


@pytest.mark.parametrize("command", ["lint", "test"])
def test_a_folder_without_programmes_is_one_line_and_status_2(tmp_path: Path, command: str) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        found = call("programme", command, path)
        assert found.status == 2
        assert found.err.count("\n") == 1
        assert str(path) in found.err


def test_the_file_itself_may_be_named() -> None:
    assert call("programme", "lint", OWN / "programme.yaml").out == "2 programme files read, 0 errors\n"


def test_a_programme_that_is_not_there_is_one_line_and_status_2() -> None:
    found = call("programme", "show", "QQ")
    assert found.status == 2
    assert "QQ: there is no such programme; there are: hangzhou-quality-award" in found.err


@pytest.mark.parametrize("option", [(), ("--cases",)])
def test_the_schema_is_one_an_editor_can_use(option: tuple[str, ...]) -> None:
    schema = call("programme", "schema", *option).json
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert ("criteria" in schema["required"]) is (option == ())


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_fact_is_listed_with_its_question(language: str) -> None:
    facts = call("fact", "list", "--format", "json", language=language).json
    assert [fact["id"] for fact in facts] == list(vocabulary())
    by_id = {fact["id"]: fact for fact in facts}
    for fact in vocabulary().values():
        found = by_id[fact.id]
        assert found["type"] == fact.type.value
        assert (found["question"] == fact.question) is (language == "zh_CN"), fact.id
        assert [option["id"] for option in found["options"]] == [option.id for option in fact.options]
    assert "registered_city" in call("fact", "list", language=language).out


def test_every_text_of_a_fact_is_in_the_language_asked_for() -> None:
    english = call("fact", "list", "--format", "json").json
    chinese = call("fact", "list", "--format", "json", language="zh_CN").json
    for one, other in zip(english, chinese, strict=True):
        for key in ("question", "short", "help", "evidence", "unit", "never"):
            assert (key in one) is (key in other)
            assert key not in one or one[key] != other[key], (one["id"], key)
