"""An operator loads next year's holiday list from a file, and is told exactly what is wrong with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domain.calendar.holiday_lists import HolidayFileError, read_holiday_file
from domain.calendar.working_days import WorkingCalendar, WorkingDayEnd

LIST_OF_2027 = """\
source: an imaginary announcement
years:
  2027:
    holidays: [2027-01-01..2027-01-03, 2027-02-05 .. 2027-02-11, "2027-05-03"]
    workdays: [2027-02-20]
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "holidays.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_loaded_year_is_no_longer_provisional(tmp_path: Path) -> None:
    calendar = WorkingCalendar.load(write(tmp_path, LIST_OF_2027))
    assert 2027 in calendar.known_years
    assert calendar.wd_end_excl(date(2026, 12, 25), 7) == WorkingDayEnd(date(2027, 1, 6), provisional=False)
    assert not calendar.is_working_day(date(2027, 2, 8))
    assert calendar.is_working_day(date(2027, 2, 20))


def test_a_file_replaces_the_whole_of_a_year_that_is_known_and_no_other(tmp_path: Path) -> None:
    calendar = WorkingCalendar.load(
        write(tmp_path, "years:\n  2026:\n    holidays: [2026-10-01..2026-10-03]\n")
    )
    assert calendar.is_working_day(date(2026, 10, 5))
    assert not calendar.is_working_day(date(2026, 10, 10))
    assert not calendar.is_working_day(date(2025, 10, 6))


def test_a_list_may_begin_in_the_december_before(tmp_path: Path) -> None:
    file = write(tmp_path, "years: {2027: {holidays: [2026-12-31..2027-01-02], workdays: [2026-12-26]}}")
    calendar = WorkingCalendar.load(file)
    assert not calendar.is_working_day(date(2026, 12, 31))
    assert calendar.is_working_day(date(2026, 12, 26))
    assert not calendar.is_working_day(date(2026, 10, 1))


def test_json_will_do(tmp_path: Path) -> None:
    file = write(tmp_path, '{"years": {"2027": {"holidays": ["2027-01-01"], "workdays": []}}}')
    assert not WorkingCalendar.load(file).is_working_day(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("", "", "must be a mapping with years:"),
        ("[1, 2]", "", "must be a mapping with years:"),
        ("years: {}", "years", "years as keys"),
        ("holidays: {2027: {}}", "holidays", "is unknown"),
        ("years: {soon: {holidays: [2027-01-01]}}", "years.soon", "must be a year"),
        ("years: {99999: {holidays: [2027-01-01]}}", "years.99999", "must be a year"),
        ("years: {2027: []}", "years.2027", "must be a mapping"),
        ("years: {2027: {workdays: [2027-02-20]}}", "years.2027.holidays", "at least one"),
        ("years: {2027: {holidays: 2027-01-01}}", "years.2027.holidays", "must be a list"),
        ("years: {2027: {holidays: [tomorrow]}}", "years.2027.holidays[0]", "YYYY-MM-DD"),
        ("years: {2027: {holidays: [2027-01-01, 7]}}", "years.2027.holidays[1]", "YYYY-MM-DD"),
        ("years: {2027: {holidays: ['2027-02-30']}}", "years.2027.holidays[0]", "there is no 2027-02-30"),
        ("years: {2027: {holidays: [2027-01-03..2027-01-01]}}", "years.2027.holidays[0]", "before"),
        ("years: {2027: {holidays: [2027-01-01..2027-11-01]}}", "years.2027.holidays[0]", "longer"),
        ("years: {2027: {holidays: [2028-01-01]}}", "years.2027.holidays[0]", "neither in 2027"),
        (
            "years: {2027: {holidays: [2027-01-01], workdays: [2027-01-04]}}",
            "years.2027.workdays",
            "no Saturday",
        ),
        (
            "years: {2027: {holidays: [2027-01-02], workdays: [2027-01-02]}}",
            "years.2027.workdays",
            "day off as well",
        ),
        ("years: {2027: {holidays: [2027-01-01 10:00:00]}}", "years.2027.holidays[0]", "without a time"),
        ("years: {2027: {holidays: [2027-01-01], rest: []}}", "years.2027.rest", "is unknown"),
        (
            "years: {2026: {holidays: [2026-12-26]}, 2027: {holidays: [2027-01-01], workdays: [2026-12-26]}}",
            "years",
            "at work in the other",
        ),
        (
            "years:\n  2027: {holidays: [2027-01-01]}\n  2027: {holidays: [2027-01-02]}\n",
            "line 3",
            "given twice",
        ),
        (
            '{"years": {"2027": {"holidays": ["2027-01-01"]}, 2027: {"holidays": ["2027-01-01"]}}}',
            "line 1",
            "given twice",
        ),
        ("years: {2027: {holidays: [2027-01-01}", "line 1", ""),
        ("years: {2027: {holidays: [2027-13-01]}}", "", "month"),
        ("years: !!python/object:os.system {}", "line 1", "could not determine"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_reason(
    tmp_path: Path, text: str, place: str, reason: str
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(HolidayFileError) as caught:
        read_holiday_file(file)
    assert caught.value.place == place
    assert reason in caught.value.reason
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(HolidayFileError, match=r"nowhere\.yaml: No such file"):
        read_holiday_file(tmp_path / "nowhere.yaml")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(HolidayFileError, match="larger"):
        read_holiday_file(write(tmp_path, "# " + "x" * 1_000_001))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "holidays.yaml"
    file.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(HolidayFileError):
        read_holiday_file(file)
