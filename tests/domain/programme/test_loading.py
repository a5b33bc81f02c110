"""Programmes are read from folders: the built-in ones and an operator's, each version valid or refused."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from domain.programme.archive import archive
from domain.programme.loader import (
    LoadedProgramme,
    ProgrammeError,
    Programmes,
    cases_beside,
    load_vocabulary,
    programme_files,
)
from tests.support.programmes import BUILT_IN_IDS, programmes, small_programme
from tests.support.programmes import vocabulary as built_in_facts

OWN = Path(__file__).parents[2] / "fixtures" / "programmes"
STAR = "yunling-quality-star"


def versions(*windows: tuple[str | None, str | None]) -> Programmes:
    """A programme with a version for each window, the number of the version being its position."""
    found = [
        small_programme({"always": "met"}, version=str(n), in_force={"since": since, "until": until})
        for n, (since, until) in enumerate(windows)
    ]
    loaded = [LoadedProgramme(one, archive(one, built_in_facts()), Path()) for one in found]
    return Programmes(loaded, built_in_facts())


@pytest.mark.parametrize(
    ("windows", "day", "version"),
    [
        ([(None, None)], date(2026, 1, 1), "0"),
        ([(None, "2026-12-31"), ("2027-01-01", None)], date(2026, 12, 31), "0"),
        ([(None, "2026-12-31"), ("2027-01-01", None)], date(2027, 1, 1), "1"),
        # the order of the files does not matter
        ([("2027-01-01", None), (None, "2026-12-31")], date(2026, 12, 31), "1"),
        # between two versions the one before is still what people know
        ([(None, "2025-12-31"), ("2027-01-01", None)], date(2026, 6, 1), "0"),
        # before the first, the first
        ([("2026-01-01", "2026-12-31"), ("2027-01-01", None)], date(2020, 1, 1), "0"),
        # after the last, the last
        ([(None, "2025-12-31"), ("2026-01-01", "2026-12-31")], date(2030, 1, 1), "1"),
    ],
)
def test_the_version_in_use_is_chosen_by_day(
    windows: list[tuple[str | None, str | None]], day: date, version: str
) -> None:
    assert versions(*windows).on("imaginary-award", day).programme.version == version


def test_built_in_programmes_come_first_and_an_operators_after_them() -> None:
    loaded = Programmes.load(OWN)
    assert list(loaded) == [*BUILT_IN_IDS, STAR]
    assert [one.programme.version for one in loaded[STAR]] == ["2026", "2027"]
    assert len(loaded.all_on(date(2026, 1, 1))) == len(BUILT_IN_IDS) + 1
    with pytest.raises(KeyError):
        loaded.on("nowhere-award", date(2026, 1, 1))


def test_an_operators_facts_add_to_the_vocabulary_and_change_nothing_else() -> None:
    own = load_vocabulary(OWN)
    assert set(own) - set(built_in_facts()) == {"improvement_teams", "star_revoked_on"}
    changed = [fact for fact in built_in_facts() if own[fact] != built_in_facts()[fact]]
    assert changed == ["registered_city"]
    assert own["registered_city"].option_ids - built_in_facts()["registered_city"].option_ids == {"yunling"}
    for programme_id in BUILT_IN_IDS:
        reads_the_city = "registered_city" in programmes()[programme_id][0].archived.content
        same = (
            Programmes.load(OWN)[programme_id][0].content_hash == programmes()[programme_id][0].content_hash
        )
        assert same is not reads_the_city


def test_each_version_has_its_cases_beside_it() -> None:
    files = list(programme_files(OWN))
    assert [file.name for file in files] == ["programme-2027.yaml", "programme.yaml"]
    assert [cases_beside(file).name for file in files] == ["cases-2027.yaml", "cases.yaml"]
    assert list(programme_files(OWN / STAR)) == files
    assert list(programme_files(OWN / "nowhere")) == []


def copy(tmp_path: Path, name: str = STAR) -> Path:
    shutil.copytree(OWN / STAR, tmp_path / name)
    return tmp_path / name / "programme.yaml"


def refused(folder: Path) -> str:
    with pytest.raises(ProgrammeError) as caught:
        Programmes.load(folder)
    assert all(problem.file for problem in caught.value.problems)
    return str(caught.value)


def test_a_version_that_stands_twice_is_refused(tmp_path: Path) -> None:
    file = copy(tmp_path)
    other = file.with_name("programme-2027.yaml")
    other.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    assert "version 2026 of yunling-quality-star stands twice" in refused(tmp_path)


def test_a_code_that_is_taken_is_refused(tmp_path: Path) -> None:
    file = copy(tmp_path)
    file.with_name("programme-2027.yaml").unlink()
    file.write_text(file.read_text(encoding="utf-8").replace("YL", "ZZ"), encoding="utf-8")
    assert "the code ZZ is taken by zhengzhou-incubation-base" in refused(tmp_path)


def test_a_folder_of_another_name_is_refused(tmp_path: Path) -> None:
    copy(tmp_path, "another-name")
    assert "programme.yaml:2: the id 'yunling-quality-star' is not the name of its folder" in refused(
        tmp_path
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("- {id: improvement_teams, type: count}\n", "facts.yaml:1: short: Field required"),
        ("- {id: a, type: count, short: 甲, question: 甲？}\n", "facts.yaml:1: id: String should match"),
        ("- {id: teams, type: heap, short: 甲, question: 甲？}\n", "facts.yaml:1: type: Input should be"),
        ("\n- {id: teams, type: choice, short: 甲, question: 甲？}\n", "facts.yaml:2: a choice needs at least two"),
        ("- {id: teams, type: year_table, short: 甲, question: 甲？}\n", "facts.yaml:1: figure is for year tables"),
        ("- {id: net_profit, type: count, short: 甲, question: 甲？}\n", "facts.yaml:1: the fact 'net_profit' is defined twice"),
        ("- {id: nowhere, add_options: []}\n", "facts.yaml:1: no fact 'nowhere' to add options to"),
        ("- {id: registered_city, add_options: [{id: other, label: 其他}]}\n", "facts.yaml:1: two options have the same id"),
        ("- {id: net_profit, add_options: [{id: other, label: 其他}]}\n", "facts.yaml:1: a fact of type year_table has no options"),
        ("- {id: registered_city, add_options: [{label: 其他}]}\n", "facts.yaml:1: add_options.0.id: Field required"),
        ("- {id: teams, type: count, short: 甲, question: 甲？, never: 无}\n", "facts.yaml:1: never is for dates"),
        ("- {id: teams, type: count, short: 甲, question: 甲？, minimum: 2, maximum: 1}\n", "facts.yaml:1: minimum is above maximum"),
        ("- teams\n", "facts.yaml:1: Input should be"),
        ("teams: 1\n", "facts.yaml:1: expected a list of facts"),
        ("- [\n", "facts.yaml:2: "),
        ("", "facts.yaml:1: expected a list of facts"),
    ],
)  # fmt: skip
def test_a_fault_in_an_operators_facts_is_named_with_its_line(tmp_path: Path, facts: str, said: str) -> None:
    (tmp_path / "facts.yaml").write_text(facts, encoding="utf-8")
    with pytest.raises(ProgrammeError) as caught:
        load_vocabulary(tmp_path)
    assert f"{tmp_path / said}" in str(caught.value)
