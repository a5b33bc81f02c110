"""An operator adds a programme as data alone: Yunling, an imaginary city, beside the built-in ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import call, own_surroundings
from tests.support.programmes import BUILT_IN_IDS

OWN = Path(__file__).parents[2] / "fixtures" / "programmes"
STAR = "yunling-quality-star"
TEAWORKS = "registered_city: yunling\nimprovement_teams: 6\nexcellence_model_since: 2025-06-01\n"


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_surroundings(monkeypatch, tmp_path, OWN):
        yield


@pytest.fixture
def teaworks(tmp_path: Path) -> Path:
    """What Yunling Teaworks, an imaginary firm, states about itself."""
    file = tmp_path / "teaworks.yaml"
    file.write_text(TEAWORKS, encoding="utf-8")
    return file


def test_it_is_linted_and_its_cases_are_run() -> None:
    linted = call("programme", "lint", OWN)
    assert (linted.status, linted.err) == (0, "")
    assert linted.out == "2 programme files read, 0 errors\n"
    tested = call("programme", "test", OWN)
    assert tested.status == 0
    assert tested.out.splitlines() == [
        f"{STAR}: 1 case, 0 differ",
        f"{STAR}: 5 cases, 0 differ",
    ]


def test_it_is_listed_beside_the_built_in_ones() -> None:
    rows = call("programme", "list", "--as-of", "2026-06-01", "--format", "json").json
    assert [row["id"] for row in rows] == [*BUILT_IN_IDS, STAR]
    assert rows[-1]["code"] == "YL"
    assert rows[-1]["name"] == "Yunling quality star"


@pytest.mark.parametrize(
    ("language", "standing", "teams"),
    [
        ("en", "In force. On trial until the end of 2026.", "At least 5 improvement teams"),
        ("zh_CN", "试行到2026年底。", "质量改进小组不少于5个"),
    ],
)
def test_it_is_shown_in_both_languages(language: str, standing: str, teams: str) -> None:
    shown = call("programme", "show", "YL", "--as-of", "2026-06-01", language=language).out
    assert standing in shown
    assert teams in shown


@pytest.mark.parametrize(
    ("language", "verdict", "teams"),
    [
        ("en", "No obstacle found", "At least 5 improvement teams"),
        ("zh_CN", "没有发现硬性障碍", "质量改进小组不少于5个"),
    ],
)
def test_a_firm_checks_itself_in_both_languages(
    teaworks: Path, language: str, verdict: str, teams: str
) -> None:
    found = call("check", "YL", "--facts", teaworks, "--as-of", "2026-06-01", language=language)
    assert found.status == 0
    assert found.out.splitlines()[1] == verdict
    assert f"✓ YL-E02  {teams}" in found.out


@pytest.mark.parametrize(
    ("day", "version", "status", "verdict"),
    [
        ("2026-12-31", "2026", "in_force", "no_obstacle_found"),
        ("2027-01-01", "2027", "in_force", "obstacle_found"),
    ],
)
def test_the_version_in_force_on_the_day_is_used(
    teaworks: Path, day: str, version: str, status: str, verdict: str
) -> None:
    found = call("check", STAR, "--facts", teaworks, "--as-of", day, "--format", "json").json
    assert (found["version"], found["status"], found["verdict"]) == (version, status, verdict)


def test_a_gap_is_told_with_the_operators_own_words(teaworks: Path) -> None:
    found = call("check", STAR, "--facts", teaworks, "--as-of", "2027-01-01").out
    assert "Improvement teams: 6 teams; at least 8 teams" in found
    chinese = call("check", STAR, "--facts", teaworks, "--as-of", "2027-01-01", language="zh_CN").out
    assert "质量改进小组数量" in chinese


def test_its_facts_stand_in_the_vocabulary_and_its_city_among_the_answers() -> None:
    facts = {fact["id"]: fact for fact in call("fact", "list", "--format", "json").json}
    assert facts["improvement_teams"]["question"] == "How many improvement teams do you have?"
    assert {"id": "yunling", "label": "Yunling"} in facts["registered_city"]["options"]


def test_its_dates_are_computed() -> None:
    (row,) = call("deadline", "YL", "--from", "2026-06-01", "--format", "json").json["deadlines"]
    assert row["id"] == "YL-D01"
    assert row["title"] == "Apply by the end of September"
    assert row["dates"][0]["safe"] == "2026-09-30"


def test_a_bound_of_its_own_fact_holds(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("improvement_teams: 501", encoding="utf-8")
    found = call("check", "YL", "--facts", "facts.yaml")
    assert (found.status, found.err) == (2, "facts.yaml:1: improvement_teams: at most 500\n")


def test_a_fault_in_its_files_stops_with_file_line_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "own" / STAR
    folder.mkdir(parents=True)
    text = (OWN / STAR / "programme.yaml").read_text(encoding="utf-8")
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    with own_surroundings(monkeypatch, tmp_path, tmp_path / "own"):
        found = call("programme", "list")
        linted = call("programme", "lint", tmp_path / "own")
    assert found.status == 2
    assert f"{folder / 'programme.yaml'}:37: the fact 'registered_city' has no option 'yunling'" in found.err
    assert linted.status == 1
    assert f"{folder / 'programme.yaml'}:43: no fact 'improvement_teams'" in linted.err
    assert "warning: 24 of 24 texts have no English yet" in linted.err
    assert "1 programme file read, 4 errors" in linted.out
