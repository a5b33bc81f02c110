"""What the doctor says of clock, time zone, holiday lists, fonts and terminal."""

from __future__ import annotations

import shutil
import sys
import zoneinfo
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import clock, fonts, holidays
from bot.doctor.findings import Grade, Patient
from domain.calendar.holiday_lists import official_lists
from domain.clock import FixedClock, SystemClock
from domain.rounds import Bilingual, Terms, announce, open_round
from domain.store import Transaction
from tests.support.database import SynchronousDatabase
from tests.support.doctor import NOW, grade, patient, set_up

LAST_YEAR = max(official_lists().years)
"""The last year whose list comes with the program."""


class Leaping(SystemClock):
    """A clock somebody sets while it is watched."""

    def __init__(self, *jumps: timedelta) -> None:
        self._jumps = [*jumps]

    def now(self) -> datetime:
        return super().now() + (self._jumps.pop(0) if self._jumps else timedelta(0))


def on(day: date, folder: Path, **settings: Any) -> Patient:
    return patient(folder, clock=FixedClock(day), **settings)


def test_a_clock_that_runs_with_time_is_fine(tmp_path: Path) -> None:
    assert grade(clock.steady, patient(tmp_path, clock=SystemClock())) is Grade.FINE


@pytest.mark.parametrize("jump", [timedelta(minutes=3), timedelta(minutes=-3)])
def test_a_clock_that_is_set_while_it_is_watched_is_told(tmp_path: Path, jump: timedelta) -> None:
    found = clock.steady(patient(tmp_path, clock=Leaping(timedelta(0), jump)))
    assert found.grade is Grade.LOOK
    assert "3 minutes" in found.found
    assert "timedatectl" in found.remedy


@pytest.mark.parametrize("moment", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2107, 1, 1, tzinfo=UTC)])
def test_a_time_that_cannot_be_is_told(tmp_path: Path, moment: datetime) -> None:
    assert grade(clock.steady, patient(tmp_path, clock=FixedClock(moment))) is Grade.BROKEN


def test_a_clock_that_was_set_back_is_seen_by_what_is_stored(tmp_path: Path) -> None:
    set_up(tmp_path)
    of = patient(tmp_path)
    assert grade(clock.against_database, of) is Grade.LEFT_OUT
    with SynchronousDatabase(tmp_path) as database:
        database.run(lambda tx: tx.replanning.see_clock(NOW))
    assert grade(clock.against_database, of) is Grade.FINE
    assert (
        grade(clock.against_database, replace(of, clock=FixedClock(NOW - timedelta(minutes=10))))
        is Grade.FINE
    )
    found = clock.against_database(replace(of, clock=FixedClock(NOW - timedelta(days=3))))
    assert found.grade is Grade.LOOK
    assert "3 days behind" in found.found


def test_what_was_written_tells_the_time_too(tmp_path: Path) -> None:
    set_up(tmp_path)
    with SynchronousDatabase(tmp_path) as database:
        database.run(lambda tx: tx.updates.store("telegram", [(1, "7", "{}")], NOW + timedelta(hours=1)))
    assert grade(clock.against_database, patient(tmp_path)) is Grade.LOOK


def test_the_time_zone_is_there(tmp_path: Path) -> None:
    found = clock.zone(patient(tmp_path))
    assert found.grade is Grade.FINE
    assert "2 March 2026" in found.found


@pytest.fixture
def zones(tmp_path: Path) -> Iterator[Path]:
    """Time zones of the system that are others than they say."""
    folder = tmp_path / "zones"
    (folder / "Asia").mkdir(parents=True)
    zoneinfo.reset_tzpath(to=[folder])
    yield folder
    zoneinfo.reset_tzpath()


def test_a_time_zone_that_is_another_is_told(zones: Path, tmp_path: Path) -> None:
    shutil.copyfile(str(files("tzdata.zoneinfo.Asia") / "Tokyo"), zones / "Asia" / "Shanghai")
    found = clock.zone(patient(tmp_path))
    assert found.grade is Grade.BROKEN
    assert "tzdata" in found.remedy


def test_a_time_zone_that_cannot_be_read_is_told(zones: Path, tmp_path: Path) -> None:
    (zones / "Asia" / "Shanghai").write_bytes(b"no zone at all")
    assert grade(clock.zone, patient(tmp_path)) is Grade.BROKEN


def test_the_list_of_the_next_year_is_asked_for_when_staff_are_reminded_of_it(tmp_path: Path) -> None:
    assert grade(holidays.lists, on(date(LAST_YEAR, 6, 1), tmp_path)) is Grade.FINE
    assert grade(holidays.lists, on(date(LAST_YEAR, 11, 16), tmp_path)) is Grade.FINE
    found = holidays.lists(on(date(LAST_YEAR, 11, 17), tmp_path))
    assert found.grade is Grade.LOOK
    assert str(LAST_YEAR + 1) in found.found
    assert "ZHUOYUE_HOLIDAYS_FILE" in found.remedy


def test_a_missing_list_of_this_year_is_broken(tmp_path: Path) -> None:
    assert grade(holidays.lists, on(date(LAST_YEAR + 1, 1, 1), tmp_path)) is Grade.BROKEN


def test_a_list_from_a_file_counts(tmp_path: Path) -> None:
    file = tmp_path / "holidays.yaml"
    file.write_text(f"years:\n  {LAST_YEAR + 1}:\n    holidays: [{LAST_YEAR + 1}-01-01]\n")
    assert grade(holidays.lists, on(date(LAST_YEAR + 1, 1, 1), tmp_path, holidays_file=file)) is Grade.FINE
    file.write_text("years: none\n")
    found = holidays.lists(on(date(LAST_YEAR + 1, 1, 1), tmp_path, holidays_file=file))
    assert found.grade is Grade.BROKEN
    assert str(file) in found.found


def test_a_round_in_a_year_without_a_list_is_told(tmp_path: Path) -> None:
    set_up(tmp_path)
    year = LAST_YEAR + 1
    in_summer, in_december = on(date(LAST_YEAR, 6, 1), tmp_path), on(date(LAST_YEAR, 12, 1), tmp_path)
    assert grade(holidays.in_use, in_december) is Grade.FINE

    def work(tx: Transaction) -> None:
        terms = Terms(
            name=Bilingual("第一批", "First round"),
            opens=date(year, 3, 1),
            closes_safe=date(year, 4, 30),
            hand_in=Bilingual("区局", "the bureau"),
            contact=Bilingual("质量处", "the office"),
        )
        draft = tx.rounds.carry_out(open_round("hangzhou-quality-award", "", terms, "通知"), None, NOW)
        tx.rounds.carry_out(announce(draft, "通知", date(LAST_YEAR, 1, 1)), None, NOW)

    with SynchronousDatabase(tmp_path) as database:
        database.run(work)
    assert holidays.in_use(in_summer).found == f"provisional until the list is out: 1 date in {year}"
    found = holidays.in_use(in_december)
    assert found.grade is Grade.LOOK
    assert str(year) in found.found


def test_a_font_with_chinese_is_needed_where_somebody_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, tools = patient(tmp_path), tmp_path / "bin"
    monkeypatch.setattr(sys, "platform", "linux")
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setenv("DISPLAY", ":0")
    assert grade(fonts.chinese, of) is Grade.LEFT_OUT
    fontconfig = tools / "fc-list"
    fontconfig.write_text("#!/bin/sh\n")
    fontconfig.chmod(0o755)
    found = fonts.chinese(of)
    assert found.grade is Grade.LOOK
    assert "fonts-noto-cjk" in found.remedy
    fontconfig.write_text("#!/bin/sh\necho 'Noto Sans CJK SC,Noto Sans CJK SC Bold'\n")
    found = fonts.chinese(of)
    assert found.grade is Grade.FINE
    assert "Noto Sans CJK SC" in found.found
    fontconfig.write_text("#!/bin/sh\n")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert grade(fonts.chinese, of) is Grade.FINE


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", Grade.FINE), ("gb18030", Grade.FINE), ("latin-1", Grade.LOOK)]
)
def test_a_terminal_without_chinese_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, expected: Grade
) -> None:
    with (tmp_path / "out").open("w", encoding=encoding) as out:
        monkeypatch.setattr(sys, "stdout", out)
        found = fonts.terminal(patient(tmp_path))
    monkeypatch.undo()
    assert found.grade is expected
    assert encoding in found.found
