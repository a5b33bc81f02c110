"""Dialogs are sound in every form and language, and their drawings are current."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.inspection import all_problems, drawings

DRAWN = Path(__file__).parents[2] / "docs" / "dialogs"


def test_no_dialog_traps_anybody_or_leaves_them_without_words() -> None:
    assert all_problems() == []


@pytest.mark.parametrize("name", sorted(drawings()))
def test_the_drawing_is_current(name: str) -> None:
    page = (DRAWN / f"{name}.md").read_text(encoding="utf-8")
    assert page == drawings()[name], "run: zhuoyue dialog draw"


def test_there_is_no_drawing_of_a_dialog_that_is_gone() -> None:
    assert {path.stem for path in DRAWN.glob("*.md")} == set(drawings())
