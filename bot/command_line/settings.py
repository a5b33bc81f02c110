"""``zhuoyue settings``: every setting, what it is now, and what it means."""

from __future__ import annotations

import enum
from typing import Annotated, Any

import typer

from bot.command_line import surroundings


class Form(enum.StrEnum):
    """How the settings are written."""

    TABLE = "table"
    MARKDOWN = "markdown"


def register(app: typer.Typer) -> None:
    """Add ``zhuoyue settings``."""
    app.command("settings", help="Show every setting, its value and its meaning.")(show)


def show(
    form: Annotated[
        Form, typer.Option("--format", help="A table with values, or the page of the manual.")
    ] = Form.TABLE,
) -> None:
    """Write the settings to stdout."""
    if form is Form.MARKDOWN:
        print(manual(), end="")
        return
    from rich.table import Table

    from bot.settings import PREFIX, Settings

    settings, words = surroundings.settings(), surroundings.words()
    table = Table(show_lines=True)
    for heading in (words.say("Setting"), words.say("Value"), words.say("Meaning")):
        table.add_column(heading, overflow="fold")
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        table.add_row(
            PREFIX + name.upper(), "" if value is None else str(value), words.say(field.description or "")
        )
    surroundings.out().print(table)


def manual() -> str:
    """The page ``docs/settings.md``: the settings as the code describes them."""
    from bot.settings import PREFIX, Settings

    rows = [
        f"| `{PREFIX}{name.upper()}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Settings are environment variables, or lines `NAME=value` of a file `.env` in the folder the program is started",
            "from; the environment comes first. A setting that is wrong, or a name that does not exist, stops the start with one",
            "line that says which. `zhuoyue settings` shows what is in force.",
            "",
            "| name | default | meaning |",
            "|---|---|---|",
            *rows,
            "",
            "The data folder is `$XDG_DATA_HOME/zhuoyue` or `~/.local/share/zhuoyue` on Linux, `~/Library/Application Support/zhuoyue` on",
            "macOS and `%LOCALAPPDATA%\\zhuoyue` on Windows.",
            "",
            "This page is written by `zhuoyue settings --format markdown`.",
            "",
        ]
    )


def _default(field: Any) -> str:
    if field.default_factory is not None:
        return "the data folder"
    return "" if field.default is None else f"`{field.default}`"
