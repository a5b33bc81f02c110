"""The manual says what is there: its links lead somewhere, and the commands it shows exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer

from bot.command_line import GROUPS, assemble
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
MAKE_TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def names(pages: list[Path]) -> list[str]:
    return [page.relative_to(ROOT).as_posix() for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", text)
    targets = [first or second for first, second in links if "://" not in (first or second)]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_command_shown_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    commands = {name for names in GROUPS.values() for name in names}
    shown = set(re.findall(r"(?:^|`|/bin/)zhuoyue ([a-z]+)", text, re.MULTILINE))
    assert shown - commands == set()
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) - MAKE_TARGETS == set()


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_command_of_a_group_shown_exists(page: Path) -> None:
    groups = {
        name: set(command.commands)
        for name, command in typer.main.get_group(assemble([])).commands.items()
        if isinstance(command, typer.core.TyperGroup)
    }
    shown = re.findall(
        r"(?:^|`|/bin/)zhuoyue ([a-z]+) ([a-z][a-z-]*)", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [pair for pair in shown if pair[0] in groups and pair[1] not in groups[pair[0]]] == []


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_file_named_exists(page: Path) -> None:
    rooms = "bot|dialogs|domain|locales|scheduler|tests|docs|scripts|deploy"
    named = re.findall(rf"`((?:{rooms})/[\w./*-]*)`", page.read_text(encoding="utf-8"))
    assert [path for path in named if not any(ROOT.glob(path.rstrip("/")))] == []


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_setting_named_exists(page: Path) -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bZHUOYUE_[A-Z_]+\b", page.read_text(encoding="utf-8"))) - known == set()


def test_the_readme_says_why_each_dependency_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    distributions = [re.split(r"[^\w.-]", requirement)[0] for requirement in needed]
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    assert [name for name in distributions if name.lower() not in readme] == []
