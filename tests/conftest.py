"""What holds for every test."""

from __future__ import annotations

import os

import pytest

from tests.bot.telegram.peers.places import CLIENT_PYTHON, NO_CLIENT
from tests.support.figures import Tell, teller, write_summary

# The settings of whoever runs the tests (a database of theirs, above all) are none of the tests' business. This happens
# before any test module is imported, so that processes the tests start do not inherit them either.
for _name in [name for name in os.environ if name.startswith("ZHUOYUE_")]:
    del os.environ[_name]


@pytest.fixture
def tell(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Tell:
    """Say what was measured."""
    return teller(request, capsys)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs an interpreter this machine has not; the end of the run says so."""
    if CLIENT_PYTHON.exists():
        return
    left_out = [item for item in items if item.get_closest_marker("needs_client_library")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was measured, and what was not run, and why."""
    write_summary(terminalreporter)
    if not CLIENT_PYTHON.exists():
        why = NO_CLIENT.read_text(encoding="utf-8").strip() if NO_CLIENT.exists() else "it is not installed"
        terminalreporter.section("NOT RUN")
        terminalreporter.write_line(
            f"the self-check with a client of somebody else (tests/bot/telegram/peers/test_client_library.py): {why}"
        )
