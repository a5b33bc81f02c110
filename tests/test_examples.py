"""The examples of the manual work, and the tables of the manual are whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from bot import command_line
from bot.command_line import surroundings
from bot.command_line.at_hand import at_hand
from domain import yaml_source
from domain.calendar.working_days import WorkingCalendar
from domain.eligibility.evaluate import Examiner
from domain.facts.reading import read_facts
from domain.facts.vocabulary import FactType
from domain.programme import loader
from domain.programme.cases import Case, Cases
from domain.programme.dates import DateRule
from domain.programme.expressions import Expression
from domain.programme.lint import lint_programme
from domain.programme.parts import Force, Result, Source, Status, Verdict
from domain.programme.rules import Quota
from domain.programme_cases import CaseRunner
from locales import check as words_check
from locales import po
from locales.catalogues import of_folder

DOCS = Path(__file__).parent.parent / "docs"
FACTS_FILES = sorted((DOCS / "examples/facts").glob("*.yaml"))
OWN = DOCS / "examples/programmes"
PIONEER = OWN / "qinghe-quality-pioneer"
ADDING = (DOCS / "adding-a-programme.md").read_text(encoding="utf-8")
CHECKING = (DOCS / "facts-files.md").read_text(encoding="utf-8")

PROGRAMMES = loader.Programmes.load(OWN)
CALENDAR = WorkingCalendar.load()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Commands remember the settings and programmes of their process; a test brings its own."""
    surroundings.settings.cache_clear()
    at_hand.cache_clear()
    yield
    surroundings.settings.cache_clear()
    at_hand.cache_clear()


def table(page: str, title: str) -> dict[str, str]:
    """The rows of the table whose header begins with ``title``: what the first cell names, and the last cell."""
    _, _, rest = page.partition(f"\n| {title} |")
    assert rest, title
    rows = re.match(r".*?\n\|[-|]+\n((?:\|.*\n)+)", rest)
    assert rows, title
    cells = [
        [cell.strip().strip("`") for cell in row.strip("|").split(" | ")] for row in rows[1].splitlines()
    ]
    return {row[0].strip("| `"): row[-1].strip("| `") for row in cells}


def plain(text: str) -> Any:
    return yaml_source.parse(text, "manual").data


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert command_line.run(["--language", "en", "check", *arguments, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


# --- facts files ----------------------------------------------------------------------------------------


def test_every_built_in_programme_has_an_example_facts_file() -> None:
    built_in = {path.parent.name for path in loader.programme_files(loader.BUILT_IN)}
    assert {path.stem for path in FACTS_FILES} == built_in


@pytest.mark.parametrize("file", FACTS_FILES, ids=lambda file: file.stem)
def test_an_example_is_checked_with_the_keys_the_manual_names(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = checked(capsys, file.stem, "--facts", str(file))
    assert list(found) == list(table(CHECKING, "key"))
    assert found["programme"] == file.stem
    keys = list(table(CHECKING, "key of a criterion"))
    assert found["criteria"]
    assert all(list(criterion) == keys for criterion in found["criteria"])


@pytest.mark.parametrize("file", FACTS_FILES, ids=lambda file: file.stem)
def test_an_example_leaves_out_nothing_a_condition_needs(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = re.search(r"zhuoyue check (.*)", file.read_text(encoding="utf-8"))
    assert shown, "the command to try stands in the file"
    arguments = shown[1].replace("docs/examples/facts/" + file.name, str(file)).split()
    assert checked(capsys, *arguments)["verdict"] != Verdict.MORE_ANSWERS_NEEDED


@pytest.mark.parametrize("file", FACTS_FILES, ids=lambda file: file.stem)
def test_an_example_tells_only_facts_its_programme_reads(file: Path) -> None:
    told = yaml_source.mapping(yaml_source.read(file))
    programme = PROGRAMMES.on(file.stem, date(2026, 5, 20)).programme
    examiner = Examiner(CALENDAR)
    rounds = (None, *(one.id for one in programme.rounds))
    read = {
        fact for one in rounds for fact in examiner.examination(programme, date(2026, 5, 20), one).facts()
    }
    assert set(told) - read == set()


def test_the_manual_shows_a_value_of_every_type_of_fact() -> None:
    shown = table(CHECKING, "type")
    assert set(shown) == {kind.value for kind in FactType}
    for kind, example in shown.items():
        if ":" in example:
            facts = read_facts(plain(example), PROGRAMMES.vocabulary)
            assert [PROGRAMMES.vocabulary[fact].type.value for fact in facts] == [kind]


def test_the_manual_names_every_word_a_result_can_hold() -> None:
    for words in (Status, Verdict, Result, Force, Source):
        assert [word for word in words if f"`{word.value}`" not in CHECKING] == []


# --- a programme of one's own --------------------------------------------------------------------------------


def test_a_programme_of_an_operator_needs_no_python(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHUOYUE_PROGRAMMES_DIR", str(OWN))
    facts = tmp_path / "facts.yaml"
    facts.write_text("registered_city: qinghe\noperating_since: 2024-05-06\n", encoding="utf-8")
    found = checked(capsys, "QH", "--facts", str(facts), "--as-of", "2026-04-01")
    by_id = {criterion["id"]: criterion for criterion in found["criteria"]}
    assert found["verdict"] == "obstacle_found"
    assert by_id["QH-E02"]["met_on"] == "2027-05-06"
    assert by_id["QH-E02"]["title"] == "In business for at least 3 years"
    assert set(PROGRAMMES) - {path.parent.name for path in loader.programme_files(loader.BUILT_IN)} == {
        "qinghe-quality-pioneer"
    }


def test_its_worked_cases_come_out() -> None:
    cases = loader.read_cases(PIONEER / "cases.yaml")
    programme = PROGRAMMES["qinghe-quality-pioneer"][0].programme
    assert [str(one) for one in CaseRunner(programme, PROGRAMMES.vocabulary, CALENDAR).run(cases)] == []


def test_its_english_is_whole() -> None:
    catalogue = of_folder(PIONEER)
    file = po.read(catalogue.path, "en")
    assert [
        *words_check.source_problems(catalogue),
        *words_check.entry_problems(catalogue, file, "en.po"),
    ] == []
    assert len(file.entries) > 50
    assert all(entry.translated for entry in po.read(OWN / "facts.en.po", "en").entries.values())


def test_every_piece_the_manual_shows_stands_in_it() -> None:
    whole = [path.read_text(encoding="utf-8") for path in sorted(PIONEER.glob("*.yaml"))]
    pieces = re.findall(r"```yaml\n(.*?)```", ADDING, re.DOTALL)
    assert len(pieces) > 10
    assert [piece for piece in pieces if not any(piece in text for text in whole)] == []


# --- the tables of the manual -----------------------------------------------------------------------------------


def tags(union: Any) -> set[str]:
    """The names by which the members of a union of tests or date rules go."""
    members = get_args(get_args(union)[0])
    return {get_args(member)[1].tag for member in members}


def test_the_manual_shows_every_test_with_an_example_that_fits() -> None:
    shown = table(ADDING, "test")
    assert set(shown) == tags(Expression)
    adapter: TypeAdapter[Any] = TypeAdapter(Expression)
    programme = PROGRAMMES["qinghe-quality-pioneer"][0].programme
    source = yaml_source.read(PIONEER / "programme.yaml")
    quotas = []
    for number, (name, example) in enumerate(shown.items()):
        assert list(plain(example)) == [name]
        test = adapter.validate_python(plain(example))
        quotas.append(Quota(id=f"QH-QT{number}", title=name, clause="-", test=test))
    whole = programme.model_copy(update={"quotas": tuple(quotas)})
    assert lint_programme(whole, source, PROGRAMMES.vocabulary, PIONEER.name) == ()


def test_the_manual_shows_every_rule_for_dates_with_an_example() -> None:
    shown = table(ADDING, "rule")
    assert set(shown) == tags(DateRule)
    adapter: TypeAdapter[Any] = TypeAdapter(DateRule)
    for name, example in shown.items():
        assert list(plain(example)) == [name]
        adapter.validate_python(plain(example))


def test_the_manual_shows_every_kind_of_case_with_an_example_that_comes_out() -> None:
    shown = table(ADDING, "kind")
    assert set(shown) == set(Case.model_fields) - {"id", "about", "clause"}
    given = loader.read_cases(PIONEER / "cases.yaml").given
    for kind, example in shown.items():
        case = Case.model_validate({"id": f"shown-{kind}", "about": kind, kind: plain(example)})
        teaches = kind in ("cycle", "taught")
        programme = PROGRAMMES["wuhu-incubation-pool" if teaches else "qinghe-quality-pioneer"][0].programme
        runner = CaseRunner(programme, PROGRAMMES.vocabulary, CALENDAR)
        assert [str(one) for one in runner.run(Cases(given=given, cases=(case,)))] == []
