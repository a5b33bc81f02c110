"""The kinds of reminders as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.reminders.kinds import Kinds, KindsError
from domain.reminders.sources import SOURCES


def test_every_kind_has_one_source_and_every_source_finds_known_kinds() -> None:
    found = [kind for kinds in SOURCES.values() for kind in kinds]
    assert sorted(found) == sorted(Kinds.load())


def test_closing_is_told_sixty_days_before_and_in_the_morning_of_the_safe_day() -> None:
    kind = Kinds.load()["window_closes"]
    assert kind.offsets == (60, 30, 14, 7, 3, 1, 0)
    assert [offset for offset in kind.offsets if kind.is_urgent(offset)] == [1, 0]
    assert kind.told_when_moved


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- {id: a_kind, title: 一类}", ":1: give offsets, or say at_once"),
        ("- {id: a_kind, title: 一类, offsets: [3], at_once: true}", "give offsets, or say at_once"),
        ("- {id: a_kind, title: 一类, offsets: [3, 3]}", "an offset stands twice"),
        ("- {id: a_kind, title: 一类, offsets: [-1]}", "greater than or equal to 0"),
        ("- {id: a_kind, title: 一类, offsets: [1], colour: red}", "colour"),
        (
            "- {id: a_kind, title: 一类, offsets: [1]}\n- {id: a_kind, title: 一类, offsets: [1]}",
            ":2: the kind",
        ),
        ("a: 1", "expected a list of kinds"),
        ("- [", ""),
    ],
)
def test_a_wrong_file_is_refused_with_the_line(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "kinds.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KindsError) as caught:
        Kinds.load(path)
    assert "kinds.yaml:" in str(caught.value)
    assert problem in str(caught.value)
