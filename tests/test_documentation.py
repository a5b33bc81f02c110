"""The manual says what is there: its links lead somewhere, and the commands it shows exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.command_line import GROUPS

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
MAKE_TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


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
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) - MAKE_TARGETS == set()
