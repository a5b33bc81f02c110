"""What tests measured, in a line each: shown at once, once more at the end of the run, and kept in a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.size import SEED, SOAK

Tell = Callable[[str], None]
"""How a test says what it measured."""

NAME: Final = "figure"
SUMMARY: Final = os.environ.get("SOAK_SUMMARY", "")
"""The file that gets the lines, if any."""


def teller(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Tell:
    """What a test says is shown at once where tests run one after the other, and goes with its report where not."""

    def tell(line: str) -> None:
        request.node.user_properties.append((NAME, line))
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return tell


def summary(reporter: pytest.TerminalReporter) -> list[str]:
    """A line for each proof: how it ended, its seconds, and what it said."""
    return [
        f"{report.outcome.upper()} {report.duration:.0f} s {report.nodeid}: {told or 'no figures'}"
        for report in _reports(reporter)
        if (told := "; ".join(str(value) for name, value in report.user_properties if name == NAME))
        or (report.failed and SOAK)
    ]


def _reports(reporter: pytest.TerminalReporter) -> Iterator[pytest.TestReport]:
    for outcome in ("passed", "failed"):
        for report in reporter.stats.get(outcome, []):
            if isinstance(report, pytest.TestReport) and report.when == "call":
                yield report


def write_summary(reporter: pytest.TerminalReporter) -> None:
    """Show the lines, and add them to the file."""
    lines = summary(reporter)
    if not lines:
        return
    lines.insert(0, f"seed {SEED} (SOAK_SEED repeats it), size {SOAK:g} (SOAK)")
    reporter.section("FIGURES")
    for line in lines:
        reporter.write_line(line)
    if SUMMARY:
        path = Path(SUMMARY)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
