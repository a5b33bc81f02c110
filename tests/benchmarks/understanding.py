"""How quickly typed answers are read, and working days counted."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date

from dialogs.understanding.answers import read_answer
from dialogs.understanding.dates import read_date
from dialogs.understanding.money import read_money
from dialogs.understanding.tables import read_year_table
from domain.calendar.working_days import WorkingCalendar

TODAY = date(2026, 11, 21)
ROUNDS = 2_000


def measure() -> list[tuple[str, float, str]]:
    """Name, figure and unit of each measurement."""
    calendar = WorkingCalendar.load()
    works: dict[str, Callable[[], object]] = {
        "read an amount (三点五个亿左右)": lambda: read_money("三点五个亿左右"),
        "read a date (前年10月)": lambda: read_date("前年10月", TODAY),
        "read a span (两年半)": lambda: read_date("两年半", TODAY),
        "read an answer (不清楚)": lambda: read_answer("不清楚"),
        "read three years of figures": lambda: read_year_table(
            "2023: 120万，2024 -30万; 2025年 0", (2023, 2024, 2025), read_money, this_year=2026
        ),
        "count 7 working days both ways": lambda: calendar.deadline(date(2026, 9, 28), 7),
    }
    return [(name, _microseconds(work), "µs") for name, work in works.items()]


def _microseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    for _ in range(ROUNDS):
        work()
    return (time.perf_counter() - begun) / ROUNDS * 1e6


if __name__ == "__main__":
    for name, figure, unit in measure():
        sys.stdout.write(f"{name}: {figure:,.1f} {unit}\n")
