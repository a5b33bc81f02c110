"""What a benchmark found: figures, as lines for a terminal or as a table for a page."""

from __future__ import annotations

from typing import NamedTuple


class Goal(NamedTuple):
    """What a figure is to be."""

    value: float
    at_most: bool = False

    def met(self, value: float) -> bool:
        """Whether a figure is good enough."""
        return value <= self.value if self.at_most else value >= self.value

    def __str__(self) -> str:
        return f"{'at most' if self.at_most else 'at least'} {shown(self.value)}"


class Row(NamedTuple):
    """One figure; None where it could not be measured, and then the remark says why."""

    name: str
    value: float | None
    unit: str
    remark: str = ""
    goal: Goal | None = None


def shown(value: float) -> str:
    """A figure with as many digits as it deserves."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def line(row: Row) -> str:
    """A row for a terminal."""
    value = "-" if row.value is None else shown(row.value)
    notes = "; ".join(note for note in (_verdict(row), row.remark) if note)
    return f"  {row.name:<76} {value:>12} {row.unit}{f'  ({notes})' if notes else ''}"


def table(rows: list[Row]) -> str:
    """Rows as a table in Markdown."""
    lines = ["| what | figure | goal | remark |", "|---|---:|---|---|"]
    for row in rows:
        value = "not measured" if row.value is None else f"{shown(row.value)} {row.unit}"
        lines.append(f"| {row.name} | {value} | {_verdict(row)} | {row.remark} |")
    return "\n".join(lines)


def _verdict(row: Row) -> str:
    if row.goal is None or row.value is None:
        return ""
    return f"{row.goal}: {'met' if row.goal.met(row.value) else 'missed'}"
