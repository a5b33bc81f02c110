"""``zhuoyue workdays`` counts both ways and says where the calendar ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import command_line
from bot.command_line import surroundings


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHUOYUE_LANGUAGE", "en")
    monkeypatch.delenv("ZHUOYUE_HOLIDAYS_FILE", raising=False)
    surroundings.settings.cache_clear()


def run(*arguments: str) -> int:
    return command_line.run(["--language", "en", "workdays", *arguments])


def test_a_publicity_over_the_national_holiday(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2026-09-28", "7") == 0
    shown = capsys.readouterr().out
    assert "Start day counted: 2026-10-12, Monday" in shown
    assert "Start day not counted: 2026-10-13, Tuesday" in shown
    assert "rovisional" not in shown


def test_the_same_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2026-09-28", "7", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "start": "2026-09-28",
        "start_is_working_day": True,
        "working_days": 7,
        "incl": {"date": "2026-10-12", "weekday": 1, "provisional": False},
        "excl": {"date": "2026-10-13", "weekday": 2, "provisional": False},
        "years_without_list": [],
    }


def test_a_year_without_a_list_is_provisional_until_an_operator_loads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("2098-12-30", "5") == 0
    assert "no official holiday list for 2098 and 2099 is loaded" in capsys.readouterr().out
    lists = tmp_path / "lists.yaml"
    lists.write_text(
        "years: {2098: {holidays: [2098-01-01]}, 2099: {holidays: [2099-01-01]}}", encoding="utf-8"
    )
    assert run("2098-12-30", "5", "--holidays", str(lists)) == 0
    shown = capsys.readouterr().out
    assert "2099-01-06" in shown
    assert "rovisional" not in shown


def test_a_start_on_a_day_off_says_why_both_ends_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2026-11-21", "1") == 0
    assert "day off" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("start", "days", "place"),
    [
        ("20260928", "7", "START"),
        ("2026-02-30", "7", "START"),
        ("tomorrow", "7", "START"),
        ("2026-09-28", "0", "N: a number from 1"),
        ("2026-09-28", "2001", "N: a number from 1"),
        ("2026-09-28", "many", "N"),
    ],
)
def test_bad_input_is_one_line_that_names_the_place(
    start: str, days: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(start, days) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert place in told.err
    assert len(told.err.splitlines()) == 1


def test_a_broken_holiday_file_is_named_with_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lists = tmp_path / "lists.yaml"
    lists.write_text("years: {2027: {holidays: [2027-02-30]}}", encoding="utf-8")
    assert run("2026-09-28", "7", "--holidays", str(lists)) == 2
    assert "lists.yaml" in capsys.readouterr().err
