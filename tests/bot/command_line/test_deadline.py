"""``zhuoyue deadline``: the dates of a programme, safe and outer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import call, own_surroundings
from tests.support.programmes import BUILT_IN_IDS, programme


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_surroundings(monkeypatch, tmp_path):
        yield


def rows(code: str, day: str) -> dict[str, dict[str, Any]]:
    found = call("deadline", code, "--from", day, "--format", "json").json
    assert found["from"] == day
    return {row["id"]: row for row in found["deadlines"]}


def test_a_day_handed_in_on_paper_moves_back_to_a_working_day() -> None:
    assert rows("ZZ", "2026-05-20")["ZZ-D01"]["dates"] == [
        {
            "safe": "2026-05-31",
            "outer": "2026-06-30",
            "paper_safe": "2026-05-29",
            "provisional": False,
            "reading": "conservative",
            "standing": "in_force",
            "standing_then": "",
        }
    ]
    assert "on paper: 2026-05-29" in call("deadline", "ZZ", "--from", "2026-05-20").out


def test_both_readings_are_given_where_they_differ() -> None:
    readings = {due["reading"] for row in rows("HZ", "2026-11-21").values() for due in row["dates"]}
    assert readings == {"conservative", "alternative"}
    assert "by the other reading" in call("deadline", "HZ", "--from", "2026-11-21").out


def test_clauses_are_named_in_the_language_that_is_spoken() -> None:
    assert "Art. 5" in call("deadline", "ZZ", "--from", "2026-05-20").out
    assert rows("ZZ", "2026-05-20")["ZZ-D01"]["clause"] == "第五条"


def test_a_date_by_which_the_text_has_ended_says_so() -> None:
    (due,) = rows("ZZ", "2026-11-21")["ZZ-D01"]["dates"]
    assert (due["safe"], due["standing"]) == ("2027-05-31", "lapsed")
    assert due["standing_then"].startswith("But by then the programme stands so:")
    assert "But by then" in call("deadline", "ZZ", "--from", "2026-11-21").out


def test_a_date_by_which_nothing_is_received_any_more_says_so() -> None:
    dates = rows("ZZ", "2026-04-05")["ZZ-D02"]["dates"]
    assert [(due["safe"], due["standing"], due["standing_then"]) for due in dates] == [
        ("2026-07-04", "in_force", "But by then applications are no longer received.")
    ]


def test_a_year_without_a_holiday_list_is_provisional() -> None:
    assert rows("HZ", "2099-12-20")["HZ-D01"]["dates"][0]["provisional"]
    assert "provisional" in call("deadline", "HZ", "--from", "2099-12-20").out


def test_where_the_text_gives_no_date_the_reason_stands() -> None:
    without = [row for row in rows("SZ", "2014-01-01").values() if not row["dates"]]
    without += [row for row in rows("ZM", "2026-01-01").values() if not row["dates"]]
    assert without
    assert all(row["no_date"] for row in without)


@pytest.mark.parametrize("programme_id", BUILT_IN_IDS)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("day", ["1900-01-01", "2024-02-29", "2026-11-21", "2200-12-31"])
def test_every_deadline_is_listed_on_any_day(programme_id: str, language: str, day: str) -> None:
    found = call("deadline", programme_id, "--from", day, language=language)
    assert (found.status, found.err) == (0, "")
    for rule in programme(programme_id).deadlines:
        assert rule.id in found.out


def test_a_wrong_day_or_programme_is_one_line_and_status_2() -> None:
    for arguments, said in (
        (("ZZ", "--from", "2026-02-30"), "--from: 2026-02-30 is not a day; expected YYYY-MM-DD"),
        (("QQ",), "QQ: there is no such programme"),
    ):
        found = call("deadline", *arguments)
        assert (found.status, found.out, found.err.count("\n")) == (2, "", 1)
        assert found.err.startswith(said)
