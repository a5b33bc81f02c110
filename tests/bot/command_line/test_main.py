from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from bot import command_line
from bot.command_line import surroundings
from bot.command_line.errors import EXPECTED, CommandError
from domain.store.errors import DiskFull

Failing = Callable[[BaseException], None]


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZHUOYUE_LANGUAGE", raising=False)
    surroundings.settings.cache_clear()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """A command that fails with whatever it is told to."""

    def with_error(error: BaseException) -> None:
        def fail() -> None:
            raise error

        def assemble(_arguments: object) -> typer.Typer:
            app = typer.Typer()
            app.callback()(lambda: None)
            app.command("fail")(fail)
            return app

        monkeypatch.setattr(command_line, "assemble", assemble)

    return with_error


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for names in command_line.GROUPS.values() for name in names)


def test_every_group_adds_the_commands_it_stands_for() -> None:
    for module, names in command_line.GROUPS.items():
        app = typer.Typer()
        app.callback()(lambda: None)
        importlib.import_module(f"bot.command_line.{module}").register(app)
        assert set(typer.main.get_group(app).commands) == set(names), module


def test_without_arguments_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run([]) == 0
    assert "Usage: zhuoyue" in capsys.readouterr().out


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'sqlalchemy', 'starlette', 'uvicorn', 'cryptography', 'chinese_calendar', 'yaml', 'babel'}"
    code = f"import sys; from bot.command_line import run; run(['--help']); sys.exit(str({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.strip() == "set()"


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["--nonsense"], ["settings", "--format", "nonsense"], ["--language", "fr", "settings"]],
)
def test_a_wrong_call_is_one_line_and_status_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


def test_a_wrong_setting_is_one_line_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHUOYUE_PORT", "http")
    assert command_line.run(["settings"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("ZHUOYUE_PORT: ")
    assert said.count("\n") == 1


def test_messages_are_in_the_language_of_the_setting_or_the_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command_line.run(["settings"])
    assert "设置" in capsys.readouterr().out
    command_line.run(["--language", "en", "settings"])
    assert "Setting" in capsys.readouterr().out
    monkeypatch.setenv("ZHUOYUE_LANGUAGE", "en")
    surroundings.settings.cache_clear()
    command_line.run(["settings"])
    assert "Setting" in capsys.readouterr().out


def test_what_a_person_got_wrong_is_one_line_and_status_2(
    failing: Failing, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(CommandError("facts.yaml:3: no such fact"))
    assert command_line.run(["fail"]) == 2
    assert capsys.readouterr().err == "facts.yaml:3: no such fact\n"


def test_a_missing_file_is_named(failing: Failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(FileNotFoundError(2, "No such file or directory", "facts.yaml"))
    assert command_line.run(["fail"]) == 2
    assert capsys.readouterr().err == "facts.yaml: No such file or directory\n"


def test_trouble_with_the_database_is_said_in_words(
    failing: Failing, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(DiskFull("no room"))
    assert command_line.run(["fail"]) == 2
    said = capsys.readouterr().err
    assert said.endswith("(disk_full: no room)\n")
    assert said.count("\n") == 1


def test_what_nobody_expected_is_no_stack_trace_either(
    failing: Failing, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(ZeroDivisionError("division by zero"))
    assert command_line.run(["fail"]) == 70
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert said.count("\n") == 1


def test_a_developer_can_see_where_it_happened(failing: Failing, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(ZeroDivisionError())
    monkeypatch.setenv("ZHUOYUE_LOG_LEVEL", "debug")
    with pytest.raises(ZeroDivisionError):
        command_line.run(["fail"])


def test_interrupting_is_no_error(failing: Failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(KeyboardInterrupt())
    assert command_line.run(["fail"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_finding_has_its_own_status(failing: Failing) -> None:
    failing(typer.Exit(1))
    assert command_line.run(["fail"]) == 1


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_expected_error_exists(name: str) -> None:
    module, _, kind = name.rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), kind), Exception)


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("zhuoyue ")
